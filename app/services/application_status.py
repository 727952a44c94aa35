"""服務項目狀態查詢: one's applications and granted items, and what can be done with each of them now."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.rules import family_items
from app.rules import grants as rules
from app.rules.grants import GrantStanding
from app.rules.vocabulary import ApplicationState, ServiceItem
from app.services import applications
from app.services.reapplications import GIVEN_UP, was_refused
from models import Attachment, ServiceApplication, ServiceGrant

Subject = tuple[str, ServiceItem]


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
    lasting = {_held(g) for g in grants if rules.blocks_another(g.state, g.until_on, today)}
    newest: dict[Subject, str] = {}
    for application in sent:
        if application.state not in GIVEN_UP:
            newest.setdefault(_subject(application), application.id)
    served: set[Subject] = set()
    cases = [_case(a, newest.get(_subject(a)) == a.id and bool(_refused_items(a) - lasting)) for a in sent]
    holdings = []
    for grant in grants:
        subject, stands = _held(grant), rules.standing(grant.state, grant.until_on, today)
        can_renew = stands in rules.RENEWABLE and _subject(grant) not in waiting and subject not in lasting | served
        holdings.append(Holding(grant, stands, rules.days_left(grant.until_on, today), can_renew))
        served.add(subject)  # of several for one inmate, the one that lasts longest is renewed
    return Status(cases, holdings)


def mendable(
    applicant_id: str, inmate_id: str, item: ServiceItem = ServiceItem.LAWYER_VISIT
) -> ServiceApplication | None:
    """The refused application for an inmate that can be sent again with what stands of it, if there is one."""
    cases = of_applicant(applicant_id).cases
    own = (case.application for case in cases if case.can_mend)
    return next((sent for sent in own if (sent.inmate_id, sent.item) == (inmate_id, item)), None)


def _subject(row: ServiceApplication | ServiceGrant) -> Subject:
    """What one application is about: a family's items stand on one."""
    return (row.inmate_id, family_items.applied_as(row.item))


def _held(grant: ServiceGrant) -> Subject:
    return (grant.inmate_id, grant.item)


def _refused_items(application: ServiceApplication) -> set[Subject]:
    """What could be asked for again after this application."""
    if application.item is not ServiceItem.FAMILY:
        return {(application.inmate_id, application.item)}
    refused = (row.item for row in application.items if row.state is ApplicationState.REJECTED)
    return {(application.inmate_id, item) for item in refused}


def _case(application: ServiceApplication, is_newest: bool) -> Case:
    is_decided = application.decided_at is not None  # of a decision that was undone nothing is told
    return Case(
        application,
        [paper for paper in application.attachments if is_decided and paper.refusal is not None],
        can_withdraw=application.state is ApplicationState.PENDING,
        can_mend=was_refused(application) and is_newest,
    )
