"""停止辦理接見 as officers use it, and what its bookers and the public then see. Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ReservationState, VisitKind
from app.security import Actor
from app.services import place_holds, session_bookings
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading
from models import Agency, Applicant, Reservation, VisitClosure
from tests import factories
from tests.doors import Office, Portal
from tests.stillness import taiwan
from tests.views.desk.conftest import agency, browser_of, officer, seeded

__all__ = ["agency", "browser_of", "officer", "seeded"]
BASE = "/backoffice/closures"
THURSDAY = {"first": "2026/03/05", "usual": "颱風停止上班"}


@pytest.fixture
def wife(agency: Agency) -> Applicant:
    """A relative with a booking on Thursday at nine."""
    factories.visit_rules(agency)
    grant = factories.relative(factories.inmate(agency, number="0609", name="黃小萍"))
    applicant_id, grant_id = grant.applicant_id, grant.id
    place_holds.take(applicant_id, grant_id, VisitKind.FAMILY_ON_SITE, taiwan("2026-03-05 09:00"))
    session_bookings.confirm(applicant_id, SessionBooking("form-1"), Actor("applicant", applicant_id, "林小美"))
    end_reading()
    return db.session.get_one(Applicant, applicant_id)


def booking() -> Reservation:
    end_reading()
    return db.session.scalars(select(Reservation)).one()


def closes(officer: Office) -> str:
    """Stop Thursday and return the address of the closure."""
    officer.opens(f"{BASE}/new")
    officer.submits(THURSDAY, button="列出受影響之預約")
    return officer.submits(button="確認停止辦理").address


def test_a_day_is_stopped_answered_and_taken_up_again(
    app: Flask, officer: Office, agency: Agency, wife: Applicant
) -> None:
    agency_id, wife_id = agency.id, wife.id
    page = officer.opens(f"{BASE}/list/")
    officer.follows("新增停止辦理")
    page = officer.submits(THURSDAY, button="列出受影響之預約")
    [row] = page.rows()
    assert "受影響之預約（1件）" in page.text and row[1:] == [
        *("2026/03/05", "09:00", "預約現場接見", "林○○", "0609黃○○", "待審核", "系統通知")
    ]
    assert "林小美" not in page.text and booking().state is ReservationState.PENDING
    page = officer.submits(button="確認停止辦理")
    assert "未回覆 1" in page.text and booking().state is ReservationState.AWAITING_NEW_DATE
    shown = page.address

    home = Portal(app.test_client()).is_signed_in_as(db.session.get_one(Applicant, wife_id))
    page = home.opens("/portal/bookings")
    assert "您有1件預約因機關停止辦理接見須改期" in page.text and "待改期" in page.text
    page = home.opens(f"/portal/bookings/{booking().id}")
    assert "桃園女子監獄因颱風停止上班，2026-03-05(星期四)全日停止辦理接見" in page.text
    assert "請於2026年3月10日（星期二）17:00前改選其他時段" in page.text
    assert "最近可改選：2026-03-06(星期五) 09:00、" in page.text
    home.follows("改選時段")
    assert "原時段已停止辦理接見，請改選其他時段。" in home.page.text and "因颱風停止上班停止辦理接見" in home.page.text
    public = Portal(app.test_client())
    for address in (f"/portal/hours?agency_id={agency_id}", "/portal/hours"):
        page = public.opens(address)
        assert "2026-03-05(星期四)全日 全部接見類型 停止辦理，原因：颱風停止上班" in page.text

    assert officer.opens(f"{shown}?answer=chosen").rows() == []
    officer.opens(shown)
    officer.follows("延長回覆期限")
    page = officer.submits({"answer_on": "2026-03-10"}, expect=422)
    assert "須晚於原期限（2026/03/10 17:00）" in page.text
    page = officer.submits({"answer_on": "2026-03-13"})
    assert "已延長回覆期限；尚未回覆者1件。" in page.text
    officer.follows("恢復辦理")
    page = officer.submits(button="確認恢復辦理")
    assert "已恢復辦理：1件預約回復" in page.text and "已恢復原預約 1" in page.text
    assert booking().state is ReservationState.PENDING
    assert "停止辦理，原因" not in public.opens("/portal/hours").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"first": ""}, "請輸入停止辦理之起日及迄日"),
        ({"last": "2026/03/04"}, "迄日時間須晚於起日時間"),
        ({"first": "2026/02/30"}, "須為存在的日期"),
        ({"first": "2026/03/02"}, "期間已過，或起日早於今日"),
        ({"first": "2026/03/07"}, "本即不辦理所選類型之接見"),
        ({"last": "2027/03/04"}, "以92天為限"),
        ({"since": "25:00"}, "請以24小時制輸入"),
        ({"since": "24:00"}, "請以24小時制輸入"),
        ({"since": "2:30p"}, "請以24小時制輸入"),
        ({"usual": ""}, "請選擇常用原因或填寫原因"),
        ({"reason": "字" * 101}, "100個字"),
        ({"usual": "天然災害", "reason": "字" * 100}, "目前106個字"),
        ({"answer_on": "2026/03/01"}, "回覆期限須晚於現在"),
        ({"kind": "nonsense"}, "沒有這個選項"),
        ({"agency_id": "elsewhere"}, "沒有這個選項"),
    ],
)
def test_mistakes_are_named_and_nothing_is_stopped(
    officer: Office, wife: Applicant, typed: dict[str, str], words: str
) -> None:
    page = officer.opens(f"{BASE}/new")
    form = page.form("/closures/new")
    page = officer.sends(form, {**THURSDAY, **typed}, "列出受影響之預約", expect=422)
    assert words in page.text and "確認停止辦理" not in page.text
    assert db.session.scalar(select(VisitClosure.id)) is None


def test_who_comes_second_is_told(officer: Office, wife: Applicant) -> None:
    officer.opens(f"{BASE}/new")
    page = officer.submits(THURSDAY, button="列出受影響之預約")
    older = page.form("/closures/new")
    shown = officer.submits(button="確認停止辦理").address
    page = officer.sends(older, {}, "確認停止辦理", expect=409)
    assert "該期間已登記停止辦理：2026-03-05(星期四)全日" in page.text
    closure_id = shown.rsplit("/", 1)[1]
    page = officer.opens(f"{BASE}/reopen/{closure_id}")
    stale = page.form(f"/reopen/{closure_id}")
    officer.opens(f"{BASE}/extend/{closure_id}")
    officer.submits({"answer_on": "2026-03-20"})
    page = officer.sends(stale, {}, "確認恢復辦理", expect=409)
    assert "已有異動" in page.text and booking().state is ReservationState.AWAITING_NEW_DATE
