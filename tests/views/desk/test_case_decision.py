"""律師接見服務項目審核: the decision, its message in the same commit, two officers at once, the next case."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState
from app.services import application_review
from models import Agency, Notification, ServiceApplication, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk
from tests.views.desk.test_case_page import address

REASON = "委任狀未簽名或未載明案由"
NO_DATE = "有效期限不是存在的日期。請以西元年月日輸入，例如2027/03/03。"


@pytest.fixture
def case(agency: Agency) -> ServiceApplication:
    """A case that waits."""
    return factories.application(about=factories.inmate(agency, number="0609", name="黃小萍"))


def now(case: ServiceApplication) -> ServiceApplication:
    return db.session.get_one(ServiceApplication, case.id, populate_existing=True)


def messages() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.queued_at)))


def test_approving_makes_the_grant_and_one_message(
    each_database: str, officer: Office, case: ServiceApplication
) -> None:
    officer.opens(address(case))
    page = officer.submits({"verdict": "approve", "until": "2026-09-30"}, button="儲存審核結果")
    assert "0609黃小萍已審核為「審核通過」，通知信件已排入寄送。" in page.text
    assert "有效期限 2026/03/03~2026/09/30" in page.words(".rv-form") and "王小明" in page.words(".rv-form")
    grant = db.session.scalars(select(ServiceGrant)).one()
    assert (grant.application_id, grant.until_on.isoformat()) == (case.id, "2026-09-30")
    assert [m.event for m in messages()] == ["lawyer_approved"]
    assert not page.forms("form#decision")


def test_the_usual_end_is_a_year_from_today(officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    officer.submits({"verdict": "approve"}, button="儲存審核結果")
    assert db.session.scalars(select(ServiceGrant)).one().until_on.isoformat() == "2027-03-03"


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({}, "請選擇審核結果。", "verdict"),
        ({"verdict": "reject"}, "審核結果為「審核未通過」時，請選擇不通過原因。", "reason"),
        ({"verdict": "approve", "until": "2026-03-02"}, "有效期限須為今日以後之日期，請重新選擇。", "until_on"),
        (
            {"verdict": "approve", "until": "明年"},
            "有效期限不是存在的日期。請以西元年月日輸入，例如2027/03/03。",
            "until_on",
        ),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    officer: Office, case: ServiceApplication, typed: dict[str, str], sentence: str, field: str
) -> None:
    officer.opens(address(case))
    page = officer.submits({**typed, "note": "請補正第2頁"}, button="審核並處理下一件", expect=422)
    assert any(sentence in error for error in page.errors)
    assert page.words(f"#error-{field}") == sentence
    again = page.form("decision").filled({}, "儲存審核結果")
    assert again["note"] == ["請補正第2頁"] and again["until"] == [typed.get("until", "2027-03-03")]
    assert again.get("verdict", [""]) == [typed.get("verdict", "")]
    assert now(case).state == ApplicationState.PENDING and not messages()


def test_refusing_with_a_reason_queues_exactly_one_message(
    each_database: str, officer: Office, case: ServiceApplication
) -> None:
    officer.opens(address(case))
    officer.submits({"verdict": "reject", "reason": REASON, "note": "第2頁"}, button="儲存審核結果")
    (message,) = messages()
    assert (message.event, message.applicant_id) == ("lawyer_rejected", case.applicant_id)
    assert f"{REASON}：第2頁" in message.body
    assert now(case).state == ApplicationState.REJECTED and REASON in officer.page.words(".rv-form")


def test_no_decision_without_its_message(
    officer: Office, case: ServiceApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("the outbox is full")

    officer.opens(address(case))
    monkeypatch.setattr(application_review.notifications, "enqueue", broken)
    with pytest.raises(RuntimeError):
        officer.submits({"verdict": "reject", "reason": REASON}, button="儲存審核結果", expect=None)
    assert now(case).state == ApplicationState.PENDING and now(case).decided_at is None


def test_two_officers_at_once(
    each_database: str,
    officer: Office,
    case: ServiceApplication,
    agency: Agency,
    browser_of: Desk,
    clock_at: StoppedClock,
) -> None:
    second = browser_of(factories.officer(agency, last_name="張", first_name="三"))
    officer.opens(address(case))
    second.opens(address(case))
    second.submits({"verdict": "reject", "reason": REASON}, button="儲存審核結果")
    clock_at.passes(seconds=3)
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件", expect=409)
    assert any(
        "本件已由張三於2026/3/3 上午 09:00:00審核為「審核未通過」，您的結果未儲存。" in error for error in page.errors
    )
    assert not page.forms("form#decision") and REASON in page.words(".rv-form")
    assert len(messages()) == 1 and db.session.scalar(select(ServiceGrant)) is None


def test_a_double_click_is_one_decision_and_no_complaint(officer: Office, case: ServiceApplication) -> None:
    form = officer.opens(address(case)).form("decision")
    officer.sends(form, {"verdict": "approve"}, "儲存審核結果")
    page = officer.sends(form, {"verdict": "approve"}, "儲存審核結果")
    assert "已審核為「審核通過」" in page.text and len(messages()) == 1


def test_a_different_second_decision_of_the_same_officer_is_refused(officer: Office, case: ServiceApplication) -> None:
    form = officer.opens(address(case)).form("decision")
    officer.sends(form, {"verdict": "approve"}, "儲存審核結果")
    officer.sends(form, {"verdict": "reject", "reason": REASON}, "儲存審核結果", expect=409)
    assert now(case).state == ApplicationState.APPROVED


def test_on_to_the_next_case_oldest_first_and_round(
    each_database: str, agency: Agency, officer: Office, clock_at: StoppedClock
) -> None:
    cases = []
    for number in ("0001", "0002", "0003"):
        cases.append(factories.application(about=factories.inmate(agency, number=number)))
        clock_at.passes(minutes=1)
    factories.application()  # another agency's
    first, second, third = cases
    officer.opens(f"{address(second)}?back=number%3D")
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert page.address == address(third)
    assert officer.follows("略過，看下一件").address == address(first)
    officer.opens(address(third))
    assert officer.submits({"verdict": "approve"}, button="審核並處理下一件").address == address(first)
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert page.address == "/backoffice/applications/list/" and "已無未審核案件。" in page.text


def test_the_next_case_is_the_next_of_the_list_that_was_asked_for(agency: Agency, officer: Office) -> None:
    mine, other = factories.inmate(agency, number="0609"), factories.inmate(agency, number="0071")
    first, between, last = (factories.application(about=about) for about in (mine, other, mine))
    officer.opens(f"{address(first)}?back=number%3D0609%26state%3D%26from%3D2026-03-01")
    assert "未審核2件（符合清單條件）" in officer.page.text
    here = {address(first), address(last)}
    seen = {officer.page.address.partition("?")[0]}
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert seen | {page.address.partition("?")[0]} == here
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert "清單條件內已無未審核案件。" in page.text
    assert page.tree.get_element_by_id("filter-number").get("value") == "0609"
    assert officer.opens(address(between)).text.count("未審核1件") == 1


def test_an_id_number_bound_elsewhere_is_told_and_the_form_stays(
    officer: Office, agency: Agency, case: ServiceApplication, clock_at: StoppedClock
) -> None:
    rival = factories.applicant(id_number=case.applicant.id_number, id_bound_at=clock_at.passes(minutes=1))
    assert rival.id != case.applicant_id
    officer.opens(address(case))
    page = officer.submits({"verdict": "approve"}, button="儲存審核結果", expect=409)
    assert "另一帳號完成身分確認" in page.words("#error-verdict") and page.forms("form#decision")
    assert now(case).state == ApplicationState.PENDING and not messages()
