"""Papers as people upload them: small, real files."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from PIL import Image

#: A name and its content, as the drivers of ``tests.doors`` take a file.
Upload = tuple[str, bytes]


def jpeg(name: str = "身分證.jpg", size: tuple[int, int] = (60, 80)) -> Upload:
    """A photograph."""
    kept = BytesIO()
    Image.new("RGB", size, "navy").save(kept, "JPEG")
    return name, kept.getvalue()


def pdf(name: str = "委任狀.pdf", pages: int = 1) -> Upload:
    """A document of empty pages."""
    kept, document = BytesIO(), pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    document.save(kept)
    return name, kept.getvalue()
