"""Files of both contact books as pictures: the file itself never reaches an officer's browser."""

from __future__ import annotations

from io import BytesIO

from flask import Response, request
from PIL import Image

from app.adapters.page_images import PageMissing, PageUnreadable, page_image
from app.crypto import SealBroken
from app.services import attachments
from app.transaction import end_reading
from models import BookAttachment

#: The longer side of a picture in a list, and on paper.
SMALL, PAPER = 160, 1400
_DPI, _JPEG_QUALITY = 130, 85


def response(attachment: BookAttachment, page: int) -> Response:
    """One page as JPEG, small with ``?small=1``; no browser keeps it (``app.security`` sends ``no-store``)."""
    content = picture(attachment, page, SMALL if "small" in request.args else 0)
    return Response(content, mimetype="image/jpeg")


def picture(attachment: BookAttachment, page: int, longest: int = 0) -> bytes:
    """One page as JPEG, shrunk to ``longest`` pixels where that is given.

    Raises ``PageMissing``, ``PageUnreadable``, ``FileMissing``.
    """
    is_pdf = attachment.media_type == "application/pdf"
    try:
        content = attachments.content(attachment)
    except SealBroken as error:
        raise PageUnreadable() from error
    end_reading()  # drawing takes a while and needs no database
    if is_pdf:
        content = page_image(content, page, _DPI)
    elif page != 1:
        raise PageMissing(page=page)
    return _shrunk(content, longest) if longest else content


def _shrunk(content: bytes, longest: int) -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(content), formats=("JPEG",)) as photograph:
        photograph.thumbnail((longest, longest))
        photograph.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
