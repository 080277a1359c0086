"""A plain HTTP client over sockets: what it costs itself must not blur what is measured."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .servers import CannotMeasure

CLIENTS = 4  # requests under way at once, twice as many as workers
HEADERS = "Host: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def get(port: int, path: str, **headers: str) -> Answer:
    """One request over a connection of its own. Header names have `_` for `-`."""
    return _read(port, _request(path, headers))


def _request(path: str, headers: dict[str, str]) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{HEADERS}{more}\r\n".encode("ascii")


def _send(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(262_144):
            parts.append(part)
    return b"".join(parts)


def _read(port: int, request: bytes) -> Answer:
    head, _, body = _send(port, request).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    return Answer(int(first.split()[1]), headers, body)


def _joined(body: bytes) -> bytes:
    parts = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            break
        parts.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(parts)


def many(port: int, path: str, count: int, *, expect: int = 200, **headers: str) -> float:
    """Send *count* requests, CLIENTS at once; return the seconds it took. Any status but *expect* is an error."""
    request = _request(path, headers)
    begin = f"HTTP/1.1 {expect} ".encode()

    def some(how_many):
        for _ in range(how_many):
            answer = _send(port, request)
            if not answer.startswith(begin):
                raise CannotMeasure(f"{path}: {answer[:200]!r}")

    shares = [count // CLIENTS + (1 if i < count % CLIENTS else 0) for i in range(CLIENTS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(some, shares))
    return time.perf_counter() - started
