"""What templates of the portal can use: the GOV.UK components, the menu, dates and masks in the reader's language."""

from __future__ import annotations

import functools
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import get_locale
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from wtforms import Field

from app import clock
from app.i18n import DEFAULT_LOCALE, LOCALES, _, html_lang
from app.rules import dates, documents, family_items, masking, plain_text
from app.rules.vocabulary import Channel, Relationship, ServiceItem, VisitKind
from app.services import item_verdicts, reasons
from models import Inmate, Notification, ServiceApplication
from views.portal import menu, staying

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "app" / "templates" / "portal"


def locale() -> str:
    """The reader's language."""
    return str(get_locale() or DEFAULT_LOCALE)


def dress(app: Flask) -> None:
    """Make components, filters and the frame's words known to the templates."""
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([loader for loader in (app.jinja_loader, components) if loader])
    app.jinja_env.globals.update(
        portal_html_lang=lambda name=None: html_lang(name or locale()),
        portal_other_languages=lambda: [(code, name) for code, name in LOCALES.items() if code != locale()],
        portal_menu=menu.shown_menu,
        portal_menu_children=menu.shown_children,
        portal_is_current=menu.is_current,
        portal_start_of=menu.start_of,
        portal_items_of=item_verdicts.ordered,
        portal_refused_items=refused_items,
        portal_shows_outbox=menu.shows_outbox,
        portal_last_updated=last_updated,
        portal_staying=staying.left,
        portal_session_limits=staying.limits,
        portal_relation=lambda value: Relationship(value).label,
        portal_in_words=in_words,
        plain_blocks=plain_text.blocks,
        portal_visit_kind=lambda value: VisitKind(value).label,
    )
    app.jinja_env.filters.update(
        problem=problem,
        list_date=dates.list_date,
        booking_date=lambda day: dates.booking_date(day, locale()),
        sentence_date=lambda day: dates.sentence_date(day, locale()),
        sentence_time=lambda moment: dates.sentence_time(moment, locale()),
        list_time=lambda moment: f"{dates.list_date(local_day(moment))} {clock.local(moment):%H:%M}",
        clock_time=lambda moment: f"{clock.local(moment):%H:%M}",
        log_time=lambda moment: dates.log_time(moment, locale()),
        local_day=local_day,
        masked_name=masking.name_circle,
        masked_inmate=masked_inmate,
        masked_mail=masking.mail_start,
        masked_recipient=masked_recipient,
        masked_id=masking.id_number,
        megabytes=documents.megabytes,
        refusal=lambda row: reasons.shown(row.rejection_reason, row.rejection_note, locale()),
        service_items=service_items,
        paper_refusal=lambda paper: reasons.shown(paper.refusal, paper.refusal_note, locale()),
        grant_reason=lambda grant: reasons.shown(grant.reason, grant.reason_note, locale()),
    )


def in_words(row: Any) -> tuple[str, str, str]:
    """Title, text and their language: English for its readers where there is any."""
    if locale() == "en" and row.title_en and row.body_en:
        return row.title_en, row.body_en, "en"
    return row.title, row.body, DEFAULT_LOCALE


def service_items(application: ServiceApplication) -> str:
    """服務項目 of an application: a family's single items, as the manual prints them."""
    asked = [row.item for row in item_verdicts.ordered(application)]
    return family_items.named(asked or [application.item], locale())


def refused_items(application: ServiceApplication) -> list[tuple[str, str]]:
    """The refused items of a family's application with their reason; items with the same one stand together."""
    told: dict[str, list[ServiceItem]] = {}
    for row in item_verdicts.ordered(application):
        if row.rejection_reason:
            told.setdefault(reasons.shown(row.rejection_reason, row.rejection_note, locale()), []).append(row.item)
    return [(family_items.named(items, locale()), sentence) for sentence, items in told.items()]


def masked_inmate(inmate: Inmate) -> str:
    """0609黃○○, as the manual prints it; Latin initials stand apart from the number."""
    name = masking.name_circle(inmate.name)
    return f"{inmate.number} {name}" if name[:1].isascii() else f"{inmate.number}{name}"


def masked_recipient(message: Notification) -> str:
    """傳送目的: where a message went, masked as its channel is."""
    return (masking.mobile if message.channel is Channel.SMS else masking.mail_start)(message.recipient)


@functools.cache
def last_updated() -> date:
    """最後更新日期: the day on which these pages last changed on this machine."""
    newest = max(path.stat().st_mtime for path in TEMPLATES.glob("*.html"))
    return datetime.fromtimestamp(newest, clock.TAIPEI).date()


def local_day(moment: datetime) -> date:
    """The day of an instant in Taiwan."""
    return clock.local(moment).date()


def problem(field: Field) -> dict[str, Any] | None:
    """The error message of a field, as the components take it."""
    if not field.errors:
        return None
    return {"text": "".join(str(error) for error in field.errors), "visuallyHiddenText": _("錯誤")}
