"""From a template to a PDF: Jinja2 with escaping, then xhtml2pdf without a network or a file to read."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from flask_babel import get_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from app.i18n import DEFAULT_LOCALE, _, html_lang
from reports import fonts, tags
from reports.table import Layout, Table, lay_out
from reports.text import cap

log = logging.getLogger(__name__)

_POLICY = ResourceAccessPolicy.server(None, allow_remote=False)  # pictures come as data: URIs, nothing else is read
_one_at_a_time = Lock()  # ReportLab's fonts and xhtml2pdf's caches belong to the process
_layouts: ContextVar[Mapping[str, Layout]] = ContextVar("layouts")


class RenderFailed(RuntimeError):
    """xhtml2pdf refused something in a document; the message says what. A fault of ours, never of the data."""


def fill(template: str, **values: Any) -> str:
    """The HTML of a template in ``reports/templates``; every value is escaped and drawn with fonts that have it."""
    locale = str(get_locale() or DEFAULT_LOCALE)
    return _environment.get_template(template).render(lang=html_lang(locale), **values)


def render(html: str, rosters: Mapping[str, Table] | None = None, title: str = "") -> bytes:
    """The PDF of ``html``; ``<pdf:roster data="key">`` draws the table of that key, ``title`` is the file's own title.

    Nothing is fetched: a remote or local address is left out with a warning in the log. One document at a time in a
    process; a thousand rows take about half a second. Raises ``RenderFailed``.
    """
    buffer = BytesIO()
    with _one_at_a_time:
        fonts.missing_characters()  # fonts ready
        token = _layouts.set({key: lay_out(table) for key, table in (rosters or {}).items()})
        try:
            status = pisa.CreatePDF(
                html, dest=buffer, encoding="utf-8", resource_policy=_POLICY, context_meta={"title": title}
            )
        finally:
            _layouts.reset(token)
    if status.err:
        raise RenderFailed("; ".join(str(entry[2]) for entry in status.log if entry[0] == "error"))
    return buffer.getvalue()


def _drawn(value: Any) -> Any:
    """What stands in the HTML for a value: escaped, and rare characters in a span with the font that has them."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    text = cap(str(value), 10_000)
    lines = (Markup("").join(_spans(line)) for line in text.split("\n"))
    return Markup("\n").join(lines)


def _spans(line: str) -> list[Markup]:
    return [
        escape(text) if font == fonts.REGULAR else Markup('<span style="font-family: {}">{}</span>').format(font, text)
        for font, text in ((font, text.replace("\u3000", "\xa0" * 4)) for font, text in fonts.runs(line))
    ]


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_drawn,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    return environment


_environment = _make_environment()
tags.install(lambda name: _layouts.get()[name])
