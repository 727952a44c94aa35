"""其他接見人: matched silently, told by mail; the booker learns nothing."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import RuleErrors
from app.extensions import db
from app.rules.closures import Span
from app.rules.companion_papers import PAPERS
from app.rules.vocabulary import LAWYERS, GrantState, Relationship
from app.security import Actor
from app.services import booking_changes, reservations
from app.services.companions import CompanionData, clean_companions
from models import Companion, Notification, Reservation, ServiceGrant
from tests import factories
from tests.services.test_closures import Agency as ClosingAgency
from tests.stillness import taiwan

ID_NUMBER = "A123456789"
FRIEND = CompanionData("許書瑋", ID_NUMBER, "trainee_lawyer", "(114)學律字第0123號")
WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
def grant(seeded: None) -> ServiceGrant:
    """The booker's grant."""
    return factories.granted(factories.applicant(name="李大同"), factories.inmate(name="黃小萍"))


def book(grant: ServiceGrant, *people: CompanionData) -> Reservation:
    request = reservations.BookingRequest(grant.id, WEDNESDAY, time(10, 30), "form", list(people))
    actor = Actor("applicant", grant.applicant_id)
    return db.session.get_one(Reservation, reservations.book(grant.applicant_id, request, actor))


def holder(grant: ServiceGrant, bound: bool = True, **columns: object) -> ServiceGrant:
    """The companion's account and grant."""
    account = factories.applicant(id_number=ID_NUMBER, id_bound_at=clock.now() if bound else None)
    about = columns.pop("about", grant.inmate)
    return factories.granted(account, about, **columns)  # type: ignore[arg-type]


def mails(event: str) -> list[Notification]:
    return list(db.session.scalars(select(Notification).where(Notification.event == event)))


def test_a_companion_with_a_grant_is_matched_and_told(each_database: str, grant: ServiceGrant) -> None:
    theirs = holder(grant)
    row = book(grant, FRIEND)
    companion = db.session.scalars(select(Companion)).one()
    assert (companion.grant_id, companion.paper) == (theirs.id, FRIEND.paper)
    [mail] = mails("companion_named")
    assert mail.applicant_id == theirs.applicant_id
    for words in ("李○同", "黃○萍", "2026-03-04(星期三)", "10:30", "學習律師", "如您不知情", grant.agency.name):
        assert words in mail.body
    assert "李大同" not in mail.body and "黃小萍" not in mail.body
    booking_changes.cancel(grant.applicant_id, row.id, row.version, Actor("applicant"))
    assert [m.applicant_id for m in mails("companion_released")] == [theirs.applicant_id]


def test_a_companion_hears_that_the_day_was_closed(grant: ServiceGrant) -> None:
    theirs, agency = holder(grant), ClosingAgency(grant.inmate)
    book(grant, FRIEND)
    agency.closes(Span(taiwan("2026-03-04 00:00"), taiwan("2026-03-05 00:00"), "颱風停止上班"))
    assert [m.applicant_id for m in mails("companion_released")] == [theirs.applicant_id]


@pytest.mark.parametrize(
    "columns",
    [
        {"bound": False},
        {"state": GrantState.SUSPENDED},
        {"until_on": date(2026, 3, 3)},
        {"about": None},
    ],
)
def test_nobody_else_is_matched(grant: ServiceGrant, columns: dict[str, object]) -> None:
    holder(grant, **columns)  # type: ignore[arg-type]
    book(grant, FRIEND)
    assert db.session.scalars(select(Companion)).one().grant_id is None
    assert mails("companion_named") == []


def test_a_change_tells_the_new_time_and_who_is_taken_off(grant: ServiceGrant) -> None:
    holder(grant)
    row = book(grant, FRIEND)
    wanted = booking_changes.BookingChange(WEDNESDAY, time(9, 0), row.version, [FRIEND])
    booking_changes.change(grant.applicant_id, row.id, wanted, Actor("applicant"))
    assert sorted("09:00" in mail.body for mail in mails("companion_named")) == [False, True]
    wanted = booking_changes.BookingChange(WEDNESDAY, time(9, 0), row.version, [])
    booking_changes.change(grant.applicant_id, row.id, wanted, Actor("applicant"))
    assert len(mails("companion_released")) == 1
    assert db.session.scalar(select(func.count()).select_from(Companion)) == 0


def test_the_booker_and_nobody_twice(grant: ServiceGrant) -> None:
    own = CompanionData("李大同", grant.applicant.id_number, "lawyer", "1號")
    with pytest.raises(RuleErrors) as refused:
        book(grant, FRIEND, FRIEND, own)
    assert [error.field for error in refused.value.errors] == ["companions-1-id_number", "companions-2-id_number"]
    assert "同一人請勿重複填寫" in str(refused.value) and "您本人無須填寫" in str(refused.value)


def test_who_has_no_national_id_comes_with_a_passport_and_is_matched_by_it(grant: ServiceGrant) -> None:
    account = factories.applicant(id_number="VN-C1234567", id_bound_at=clock.now())
    theirs = factories.granted(account, grant.inmate)
    guest = CompanionData("NGUYEN THI MAI", "c1234567", "interpreter", "同意函", id_kind="passport", id_country="VN")
    row = book(grant, guest)
    [companion] = row.companions
    assert (companion.id_number, companion.grant_id) == ("VN-C1234567", theirs.id)
    taken_up = CompanionData.of(companion)
    assert clean_companions([taken_up]) == [taken_up]  # what a change shows is taken again as it stands


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"id_number": "C1234567", "id_kind": "passport"}, "id_country"),
        ({"id_number": "C12", "id_kind": "passport", "id_country": "VN"}, "id_number"),
        ({"id_number": "C1234567"}, "id_number"),
    ],
)
def test_a_wrong_number_is_told_at_its_field(app: object, typed: dict[str, str], field: str) -> None:
    with pytest.raises(RuleErrors) as refused:
        clean_companions([CompanionData(name="阮氏梅", relation="interpreter", paper="同意函", **typed)])
    assert [error.field for error in refused.value.errors] == [f"companions-0-{field}"]


@pytest.mark.parametrize("relation", list(LAWYERS))
def test_a_missing_paper_is_named_for_each_capacity(app: object, relation: Relationship) -> None:
    with pytest.raises(RuleErrors) as refused:
        clean_companions([CompanionData("許書瑋", ID_NUMBER, relation.value, " ")])
    [error] = refused.value.errors
    assert error.field == "companions-0-paper"
    assert str(error) == (f"請填寫其他接見人將出示的文件：以「{relation.label}」身分同行者，須出示{PAPERS[relation]}。")


@pytest.mark.parametrize("paper", ["一\n二", "字" * 101, "a\u2028b"])
def test_a_paper_is_one_short_line(app: object, paper: str) -> None:
    with pytest.raises(RuleErrors):
        clean_companions([CompanionData("許書瑋", ID_NUMBER, "lawyer", paper)])
