"""A clamd on loopback that knows one virus, and can misbehave."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: The test file of the anti-virus industry, in two halves: whole, it would be found in our own source.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + r"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


class FakeClamd:
    """Speaks INSTREAM; ``answers`` overrides what it says, ``asked`` keeps what it was shown."""

    def __init__(self, answers: bytes | None = None, limit: int = 64 * 1024 * 1024) -> None:
        self.answers, self.limit = answers, limit
        self.asked: list[bytes] = []
        self.address = ""

    @contextmanager
    def listening(self, socket_path: Path | None = None) -> Iterator[FakeClamd]:
        """Listen for a block, on loopback or on a Unix socket."""
        if socket_path:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(str(socket_path))
            listener.listen()
            self.address = str(socket_path)
        else:
            listener = socket.create_server(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=self._serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(5)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                connection.sendall(self._verdict(connection.makefile("rb")))

    def _verdict(self, stream) -> bytes:  # type: ignore[no-untyped-def]
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", stream.read(4))[0]:
            if len(content) + length > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
            content += stream.read(length)
        self.asked.append(content)
        if self.answers is not None:
            return self.answers
        return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
