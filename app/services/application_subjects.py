"""For whom one may apply now: nobody twice, and nobody who is no longer there."""

from __future__ import annotations

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.i18n import DEFAULT_LOCALE, _l
from app.rules import family_items, grants
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


class FamilyWaiting(RuleError):
    """A family's items stand on one application, and only one of an inmate waits at a time."""

    sentence = _l(
        "您對該收容人已有未審核之服務項目申請（%(items)s），無須重複申請。如須增加項目，請待審核結果，或撤回後重新申請。"
    )
    status = 409


def refuse_duplicate(
    session: Session, applicant_id: str, inmate_id: str, item: ServiceItem = ServiceItem.LAWYER_VISIT
) -> None:
    """Refuse what is waiting, or granted for longer than the days in which it may be renewed.

    A family is refused where nothing is left to ask for; single items are checked when they are ticked.
    Raises :class:`ApplicationDuplicate`, :class:`FamilyWaiting`.
    """
    waiting = session.scalar(
        select(ServiceApplication).where(
            ServiceApplication.applicant_id == applicant_id,
            ServiceApplication.inmate_id == inmate_id,
            ServiceApplication.item == item,
            ServiceApplication.state == ApplicationState.PENDING,
        )
    )
    if waiting is not None and item is ServiceItem.FAMILY:
        asked = family_items.in_order(row.item for row in waiting.items)
        raise FamilyWaiting("number", items=family_items.named(asked, str(get_locale() or DEFAULT_LOCALE)))
    offered = family_items.FAMILY_ITEMS if item is ServiceItem.FAMILY else (item,)
    if waiting is not None or not set(offered) - taken(session, applicant_id, inmate_id):
        raise ApplicationDuplicate("number")


def taken(session: Session, applicant_id: str, inmate_id: str) -> set[ServiceItem]:
    """The items that are granted for longer than the days in which they may be renewed."""
    held = select(ServiceGrant.item, ServiceGrant.state, ServiceGrant.until_on).where(
        ServiceGrant.applicant_id == applicant_id, ServiceGrant.inmate_id == inmate_id
    )
    today = clock.today()
    return {item for item, state, until_on in session.execute(held) if grants.blocks_another(state, until_on, today)}


def present(session: Session, earlier: ApplicationDraft | ServiceApplication | ServiceGrant) -> Inmate:
    """The inmate of something begun earlier, locked, where he still is at that agency; raises :class:`InmateGone`."""
    inmate = locked(session, Inmate, earlier.inmate_id)
    if inmate.status != InmateStatus.PRESENT or inmate.agency_id != earlier.agency_id:
        raise InmateGone(agency=earlier.agency.name, phone=phone_of(earlier.agency))
    return inmate
