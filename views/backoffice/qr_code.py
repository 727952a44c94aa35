"""The address of a new second factor as a picture, for a telephone to photograph."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Response


def answer(address: str) -> Response:
    """The picture."""
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=5, border=4)
    return Response(picture.getvalue(), mimetype="image/png")


def in_fours(secret: str) -> str:
    """A secret as people copy it: in groups of four."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
