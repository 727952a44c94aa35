"""For whom one may apply now: nobody twice, and nobody who is no longer there."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules import grants
from app.rules.vocabulary import ApplicationState, InmateStatus, ServiceItem
from app.services.agencies import phone_of
from app.transaction import locked
from models import ApplicationDraft, Inmate, ServiceApplication, ServiceGrant


class ApplicationDuplicate(RuleError):
    """The same item with the same inmate is waiting or granted."""

    sentence = _l("您對該收容人已有未審核或有效之同一服務項目，無須重複申請。")
    status = 409


class InmateGone(RuleError):
    """The inmate is no longer where the earlier application was made; where to is not told."""

    sentence = _l(
        "查無符合之收容人資料，收容人可能已移監或出監。請確認其目前之矯正機關及呼號後重新申請；如有疑問，請洽%(agency)s（電話：%(phone)s）。"
    )
    status = 409


def refuse_duplicate(session: Session, applicant_id: str, inmate_id: str) -> None:
    """Refuse what is waiting, or granted for longer than the days in which it may be renewed.

    Raises :class:`ApplicationDuplicate`.
    """
    waiting = exists().where(
        ServiceApplication.applicant_id == applicant_id,
        ServiceApplication.inmate_id == inmate_id,
        ServiceApplication.item == ServiceItem.LAWYER_VISIT,
        ServiceApplication.state == ApplicationState.PENDING,
    )
    held = select(ServiceGrant.state, ServiceGrant.until_on).where(
        ServiceGrant.applicant_id == applicant_id,
        ServiceGrant.inmate_id == inmate_id,
        ServiceGrant.item == ServiceItem.LAWYER_VISIT,
    )
    today = clock.today()
    granted = any(grants.blocks_another(state, until_on, today) for state, until_on in session.execute(held))
    if granted or session.scalar(select(waiting)):
        raise ApplicationDuplicate("number")


def present(session: Session, earlier: ApplicationDraft | ServiceApplication | ServiceGrant) -> Inmate:
    """The inmate of something begun earlier, locked, where he still is at that agency; raises :class:`InmateGone`."""
    inmate = locked(session, Inmate, earlier.inmate_id)
    if inmate.status != InmateStatus.PRESENT or inmate.agency_id != earlier.agency_id:
        raise InmateGone(agency=earlier.agency.name, phone=phone_of(earlier.agency))
    return inmate
