"""審核結果 item by item: what an officer says about each service item that a family has asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import force_locale

from app.errors import NotFound, RuleError
from app.i18n import DEFAULT_LOCALE, _, _l
from app.rules import family_items
from app.rules.vocabulary import ApplicationState, ReasonScope, ServiceItem, Verdict
from app.services import reasons
from models import ApplicationItem, ServiceApplication


class VerdictMissing(RuleError):
    """A result has to be chosen."""

    sentence = _l("請選擇審核結果。")


class ItemVerdictMissing(RuleError):
    """Each item that was asked for needs a result of its own."""

    sentence = _l("請選擇「%(item)s」之審核結果。")


class ItemReasonMissing(RuleError):
    """Each refused item needs a reason from the list."""

    sentence = _l("「%(item)s」審核未通過時，請選擇不通過原因。")


@dataclass(frozen=True)
class ItemVerdict:
    """The verdict on one item; without a ``reason`` of its own it is refused for that of the whole."""

    item: str
    verdict: str
    reason: str = ""
    note: str = ""


def ordered(application: ServiceApplication) -> list[ApplicationItem]:
    """The items of an application in the manual's order; none for a lawyer's."""
    return sorted(application.items, key=lambda row: family_items.FAMILY_ITEMS.index(row.item))


def keep(
    application: ServiceApplication, verdicts: Iterable[ItemVerdict], main_reason: str
) -> tuple[str, list[ServiceItem]]:
    """Write the verdicts into the items, in the caller's transaction; returns the whole's move and what is granted.

    Raises :class:`ItemVerdictMissing`, :class:`ItemReasonMissing`, ``NotFound`` for an item that was not asked for.
    """
    by_item = {verdict.item: verdict for verdict in verdicts}
    rows = ordered(application)
    if by_item.keys() - {row.item.value for row in rows}:
        raise NotFound()
    on_list = {reason.text for reason in reasons.offered(ReasonScope.APPLICATION)}
    for row in rows:
        said = by_item.get(row.item.value)
        if said is None or said.verdict not in Verdict.values():
            raise ItemVerdictMissing(f"verdict-{row.item.value}", item=row.item.label)
        is_refused = said.verdict == Verdict.REJECT
        reason = (said.reason or main_reason) if is_refused else None
        if is_refused and reason not in on_list:
            raise ItemReasonMissing(f"reason-{row.item.value}", item=row.item.label)
        row.state = ApplicationState.REJECTED if is_refused else ApplicationState.APPROVED
        row.rejection_reason = reason
        row.rejection_note = (said.note.strip()[:500] or None) if is_refused else None
    granted = [row.item for row in rows if row.state is ApplicationState.APPROVED]
    if not granted:
        return "reject", []
    return "approve" if len(granted) == len(rows) else "approve_partly", granted


def clear(application: ServiceApplication) -> None:
    """Take all verdicts on an application's items back, in the caller's transaction."""
    for row in application.items:
        row.state = ApplicationState.PENDING
        row.rejection_reason = row.rejection_note = None


def refused(application: ServiceApplication) -> list[str]:
    """The refused items by name, as the trail keeps them."""
    with force_locale(DEFAULT_LOCALE):  # the trail is written in one language
        return [str(row.item.label) for row in ordered(application) if row.state is ApplicationState.REJECTED]


def listed(application: ServiceApplication, locale: str, until: str) -> str:
    """Item by item what became of it, as a message says it."""
    with force_locale(locale):
        return "\n".join(_line(row, until) for row in ordered(application))


def _line(row: ApplicationItem, until: str) -> str:
    values = {"item": row.item.label, "state": row.state.label, "until": until}
    if row.state is ApplicationState.APPROVED:
        return _("%(item)s：%(state)s（有效期限：%(until)s）", **values)
    return _("%(item)s：%(state)s", **values)


def reasons_listed(application: ServiceApplication, locale: str) -> str:
    """Why items were refused, each reason once, with what was added to it."""
    said = [
        reasons.shown(row.rejection_reason, row.rejection_note, locale)
        for row in ordered(application)
        if row.state is ApplicationState.REJECTED
    ]
    return ("; " if locale.startswith("en") else "；").join(dict.fromkeys(said))
