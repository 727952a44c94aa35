"""Language switch, by its own name and by POST, because it changes the session."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, session
from werkzeug.wrappers import Response

from app.errors import NotAllowed
from app.i18n import LOCALES
from views.portal.door import door
from views.portal.guard import checked_next


@door.post("/language")
def language() -> Response:
    """Keep the chosen language for this browser and go back to the page before.

    A token would need a session, and a reader who only looks has none: browsers say on every POST where it comes from.
    """
    if not _is_ours(request.headers.get("Origin", "")):
        raise NotAllowed()
    if request.form.get("locale") in LOCALES:
        session["locale"] = request.form["locale"]
    return redirect(checked_next(request.form.get("back")))


def _is_ours(origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:  # "http://[" is no address at all
        return False
