"""A letter, and mail servers on loopback: one that works (aiosmtpd) and one that follows a script, word by word."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask

from app.adapters.mailer import Mail
from app.adapters.smtp_mailer import SmtpMailer

MAIL = Mail(
    message_id="<0b1c2d@portal.example>",
    sender="法務部矯正署 <no-reply@portal.example>",
    recipient="wang@example.org",
    subject="便民服務入口網律師接見服務項目審核結果通知",
    text="您好：\n𠮷田先生，審核通過。\n.\n..\nFrom here\n" + "字" * 2000,
)


def mailer(port: int, limit: float = 5.0, **settings: Any) -> SmtpMailer:
    """The real mailer, pointed at a port of this machine; ``limit`` in seconds for every step."""
    app = Flask(__name__)
    app.config.update({"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, **settings})
    return SmtpMailer(app, connect_seconds=limit, data_seconds=limit)


#: The server hangs up instead of answering.
DROP = None
#: The server keeps the line open and says nothing.
SILENCE = b""


class Keeping:
    """An aiosmtpd handler that keeps envelopes, and answers RCPT and DATA as it is told."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.envelopes: list[Any] = []
        self.rcpt, self.data = rcpt, data

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope) -> str:
        self.envelopes.append(envelope)
        return self.data


class AnyPort(Controller):
    """A mail server that takes the port it is given when it begins to listen: nobody can take it in between."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # 0 was asked for; the base class would connect to 0
        super()._trigger_server()


@contextlib.contextmanager
def working_server(handler: Keeping, **options):
    """A real SMTP server; yields its port."""
    controller = AnyPort(handler, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class ScriptedServer:
    """Answers each command by ``script`` (verb, or ``greeting`` and ``.``); what is not in it goes well."""

    def __init__(self, **script: bytes | None) -> None:
        self.script = {"greeting": b"220 hello", "DATA": b"354 go on", "dot": b"250 accepted", **script}
        self.commands: list[bytes] = []
        self.texts: list[bytes] = []
        self._over = threading.Event()

    def __enter__(self) -> ScriptedServer:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line, line.makefile("rb") as lines, contextlib.suppress(OSError, _HangUp):
                line.settimeout(5)
                self._talk(line, lines)

    def _talk(self, line: socket.socket, lines: Any) -> None:
        self._answer(line, "greeting")
        while command := lines.readline():
            self.commands.append(command.strip())
            verb = command.split(b" ")[0].strip().upper().decode()
            self._answer(line, verb)
            if verb == "DATA" and self.script["DATA"][:1] == b"3":
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    part = lines.readline()
                    if not part:
                        return
                    text += part
                self.texts.append(text)
                self._answer(line, "dot")

    def _answer(self, line: socket.socket, verb: str) -> None:
        answer = self.script.get(verb, b"250 OK")
        if answer is DROP:
            raise _HangUp
        if answer == SILENCE:
            self._over.wait(60)
            raise _HangUp
        line.sendall(answer + b"\r\n")


class _HangUp(Exception):
    """The script says to hang up."""


@functools.cache
def _kept() -> socket.socket:
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    return nobody


def closed_port() -> int:
    """A port on loopback where nobody listens, kept by this process so that no server beside us is given it."""
    return int(_kept().getsockname()[1])
