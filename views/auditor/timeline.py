"""Everything that the trail tells about one record, the first act first, reads included."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from app.crypto import SealBroken
from app.extensions import db
from app.rules import dates
from app.security import Actor
from app.services import audit, trail
from models import AuditEntry, AuditValues, RejectionReason
from views.auditor import facts, full, pages
from views.auditor.shown import actor, address, agency_name, broken, locale
from views.auditor.subjects import KINDS, page_of
from views.auditor.trail_words import ACTORS, EVENTS


class Timeline:
    """The page of one record's story."""

    @expose("/timeline/<kind>/<record_id>/")
    def timeline(self, kind: str, record_id: str) -> str:
        """One page of the story; each page that is opened is one row of the trail, and so part of the story."""
        found = KINDS.get(kind)
        if found is None or kind == "audit_entry" or not record_id.isprintable():
            abort(404)
        row = found.find(record_id)
        about = (AuditEntry.subject_kind == kind, AuditEntry.subject_id == _written(record_id))
        last = db.session.scalar(select(AuditEntry).where(*about).order_by(AuditEntry.seq.desc()).limit(1))
        if row is None and last is None:
            abort(404)
        agency_id = getattr(row, "agency_id", None) or (last.agency_id if last else None)
        can_unmask = row is not None and full.knows(kind)
        reader = Actor.staff(current_user)
        audit.read("audit.timeline", reader, kind, agency_id=agency_id, subject_id=_written(record_id))
        page = pages.turn(select(AuditEntry).where(*about), (AuditEntry.seq,), request.args, oldest_first=True)
        return self.render(  # type: ignore[attr-defined]
            "auditor/timeline.html",
            kind=found,
            moment=lambda at: dates.log_time(at, locale()),
            record_id=_written(record_id),
            page=page,
            steps=_steps(page.rows),
            count=pages.count(AuditEntry, about),
            record_page=page_of(kind, record_id) if row is not None else None,
            unmask=url_for("auditor.unmask", kind=kind, record_id=record_id) if can_unmask else None,
            here={"kind": kind, "record_id": record_id},
        )


def _written(record_id: str) -> str:
    """A key as the trail writes it."""
    return record_id.strip().lower()


def _steps(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    values = {
        one.entry_seq: one
        for one in db.session.scalars(select(AuditValues).where(AuditValues.entry_seq.in_([e.seq for e in entries])))
    }
    reasons = set(db.session.scalars(select(RejectionReason.text)))
    return [_step(entry, values.get(entry.seq), reasons) for entry in entries]


def _step(entry: AuditEntry, values: AuditValues | None, reasons: set[str]) -> dict[str, Any]:
    try:
        told, warning = facts.shown(entry.subject_kind, values.facts if values else {}, reasons), None
    except SealBroken:
        told, warning = [], broken()
    return {
        "entry": entry,
        "actor_kind": ACTORS.get(entry.actor_kind, entry.actor_kind),
        "actor": actor(entry),
        "event": EVENTS.get(entry.event, entry.event),
        "address": address(entry),
        "agency": agency_name(entry.agency_id),
        "facts": told,
        "warning": warning,
        "is_intact": trail.wrong(entry, values) is None,
    }
