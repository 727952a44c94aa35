"""Applications on the officer's table: found through the agency scope, with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ApplicationState, ServiceItem
from models import Attachment, Inmate, ServiceApplication, ServiceGrant
from views.backoffice import scope

#: Counts stop here: how many more there are helps nobody.
MOST_COUNTED = 1000
Among = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Cases:
    """The applications of one kind that this officer may review."""

    item: ServiceItem

    def known(self, application_id: str) -> str:
        """The id, if it is that of an application of this kind to an agency in scope; raises ``NotFound``."""
        if (
            db.session.scalar(
                select(ServiceApplication.id).where(ServiceApplication.id == application_id, *self._ours())
            )
            is None
        ):
            raise NotFound()
        return application_id

    def find(self, application_id: str) -> ServiceApplication:
        """An application of this kind to an agency in scope, with all that its page shows; raises ``NotFound``."""
        application = db.session.scalar(
            select(ServiceApplication)
            .where(ServiceApplication.id == application_id, *self._ours())
            .options(
                selectinload(ServiceApplication.agency),
                selectinload(ServiceApplication.applicant),
                selectinload(ServiceApplication.attachments),
                selectinload(ServiceApplication.items),
                selectinload(ServiceApplication.inmate).selectinload(Inmate.restrictions),
            )
        )
        if application is None:
            raise NotFound()
        return application

    def find_paper(self, attachment_id: str) -> Attachment:
        """A paper of a sent application to an agency in scope (never of a draft); raises ``NotFound``."""
        paper = db.session.scalar(
            select(Attachment)
            .join(ServiceApplication, Attachment.application_id == ServiceApplication.id)
            .where(Attachment.id == attachment_id, *self._ours())
        )
        if paper is None:
            raise NotFound()
        return paper

    def next_waiting(self, after: ServiceApplication, among: Among = ()) -> str | None:
        """The pending case that follows in the list (oldest first), then from its start again; None when none is left.

        ``among`` are the list's own conditions. Going on from here, and not from the start, lets an officer leave a
        case for later without meeting it each time.
        """
        row = ServiceApplication
        waiting = self._waiting().where(row.id != after.id, *among).order_by(row.submitted_at, row.id).limit(1)
        later = or_(
            row.submitted_at > after.submitted_at,
            and_(row.submitted_at == after.submitted_at, row.id > after.id),
        )
        return db.session.scalar(waiting.where(later)) or db.session.scalar(waiting)

    def count_waiting(self, among: Among = ()) -> int:
        """How many cases wait, at most :data:`MOST_COUNTED`."""
        first = self._waiting().where(*among).limit(MOST_COUNTED).subquery()
        return int(db.session.scalar(select(func.count()).select_from(first)) or 0)

    def earlier_of_pair(self, application: ServiceApplication) -> list[ServiceApplication]:
        """Other applications of this kind of the same applicant for the same inmate, newest first."""
        return list(
            db.session.scalars(
                select(ServiceApplication)
                .where(
                    *_pair(ServiceApplication, application),
                    ServiceApplication.item == self.item,
                    ServiceApplication.id != application.id,
                )
                .order_by(ServiceApplication.submitted_at.desc(), ServiceApplication.id)
                .limit(10)
            )
        )

    def grants_of_pair(self, application: ServiceApplication) -> list[ServiceGrant]:
        """Grants of the same applicant for the same inmate, the longest-lasting first."""
        return list(
            db.session.scalars(
                select(ServiceGrant)
                .where(*_pair(ServiceGrant, application))
                .order_by(ServiceGrant.until_on.desc(), ServiceGrant.id)
                .limit(10)
            )
        )

    def previous_of(self, application: ServiceApplication) -> ServiceApplication | None:
        """The refused application that this one mends, where it is this officer's to see."""
        if application.previous_id is None:
            return None
        return db.session.scalar(
            select(ServiceApplication)
            .where(ServiceApplication.id == application.previous_id, *self._ours())
            .options(selectinload(ServiceApplication.attachments))
        )

    def _ours(self) -> tuple[ColumnElement[bool], ...]:
        return ServiceApplication.item == self.item, scope.within(ServiceApplication.agency_id)

    def _waiting(self) -> Select[str]:
        return select(ServiceApplication.id).where(ServiceApplication.state == ApplicationState.PENDING, *self._ours())


def _pair(model: Any, application: ServiceApplication) -> tuple[ColumnElement[bool], ...]:
    # The agency too: after a move the former agency's cases are not this officer's to see.
    return (
        model.applicant_id == application.applicant_id,
        model.inmate_id == application.inmate_id,
        model.agency_id == application.agency_id,
    )
