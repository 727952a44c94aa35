"""The door of other systems: keys instead of sessions, JSON instead of pages."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf
from views.api import inmate_imports, openapi, recognition_results
from views.api.door import door

#: Posts without a token of a form: they check a key, and no browser sends one by itself.
_KEYED = (
    *(inmate_imports.receive_inmates, inmate_imports.apply_inmates, inmate_imports.abandon_inmates),
    recognition_results.receive_result,
)


def register(app: Flask) -> None:
    """Hang the door into the program."""
    for post in _KEYED:
        csrf.exempt(post)
    app.register_blueprint(door)


__all__ = ["openapi", "register"]
