"""Requests that nobody sends who means well: one in twenty of a load drill, between those of people."""

import http.client
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator

from deploy.browser import HOST, Browser

SHARE = 0.05  # of all requests
PLACES = ["search/?q=", "tasks/?q=", "indicators/?area=", "work/checks/?q=", "?", "nowhere/"]
ODD_HOSTS = [b"evil.example", b"", b"a b", b"[::1", b"\xff\xfe", b"x" * 3_000]
BROKEN = [b"search/?q=\xff\xfe\x80", b"%E0%A4%A/", b"search/?q=%ed%a0%80%00", b"tasks/?q=%zz", b"../../..//"]
BROKEN += [b"\x16\x03\x01"]
SLOW_FOR = 20  # seconds; longer than the proxy waits


def _raw(port: int, content: bytes, pause: float = 0) -> int:
    """The status of the answer to these very bytes, with *pause* seconds before the last of them; 0 for none."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=60)) as link:
        link.sendall(content[:-1])
        time.sleep(pause)
        link.sendall(content[-1:])
        head = link.recv(4096).split(b" ", 2)
    return int(head[1]) if len(head) > 1 and head[1].isdigit() else 0


def long_address(browser: Browser, plan: str, luck: random.Random) -> int:
    letter = luck.choice(["a", "%EA%B0%80", '"', "%25"])
    return browser.get(plan + luck.choice(PLACES) + letter * (luck.randrange(1_400, 8_000) // len(letter))).status


def raw_bytes(browser: Browser, plan: str, luck: random.Random) -> int:
    line = b"GET " + plan.encode() + luck.choice(BROKEN) + b" HTTP/1.1\r\nHost: " + HOST.encode()
    return _raw(browser.port, line + b"\r\nConnection: close\r\n\r\n")


def bad_host(browser: Browser, plan: str, luck: random.Random) -> int:
    head = b"GET " + plan.encode() + b" HTTP/1.1\r\nHost: " + luck.choice(ODD_HOSTS)
    return _raw(browser.port, head + b"\r\nConnection: close\r\n\r\n")


def slow_body(browser: Browser, plan: str, luck: random.Random) -> int:
    head = f"POST {plan}work/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Length: 9\r\n\r\nvalue=300"
    return _raw(browser.port, head.encode(), pause=SLOW_FOR)


KINDS: dict[str, Callable[[Browser, str, random.Random], int]] = {
    "long address": long_address,
    "raw bytes": raw_bytes,
    "bad host": bad_host,
    "slow body": slow_body,
}


def send_one(kind: str, browser: Browser, plan: str, luck: random.Random) -> tuple[int, str]:
    """The status (0 where the connection was cut, as it is for who is slow) and what there was to say of it."""
    try:
        return KINDS[kind](browser, plan, luck), kind
    except (OSError, http.client.HTTPException) as error:
        return 0, f"{kind}: {error!r}"


def wishes(luck: random.Random) -> Iterator[str]:
    """Kinds without end. Slow ones are rare, because each takes the time of many others."""
    while True:
        yield luck.choices(list(KINDS), weights=[10, 10, 10, 1])[0]
