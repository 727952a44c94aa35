"""The end of grants: warned of at 30, 7 and 1 days, then kept as 已過期. The worker's; safe to run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.rules import grants as rules
from app.rules.vocabulary import GrantState
from app.security import SYSTEM
from app.services import audit
from app.services.grants import tell
from app.transaction import transaction
from models import ServiceGrant

#: How many grants go in one transaction: nobody waits long for the lock.
BATCH = 100


def warn_expiring() -> int:
    """Queue each holder's warning that is due; returns how many.

    A grant that a later one of the same holder, inmate and item already follows is left in peace.
    """
    return _in_batches(_due(), _warn)


def expire() -> int:
    """Move grants that are past their end to 已過期; returns how many."""
    is_over = and_(ServiceGrant.until_on < clock.today(), ServiceGrant.state.in_(rules.RUNNING))
    return _in_batches(is_over, _expire)


def _in_batches(condition: ColumnElement[bool], act: Callable[[Session, ServiceGrant], None]) -> int:
    """Do something that ends the condition to every grant that meets it."""
    total = 0
    while True:
        with transaction() as session:
            found = session.scalars(
                select(ServiceGrant)
                .where(condition)
                .order_by(ServiceGrant.until_on, ServiceGrant.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True, of=ServiceGrant)
            ).all()
            for grant in found:
                act(session, grant)
        total += len(found)
        if len(found) < BATCH:
            return total


def _due() -> ColumnElement[bool]:
    """What ``rules.warning_due`` says, for the database."""
    today, follower = clock.today(), aliased(ServiceGrant)
    unwarned = [
        and_(
            ServiceGrant.until_on <= today + timedelta(days=days),
            or_(ServiceGrant.warned_days.is_(None), ServiceGrant.warned_days > days),
        )
        for days in rules.WARN_AT
    ]
    is_followed = exists().where(
        follower.applicant_id == ServiceGrant.applicant_id,
        follower.inmate_id == ServiceGrant.inmate_id,
        follower.item == ServiceGrant.item,
        follower.state == GrantState.ACTIVE,
        follower.until_on > ServiceGrant.until_on,
    )
    return and_(ServiceGrant.state == GrantState.ACTIVE, ServiceGrant.until_on >= today, or_(*unwarned), ~is_followed)


def _warn(session: Session, grant: ServiceGrant) -> None:
    today = clock.today()
    grant.warned_days = rules.warning_due(grant.until_on, today, grant.warned_days)
    session.flush()
    tell(session, grant, "grant_expiring", days=(grant.until_on - today).days)


def _expire(session: Session, grant: ServiceGrant) -> None:
    before = grant.move("expire")
    session.flush()
    audit.moved(session, grant, "expire", before, SYSTEM)
