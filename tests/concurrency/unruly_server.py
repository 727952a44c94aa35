"""A mail server on loopback that misbehaves as it is told, for several clients at once, and remembers what it took."""

from __future__ import annotations

import contextlib
import re
import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

#: The server hangs up instead of answering.
DROP = None
#: What an answer is: the line, or hanging up.
Answer = str | None
_USUAL = {"greeting": "220 here", "DATA": "354 go on", "QUIT": "221 bye"}
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>]+)@", re.IGNORECASE | re.MULTILINE)


class UnrulyServer:
    """``answer(verb, argument)`` may say what is answered (``""``: the usual); ``taken`` counts accepted Message-IDs.

    ``on_text`` is called with the Message-ID once a text has come whole, before the answer to it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[str, str], Answer] = lambda verb, argument: ""
        self.on_text: Callable[[str], Any] = lambda message_id: None
        self.order: list[str] = []
        self.connections = 0
        self.tls, self.slow = tls, 0.0
        self._lock = threading.Lock()

    @property
    def taken(self) -> Counter[str]:
        """How often each message came whole."""
        return Counter(self.order)

    def __enter__(self) -> UnrulyServer:
        server = self

        class Talk(socketserver.StreamRequestHandler):
            timeout = 20

            def handle(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    server._talk(self)

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 50

        self._server = Threads(("127.0.0.1", 0), Talk)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _talk(self, line: Any) -> None:
        with self._lock:
            self.connections += 1
        if not self._says(line, "greeting", ""):
            return
        while command := line.rfile.readline().decode("latin-1").strip():
            verb, _space, argument = command.partition(" ")
            verb = verb.upper()
            if verb == "STARTTLS" and self.tls is not None:
                line.wfile.write(b"220 go\r\n")
                line.connection = self.tls.wrap_socket(line.connection, server_side=True)
                line.rfile, line.wfile = line.connection.makefile("rb"), line.connection.makefile("wb", 0)
                continue
            if not self._says(line, verb, argument):
                return
            if verb == "DATA" and not self._takes(line):
                return

    def _takes(self, line: Any) -> bool:
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            part = line.rfile.readline()
            if not part:
                return False
            text += part
        found = _MESSAGE_ID.search(text)
        message_id = found.group(1).decode() if found else ""
        refused = (self.answer("dot", message_id) or "250")[:1] in "45"
        if not refused:
            with self._lock:
                self.order.append(message_id)
            self.on_text(message_id)
        return self._says(line, "dot", message_id)

    def _says(self, line: Any, verb: str, argument: str) -> bool:
        if self.slow:
            time.sleep(self.slow)
        said = self.answer(verb, argument)
        if said is DROP:
            return False
        if verb == "EHLO" and self.tls is not None and not said:
            said = "250-here\r\n250 STARTTLS"
        line.wfile.write((said or _USUAL.get(verb, "250 OK")).encode() + b"\r\n")
        return verb != "QUIT"
