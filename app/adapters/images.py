"""Pictures from strangers: opened under a limit, turned upright, and drawn anew so that nothing else is left in them."""

from __future__ import annotations

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
# One picture takes up to 150 MB while it is unpacked (measured): two at a time in a process, the rest wait.
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
        upright = ImageOps.exif_transpose(picture)
        paper = _on_white(upright)
    paper.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    fresh = Image.new(paper.mode, paper.size)  # a picture that never had metadata cannot pass any on
    fresh.paste(paper)
    out = BytesIO()
    fresh.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return CleanImage(out.getvalue(), fresh.width, fresh.height)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture
    if picture.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion clips instead of scaling, all turns white
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
