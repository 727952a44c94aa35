"""The virus scan: every upload is shown to clamd where one is configured, and to nobody where none is.

Fails closed: once configured, a scanner that does not answer, or answers what we do not understand, lets nothing in.
"""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import PurePath
from typing import Protocol

from app.adapters.file_errors import FileRefused
from app.errors import RuleError
from app.i18n import _l

TIMEOUT_SECONDS = 30.0
CLAMD_PORT = 3310
_CHUNK_BYTES = 256 * 1024
_LONGEST_ANSWER = 4096
_LENGTH = struct.Struct(">I")
_CLEAN, _FOUND = "stream: OK", " FOUND"
_log = logging.getLogger(__name__)


class FileInfected(FileRefused):
    """The scanner knows the content as malicious; nothing of it is kept."""

    sentence = _l("「%(file)s」經掃毒程式判定含有惡意內容，未予收存。請改以掃描或拍照方式重新上傳。")


class ScannerDown(RuleError):
    """The configured scanner cannot be asked; nothing is taken unseen."""

    sentence = _l("系統暫時無法檢查上傳檔案，檔案未收存。請稍後再上傳，其他檔案已保留。")
    status = 503


class Scanner(Protocol):
    """Looks at an upload before anything else opens it."""

    def scan(self, data: bytes, file_name: str) -> None:
        """Return when nothing is known against it; raises :class:`FileInfected` or :class:`ScannerDown`."""


class NoScanner:
    """The harmless one, where no scanner is configured: content is still decoded and rebuilt."""

    def scan(self, data: bytes, file_name: str) -> None:
        """Let everything pass."""


class ClamdScanner:
    """A clamd at ``host``, ``host:port`` or the path of a Unix socket, asked by INSTREAM for each file.

    An address that is none of these raises ``ValueError``: at start-up, not at the first upload.
    """

    def __init__(self, address: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.address, self.timeout = address, timeout
        self._is_socket = PurePath(address).is_absolute()
        host, _colon, port = address.rpartition(":") if ":" in address else (address, "", "")
        self._host, self._port = host, CLAMD_PORT if self._is_socket else int(port or CLAMD_PORT)

    def scan(self, data: bytes, file_name: str) -> None:
        """Stream the bytes to clamd; only its plain "OK" lets them pass."""
        try:
            answer = self._ask(data)
        except OSError as error:
            _log.error("clamd at %s cannot be asked: %s", self.address, error)
            raise ScannerDown from error
        if answer.endswith(_FOUND):
            # The signature's name and no more: the file's name is the applicant's.
            _log.warning("clamd refused an upload: %r", answer)
            raise FileInfected(file=file_name)
        if answer != _CLEAN:
            _log.error("clamd at %s answered %r", self.address, answer)
            raise ScannerDown

    def _ask(self, data: bytes) -> str:
        with self._connected() as connection:
            try:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK_BYTES):
                    chunk = data[start : start + _CHUNK_BYTES]
                    connection.sendall(_LENGTH.pack(len(chunk)) + chunk)
                connection.sendall(_LENGTH.pack(0))
            except ConnectionError:
                _log.debug("clamd hung up early")  # beyond its StreamMaxLength it answers and closes: read why
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
                received = connection.recv(_LONGEST_ANSWER)
                if not received:
                    break
                answer += received
        return answer.rstrip(b"\0").decode("utf-8", "replace").strip()

    def _connected(self) -> socket.socket:
        if self._is_socket:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.timeout)
            try:
                connection.connect(self.address)
            except OSError:
                connection.close()
                raise
            return connection
        return socket.create_connection((self._host, self._port), self.timeout)


def scanner_at(address: str) -> Scanner:
    """The scanner that the configuration names; empty means none."""
    return ClamdScanner(address) if address else NoScanner()
