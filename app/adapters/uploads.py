"""One door for every upload: what it is, whether name and content agree, and a clean copy of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from app.adapters.file_errors import DOCUMENT_TYPES, IMAGE_TYPES, FileEmpty, NotAcceptable
from app.adapters.images import JPEG_MAGIC, PNG_MAGIC, sanitise_image
from app.adapters.pdf_documents import looks_like_pdf, sanitise_pdf

NAME_LIMIT = 100
_ENDINGS = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png"}
_STORED_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg"}
# Programs and pages hidden before an innocent ending (x.php.jpg). "合約.doc.pdf" is what a scanner makes, and stays.
_PROGRAM_ENDINGS = frozenset(
    {
        "exe", "bat", "cmd", "scr", "msi", "dll", "ps1", "vbs", "js", "jse", "wsf", "hta", "lnk", "sh",
        "php", "phtml", "phar", "asp", "aspx", "jsp", "cgi", "html", "htm", "shtml", "svg",
    }
)  # fmt: skip


@dataclass(frozen=True)
class CleanFile:
    """An upload as it may be stored.

    ``file_name`` is the applicant's name for it, cleaned for showing; ``size_bytes`` is what the applicant sent and
    what the meter counts (the clean copy, ``len(content)``, may be smaller); ``pages`` is 1 for a picture.
    ``original`` is what was sent, untouched: evidence to be kept, never to be shown.
    """

    content: bytes = field(repr=False)
    media_type: str
    pages: int
    file_name: str
    original: bytes = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """The size of what was sent."""
        return len(self.original)

    @property
    def download_name(self) -> str:
        """``file_name`` with the ending of what is really in it: a PNG is kept as a JPEG."""
        return f"{self.file_name.rpartition('.')[0]}.{_STORED_ENDINGS[self.media_type]}"


def accept(data: bytes, file_name: str, images_only: bool = False) -> CleanFile:
    """Take a PDF, JPEG or PNG whose content and ending agree, and clean it.

    Raises a :class:`app.adapters.file_errors.FileRefused`: empty, not acceptable, damaged, locked, too large, too many
    pages, too heavy. The caller has limited ``len(data)`` already: nothing here is about the sum of the files.
    """
    name = display_name(file_name)
    if not data:
        raise FileEmpty(file=name)
    kind = _kind_by_content(data)
    # A NUL is never typed by a person: it is there to end the name early for somebody else's program.
    if kind is None or kind != _kind_by_name(name) or (images_only and kind == "pdf") or "\0" in file_name:
        raise NotAcceptable(file=name, types=IMAGE_TYPES if images_only else DOCUMENT_TYPES)
    if kind == "pdf":
        document = sanitise_pdf(data, name)
        return CleanFile(document.content, "application/pdf", document.pages, name, data)
    picture = sanitise_image(data, name)
    return CleanFile(picture.content, picture.media_type, 1, name, data)


def display_name(file_name: str) -> str:
    """A name that is safe to show: no folders, no control or direction signs, at most 100 characters.

    Chinese, characters beyond the BMP and private-use characters stay as they are; the ending survives the cut.
    """
    last = re.split(r"[/\\]", file_name)[-1]
    kept = "".join(" " if c.isspace() else c for c in last if unicodedata.category(c) not in {"Cf", "Cs"})
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cc")
    stem, dot, ending = " ".join(kept.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem, ending = stem.strip(" .") or "file", dot + ending.strip()[:10]
    return stem[: NAME_LIMIT - len(ending)] + ending


def _kind_by_content(data: bytes) -> str | None:
    if data.startswith(JPEG_MAGIC):
        return "jpeg"
    if data.startswith(PNG_MAGIC):
        return "png"
    return "pdf" if looks_like_pdf(data) else None


def _kind_by_name(name: str) -> str | None:
    *before, ending = name.lower().split(".")
    if any(part in _PROGRAM_ENDINGS for part in before[1:]):
        return None
    return _ENDINGS.get(ending)
