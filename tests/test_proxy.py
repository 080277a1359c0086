"""nginx before two servers, asked for what takes sites down: long and broken addresses, other hosts, faults in logs.

Everything is started for real from the files of deploy/, with a database of its own.
"""

import os
import re
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.browser import HOST
from deploy.trial import Trial, missing_programs

HOME = "/plans/trial/"
HEADERS = ["Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "Strict-Transport-Security"]
HEADERS += ["X-Content-Type-Options", "X-Frame-Options"]
PREPARE = """
from plans.models import Plan
years = {"start_year": 2022, "end_year": 2026}
Plan.objects.create(slug="trial", municipality="시험구", title="시험 계획", is_current=True, **years)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    lacking = missing_programs()
    if lacking:
        message = f"not installed: {', '.join(lacking)}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with Trial(tmp_path_factory.mktemp("proxy"), EMAIL_URL="smtp://127.0.0.1:1", GUNICORN_WORKERS="2") as trial:
        trial.manage("migrate")
        trial.manage("collectstatic", "--noinput")
        trial.script(PREPARE)
        trial.start_proxy()
        for server in "ab":
            trial.start_server(server)
        yield trial


def raw(site, request: bytes) -> bytes:
    """What is answered to these very bytes."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", site.https), timeout=30)) as link:
        link.sendall(request)
        parts = []
        while part := link.recv(65536):
            parts.append(part)
    return b"".join(parts)


def logs(site) -> str:
    return "".join(path.read_text(errors="replace") for path in sorted((site.folder / "log").iterdir()))


# --- addresses that are too long


LENGTHS = [1400, 1600, 2400, 2700, 3000, 3400, 4000, 5900, 6100, 7900]
PLACES = ["search/?q=", "?", "tasks/?q=", "tasks/?area=", "work/checks/?q=", "nowhere/"]


@pytest.mark.parametrize("place", [*(HOME + place for place in PLACES), "/admin/?q=", "/static/", "/api/v1/plans/?x="])
def test_no_address_takes_a_server_from_the_others(site, place):
    """Each is asked as often as it takes to reach both servers, and other pages are looked at at once."""
    reader = site.browser()
    for letter in ("a", "%EA%B0%80", "%25", '"'):
        for length in LENGTHS:
            page = reader.get(place + (letter * length)[:length].rsplit("%", 1)[0])
            assert page.status < 500, (letter, length)
            assert sum(len(name) + len(text) for name, text in page.headers.items()) < 4_000, (letter, length)
    assert {reader.get(f"{HOME}about/").status for _time in range(4)} == {200}


class BadHeads(BaseHTTPRequestHandler):
    """In the place of a server: one page whose head no proxy takes, all others as they should be."""

    def do_GET(self):
        self.send_response(200)
        for number in range(20 if "bad" in self.path else 1):
            self.send_header(f"X-Long-{number}", "x" * 4_000)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


def in_place_of(port: int) -> ThreadingHTTPServer:
    """Listens on a port as soon as the last process of a killed server has let it go."""
    end = time.monotonic() + 20
    while True:
        try:
            fake = ThreadingHTTPServer(("127.0.0.1", port), BadHeads)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            threading.Thread(target=fake.serve_forever, daemon=True).start()
            return fake


def test_a_page_whose_head_is_too_long_takes_no_server_away(site):
    """As many bad answers as bring both servers down where one failure counts."""
    fakes = []
    try:
        for server in "ab":
            site.server(server).kill()
            fakes.append(in_place_of(site.ports[server]))
        reader = site.browser()
        bad = [reader.get(f"{HOME}work/bad{number}/").status for number in range(8)]
        good = [reader.get(f"{HOME}work/good{number}/").status for number in range(8)]
    finally:
        for fake in fakes:
            fake.shutdown()
            fake.server_close()
        for server in "ab":
            site.start_server(server)
    assert set(bad) == {503}
    assert set(good) == {200}


# --- headers, and who means another host


def told(page) -> dict:
    return {name: page.headers.get_all(name) or [] for name in HEADERS}


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        (HOME, HOST, 200),
        ("/healthz", HOST, 200),
        ("/static/nothing.css", HOST, 404),
        ("/sdgplan-errors.css", HOST, 200),
        ("/" + "a" * 9_000, HOST, 414),
        ("/%2e%2e/%2e%2e/etc/passwd", HOST, 400),
        ("/sdgplan-errors/503.html", HOST, 404),
        (HOME, "evil.example", 400),
        ("/static/nothing.css", "evil.example", 400),
    ],
)
def test_every_answer_has_the_headers_once(site, path, host, status):
    page = site.browser().get(path, Host=host)
    assert page.status == status
    assert {name: len(values) for name, values in told(page).items()} == dict.fromkeys(HEADERS, 1)
    if status >= 400:
        assert re.search("[가-힣]", page.text)


def test_a_static_file_has_the_headers_once(site):
    reader = site.browser()
    style = re.search(r'href="(/static/css/site\.\w+\.css)"', reader.get(HOME).text)[1]
    for _time in "made", "kept":
        page = reader.get(style)
        assert page.status == 200
        assert {name: len(values) for name, values in told(page).items()} == dict.fromkeys(HEADERS, 1)


def test_plain_http_leads_to_the_sites_own_name(site):
    plain = site.browser()
    plain.port, plain.is_tls = site.http, False
    for host in (HOST, "evil.example"):
        moved = plain.get(f"{HOME}?a=b", Host=host)
        assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}{HOME}?a=b")
        assert moved.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", [b"evil.example", b"", b"a b", b"\xff\xfe", b"[::1", b"x" * 4000, None])
@pytest.mark.parametrize("path", [b"/plans/trial/", b"/static/css/site.css", b"/healthz", b"/api/v1/plans/"])
def test_another_host_gets_a_short_page(site, host, path):
    lines = [b"GET " + path + b" HTTP/1.1", b"Connection: close"]
    answer = raw(site, b"\r\n".join([*lines, *([b"Host: " + host] if host is not None else []), b"", b""]))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "요청을 처리할 수 없습니다".encode() in answer
    assert b"Content-Security-Policy: default-src 'none'" in answer
    assert len(answer) < 2_000


def test_another_host_at_a_server_itself_leaves_no_trace_in_its_log(site):
    before = logs(site)
    for host in ("evil.example", "a b", "x" * 3000):
        page = site.browser("a").get(f"{HOME}search/?q=x", Host=host)
        assert page.status == 400
        assert "이 누리집의 주소가 아닙니다." in page.text
        assert len(page.body) < 1_000
    written = logs(site)[len(before) - 1 :]
    assert "Traceback" not in written
    assert "evil.example" not in written


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /plans/trial/search/?q=\xff\xfe\x80 HTTP/1.1",
        b"GET /plans/trial/\xed\xa0\x80/ HTTP/1.1",
        b"GET /plans/trial/search/?q=%ff%fe%ed%a0%80%00 HTTP/1.1",
        b"GET /plans/%E0%A4%A/ HTTP/1.1",
        b"GET /plans/trial/search/?q=%zz HTTP/1.1",
        b"GET //plans//trial/../../..// HTTP/1.1",
        b"GET http://evil.example/plans/trial/ HTTP/1.1",
        b"BREW /plans/trial/ HTTP/1.1",
        b"TRACE /plans/trial/ HTTP/1.1",
        b"GET /plans/trial/ HTTP/3.7",
        b"\x16\x03\x01\x02",
    ],
)
def test_broken_requests_get_an_answer_and_harm_nobody(site, request_line):
    answer = raw(site, request_line + b"\r\nHost: " + HOST.encode() + b"\r\nConnection: close\r\n\r\n")
    status = int(answer.split(b" ", 2)[1])
    assert status < 500
    assert b"X-Content-Type-Options: nosniff" in answer
    assert {site.browser().get(f"{HOME}about/").status for _time in range(4)} == {200}


# --- what stands in the logs


def test_no_log_has_a_query_or_the_word_of_a_mail(site):
    """Asked while all is well, while one server is killed, and while none answers."""
    secret = "s3cr3t-w0rd"
    addresses = [
        f"/accounts/reset/MQ/{secret}/",
        f"/accounts/%72eset/MQ/{secret}/",
        f"//accounts/reset//MQ/{secret}/",
        f"{HOME}following/{secret}/confirm/",
        f"{HOME}following/{secret}/leave/",
        f"{HOME}search/?q={secret}",
        f"{HOME}{'a' * 3000}?{secret}",
    ]

    def ask_all():
        for number, address in enumerate(addresses * 3):
            site.browser().get(address)
            site.browser().get(HOME, Referer=f"https://{HOST}{address}")
            site.browser().post(address, {"a": "b"})
            raw(site, f"GET {address} HTTP/1.1\r\nHost: x{number}\r\nConnection: close\r\n\r\n".encode())
        plain = site.browser()
        plain.port, plain.is_tls = site.http, False
        for address in addresses:
            plain.get(address)

    ask_all()
    site.server("a").kill()
    ask_all()
    site.server("b").kill()
    ask_all()
    for server in "ab":
        site.start_server(server)
    time.sleep(0.5)
    written = logs(site)
    assert "/accounts/reset/-/" in written
    assert f"{HOME}following/-/" in written
    assert secret not in written, [line for line in written.splitlines() if secret in line][:5]
