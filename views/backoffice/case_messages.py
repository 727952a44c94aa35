"""將寄送之通知內容: the message as the applicant will read it, with places for what is still being typed."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from app.extensions import db
from app.services import application_review, notifications
from models import ServiceApplication
from views.backoffice.case_decisions import Typed

#: Characters that no text contains: they hold a place until it is filled.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACES = ("reason", "papers", "until", "item_results")


@dataclass(frozen=True)
class Preview:
    """One of the messages that a decision may lead to; ``when`` names the choice that leads to it."""

    when: str
    subject: str
    body: Markup


def previews(application: ServiceApplication, typed: Typed) -> list[Preview]:
    """The approval's message, the refusal's, and the refusal's that names papers."""
    # A family's decision in parts reads like a refusal: item by item, then why.
    return [
        _preview(application, typed, "approve", is_approved=True, names_papers=False),
        _preview(application, typed, "reject", is_approved=False, names_papers=False),
        _preview(application, typed, "reject-papers", is_approved=False, names_papers=True),
    ]


def _preview(
    application: ServiceApplication, typed: Typed, when: str, *, is_approved: bool, names_papers: bool
) -> Preview:
    event = application_review.event_of(is_approved=is_approved, names_papers=names_papers, item=application.item)
    places = {name: f"{_OPEN}{name}{_CLOSE}" for name in _PLACES}
    values = application_review.told(application, **places)
    locale = application.applicant.locale
    text = notifications.compose(db.session(), event, locale, application.agency, values)
    return Preview(when, text.subject, _with_places(text.body, {"until": typed.until}))


def _with_places(body: str, now: dict[str, str]) -> Markup:
    text = str(escape(body))
    for name in _PLACES:
        place = Markup('<span data-fill="{}">{}</span>').format(name, now.get(name) or "……")
        text = text.replace(f"{_OPEN}{name}{_CLOSE}", str(place))
    return Markup(text)
