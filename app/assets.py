"""Front-end assets: fetched by npm, fitted to this program, pre-compressed and served that way.

``python -m app.assets`` copies GOV.UK Frontend into ``app/static/vendor/`` without the crown's typeface (licensed for
gov.uk only) and writes ``.gz`` twins beside every script and stylesheet. Nothing it writes is committed.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "app" / "static"
SOURCE = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk"
FILES = ("govuk-frontend.min.css", "govuk-frontend.min.js")

FONT_STACK = '"Noto Sans TC","PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",system-ui,sans-serif'
_THEIR_STACK = "GDS Transport,arial,sans-serif"
_THEIR_FACES = re.compile(r"@font-face\{font-family:GDS Transport;[^}]*\}")
_SOURCE_MAP = re.compile(r"\n?(?://# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
_COMPRESSED = {".css", ".js"}


def build(target: Path) -> list[Path]:
    """Write the fitted files into ``target`` and a ``.gz`` beside every script and stylesheet of the program.

    Raises ``FileNotFoundError`` before ``npm ci``, and ``RuntimeError`` when an upgrade moved what is replaced here.
    """
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name in FILES:
        text = _SOURCE_MAP.sub("\n", (SOURCE / name).read_text())
        if name.endswith(".css"):
            text = _without_their_font(text)
        _put(target / name, text.encode())
        written.append(target / name)
    for path in [*written, *_own(target)]:
        twin = _twin(path)
        _put(twin, gzip.compress(path.read_bytes(), compresslevel=9, mtime=0), stale=not _fresh(twin, path))
    return written


def _put(path: Path, content: bytes, *, stale: bool = False) -> None:
    # What stands there already keeps its time: a build beside a running program must not make the twins look stale.
    if not stale and path.is_file() and path.read_bytes() == content:
        return
    # Moved into place whole: a program that is running, or a second build, never reads half a file.
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(content)
    os.replace(draft, path)


def _without_their_font(css: str) -> str:
    css, faces = _THEIR_FACES.subn("", css)
    if faces != 2 or _THEIR_STACK not in css:
        raise RuntimeError("govuk-frontend changed its fonts: look at app/assets.py before moving the version")
    return css.replace(_THEIR_STACK, FONT_STACK)


def _own(target: Path) -> Iterator[Path]:
    for path in STATIC.rglob("*"):
        if path.suffix in _COMPRESSED and path.parent != target:
            yield path


def _twin(path: Path) -> Path:
    return path.with_name(path.name + ".gz")


def _fresh(twin: Path, path: Path) -> bool:
    # An edited stylesheet must not hide behind yesterday's twin.
    return twin.is_file() and path.is_file() and twin.stat().st_mtime_ns >= path.stat().st_mtime_ns


def serve_compressed(app: Flask) -> None:
    """Answer ``/static/…`` with the ``.gz`` twin where there is a fresh one and the browser takes it."""

    def static_file(filename: str) -> Response:
        folder = str(app.static_folder)
        path = Path(folder) / filename
        if path.suffix not in _COMPRESSED:
            return app.send_static_file(filename)
        twin = _twin(path)
        if not (_fresh(twin, path) and request.accept_encodings.quality("gzip") > 0):
            response = app.send_static_file(filename)
        else:
            kind = "text/css" if path.suffix == ".css" else "text/javascript"
            max_age = app.get_send_file_max_age(filename)
            response = send_from_directory(folder, twin.relative_to(folder), mimetype=kind, max_age=max_age)
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response

    app.view_functions["static"] = static_file


if __name__ == "__main__":
    for built in build(STATIC / "vendor"):
        print(built.relative_to(ROOT))
