"""The portal's blueprint: one name for the door, so that pages can be hung into it."""

from __future__ import annotations

from flask import Blueprint

door = Blueprint("portal", __name__, url_prefix="/portal")
