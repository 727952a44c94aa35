"""What a monitor asks of the trail: how often something was refused or taken in full within the last while."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app import clock
from app.extensions import db
from models import AuditEntry

#: Events that are rare on a quiet day: attempts that failed, and looks past the masks.
WATCHED = (
    "applicant.sign_in_failed",
    "officer.sign_in_failed",
    "second_factor.failed",
    "password.refused",
    "applicant.reset_unknown",
    "audit.unmasked",
    "audit.exported",
)


def counts(span: timedelta) -> dict[str, int]:
    """How often each watched event happened within this span until now, those that did not included."""
    asked = (
        select(AuditEntry.event, func.count())
        .where(AuditEntry.event.in_(WATCHED), AuditEntry.at > clock.now() - span)
        .group_by(AuditEntry.event)
    )
    found = {event: int(number) for event, number in db.session.execute(asked)}
    return {event: found.get(event, 0) for event in WATCHED}
