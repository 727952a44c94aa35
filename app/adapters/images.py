"""Pictures from strangers: opened under a limit, turned upright, and drawn anew so that nothing else is in them."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from app.adapters.file_errors import IMAGE_TYPES, FileDamaged, ImageTooLarge, NotAcceptable

PIXEL_LIMIT = 25_000_000
MAX_SIDE_PIXELS = 2000
JPEG_QUALITY = 85
JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

_FORMATS = ("JPEG", "PNG")
# At DEBUG, Pillow writes the place and the camera of every photograph into the log.
logging.getLogger("PIL").setLevel(logging.INFO)
# A picture takes up to 250 MB while it is unpacked (25 million pixels with transparency): two at a time, others wait.
_two_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class CleanImage:
    """A picture as it may be stored and shown; ``width`` and ``height`` in pixels."""

    content: bytes
    width: int
    height: int
    media_type: str = "image/jpeg"


def sanitise_image(data: bytes, file_name: str) -> CleanImage:
    """Re-encode a JPEG or PNG as an upright JPEG of at most 2000 pixels a side, without EXIF or any other rider.

    ``file_name`` is only named in the errors :class:`NotAcceptable`, :class:`FileDamaged`, :class:`ImageTooLarge`.
    """
    if not data.startswith((JPEG_MAGIC, PNG_MAGIC)):
        raise NotAcceptable(file=file_name, types=IMAGE_TYPES)
    with _two_at_once:
        try:
            return _redrawn(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, _TooManyPixels):
            raise ImageTooLarge(file=file_name, megapixels=PIXEL_LIMIT // 1_000_000) from None
        except Exception as error:  # a decoder fed with hostile bytes may raise anything; none of it is a 500
            raise FileDamaged(file=file_name) from error


class _TooManyPixels(Exception):
    """Our own limit: Pillow's is one global number for the whole process, PDF fonts and charts included."""


def _redrawn(data: bytes) -> CleanImage:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        if picture.width * picture.height > PIXEL_LIMIT:  # known from the header, before anything is unpacked
            raise _TooManyPixels
        picture.verify()
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        if picture.format != "PNG":
            picture.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))  # JPEG can be read at half size: less memory
        picture.load()
        plain = _plain(picture)
    # Smaller first, then upright and onto paper: the large picture is held once.
    plain.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    ImageOps.exif_transpose(plain, in_place=True)
    # A new picture never had metadata, so it cannot pass any on.
    paper = Image.new("L" if plain.mode == "L" else "RGB", plain.size, "white")
    paper.paste(plain, mask=plain.getchannel("A") if plain.mode == "RGBA" else None)
    out = BytesIO()
    paper.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return CleanImage(out.getvalue(), paper.width, paper.height)


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L", "RGBA"):
        return picture
    if picture.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion clips instead of scaling, all turns white
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
