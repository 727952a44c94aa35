"""Demand for visits by session that found no place: who tried for a full session is written into the trail, once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, true

from app.extensions import db
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import audit
from app.services.portable_sql import key_text
from models import AuditEntry, ServiceGrant, VisitSession

EVENT = "visit_session.full"
Scope = frozenset[str] | None


def turned_away(grant_id: str, kind: VisitKind, starts_at: datetime, actor: Actor) -> None:
    """Write down that somebody asked for a place of a session that is full; the same person counts once for it."""
    row = db.session.execute(
        select(VisitSession.id, VisitSession.agency_id)
        .join(ServiceGrant, ServiceGrant.agency_id == VisitSession.agency_id)
        .where(ServiceGrant.id == grant_id, VisitSession.kind == kind, VisitSession.starts_at == starts_at)
    ).one_or_none()
    if row is None or db.session.scalar(
        select(AuditEntry.seq).where(
            AuditEntry.subject_kind == VisitSession.__tablename__,
            AuditEntry.subject_id == row.id,
            AuditEntry.event == EVENT,
            AuditEntry.actor_id == actor.id,
        )
    ):
        return
    audit.read("visit_session.full", actor, VisitSession.__tablename__, agency_id=row.agency_id, subject_id=row.id)


def refused(scope: Scope, first: date, last: date) -> dict[str, int]:
    """How often a full session of these days was asked for in vain, by agency."""
    rows = db.session.execute(
        select(VisitSession.agency_id, func.count())
        .join(AuditEntry, AuditEntry.subject_id == key_text(VisitSession.id))
        .where(
            AuditEntry.subject_kind == VisitSession.__tablename__,
            AuditEntry.event == EVENT,
            VisitSession.visit_on.between(first, last),
            true() if scope is None else VisitSession.agency_id.in_(sorted(scope)),
        )
        .group_by(VisitSession.agency_id)
    )
    return {agency_id: number for agency_id, number in rows}
