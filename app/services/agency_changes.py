"""機關資料維護: headquarters adds agencies and sub-units, corrects them, ends one that has nothing open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.rules.dates import list_date
from app.rules.vocabulary import ApplicationState, EntryState, InmateStatus
from app.security import Actor
from app.services import audit, parameters
from app.services.records import AlreadyExists
from app.transaction import locked, transaction
from models import Agency, FamilyBookEntry, Inmate, Reservation, ServiceApplication
from models.reservation import LIVE_STATES

_CODE = re.compile(r"[0-9A-Z]{4,8}")


class CodeMalformed(RuleError):
    """A code is what the prison system calls an agency."""

    sentence = _l("機關代碼須為4至8碼之數字或大寫英文字母，例如2477。")


class CodeTaken(RuleError):
    """Two agencies never share a code."""

    sentence = _l("機關代碼「%(code)s」已由「%(name)s」使用，請確認後重新輸入。")
    status = 409


class NameTaken(RuleError):
    """Two agencies never share a name."""

    sentence = _l("已有名稱為「%(name)s」之機關，請改用其他名稱。")
    status = 409


class DatesCrossed(RuleError):
    """An agency cannot end before it begins."""

    sentence = _l("啟用日期不可晚於停用日期，請重新填寫。")


class HostInvalid(RuleError):
    """One level only: an officer of a host sees its sub-units, not theirs."""

    sentence = _l("「%(name)s」本身由其他機關管轄，不可作為管轄機關；請改選其管轄機關。")


class HostHasUnits(RuleError):
    """A host under a host would hide its sub-units from both."""

    sentence = _l("本機關管轄%(units)s，不可再由其他機關管轄。請先變更各該機關之管轄機關。")


class StillOpen(RuleError):
    """What is open at an agency would be nobody's."""

    sentence = _l("本機關尚有未結事項，無法於%(day)s停用：%(what)s。請先處理或延後停用日期。")
    status = 409


def add(agency: Agency, actor: Actor) -> str:
    """A new agency with the default parameters; returns its id. Raises the errors above."""
    agency.code = _clean_code(agency.code)

    def act(session: Session) -> str:
        _check(session, agency, None)
        session.add(agency)
        session.flush()
        parameters.fill_in(session, agency.id)
        facts = {"code": agency.code, "name": agency.name, "host_id": agency.host_id}
        audit.record(session, "agency.add", actor, agency, agency_id=agency.id, facts=facts)
        return agency.id

    return _done(act)


def save(agency_id: str, changes: dict[str, Any], version: int | None, actor: Actor) -> None:
    """Correct an agency; raises ``Stale`` and the errors above."""
    if "code" in changes:
        changes = {**changes, "code": _clean_code(changes["code"])}

    def act(session: Session) -> str:
        row = locked(session, Agency, agency_id)
        if version is not None and row.version != version:
            raise Stale()
        before = {name: getattr(row, name) for name in changes}
        with session.no_autoflush:
            for name, value in changes.items():
                setattr(row, name, value)
            _check(session, row, before.get("active_until"))
        facts = {name: [_text(old), _text(changes[name])] for name, old in before.items() if old != changes[name]}
        if facts:
            session.flush()
            audit.record(session, "agency.edit", actor, row, agency_id=row.id, facts=facts)
        return row.id

    _done(act)


def open_at(session: Session, agency_id: str, last: date) -> list[str]:
    """What would be left open at an agency whose last day this is, in words; a coming end leaves time to decide."""
    found = []

    def count(model: type[Any], *conditions: Any) -> int:
        wanted = select(func.count()).select_from(model).where(model.agency_id == agency_id, *conditions)
        return int(session.scalar(wanted) or 0)

    if n := count(Reservation, Reservation.state.in_(LIVE_STATES), Reservation.visit_on > last):
        found.append(_("停用後之預約%(n)s件", n=n))
    if last <= clock.today():
        if n := count(ServiceApplication, ServiceApplication.state == ApplicationState.PENDING):
            found.append(_("未審核之服務項目申請%(n)s件", n=n))
        if n := count(FamilyBookEntry, FamilyBookEntry.state == EntryState.PENDING):
            found.append(_("待審核之家庭聯絡簿%(n)s則", n=n))
        if n := count(Inmate, Inmate.status == InmateStatus.PRESENT):
            found.append(_("在監（所）收容人%(n)s名", n=n))
    units = [unit.name for unit in _units(session, agency_id) if not unit.active_until or unit.active_until > last]
    if units:
        found.append(_("仍管轄%(units)s", units="、".join(units)))
    return found


def _check(session: Session, agency: Agency, ended_before: date | None) -> None:
    with session.no_autoflush:
        others = (
            session.scalars(select(Agency).where(Agency.id != agency.id))
            if agency.id
            else session.scalars(select(Agency))
        )
        for other in others:
            if agency.code and other.code == agency.code:
                raise CodeTaken("code", code=agency.code, name=other.name)
            if other.name == agency.name:
                raise NameTaken("name", name=agency.name)
        if agency.active_from and agency.active_until and agency.active_from > agency.active_until:
            raise DatesCrossed("active_until")
        host = session.get(Agency, agency.host_id) if agency.host_id else None
        if host is not None:
            if host.host_id or host.id == agency.id:
                raise HostInvalid("host_id", name=host.name)
            if agency.id and (units := _units(session, agency.id)):
                raise HostHasUnits("host_id", units="、".join(unit.name for unit in units))
        if agency.id and agency.active_until and agency.active_until != ended_before:
            found = open_at(session, agency.id, agency.active_until)
            if found:
                raise StillOpen("active_until", day=list_date(agency.active_until), what="、".join(found))


def _units(session: Session, agency_id: str) -> list[Agency]:
    return list(session.scalars(select(Agency).where(Agency.host_id == agency_id).order_by(Agency.name)))


def _clean_code(code: str | None) -> str | None:
    clean = unicodedata.normalize("NFKC", code or "").strip().upper()
    if clean and not _CODE.fullmatch(clean):
        raise CodeMalformed("code")
    return clean or None


def _done(act: Callable[[Session], str]) -> str:
    try:
        with transaction() as session:
            return act(session)
    except IntegrityError as error:  # somebody else has taken the code or the name at the same moment
        raise AlreadyExists() from error


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
