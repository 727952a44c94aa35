"""審核服務項目: the officer's decision on an application, and the grants that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import grants as grant_rules
from app.rules import masking
from app.rules.dates import list_date, log_time
from app.rules.vocabulary import ApplicationState, GrantState, ReasonScope, ServiceItem, Verdict
from app.security import Actor
from app.services import audit, grant_bookings, item_verdicts, notifications, paper_refusals, reasons
from app.services.item_verdicts import ItemVerdict, VerdictMissing
from app.transaction import locked, transaction
from models import Applicant, Officer, ServiceApplication, ServiceGrant

GRANT_DAYS = 365


class AlreadyDecided(RuleError):
    """A colleague decided first."""

    sentence = _l("本件已由%(officer)s於%(time)s審核為「%(state)s」，您的結果未儲存。")
    status = 409


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
    """An officer's verdict on one application; ``version`` is the one that the officer had opened.

    A lawyer's application has one ``verdict``, a family's has one for each of its ``items`` instead.
    """

    verdict: str = ""
    reason: str = ""
    note: str = ""
    until_on: date | None = None
    version: int = 0
    #: The papers that have to be mended; only with 審核未通過.
    refusals: tuple[paper_refusals.PaperRefusal, ...] = ()
    items: tuple[ItemVerdict, ...] = ()

    @property
    def main_reason(self) -> str:
        """The reason of the whole; where none was chosen, that of the first item or paper that was refused."""
        of_items = (item.reason for item in self.items if item.verdict == Verdict.REJECT and item.reason)
        return self.reason or next(of_items, "") or next((refusal.reason for refusal in self.refusals), "")


def review(application_id: str, decision: Decision, officer_id: int, actor: Actor) -> None:
    """Decide an application, make its grants and queue its message: one commit.

    Raises :class:`AlreadyDecided`, ``Stale``, ``VerdictMissing``, ``ReasonRequired``, :class:`GrantEndPast`,
    :class:`IdBoundElsewhere`, the errors of ``paper_refusals.keep`` and ``item_verdicts.keep``.
    """
    try:
        with transaction() as session:
            application = locked(session, ServiceApplication, application_id)
            if application.state != ApplicationState.PENDING:
                raise _already(application)
            if decision.version and application.version != decision.version:
                raise Stale()
            move, granted = _judged(application, decision)
            verdict = Verdict.APPROVE if move == "approve" else Verdict.REJECT
            refused = paper_refusals.keep(session, application, verdict, decision.refusals)
            reason = reasons.required(verdict, ReasonScope.APPLICATION, decision.main_reason)
            before = application.move(move)
            application.decided_at, application.decided_by_id = clock.now(), officer_id
            application.rejection_reason = reason
            application.rejection_note = decision.note.strip()[:500] or None if reason else None
            session.flush()
            kept = "；".join([reason, *item_verdicts.refused(application), *refused]) if reason else None
            audit.moved(session, application, move, before, actor, reason=kept)
            if granted:
                _bind(session, application)  # the applicant's row before the grants', as everywhere
            for item in granted:
                _grant(session, application, item, decision.until_on, actor)
            _tell(session, application)
    except IntegrityError as error:
        raise IdBoundElsewhere("verdict") from error


def _judged(application: ServiceApplication, decision: Decision) -> tuple[str, list[ServiceItem]]:
    """Which move the decision is, and which items it grants; a family's verdicts are written into its items."""
    if application.item is ServiceItem.FAMILY:
        return item_verdicts.keep(application, decision.items, decision.main_reason)
    if decision.verdict not in Verdict.values():
        raise VerdictMissing("verdict")
    return decision.verdict, [application.item] if decision.verdict == Verdict.APPROVE else []


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


def _grant(
    session: Session, application: ServiceApplication, item: ServiceItem, until_on: date | None, actor: Actor
) -> None:
    """Make the grant of an item, or renew the one that an undone approval of this application had made.

    An older grant of the pair stays as it is until its own end: two may run side by side.
    """
    today = clock.today()
    until_on = until_on or today + timedelta(days=GRANT_DAYS)
    if until_on < today:
        raise GrantEndPast("until_on")
    grant, former = _own_grant(session, application, item), None
    if grant is None:
        grant = ServiceGrant(application_id=application.id, item=item)
        session.add(grant)
    else:
        former = grant.move("renew")
    grant.applicant_id, grant.agency_id = application.applicant_id, application.agency_id
    grant.inmate_id, grant.relation = application.inmate_id, application.relation
    grant.from_on, grant.until_on = today, until_on
    grant.reason = grant.reason_note = None
    grant.warned_days = grant_rules.told(until_on, today)  # the message of the approval says when it ends
    session.flush()
    if former is not None:
        audit.moved(session, grant, "renew", former, actor)
        grant_bookings.flag(session, grant, None)


def _bind(session: Session, application: ServiceApplication) -> None:
    applicant = locked(session, Applicant, application.applicant_id)
    if applicant.id_bound_at is None:
        applicant.id_bound_at = clock.now()  # an officer has seen an identity paper (SPEC §2.2)


def _own_grant(session: Session, application: ServiceApplication, item: ServiceItem) -> ServiceGrant | None:
    of_application = (ServiceGrant.application_id == application.id, ServiceGrant.item == item)
    return session.scalar(select(ServiceGrant).where(*of_application).with_for_update())


def _tell(session: Session, application: ServiceApplication) -> None:
    grants = _running(session, application)
    locale = application.applicant.locale
    papers = paper_refusals.listed(application, locale)
    reason = reasons.shown(application.rejection_reason, application.rejection_note, locale)
    until = list_date(grants[0].until_on) if grants else ""
    is_approved = application.state is ApplicationState.APPROVED
    values = told(application, until=until, reason=reason, papers=papers)
    if application.item is ServiceItem.FAMILY:
        reason = item_verdicts.reasons_listed(application, locale)
        results = item_verdicts.listed(application, locale, until)
        values |= {"item_results": results, "reason": reason, "state": application.state.label}
    notifications.enqueue(
        session,
        event_of(is_approved=is_approved, names_papers=bool(papers), item=application.item),
        application.applicant,
        application,
        version=application.version,
        agency=application.agency,
        values=values,
    )


def _running(session: Session, application: ServiceApplication) -> list[ServiceGrant]:
    of_application = (ServiceGrant.application_id == application.id, ServiceGrant.state == GrantState.ACTIVE)
    return list(session.scalars(select(ServiceGrant).where(*of_application)))


def event_of(*, is_approved: bool, names_papers: bool, item: ServiceItem = ServiceItem.LAWYER_VISIT) -> str:
    """Which text tells a decision."""
    if item is ServiceItem.FAMILY:
        return "family_approved" if is_approved else "family_decided_papers" if names_papers else "family_decided"
    if is_approved:
        return "lawyer_approved"
    return "lawyer_rejected_papers" if names_papers else "lawyer_rejected"


def told(application: ServiceApplication, **values: str) -> dict[str, Any]:
    """The places of the texts about a decision."""
    return {
        "agency": application.agency.name,
        "inmate": masking.name_middle(application.inmate.name),
        "relation": application.relation.label,
        **values,
    }
