"""Pages of a stored PDF as pictures: what an officer looks at instead of the file itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from app.adapters import page_renderer
from app.errors import RuleError
from app.i18n import _l

DPI_RANGE = (36, 300)
WALL_LIMIT_SECONDS = 20

# A page takes up to 1 GB and a processor for a moment: two at a time in a process, the rest wait.
_two_at_once = threading.BoundedSemaphore(2)


class PageMissing(RuleError):
    """The document has no page of this number."""

    sentence = _l("這份文件沒有第%(page)s頁。")
    status = 404


class PageUnreadable(RuleError):
    """The page cannot be drawn within the limits, or the stored bytes are no PDF."""

    sentence = _l("這份文件無法顯示，檔案可能已損壞，請申請人重新上傳。")


def page_image(content: bytes, page: int, dpi: int = 150, rotation: int = 0) -> bytes:
    """Page ``page`` (from 1) as JPEG of quality 80, turned clockwise.

    ``dpi`` is held between 36 and 300 and sinks further where the picture would pass 20 million pixels; ``rotation``
    is taken to the quarter turn below, so that no number in an address is an error. Raises :class:`PageMissing` and
    :class:`PageUnreadable`.
    """
    if page < 1:
        raise PageMissing(page=page)
    return _ask(content, page, min(max(dpi, DPI_RANGE[0]), DPI_RANGE[1]), rotation // 90 % 4 * 90)


def _ask(content: bytes, page: int, dpi: int, rotation: int) -> bytes:
    # -I and the empty environment: the child finds PDFium and Pillow, and none of our keys.
    command = [sys.executable, "-I", str(Path(page_renderer.__file__)), str(page), str(dpi), str(rotation)]
    with _two_at_once:
        try:
            answer = subprocess.run(
                command,
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=WALL_LIMIT_SECONDS,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PageUnreadable from None
    if answer.returncode == page_renderer.NO_SUCH_PAGE:
        raise PageMissing(page=page)
    if answer.returncode != page_renderer.DONE:
        raise PageUnreadable
    return answer.stdout
