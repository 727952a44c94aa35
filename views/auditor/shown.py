"""How values read in this door: labels for words, clocks of Taiwan, and masks over everybody's name and address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import get_locale

from app.crypto import SealBroken
from app.i18n import DEFAULT_LOCALE, _
from app.rules import dates, masking
from app.rules.vocabulary import Channel, Word
from app.services import reasons
from models import Agency, AuditEntry, Inmate, Notification, Officer
from views.auditor.filters import directory

Formatter = Callable[[Any, Any, Any, str], Any]


def column(show: Callable[[Any], Any]) -> Formatter:
    """A Flask-Admin column formatter out of a function of the row."""
    return lambda view, context, row, name: show(row)


def locale() -> str:
    """The reader's language."""
    return str(get_locale() or DEFAULT_LOCALE)


def by_type(show: Callable[[Any], Any]) -> Formatter:
    """A Flask-Admin type formatter out of a function of the value."""
    return lambda view, value, name=None, *rest: show(value)


#: Flask-Admin takes the first kind that fits: words before text, instants before days.
TYPES: dict[type, Formatter] = {
    type(None): by_type(lambda value: ""),
    bool: by_type(lambda value: _("是") if value else _("否")),
    Word: by_type(lambda value: value.label),
    datetime: by_type(lambda value: dates.log_time(value, locale())),
    date: by_type(dates.list_date),
    Agency: by_type(lambda agency: agency.name),
    Officer: by_type(lambda officer: staff(officer.full_name, officer.id)),
}


def inmate(who: Inmate) -> str:
    """收容人資訊 as officers' lists have it: 0609黃○○."""
    return f"{who.number}{masking.name_circle(who.name)}"


def person(name: str, relation: Word | None = None) -> str:
    """A masked name, with what the person is to the inmate: 李○○（律師）."""
    circled = masking.name_circle(name)
    return _("%(name)s（%(relation)s）", name=circled, relation=relation.label) if relation else circled


def reason(text: str | None) -> str | None:
    """不通過原因 in the reader's language; the list of reasons is read once in a request."""
    if not text or not locale().startswith("en"):
        return text
    if "auditor_reasons" not in g:
        g.auditor_reasons = reasons.english()
    return str(g.auditor_reasons.get(text, text))


def staff(name: str, number: Any) -> str:
    """A member of staff: masked, and told apart by the number of the account."""
    return _("%(name)s（人員編號%(number)s）", name=masking.name_circle(name), number=number)


def recipient(message: Notification) -> str:
    """傳送目的: where a message went, as the manual's log masks it."""
    mask = masking.mobile if message.channel is Channel.SMS else masking.mail_start
    try:
        return mask(message.recipient)
    except SealBroken:
        return broken()


def broken() -> str:
    """What stands in the place of a sealed value that does not open: an auditor has to see that, not an error page."""
    return _("（無法解密，內容可能遭竄改）")


def actor(entry: AuditEntry) -> str | None:
    """Who acted in a row of the trail."""
    if entry.actor_kind == "staff" and entry.actor_name:
        return staff(entry.actor_name, entry.actor_id)
    if entry.actor_kind == "api":
        return entry.actor_name  # a system, not a person
    return person(entry.actor_name) if entry.actor_name and entry.actor_kind != "system" else None


def address(entry: AuditEntry) -> str | None:
    """Where an officer sat is part of the trail; of everybody else only the neighbourhood is shown."""
    if entry.remote_address is None or entry.actor_kind == "staff":
        return entry.remote_address
    return network(entry.remote_address)


def agency_name(agency_id: str | None) -> str | None:
    """The name of an agency, closed ones too."""
    return directory().get(agency_id or "", (None, None))[0]


def network(address: str) -> str:
    """A remote address without its last part: enough to tell one place from another, not one person."""
    mark = ":" if ":" in address else "."
    return f"{address.rpartition(mark)[0]}{mark}{masking.STAR * 3}"
