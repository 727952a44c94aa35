"""審核律師接見服務項目: the officer's decision on an application, and the grant that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import masking
from app.rules.dates import list_date, log_time
from app.rules.vocabulary import ApplicationState, ReasonScope, Verdict
from app.security import Actor
from app.services import audit, notifications, reasons
from app.transaction import locked, transaction
from models import Applicant, Officer, ServiceApplication, ServiceGrant

GRANT_DAYS = 365


class AlreadyDecided(RuleError):
    """A colleague decided first."""

    sentence = _l("本件已由%(officer)s於%(time)s審核為「%(state)s」，您的結果未儲存。")
    status = 409


class VerdictMissing(RuleError):
    """A result has to be chosen."""

    sentence = _l("請選擇審核結果。")


class IdBoundElsewhere(RuleError):
    """The ID number of this account is bound to another one, by an officer who has seen a paper."""

    sentence = _l(
        "此身分證號已由另一帳號完成身分確認，無法核准。請審核為「審核未通過」，原因選「身分證明文件不清或不符」，並請申請人洽機關。"
    )
    status = 409


class GrantEndPast(RuleError):
    """A grant ends in the future."""

    sentence = _l("有效期限須為今日以後之日期，請重新選擇。")


@dataclass(frozen=True)
class Decision:
    """An officer's verdict on one application; ``version`` is the one that the officer had opened."""

    verdict: str
    reason: str = ""
    note: str = ""
    until_on: date | None = None
    version: int = 0


def review(application_id: str, decision: Decision, officer_id: int, actor: Actor) -> None:
    """Decide an application, make its grant and queue its message: one commit.

    Raises :class:`AlreadyDecided`, ``Stale``, :class:`VerdictMissing`, ``ReasonRequired``, :class:`GrantEndPast`,
    :class:`IdBoundElsewhere`.
    """
    try:
        with transaction() as session:
            application = locked(session, ServiceApplication, application_id)
            if application.state != ApplicationState.PENDING:
                raise _already(application)
            if decision.version and application.version != decision.version:
                raise Stale()
            if decision.verdict not in Verdict.values():
                raise VerdictMissing("verdict")
            verdict, now = Verdict(decision.verdict), clock.now()
            reason = reasons.required(verdict, ReasonScope.APPLICATION, decision.reason)
            before = application.move(verdict.value)
            application.decided_at, application.decided_by_id = now, officer_id
            application.rejection_reason = reason
            application.rejection_note = decision.note.strip()[:500] or None if reason else None
            if verdict is Verdict.APPROVE:
                _grant(session, application, decision.until_on)
            session.flush()
            audit.moved(session, application, verdict.value, before, actor, reason=reason)
            _tell(session, application)
    except IntegrityError as error:
        raise IdBoundElsewhere("verdict") from error


def _already(application: ServiceApplication) -> AlreadyDecided:
    at = application.decided_at or application.updated_at
    officer = officer_of(application.decided_by_id)
    return AlreadyDecided(
        officer=officer.full_name if officer else _l("申請人"),
        time=log_time(clock.local(at)),
        state=application.state.label,
    )


def officer_of(officer_id: int | None) -> Officer | None:
    """The officer of a number, or None."""
    return db.session.get(Officer, officer_id) if officer_id else None


def _grant(session: Session, application: ServiceApplication, until_on: date | None) -> None:
    today = clock.today()
    until_on = until_on or today + timedelta(days=GRANT_DAYS)
    if until_on < today:
        raise GrantEndPast("until_on")
    session.add(
        ServiceGrant(
            applicant_id=application.applicant_id,
            agency_id=application.agency_id,
            inmate_id=application.inmate_id,
            application_id=application.id,
            item=application.item,
            relation=application.relation,
            from_on=today,
            until_on=until_on,
        )
    )
    applicant = locked(session, Applicant, application.applicant_id)
    if applicant.id_bound_at is None:
        applicant.id_bound_at = clock.now()  # an officer has seen an identity paper (SPEC §2.2)


def _tell(session: Session, application: ServiceApplication) -> None:
    approved = application.state == ApplicationState.APPROVED
    grant = session.scalar(select(ServiceGrant).where(ServiceGrant.application_id == application.id))
    notifications.enqueue(
        session,
        "lawyer_approved" if approved else "lawyer_rejected",
        application.applicant,
        application,
        version=application.version,
        agency=application.agency,
        values={
            "agency": application.agency.name,
            "inmate": masking.name_middle(application.inmate.name),
            "relation": application.relation.label,
            "until": list_date(grant.until_on) if grant else "",
            "reason": reasons.shown(
                application.rejection_reason, application.rejection_note, application.applicant.locale
            ),
        },
    )
