"""律師行動接見登記資料審核 (CJALF219F): a page of verdicts, one save, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from app import clock
from app.extensions import db
from app.rules.vocabulary import Attention, BookingSource, Relationship, ReservationState
from app.transaction import transaction
from models import Agency, AuditEntry, Notification, Reservation
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock, taiwan
from tests.views.desk.conftest import Desk
from views.backoffice import booking_rows

ADDRESS = "/backoffice/desk/bookings/"
SAVE, MARK = "儲存全部審核結果", "未選擇者全部選為審核通過"
REASON = "未符接見資格"


def booked(agency: Agency, at: str = "2026-03-04 09:30", name: str = "黃小萍", **columns: Any) -> Reservation:
    inmate = factories.inmate(agency, name=name)
    return factories.reservation(factories.granted(about=inmate), taiwan(at), **columns)


@pytest.fixture
def three(agency: Agency) -> list[Reservation]:
    """Three bookings that wait, made in another order than they arrive."""
    late = booked(agency, "2026-03-04 15:00", "周喆", visitor_name="游明堃", source=BookingSource.PHONE)
    return [booked(agency), booked(agency, "2026-03-04 10:15", "林𤧟安"), late]


def chosen(*rows: tuple[Reservation, str], **more: str) -> dict[str, str]:
    return {**{f"verdict-{row.id}": verdict for row, verdict in rows}, **more}


def states(rows: Iterable[Reservation]) -> list[ReservationState]:
    return [db.session.get_one(Reservation, row.id, populate_existing=True).state for row in rows]


def messages() -> list[str]:
    return list(db.session.scalars(select(Notification.event).order_by(Notification.subject_id)))


def test_what_waits_stands_by_arrival_with_full_names(
    each_database: str, desk: Office, agency: Agency, three: list[Reservation]
) -> None:
    factories.companion(three[0], name="林學律")
    factories.restriction(db.session.get_one(Reservation, three[1].id).inmate)
    booked(agency, state=ReservationState.APPROVED)
    rows = desk.opens(ADDRESS).rows(".dk-table tbody tr[id]")
    assert [row[3] for row in rows] == ["黃小萍", "林𤧟安", "周喆"]
    assert rows[0][0].startswith("2026/03/03 R") and rows[0][1] == "2026-03-04(星期三) 09:30"
    assert rows[0][4:8] == ["陳律師（律師）", "林學律（學習律師） 無服務項目", "線上", "－"]
    assert rows[1][7] == "禁止接見通信 非辯護人之律師及通譯，須附法院（審判中）或檢察官（偵查中）同意文件。"
    assert (rows[2][4], rows[2][6]) == ("游明堃（律師）", "電話")


def test_a_companion_with_a_grant_for_this_inmate_is_matched(
    each_database: str, desk: Office, three: list[Reservation]
) -> None:
    about = db.session.get_one(Reservation, three[0].id).inmate
    trainee = factories.applicant(id_number="A123456789", id_bound_at=clock.now())
    factories.granted(trainee, about)
    for row in three[:2]:
        factories.companion(row, id_number="A123456789")
    rows = desk.opens(ADDRESS).rows(".dk-table tbody tr[id]")
    assert rows[0][5].endswith("已核准服務項目") and rows[1][5].endswith("無服務項目")


def test_one_save_decides_the_rows_with_a_verdict(each_database: str, desk: Office, three: list[Reservation]) -> None:
    first, second, _third = three
    desk.opens(ADDRESS)
    reason = {f"reason-{second.id}": REASON, f"note-{second.id}": "請洽名籍"}
    page = desk.submits(chosen((first, "approve"), (second, "reject"), **reason), button=SAVE)
    assert "已儲存2件審核結果，通知信件已排入寄送。" in page.text
    assert states(three) == [ReservationState.APPROVED, ReservationState.REJECTED, ReservationState.PENDING]
    assert sorted(messages()) == ["booking_approved", "booking_rejected"]
    assert [row[3] for row in page.rows(".dk-table tbody tr[id]")] == ["周喆"]


def test_a_refusal_without_a_reason_comes_back_and_the_others_are_saved(desk: Office, three: list[Reservation]) -> None:
    first, second, third = three
    desk.opens(ADDRESS)
    typed = chosen((first, "approve"), (second, "reject"), **{f"note-{third.id}": "待查"})
    page = desk.submits({**typed, f"note-{second.id}": "說明"}, button=SAVE, expect=422)
    sentence = "審核結果為「審核未通過」時，請選擇不通過原因。"
    assert page.words(f"#error-{second.id}") == sentence and "已儲存1件審核結果" in page.text
    again = page.form(button=SAVE).filled({}, SAVE)
    assert again[f"verdict-{second.id}"] == ["reject"] and again[f"note-{second.id}"] == ["說明"]
    assert again[f"note-{third.id}"] == ["待查"]
    assert states(three) == [ReservationState.APPROVED, ReservationState.PENDING, ReservationState.PENDING]


def test_rows_decided_meanwhile_are_reported_and_the_others_saved(
    each_database: str, desk: Office, agency: Agency, browser_of: Desk, three: list[Reservation], clock_at: StoppedClock
) -> None:
    first, second, third = three
    colleague = browser_of(factories.desk(agency, last_name="張", first_name="三"))
    desk.opens(ADDRESS)
    colleague.opens(ADDRESS)
    colleague.submits(chosen((first, "approve")), button=SAVE)
    clock_at.passes(minutes=1)
    page = desk.submits(
        chosen((first, "reject"), (second, "approve"), (third, "approve"), **{f"reason-{first.id}": REASON}),
        button=SAVE,
        expect=409,
    )
    told = "本件已由張三於2026/3/3 上午 09:00:00審核為「審核通過」，您的結果未儲存；其餘2件已儲存。"
    typed = f"（您原輸入：審核未通過：{REASON}）"
    assert any(first.number in e and told in e and typed in e for e in page.errors)
    assert "已儲存2件審核結果" in page.text
    assert states(three) == [ReservationState.APPROVED] * 3 and len(messages()) == 3


def test_a_row_that_changed_meanwhile_has_to_be_judged_anew(desk: Office, three: list[Reservation]) -> None:
    first, second, _third = three
    desk.opens(ADDRESS)
    with transaction() as session:
        session.get_one(Reservation, first.id).visitor_name = "別人"
    page = desk.submits(chosen((first, "approve"), (second, "approve")), button=SAVE, expect=409)
    assert any(first.number in error and "已有異動" in error for error in page.errors)
    assert "別人" in page.text
    assert page.form(button=SAVE).filled({}, SAVE)[f"verdict-{first.id}"] == [""]
    assert states([first, second]) == [ReservationState.PENDING, ReservationState.APPROVED]


def test_a_double_click_is_one_decision_and_no_complaint(desk: Office, three: list[Reservation]) -> None:
    form = desk.opens(ADDRESS).form(button=SAVE)
    for _press in range(2):
        page = desk.sends(form, chosen((three[0], "approve")), SAVE)
    assert "已儲存1件審核結果" in page.text and len(messages()) == 1


def test_marking_all_saves_nothing(desk: Office, three: list[Reservation]) -> None:
    desk.opens(ADDRESS)
    page = desk.submits(chosen((three[1], "reject")), button=MARK)
    assert "已將2件選為「審核通過」，尚未儲存。" in page.text
    marked = page.form(button=SAVE).filled({}, SAVE)
    assert [marked[f"verdict-{row.id}"] for row in three] == [["approve"], ["reject"], ["approve"]]
    assert states(three) == [ReservationState.PENDING] * 3 and not messages()


def test_marking_all_leaves_what_is_flagged_or_late(
    desk: Office, three: list[Reservation], clock_at: StoppedClock
) -> None:
    flagged, late = three[1].id, three[0].id
    with transaction() as session:
        session.get_one(Reservation, flagged).attention = Attention.DAY_OFF
        session.get_one(Reservation, late).arrives_at = clock.now()
    page = desk.opens(ADDRESS)
    assert len(page.tree.xpath("//tr[@data-flagged]")) == 2
    page = desk.submits({}, button=MARK)
    assert "已將1件選為「審核通過」，尚未儲存。" in page.text and "另2件有注意事項或已逾到達時間" in page.text
    marked = page.form(button=SAVE).filled({}, SAVE)
    assert [marked[f"verdict-{row}"] for row in (late, flagged, three[2].id)] == [[""], [""], ["approve"]]


def test_saving_without_a_verdict_changes_nothing(desk: Office, three: list[Reservation]) -> None:
    desk.opens(ADDRESS)
    assert "尚未選擇任何審核結果，資料未變更。" in desk.submits({}, button=SAVE).text
    assert states(three) == [ReservationState.PENDING] * 3


def test_a_foreign_row_in_the_form_saves_nothing_at_all(
    each_database: str, desk: Office, three: list[Reservation]
) -> None:
    foreign = booked(factories.agency())
    assert foreign.number not in desk.opens(ADDRESS).text
    sent = desk.page.form(button=SAVE).filled(chosen((three[0], "approve")), SAVE)
    for row_id in (foreign.id, "x", "00000000-0000-0000-0000-000000000000"):
        data = {**sent, "row": [*sent["row"], row_id], f"verdict-{row_id}": "approve", f"version-{row_id}": "1"}
        assert desk.client.post(ADDRESS, data=data).status_code == 404
    assert states([*three, foreign]) == [ReservationState.PENDING] * 4


def test_nonsense_in_the_form_is_no_error(each_database: str, desk: Office, three: list[Reservation]) -> None:
    sent = desk.opens(ADDRESS).form(button=SAVE).filled({}, SAVE)
    row = three[0].id
    for version, verdict in (("9" * 5000, "approve"), ("x", "approve"), ("-1", "approve"), ("1", "maybe")):
        data = {**sent, f"version-{row}": version, f"verdict-{row}": verdict}
        assert desk.client.post(ADDRESS, data=data).status_code in (200, 409)
    assert states(three) == [ReservationState.PENDING] * 3


def test_the_filter_by_day_of_application(desk: Office, agency: Agency, three: list[Reservation]) -> None:
    booked(agency, name="鄭昱", requested_on=date(2026, 3, 3) - timedelta(days=3))
    assert len(desk.opens(ADDRESS).rows(".dk-table tbody tr[id]")) == 4
    page = desk.opens(f"{ADDRESS}?until=2026-03-02")
    assert [row[3] for row in page.rows(".dk-table tbody tr[id]")] == ["鄭昱"]
    assert "until=2026-03-02" in page.form(button=SAVE).action
    assert not desk.opens(f"{ADDRESS}?kind=lawyer_mobile").rows(".dk-table tbody tr[id]")
    assert desk.opens(f"{ADDRESS}?from=yesterday").errors
    assert desk.opens(f"{ADDRESS}?agency={factories.agency().id}").errors


def test_a_long_queue_comes_in_pages(desk: Office, agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking_rows, "PAGE_ROWS", 2)
    for minute in range(3):
        booked(agency, f"2026-03-04 09:{minute:02}")
    page = desk.opens(ADDRESS)
    assert "待審核3件，本頁列出最早到達之2件；儲存後接續列出其餘案件。" in page.text
    assert len(page.rows(".dk-table tbody tr[id]")) == 2


def test_a_longer_list_asks_the_database_no_more_often(desk: Office, agency: Agency) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: asked.append(statement))
    counts = []
    for minutes in (range(0, 5), range(5, 30)):
        for minute in minutes:
            factories.companion(booked(agency, f"2026-03-04 09:{minute:02}"))
        desk.opens(ADDRESS)
        asked.clear()
        desk.opens(ADDRESS)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 24


def test_headquarters_sees_whose_booking_it_is(agency: Agency, browser_of: Desk, three: list[Reservation]) -> None:
    booked(factories.agency(name="臺中女子監獄"), "2026-03-05 09:00")
    rows = browser_of(factories.headquarters()).opens(ADDRESS).rows(".dk-table tbody tr[id]")
    assert [row[0] for row in rows] == ["桃園女子監獄"] * 3 + ["臺中女子監獄"]


def test_a_look_at_the_list_is_one_row_of_the_trail(desk: Office, three: list[Reservation]) -> None:
    desk.opens(ADDRESS)
    count = select(func.count()).where(AuditEntry.event == "reservation.review_list")
    assert db.session.scalar(count) == 1


def test_interpreters_are_remarked(desk: Office, three: list[Reservation]) -> None:
    factories.companion(three[0], relation=Relationship.INTERPRETER)
    assert desk.opens(ADDRESS).rows(".dk-table tbody tr[id]")[0][7] == "須通譯"
