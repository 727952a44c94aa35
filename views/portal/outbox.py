"""示範寄件匣: the mails of a demonstration, in full and with links that work; a real installation has no such page."""

from __future__ import annotations

import re

from flask import abort, current_app, render_template
from markupsafe import Markup, escape

from app.services import outbox as letters
from views.portal.door import door

_LINK = re.compile(r"https?://[^\s<>\"']+")


@door.get("/outbox")
def outbox() -> str:
    """The newest mails first."""
    if not current_app.config["SHOW_OUTBOX"]:
        abort(404)
    return render_template("portal/outbox.html", letters=letters.messages(), linked=linked)


def linked(text: str) -> Markup:
    """The text with this program's own addresses as links; any other stays text."""
    base = str(current_app.config["BASE_URL"])
    parts, position = [], 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[position : found.start()]))
        address, position = found[0], found.end()
        if address.startswith(f"{base}/"):
            # Without the host: a demonstration is opened under several names.
            shown = Markup('<a class="govuk-link" href="{}">{}</a>').format(address.removeprefix(base), address)
        else:
            shown = escape(address)
        parts.append(shown)
    return Markup("").join([*parts, escape(text[position:])])
