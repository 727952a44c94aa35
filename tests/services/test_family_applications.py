"""服務項目申請 of a family: items, papers, duplicates, and what an officer decides item by item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import NotFound, RuleErrors
from app.extensions import db
from app.rules.documents import DocumentMissing, DocumentNotAsked, FileTypeRefused, TooManyFiles
from app.rules.family_items import FAMILY_ITEMS, ItemsMissing, ItemTaken
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState, ServiceItem
from app.security import Actor
from app.services import (
    application_review,
    application_status,
    application_undo,
    applications,
    drafts,
    family_drafts,
    item_verdicts,
    reapplications,
)
from app.services.application_review import Decision
from app.services.application_subjects import ApplicationDuplicate, FamilyWaiting
from app.services.item_verdicts import ItemVerdict
from app.services.paper_refusals import PaperRefusal, PapersStandAgainst
from app.transaction import transaction
from models import Applicant, ApplicationDraft, Notification, ServiceApplication, ServiceGrant
from tests import factories

IDENTITY, KINSHIP, PORTRAIT = AttachmentKind.IDENTITY, AttachmentKind.KINSHIP, AttachmentKind.PORTRAIT
ALL = [item.value for item in FAMILY_ITEMS]
ON_SITE, REMOTE, MOBILE, BOOK = ALL
UNCLEAR = "照片不清或非本人"


class Family:
    """A mother of inmate 0609, and what she does."""

    def __init__(self, jpeg: bytes) -> None:
        self.jpeg = jpeg
        inmate = factories.inmate(number="0609", name="李小華")
        person = factories.applicant(name="李媽媽")
        self.id, self.agency_id, self.inmate_id = person.id, inmate.agency_id, inmate.id
        self.actor = Actor("applicant", person.id, person.name)
        self.officer_id = factories.officer(inmate.agency).id
        self.staff = Actor("staff", str(self.officer_id), "王小明")

    def begins(self, items: list[str], *, portrait: bool = True) -> str:
        draft_id = family_drafts.start(self.id, self.agency_id, "0609", "parent", self.actor)
        family_drafts.save(self.id, draft_id, relation="parent", items=items)
        for kind in (IDENTITY, KINSHIP, *([PORTRAIT] if portrait else [])):
            drafts.add_paper(self.id, draft_id, kind, "證件.jpg", self.jpeg)
        return draft_id

    def sends(self, items: list[str], *, portrait: bool = True) -> ServiceApplication:
        sent = applications.submit(self.id, self.begins(items, portrait=portrait), self.actor)
        return db.session.get_one(ServiceApplication, sent)

    def decided(self, application_id: str, refused: dict[str, str], **more: object) -> ServiceApplication:
        """Everything is granted but what is refused, for these reasons."""
        asked = db.session.get_one(ServiceApplication, application_id).items
        verdicts = tuple(
            ItemVerdict(row.item.value, "reject" if row.item in refused else "approve", refused.get(row.item, ""))
            for row in asked
        )
        decision = Decision(items=verdicts, **more)  # type: ignore[arg-type]
        application_review.review(application_id, decision, self.officer_id, self.staff)
        return db.session.get_one(ServiceApplication, application_id, populate_existing=True)

    def grants(self) -> dict[str, ServiceGrant]:
        rows = db.session.scalars(select(ServiceGrant).where(ServiceGrant.applicant_id == self.id))
        return {row.item.value: row for row in rows}


@pytest.fixture
def family(seeded: None, jpeg: bytes) -> Family:
    return Family(jpeg)


def test_one_application_with_four_items(each_database: str, family: Family) -> None:
    application = family.sends(ALL)
    assert (application.item, application.relation.value) == (ServiceItem.FAMILY, "parent")
    assert [row.item.value for row in item_verdicts.ordered(application)] == ALL
    assert {row.state for row in application.items} == {ApplicationState.PENDING}
    assert sorted(paper.kind for paper in application.attachments) == sorted([IDENTITY, KINSHIP, PORTRAIT])
    assert db.session.scalar(select(func.count()).select_from(ApplicationDraft)) == 0


def test_what_is_missing_is_named_and_kept(family: Family) -> None:
    with pytest.raises(RuleErrors) as refused:
        family_drafts.start(family.id, "", " ", "lawyer", family.actor)
    assert [error.field for error in refused.value.errors] == ["agency_id", "number", "relation"]
    draft_id = family_drafts.start(family.id, family.agency_id, " ０６０９ ", "friend", family.actor)
    with pytest.raises(RuleErrors) as refused:
        family_drafts.save(family.id, draft_id, relation="friend", items=["lawyer_visit"])
    assert [type(error) for error in refused.value.errors] == [ItemsMissing]
    family_drafts.save(family.id, draft_id, relation="friend", items=[MOBILE])
    with pytest.raises(RuleErrors) as refused:
        applications.submit(family.id, draft_id, family.actor)
    # A friend has no paper of kinship; the photograph is for mobile visits.
    assert [(type(e), e.field) for e in refused.value.errors] == [
        (DocumentMissing, IDENTITY.value),
        (DocumentMissing, PORTRAIT.value),
    ]
    assert drafts.get(family.id, draft_id).fields == {"relation": "friend", "items": [MOBILE]}


def test_a_photograph_is_one_picture(family: Family) -> None:
    draft_id = family.begins([ON_SITE])
    with pytest.raises(FileTypeRefused) as refused:
        drafts.add_paper(family.id, draft_id, PORTRAIT, "我.pdf", b"%PDF-1.7")
    assert "PNG、JPG、JPEG" in str(refused.value)
    with pytest.raises(TooManyFiles):
        drafts.add_paper(family.id, draft_id, PORTRAIT, "我.jpg", family.jpeg)


def test_a_paper_of_lawyers_is_not_asked_of_a_family(family: Family) -> None:
    draft_id = family.begins([ON_SITE])
    drafts.add_paper(family.id, draft_id, AttachmentKind.MANDATE, "委任狀.jpg", family.jpeg)
    with pytest.raises(RuleErrors) as refused:
        applications.submit(family.id, draft_id, family.actor)
    assert [type(error) for error in refused.value.errors] == [DocumentNotAsked]


def test_a_lawyers_form_cannot_fill_a_familys_draft(family: Family) -> None:
    draft_id = family_drafts.start(family.id, family.agency_id, "0609", "parent", family.actor)
    with pytest.raises(NotFound):
        drafts.save(family.id, draft_id, relation="lawyer", certificate_number="1")


def test_what_waits_is_told_and_not_asked_again(each_database: str, family: Family) -> None:
    family.sends([ON_SITE, BOOK])
    with pytest.raises(FamilyWaiting) as refused:
        family_drafts.start(family.id, family.agency_id, "0609", "parent", family.actor)
    assert "預約現場接見、家庭聯絡簿" in str(refused.value)


def test_what_is_granted_is_told_and_the_rest_may_be_asked(family: Family) -> None:
    family.decided(family.sends([ON_SITE, BOOK]).id, {})
    draft_id = family_drafts.start(family.id, family.agency_id, "0609", "parent", family.actor)
    free, held = family_drafts.offered(drafts.get(family.id, draft_id))
    assert [item.value for item in free] == [REMOTE, MOBILE] and [item.value for item in held] == [ON_SITE, BOOK]
    with pytest.raises(RuleErrors) as refused:
        family_drafts.save(family.id, draft_id, relation="parent", items=[ON_SITE, REMOTE])
    assert [type(error) for error in refused.value.errors] == [ItemTaken]
    assert "預約現場接見" in str(refused.value.errors[0])


def test_with_everything_granted_nothing_is_left_to_ask(family: Family, clock_at) -> None:  # type: ignore[no-untyped-def]
    family.decided(family.sends(ALL).id, {})
    with pytest.raises(ApplicationDuplicate):
        family_drafts.start(family.id, family.agency_id, "0609", "parent", family.actor)
    clock_at.passes(days=340)
    assert family_drafts.start(family.id, family.agency_id, "0609", "parent", family.actor)


def test_a_grant_for_each_approved_item_and_one_message(each_database: str, family: Family) -> None:
    application = family.decided(family.sends(ALL).id, {MOBILE: UNCLEAR}, until_on=clock.today() + timedelta(days=90))
    assert application.state is ApplicationState.PARTLY_APPROVED and application.decided_at is not None
    states = {row.item.value: row.state.value for row in application.items}
    assert states == {ON_SITE: "approved", REMOTE: "approved", MOBILE: "rejected", BOOK: "approved"}
    grants = family.grants()
    assert sorted(grants) == sorted([ON_SITE, REMOTE, BOOK])
    assert {grant.until_on for grant in grants.values()} == {clock.today() + timedelta(days=90)}
    assert db.session.get_one(Applicant, family.id).id_bound_at is not None
    message = db.session.scalars(select(Notification)).one()
    assert message.event == "family_decided"
    assert "預約現場接見：審核通過（有效期限：2026/06/01）" in message.body
    assert "預約行動接見：審核未通過\n" in message.body and f"不通過原因：{UNCLEAR}" in message.body
    assert "與申請對象關係：父母" in message.body


def test_all_or_none(family: Family) -> None:
    application = family.sends([ON_SITE, BOOK])
    with pytest.raises(item_verdicts.ItemVerdictMissing) as missing:
        application_review.review(
            application.id, Decision(items=(ItemVerdict(ON_SITE, "approve"),)), family.officer_id, family.staff
        )
    assert missing.value.field == f"verdict-{BOOK}"
    with pytest.raises(item_verdicts.ItemReasonMissing):
        family.decided(application.id, {BOOK: "看起來不對"})
    with pytest.raises(NotFound):
        stray = (ItemVerdict(ON_SITE, "approve"), ItemVerdict(BOOK, "approve"), ItemVerdict(MOBILE, "approve"))
        application_review.review(application.id, Decision(items=stray), family.officer_id, family.staff)
    assert not family.grants()
    rejected = family.decided(application.id, {ON_SITE: "關係證明不足", BOOK: "關係證明不足"})
    assert rejected.state is ApplicationState.REJECTED and not family.grants()
    assert db.session.get_one(Applicant, family.id).id_bound_at is None


def test_everything_is_not_approved_with_a_paper_to_be_mended(family: Family) -> None:
    application = family.sends([ON_SITE, MOBILE])
    portrait = next(paper for paper in application.attachments if paper.kind is PORTRAIT)
    refusals = (PaperRefusal(portrait.id, UNCLEAR),)
    with pytest.raises(PapersStandAgainst):
        family.decided(application.id, {}, refusals=refusals)
    # The item that the paper was for takes its reason from it.
    partly = family.decided(application.id, {MOBILE: ""}, refusals=refusals)
    assert {row.rejection_reason for row in partly.items} == {None, UNCLEAR}
    assert db.session.scalars(select(Notification)).one().event == "family_decided_papers"


def test_mending_asks_for_the_refused_items_and_papers_only(each_database: str, family: Family) -> None:
    application = family.sends(ALL)
    portrait = next(paper for paper in application.attachments if paper.kind is PORTRAIT)
    family.decided(application.id, {MOBILE: UNCLEAR}, refusals=(PaperRefusal(portrait.id, UNCLEAR),))
    case = application_status.of_applicant(family.id).cases[0]
    assert case.can_mend
    draft = drafts.get(family.id, reapplications.mend(family.id, application.id))
    assert draft.fields == {"relation": "parent", "items": [MOBILE]}
    assert sorted(paper.kind for paper in draft.attachments) == sorted([IDENTITY, KINSHIP])
    draft_id = draft.id
    drafts.add_paper(family.id, draft_id, PORTRAIT, "新照片.jpg", family.jpeg)
    again = db.session.get_one(ServiceApplication, applications.submit(family.id, draft_id, family.actor))
    assert again.previous_id == application.id and [row.item.value for row in again.items] == [MOBILE]


def test_undoing_takes_all_grants_back_and_a_new_verdict_renews_them(each_database: str, family: Family) -> None:
    application = family.decided(family.sends([ON_SITE, BOOK]).id, {BOOK: "其他"})
    application_undo.undo(application.id, "看錯了", application.version, family.staff)
    application = db.session.get_one(ServiceApplication, application.id, populate_existing=True)
    assert application.state is ApplicationState.PENDING and application.decided_at is None
    assert {(row.state, row.rejection_reason) for row in application.items} == {(ApplicationState.PENDING, None)}
    assert family.grants()[ON_SITE].state is GrantState.REVOKED
    decided = family.decided(application.id, {ON_SITE: "其他"})
    assert decided.state is ApplicationState.PARTLY_APPROVED
    assert {item: grant.state for item, grant in family.grants().items()} == {
        ON_SITE: GrantState.REVOKED,
        BOOK: GrantState.ACTIVE,
    }
    family_events = ["family_decided", "family_approval_undone", "family_decided"]
    assert sorted(db.session.scalars(select(Notification.event))) == sorted(family_events)


def test_a_grant_is_renewed_item_by_item(family: Family, clock_at) -> None:  # type: ignore[no-untyped-def]
    family.decided(family.sends([ON_SITE, BOOK]).id, {})
    with transaction() as session:
        held = session.get_one(ServiceGrant, family.grants()[BOOK].id)
        held.until_on = clock.today() + timedelta(days=10)
    renewable = [h.grant.item.value for h in application_status.of_applicant(family.id).holdings if h.can_renew]
    assert renewable == [BOOK]
    draft = drafts.get(family.id, reapplications.renew(family.id, family.grants()[BOOK].id))
    assert draft.item is ServiceItem.FAMILY and draft.fields == {"relation": "parent", "items": [BOOK]}


def test_a_withdrawn_application_makes_room(family: Family) -> None:
    application = family.sends([ON_SITE], portrait=False)
    applications.withdraw(family.id, application.id, application.version, family.actor)
    assert family.sends([ON_SITE, BOOK], portrait=False).state is ApplicationState.PENDING
