"""SMS gateways on loopback that work, and that misbehave in one way each."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

from app.adapters.http_sms import HttpSmsGateway
from app.adapters.sms_settings import settings_from
from config import Testing

#: The server hangs up instead of answering; or says nothing.
DROP, SILENCE = None, b""


def answer(status: int, body: str = "", *more: str) -> bytes:
    """A whole HTTP answer."""
    content = body.encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class Gateway:
    """Keeps the requests and answers each with ``says``; ``drips`` sends it byte by byte."""

    def __init__(self, says: bytes | None, drips: float = 0.0) -> None:
        self.says, self.drips = says, drips
        self.requests: list[bytes] = []
        self.over = threading.Event()
        self.tls: ssl.SSLContext | None = None

    def serve(self, listener: socket.socket) -> None:
        """Take one connection after another until the test is over."""
        while not self.over.is_set():
            try:
                line, _address = listener.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                self._talk(line if self.tls is None else self.tls.wrap_socket(line, server_side=True))

    def _talk(self, line: socket.socket) -> None:
        self.requests.append(_request(line))
        if self.says is DROP:
            return
        if self.says == SILENCE:
            self.over.wait(10)
        elif self.drips:
            for sign in self.says:
                if self.over.wait(self.drips):
                    return
                line.sendall(bytes([sign]))
        else:
            line.sendall(self.says)


def _request(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got and (more := line.recv(65536)):
        got += more
    head, _gap, body = got.partition(b"\r\n\r\n")
    length = next(
        (int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")), 0
    )
    while len(body) < length and (more := line.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving(gateway: Gateway, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Let the gateway answer, on https where ``tls`` is given; yields its port."""
    gateway.tls = tls
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=gateway.serve, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            gateway.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def settings(port: int, **more: str) -> dict[str, str]:
    """``SMS_*`` for a gateway on this port."""
    chosen = {
        "SMS_URL": f"http://127.0.0.1:{port}/send?version=1",
        "SMS_FIELDS": '{"to": "dstaddr", "text": "smbody", "id": "clientid"}',
        "SMS_FIXED": '{"username": "portal", "password": "canary-password"}',
        "SMS_SUCCESS": r"^msgid=(?P<id>\S+)",
        "SMS_REFUSED": r"^statuscode=v",
    }
    return {**chosen, **more}


def sender(port: int, seconds: float = 5.0, **more: str) -> HttpSmsGateway:
    """The real adapter, pointed at a port of this machine."""
    usual = {name: getattr(Testing(), name) for name in dir(Testing()) if name.startswith("SMS_")}
    limits = {"SMS_CONNECT_SECONDS": seconds, "SMS_ANSWER_SECONDS": seconds}
    return HttpSmsGateway(settings_from({**usual, **settings(port, **more), **limits}))
