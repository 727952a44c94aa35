"""What a browser sends beyond what is read: taken off the line, so that the browser gets to read the answer.

A server that answers and closes while the browser still sends makes the connection break: the person sees "connection
reset" instead of the sentence. So the rest of a body is read and thrown away before the answer goes out, up to a
bound in bytes and seconds: nobody may keep a thread busy with a body that nobody wants.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import LimitedStream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 60.0
_CHUNK_BYTES = 64 * 1024


class Drained:
    """A WSGI program whose unread bodies are read to their end, within bounds."""

    def __init__(self, program: WSGIApplication, limit: int = DRAIN_BYTES, seconds: float = DRAIN_SECONDS) -> None:
        self.program, self.limit, self.seconds = program, limit, seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the program does, after the rest of the body has come in."""
        body = _counted(environ)
        answer = self.program(environ, start_response)
        if body is not None:
            self._drain(body)
        return answer

    def _drain(self, body: Any) -> None:
        until, left = time.monotonic() + self.seconds, self.limit
        while left > 0 and time.monotonic() < until:
            try:
                read = len(body.read(min(left, _CHUNK_BYTES)))
            except (OSError, ValueError, HTTPException):
                return  # the browser has gone; whoever reads the answer finds out
            if not read:
                return
            left -= read


def _counted(environ: WSGIEnvironment) -> Any:
    """The body, put in the program's way so that we know what is left of it; None where there is none."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    if length > 0:
        # Servers need not tell where a body ends (Werkzeug's own waits for ever): the header does.
        environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], length)
        return environ["wsgi.input"]
    return environ["wsgi.input"] if environ.get("wsgi.input_terminated") else None
