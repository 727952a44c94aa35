"""撤銷審核結果: a wrong decision is taken back and the case examined again (SPEC §3)."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import RuleError, Stale
from app.i18n import _l
from app.rules.vocabulary import ApplicationState, Attention, ServiceItem
from app.security import Actor
from app.services import application_review, audit, grant_bookings, item_verdicts, notifications, paper_refusals
from app.transaction import locked, transaction
from models import ServiceApplication, ServiceGrant
from models.application import GRANT_MOVES

#: Kept as the reason of a grant that ends because its approval was undone; the officer's own words stand beside it.
OTHER_REASON = "其他"


class UndoReasonMissing(RuleError):
    """A decision is not taken back without saying why."""

    sentence = _l("請填寫撤銷原因，申請人將於通知信件中看到。")


class AppliedAgain(RuleError):
    """The applicant has gone on with another application for the same inmate."""

    sentence = _l("申請人對此收容人已另送申請，本件審核結果無法撤銷。請就新送之申請審核。")
    status = 409


def undo(application_id: str, reason: str, version: int, actor: Actor) -> int:
    """Take a decision back: the case waits again, its grant ends, its papers stand; one commit with the message.

    Returns how many live reservations now need attention.
    Raises :class:`UndoReasonMissing`, :class:`AppliedAgain`, ``IllegalMove``, ``Stale``, ``NotFound``.
    """
    reason = reason.strip()[:500]
    try:
        with transaction() as session:
            application = locked(session, ServiceApplication, application_id)
            if application.version != version:
                raise Stale()
            before = application.move("undo")
            if not reason:
                raise UndoReasonMissing("undo_reason")
            application.decided_at = application.decided_by_id = None
            application.rejection_reason = application.rejection_note = None
            _refuse_followed(session, application)
            paper_refusals.clear(session, application.id)
            item_verdicts.clear(application)
            session.flush()
            audit.moved(session, application, "undo", before, actor, reason=reason)
            flagged = _end_grants(session, application, reason, actor)
            _tell(session, application, before, reason)
            return flagged
    except IntegrityError as error:
        raise AppliedAgain() from error


def _refuse_followed(session: Session, application: ServiceApplication) -> None:
    other = ServiceApplication
    goes_on = or_(
        other.state == ApplicationState.PENDING,
        (other.previous_id == application.id)
        & other.state.in_((ApplicationState.APPROVED, ApplicationState.PARTLY_APPROVED, ApplicationState.REJECTED)),
    )
    pair = (
        other.applicant_id == application.applicant_id,
        other.inmate_id == application.inmate_id,
        other.item == application.item,
        other.id != application.id,
    )
    if session.scalar(select(other.id).where(*pair, goes_on).limit(1)) is not None:
        raise AppliedAgain()


def _end_grants(session: Session, application: ServiceApplication, reason: str, actor: Actor) -> int:
    flagged = 0
    ids = session.scalars(select(ServiceGrant.id).where(ServiceGrant.application_id == application.id)).all()
    for grant_id in ids:
        grant = locked(session, ServiceGrant, grant_id)
        if GRANT_MOVES.allows("revoke", grant.state):
            before = grant.move("revoke")
            grant.reason, grant.reason_note = OTHER_REASON, reason
            session.flush()
            audit.moved(session, grant, "revoke", before, actor, reason=reason)
        flagged += grant_bookings.flag(session, grant, Attention.GRANT_UNDONE)
    return flagged


def _event_of(application: ServiceApplication, before: ApplicationState) -> str:
    was_refused = before is ApplicationState.REJECTED
    if application.item is ServiceItem.FAMILY:
        return "family_rejection_undone" if was_refused else "family_approval_undone"
    return "lawyer_rejection_undone" if was_refused else "lawyer_approval_undone"


def _tell(session: Session, application: ServiceApplication, before: ApplicationState, reason: str) -> None:
    notifications.enqueue(
        session,
        _event_of(application, before),
        application.applicant,
        application,
        version=application.version,
        agency=application.agency,
        values=application_review.told(application, reason=reason),
    )
