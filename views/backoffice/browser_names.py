"""A browser in words, so that people know their own again."""

from __future__ import annotations

from app.i18n import _

#: The first that is found counts: Edge also says Chrome, and Chrome also says Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str | None) -> str:
    """The browser and the system that a User-Agent header names."""
    sent = user_agent or ""
    found = [next((name for sign, name in names if sign in sent), "") for names in (_BROWSERS, _SYSTEMS)]
    return "／".join(name for name in found if name) or _("無法辨識的瀏覽器")
