"""收容人: found by agency and 呼號."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from sqlalchemy import select

from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import InmateStatus
from app.security import Actor
from app.services import audit, throttle
from app.services.agencies import phone_of
from models import Agency, Inmate


class InmateNotFound(RuleError):
    """No inmate of this number is at this agency: the sentence reads the same in every case."""

    sentence = _l("查無符合之收容人資料。請確認矯正機關及呼號；如不知呼號，請洽該機關（電話：%(phone)s）。")


class TooManyLookups(RuleError):
    """Too many look-ups by one account, or of one number."""

    sentence = _l("查詢次數已達上限，請於%(time)s後再試，或洽收容機關。")
    status = 429


#: Counted whatever was found, so that 呼號 cannot be tried out.
BY_ACCOUNT = replace(throttle.ACCOUNT_LOOKUP, error=TooManyLookups)
BY_NUMBER = replace(throttle.INMATE_LOOKUP, error=TooManyLookups)


class AgencyMissing(RuleError):
    """An agency has to be chosen."""

    sentence = _l("請選擇矯正機關。")


class NumberMissing(RuleError):
    """A 呼號 has to be typed."""

    sentence = _l("請輸入呼號（機關編給收容人的號碼，例如0609）。")


def find(agency_id: str, number: str, actor: Actor) -> Inmate:
    """The inmate present at an agency under a 呼號; the look-up is written into the trail.

    Raises AgencyMissing, NumberMissing, :class:`TooManyLookups` (applicants only), :class:`InmateNotFound`.
    """
    agency = db.session.get(Agency, agency_id) if agency_id else None
    if agency is None:
        raise AgencyMissing("agency_id")
    number = unicodedata.normalize("NFKC", number).strip()
    if not number:
        raise NumberMissing("number")
    if actor.kind == "applicant":
        _count(agency.id, number, actor)
    inmate = db.session.scalar(
        select(Inmate).where(
            Inmate.agency_id == agency.id, Inmate.number == number, Inmate.status == InmateStatus.PRESENT
        )
    )
    if inmate is None:
        raise InmateNotFound("number", phone=phone_of(agency))
    audit.read("inmate.looked_up", actor, inmate, agency_id=inmate.agency_id)
    return inmate


def _count(agency_id: str, number: str, actor: Actor) -> None:
    try:
        throttle.claim(BY_ACCOUNT, actor.id)
        throttle.claim(BY_NUMBER, f"{agency_id}:{number}")
    except TooManyLookups as error:
        error.field = "number"
        raise
