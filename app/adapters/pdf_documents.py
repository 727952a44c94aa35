"""PDF files from strangers: rebuilt page by page into a new document that can show and do nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from app.adapters.file_errors import (
    DOCUMENT_TYPES,
    FileDamaged,
    FileLocked,
    FileRefused,
    FileTooHeavy,
    NotAcceptable,
    TooManyPages,
)

PAGE_LIMIT = 50
IMAGE_PIXEL_LIMIT = 100_000_000  # an A3 sheet at 600 dpi has 70 million
STREAM_BYTES_LIMIT = 64 * 1024 * 1024
MAGIC = b"%PDF-"
MAGIC_WITHIN_BYTES = 1024  # scanners put a line of their own before it; readers accept that, and so do we

# What a page needs to be drawn. A list of what is kept cannot be outdated by a new kind of action.
_PAGE_KEYS = frozenset(
    {
        "/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
        "/Rotate", "/UserUnit", "/Group",
    }
)  # fmt: skip
# Riders on what a page draws (pictures, patterns, fonts): scripts, actions, files, foreign pages, private data.
_RIDERS = (
    "/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/EmbeddedFile",
    "/EmbeddedFiles", "/EF", "/AF", "/Filespec", "/XFA", "/AcroForm", "/RichMedia", "/RichMediaContent", "/Annots",
    "/Metadata", "/PieceInfo", "/OPI", "/Alternates", "/StructParents", "/StructParent",
)  # fmt: skip
# On a stream these fetch its bytes from another file; as names of resources ("/F1 … /F") they are innocent.
_STREAM_RIDERS = ("/F", "/FFilter", "/FDecodeParms", "/Ref")

# qpdf's own guard against bombs inside the file's skeleton. It is global by design and must be set before threads run.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=STREAM_BYTES_LIMIT,
    png_max_memory=STREAM_BYTES_LIMIT,
    tiff_max_memory=STREAM_BYTES_LIMIT,
    run_length_max_memory=STREAM_BYTES_LIMIT,
)


@dataclass(frozen=True)
class CleanPdf:
    """A document as it may be stored and shown."""

    content: bytes
    pages: int


def looks_like_pdf(data: bytes) -> bool:
    """Whether the content calls itself a PDF."""
    return MAGIC in data[:MAGIC_WITHIN_BYTES]


def sanitise_pdf(data: bytes, file_name: str) -> CleanPdf:
    """Rebuild a PDF of at most 50 pages without scripts, actions, attachments, forms, links and document data.

    What form fields and notes show is drawn into the page first, so that a filled form stays filled; it can no longer
    be edited, and a digital signature stays as a picture only. ``file_name`` is only named in the errors
    :class:`NotAcceptable`, :class:`FileLocked`, :class:`FileDamaged`, :class:`TooManyPages`, :class:`FileTooHeavy`.
    """
    if not looks_like_pdf(data):
        raise NotAcceptable(file=file_name, types=DOCUMENT_TYPES)
    try:
        # No recovery: qpdf would turn half a file into "twelve pages, all well" without a word.
        with pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True) as source:
            if source.is_encrypted:
                raise FileLocked(file=file_name)
            pages = len(source.pages)
            if pages > PAGE_LIMIT:
                raise TooManyPages(file=file_name, pages=pages, limit=PAGE_LIMIT)
            if pages == 0:
                raise FileDamaged(file=file_name)
            return CleanPdf(_rebuilt(source, file_name), pages)
    except pikepdf.PasswordError:
        raise FileLocked(file=file_name) from None
    except FileRefused:
        raise
    except Exception as error:  # a parser fed with hostile bytes may raise anything; none of it is a 500
        raise FileDamaged(file=file_name) from error


def _rebuilt(source: pikepdf.Pdf, file_name: str) -> bytes:
    source.flatten_annotations("all")
    for page in source.pages:
        for key in set(page.obj.keys()) - _PAGE_KEYS:
            del page.obj[key]
    with pikepdf.new() as fresh:
        fresh.pages.extend(source.pages)  # takes along what the pages draw, and only that
        for item in _everything_in(fresh):
            _strip(item)
            if isinstance(item, Stream):
                _weigh(item, file_name)
        for page in fresh.pages:  # a page's own orders may call themselves a picture
            for part in page.Contents if isinstance(page.get("/Contents"), Array) else [page.get("/Contents")]:
                if isinstance(part, Stream):
                    _unpack(part, file_name)
        out = BytesIO()
        fresh.save(out, linearize=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def _everything_in(document: pikepdf.Pdf) -> Iterator[Any]:
    # Every container in the file once. A list, not recursion: nesting is the stranger's choice.
    waiting: list[Any] = list(document.objects)
    while waiting:
        item = waiting.pop()
        if not isinstance(item, (Array, Dictionary, Stream)):
            continue
        yield item
        inside = item.stream_dict.values() if isinstance(item, Stream) else item
        inside = item.values() if isinstance(item, Dictionary) else inside
        waiting.extend(part for part in inside if isinstance(part, pikepdf.Object) and not part.is_indirect)


def _strip(item: Any) -> None:
    if isinstance(item, Array):
        return
    for key in _RIDERS + (_STREAM_RIDERS if isinstance(item, Stream) else ()):
        if key in item:
            del item[key]


def _weigh(stream: Stream, file_name: str) -> None:
    if stream.get("/Subtype") == Name.Image:
        # Scans are not unpacked here, only measured: fifty pages of them would take many seconds.
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > IMAGE_PIXEL_LIMIT:
            raise FileTooHeavy(file=file_name)
    else:
        _unpack(stream, file_name)


def _unpack(stream: Stream, file_name: str) -> None:
    try:
        stream.read_bytes()  # fonts and drawing orders: within the limit set above, or refused
    except pikepdf.QpdfRuntimeError as error:
        raise FileTooHeavy(file=file_name) from error
