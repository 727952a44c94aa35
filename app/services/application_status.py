"""服務項目狀態查詢: one's applications and granted items, and what can be done with each of them now."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.rules import grants as rules
from app.rules.grants import GrantStanding
from app.rules.vocabulary import ApplicationState
from app.services import applications
from app.services.reapplications import GIVEN_UP
from models import Attachment, ServiceApplication, ServiceGrant

Subject = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """An application, the papers of it that were refused, and the acts that are open."""

    application: ServiceApplication
    refused: list[Attachment]
    can_withdraw: bool
    can_mend: bool


@dataclass(frozen=True)
class Holding:
    """A granted item as it stands today; ``days_left`` counts to its last day."""

    grant: ServiceGrant
    standing: GrantStanding
    days_left: int
    can_renew: bool


@dataclass(frozen=True)
class Status:
    """Everything that one applicant has sent and holds."""

    cases: list[Case]
    holdings: list[Holding]


def of_applicant(applicant_id: str) -> Status:
    """Applications, newest first, and granted items, those that last longest first."""
    sent, grants = applications.of_applicant(applicant_id), applications.grants_of(applicant_id)
    today = clock.today()
    waiting = {_subject(a) for a in sent if a.state is ApplicationState.PENDING}
    lasting = {_subject(g) for g in grants if rules.blocks_another(g.state, g.until_on, today)}
    newest: dict[Subject, str] = {}
    for application in sent:
        if application.state not in GIVEN_UP:
            newest.setdefault(_subject(application), application.id)
    served: set[Subject] = set()
    cases = [_case(a, newest.get(_subject(a)) == a.id and _subject(a) not in lasting) for a in sent]
    holdings = []
    for grant in grants:
        subject, stands = _subject(grant), rules.standing(grant.state, grant.until_on, today)
        can_renew = stands in rules.RENEWABLE and subject not in waiting | lasting | served
        holdings.append(Holding(grant, stands, rules.days_left(grant.until_on, today), can_renew))
        served.add(subject)  # of several for one inmate, the one that lasts longest is renewed
    return Status(cases, holdings)


def mendable(applicant_id: str, inmate_id: str) -> ServiceApplication | None:
    """The refused application for an inmate that can be sent again with what stands of it, if there is one."""
    cases = of_applicant(applicant_id).cases
    return next((c.application for c in cases if c.can_mend and c.application.inmate_id == inmate_id), None)


def _subject(row: ServiceApplication | ServiceGrant) -> Subject:
    return (row.inmate_id, row.item.value)


def _case(application: ServiceApplication, is_newest: bool) -> Case:
    is_decided = application.decided_at is not None  # of a decision that was undone nothing is told
    return Case(
        application,
        [paper for paper in application.attachments if is_decided and paper.refusal is not None],
        can_withdraw=application.state is ApplicationState.PENDING,
        can_mend=application.state is ApplicationState.REJECTED and is_newest,
    )
