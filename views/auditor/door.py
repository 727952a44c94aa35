"""Who may come in, and that nobody writes: the same for every page of this door."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_admin import BaseView
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response

from app.i18n import LOCALES, html_lang
from views.auditor.shown import locale

READING = ("GET", "HEAD", "OPTIONS")


class Gate(BaseView):
    """The base of each view: asks on every request for the permission that only the auditors' role has."""

    #: Whether the menu of every page names it.
    in_menu = True

    def is_accessible(self) -> bool:
        """Whether the reader may see this page."""
        return bool(current_app.appbuilder.sm.has_access("can_access", "AuditConsole"))

    def inaccessible_callback(self, name: str, **values: Any) -> Response:
        """A stranger is led to the staff sign-in and back; anybody else of the staff gets 403."""
        if current_user.is_authenticated:
            abort(403)
        return redirect(url_for("SignInView.login", next=request.full_path.rstrip("?")))

    def render(self, template: str, **values: Any) -> str:
        """The page, with what its frame needs: the language and the ways to another one and out."""
        here = locale()
        return str(
            super().render(
                template,
                page_language=html_lang(here),
                other_languages=[(one, html_lang(one), name) for one, name in LOCALES.items() if one != here],
                **values,
            )
        )


def refuse_writing(app: Flask, posted: Collection[str]) -> None:
    """Answer 405 to every method but a reading one, under any address of this door, whether it exists or not.

    ``posted`` are endpoints that read by POST, because a password is sent along.
    """

    @app.before_request
    def _read_only() -> None:
        if request.method == "POST" and request.endpoint in posted:
            return
        if request.method not in READING and f"{request.path}/".startswith("/auditor/"):
            raise MethodNotAllowed(READING)
