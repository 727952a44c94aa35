"""The case of a grant that has followed its inmate: whoever has to confirm the grant now may read its papers."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.person_looks import Purpose
from app.security import Actor
from app.services import audit, persons
from models import AuditEntry, Officer, ServiceApplication, ServiceGrant

OPENED = f"{ServiceApplication.__tablename__}.opened"


def open_case(grant: ServiceGrant, purpose: Purpose, officer: Officer, actor: Actor) -> None:
    """Write down that the case is about to be read for the grant's own agency, and for what; raises ``RuleErrors``."""
    purpose.check()
    facts = persons.facts_of_look(purpose, officer)
    audit.read(OPENED, actor, grant.application, agency_id=grant.agency_id, facts=facts)


def is_open(grant: ServiceGrant, actor: Actor) -> bool:
    """Whether this officer has given a purpose for this case within the last quarter of an hour."""
    found = select(AuditEntry.seq).where(
        AuditEntry.subject_kind == ServiceApplication.__tablename__,
        AuditEntry.subject_id == grant.application_id,
        AuditEntry.event == OPENED,
        AuditEntry.actor_kind == actor.kind,
        AuditEntry.actor_id == actor.id,
        AuditEntry.agency_id == grant.agency_id,
        AuditEntry.at > clock.now() - persons.ONE_LOOK,
    )
    return db.session.scalar(found.limit(1)) is not None
