"""The draft of a family's application: relationship and items; everything else is as in ``drafts``."""

from __future__ import annotations

from collections.abc import Iterable

from app.errors import RuleError, RuleErrors
from app.extensions import db
from app.rules import family_items
from app.rules.vocabulary import FAMILY, ServiceItem
from app.security import Actor
from app.services import application_subjects, drafts, inmates
from app.transaction import transaction
from models import ApplicationDraft


def start(applicant_id: str, agency_id: str, number: str, relation: str, actor: Actor) -> str:
    """Start (or take up again) a relative's application for one inmate and return the draft's id.

    Raises ``RuleErrors`` with what is missing before anything is looked up, and the errors of ``drafts.start``.
    """
    missing: list[RuleError] = [] if agency_id else [inmates.AgencyMissing("agency_id")]
    missing += [] if number.strip() else [inmates.NumberMissing("number")]
    missing += [] if relation in FAMILY else [drafts.RelationMissing("relation")]
    if missing:
        raise RuleErrors(missing)
    draft_id = drafts.start(applicant_id, agency_id, number, actor, ServiceItem.FAMILY)
    with transaction() as session:
        own = drafts.locked_draft(session, applicant_id, draft_id)
        own.fields = {**(own.fields or {}), "relation": relation}
    return draft_id


def save(applicant_id: str, draft_id: str, *, relation: str, items: Iterable[str]) -> None:
    """Keep relationship and ticks, then check them; raises ``RuleErrors``, ``NotFound``."""
    fields = {"relation": relation if relation in FAMILY else "", "items": family_items.in_order(items)}
    drafts.keep_fields(applicant_id, draft_id, ServiceItem.FAMILY, fields)


def offered(draft: ApplicationDraft) -> tuple[list[ServiceItem], list[ServiceItem]]:
    """The items that may be ticked, and those that are granted already and are only told of."""
    held = application_subjects.taken(db.session(), draft.applicant_id, draft.inmate_id)
    free = [item for item in family_items.FAMILY_ITEMS if item not in held]
    return free, [item for item in family_items.FAMILY_ITEMS if item in held]
