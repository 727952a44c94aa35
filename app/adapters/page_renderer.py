"""The child process of :mod:`app.adapters.page_images`: one document on stdin, one answer on stdout, and gone.

It runs alone, without the program's environment or keys, under limits of memory and time: PDFium reads what strangers
sent, is not safe with threads, and cannot be stopped from within. It imports nothing of the product.
"""

from __future__ import annotations

import contextlib
import math
import sys

import pypdfium2

DONE, NO_SUCH_PAGE, UNREADABLE = 0, 3, 4
MEMORY_LIMIT_BYTES = 1024 * 1024 * 1024
CPU_LIMIT_SECONDS = 15
MAX_PIXELS = 20_000_000
MAX_SIDE_PIXELS = 10_000
JPEG_QUALITY = 80


def limit_this_process() -> None:
    """Give up memory beyond 1 GiB, CPU beyond 15 s, and writing files; without effect where limits are unknown."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(document: pypdfium2.PdfDocument, page: int, dpi: int, rotation: int) -> None:
    """Write the page as JPEG; a page too big for the pixel limit is drawn smaller rather than refused."""
    sheet = document[page - 1]
    width, height = (max(side, 1.0) for side in sheet.get_size())
    scale = min(dpi / 72, math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE_PIXELS / max(width, height))
    picture = sheet.render(scale=scale, rotation=rotation).to_pil()
    picture.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=JPEG_QUALITY)


def main(page: int, dpi: int, rotation: int) -> int:
    """Draw ``page`` (from 1); the exit code says how it went."""
    limit_this_process()
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        if not 1 <= page <= len(document):
            return NO_SUCH_PAGE
        draw(document, page, dpi, rotation)
        return DONE
    except Exception:  # whatever hostile bytes provoke, the answer is the same
        return UNREADABLE


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
