"""A small reader of pages for trials: cookies, forms and nothing else, on one connection at a time."""

import http.client
import re
import ssl
import uuid
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HOST = "plan.example.go.kr"  # as in deploy/nginx/sdgplan.conf
_TLS = ssl.create_default_context()
_TLS.check_hostname, _TLS.verify_mode = False, ssl.CERT_NONE  # the trial's certificate is its own


@dataclass(frozen=True)
class Page:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        """Where a redirect leads, without scheme and host."""
        return re.sub(r"^https?://[^/]+", "", self.headers.get("Location", ""))

    def value(self, name: str) -> str:
        """What the first field or button of that name holds."""
        for tag in re.findall(r"<(?:input|button)\b[^>]*>", self.text):
            if f'name="{name}"' in tag and (found := re.search(r'\bvalue="([^"]*)"', tag)):
                return found[1]
        raise LookupError(f"no field {name} on the page ({self.status})")


class Browser:
    """Somebody who reads and sends forms. Network errors come out as OSError or http.client.HTTPException."""

    def __init__(self, port: int, *, is_tls: bool, timeout: float = 90):
        self.port, self.is_tls, self.timeout = port, is_tls, timeout
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Page:
        sent = {"Host": HOST, "Connection": "close"} | {name.replace("_", "-"): text for name, text in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if not self.is_tls:  # at a server itself, as the proxy would ask
            sent |= {"X-Forwarded-Proto": "https"}
        if self.is_tls:
            link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.timeout, context=_TLS)
        else:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            link.request(method, path, body, sent)
            answer = link.getresponse()
            page = Page(answer.status, answer.headers, answer.read())
        finally:
            link.close()
        for line in page.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return page

    def get(self, path: str, **headers: str) -> Page:
        return self.request("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None, **headers):
        """Send a form as its page would, with its token."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | fields
        headers = {"Referer": f"https://{HOST}{path}"} | headers
        if not files:
            form = "application/x-www-form-urlencoded"
            return self.request("POST", path, urlencode(fields).encode(), Content_Type=form, **headers)
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
        ]
        for name, (filename, content) in files.items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{edge}--\r\n".encode()
        return self.request("POST", path, body, Content_Type=f"multipart/form-data; boundary={edge}", **headers)

    def sign_in(self, username: str, password: str) -> Page:
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"username": username, "password": password})
