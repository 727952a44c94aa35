"""An uploaded photograph against bare Pillow: ``.venv/bin/python -m bench.upload``.

The goal: a 12-megapixel JPEG accepted in at most 1.3 times what Pillow takes to decode it, make it 2,000 pixels
wide and encode it again. *Clean* is what the adapter does (decide, check, upright, redraw without EXIF); *accepted* is
the whole act of the portal (clean, budget, seal, write and sync to the disk, row and commit). Processor seconds of a
warm process, median; the sides take turns, so that a busy machine slows all alike.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

from flask import Flask
from PIL import Image

from app import clock
from app.adapters import uploads
from app.adapters.images import JPEG_QUALITY, MAX_SIDE_PIXELS
from app.rules.vocabulary import AttachmentKind
from app.services import drafts
from tests import factories
from tests.databases import build_app, migrate
from tests.postgres import RUN_FOLDER

REPEATS = 7
SIZE = (4000, 3000)
NAME = "律師證.jpg"


def photograph() -> bytes:
    """Twelve megapixels that look to an encoder like a photograph: noise over shapes, turned by EXIF, some 5 MB."""
    coarse = Image.effect_noise((SIZE[0] // 8, SIZE[1] // 8), 90).resize(SIZE, Image.Resampling.BICUBIC)
    fine = Image.effect_noise(SIZE, 22)
    picture = Image.merge("RGB", (coarse, fine, Image.blend(coarse, fine, 0.5)))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def bare(data: bytes, at_half_size: bool = False) -> None:
    """Pillow alone; ``at_half_size`` lets the decoder leave out what the smaller picture does not need."""
    with Image.open(BytesIO(data)) as picture:
        if at_half_size:
            picture.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
        picture.load()
        picture.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
        picture.save(BytesIO(), "JPEG", quality=JPEG_QUALITY, optimize=True)


def seconds(act: Callable[[], object]) -> float:
    """Processor seconds of one act."""
    start = time.process_time()
    act()
    return time.process_time() - start


def accepted(app: Flask, data: bytes) -> float:
    """One upload into a draft, as the portal does it."""
    draft = factories.draft(fields={"relation": "lawyer"}, expires_at=clock.now().replace(year=clock.now().year + 1))
    owner, draft_id = draft.applicant_id, draft.id
    return seconds(lambda: drafts.add_paper(owner, draft_id, AttachmentKind.MANDATE, NAME, data))


def main(repeats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[RUN_FOLDER] = folder
        app = build_app(f"sqlite:///{folder}/bench.db", Path(folder) / "data")
        migrate(app)
        data = photograph()
        with app.app_context():
            sides: dict[str, Callable[[], float]] = {
                "bare Pillow": lambda: seconds(lambda: bare(data)),
                "bare Pillow, decoded at half size": lambda: seconds(lambda: bare(data, at_half_size=True)),
                "clean": lambda: seconds(lambda: uploads.accept(data, NAME)),
                "accepted, original kept too": lambda: accepted(app, data),
            }
            for measure in sides.values():
                measure()
            runs = [[measure() for measure in sides.values()] for _turn in range(repeats)]
    medians = [median(column) for column in zip(*runs, strict=True)]
    print(f"{SIZE[0]} × {SIZE[1]} pixels, {len(data) / 1024 / 1024:.1f} MB\n")
    print("| | s | against bare Pillow |\n|---|---:|---:|")
    for name, figure in zip(sides, medians, strict=True):
        print(f"| {name} | {figure:.3f} | {figure / medians[0]:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
