"""行動接見申請: review with room and length, what comes of the visit. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select

from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules.device_visits import RoomTaken, TimesUnreadable
from app.rules.parameters import DEFINITIONS
from app.rules.vocabulary import ReservationState, VisitKind
from app.security import Actor
from app.services import booking_review, desk_changes, desk_moves, device_visits, joining, visit_outcomes
from app.services.application_review import AlreadyDecided
from app.services.desk_changes import Reason
from app.services.device_visits import Arrangement, DeviceVerdict, GoneElsewhere, NothingArranged
from app.services.item_verdicts import VerdictMissing
from app.services.reasons import ReasonRequired
from app.transaction import end_reading
from models import Inmate, Notification, Officer, Reservation, StateMove, VisitSession
from tests import factories
from tests.stillness import StoppedClock, taiwan

MOBILE, LAWYERS = VisitKind.FAMILY_MOBILE, VisitKind.LAWYER_MOBILE


@pytest.fixture
def inmate(seeded: None) -> Inmate:
    agency = factories.agency(name="測試監獄")
    factories.parameter(agency, "MOBJOIN", value="機關寄送之視訊邀請")
    factories.parameter(agency, "A", value="25")
    return factories.inmate(agency, number="0609", name="黃小萍")


@pytest.fixture
def officer(inmate: Inmate) -> Officer:
    return factories.officer(inmate.agency)


def by(officer: Officer) -> Actor:
    return Actor("staff", str(officer.id), "王小明")


def now(row: Reservation) -> Reservation:
    end_reading()
    return db.session.get_one(Reservation, row.id)


def approves(officer: Officer, row: Reservation, room: str = "A室", minutes: str = "25", version: int = 1) -> None:
    asked = DeviceVerdict("approve", version, arrangement=Arrangement(room, minutes))
    device_visits.review(row.id, asked, None, officer.id, by(officer))


def messages() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.queued_at, Notification.id)))


def taken(row: Reservation) -> int:
    end_reading()
    return db.session.get_one(VisitSession, row.session_id).taken


@pytest.mark.parametrize("kind", [MOBILE, LAWYERS, VisitKind.FAMILY_REMOTE])
def test_approval_keeps_room_and_length_and_tells_how_to_join(
    inmate: Inmate, officer: Officer, kind: VisitKind
) -> None:
    row = factories.session_visit(inmate, kind)
    approves(officer, row)
    row = now(row)
    assert (row.state, row.room, row.minutes) == (ReservationState.APPROVED, "A室", 25)
    message = messages()[-1]
    assert "（25分鐘）" in message.body and "A室" not in message.body
    if kind is VisitKind.FAMILY_REMOTE:
        assert "辦理方式：請先洽接見機關" in message.body
    else:
        assert message.event == "mobile_booking_approved" and "依機關寄送之視訊邀請進入" in message.body
        assert "期限" not in message.body and "請勿前往" not in message.body


def test_the_usual_length_is_parameter_a_within_the_session(inmate: Inmate) -> None:
    assert joining.usual_minutes(factories.session_visit(inmate, MOBILE)) == 25
    assert joining.usual_minutes(factories.session_visit(inmate, LAWYERS, minutes=15)) == 15
    assert joining.usual_minutes(factories.session_visit(inmate)) == 30


def test_readers_of_english_are_told_in_english_where_it_is_known(inmate: Inmate) -> None:
    mobile, remote = factories.session_visit(inmate, MOBILE), factories.session_visit(inmate, VisitKind.FAMILY_REMOTE)
    # The agency has said in Chinese how a mobile visit is joined: no usual sentence stands for that.
    assert joining.how_to_join(mobile, "en") == "機關寄送之視訊邀請"
    assert joining.how_to_join(remote, "en").startswith("please ask the agency")
    factories.parameter(inmate.agency, "MOBJOINEN", value="the video invitation that the agency sends")
    assert joining.how_to_join(mobile, "en") == "the video invitation that the agency sends"
    assert joining.how_to_join(mobile, "zh_Hant_TW") == "機關寄送之視訊邀請"
    assert joining.how_to_join(remote, "zh_Hant_TW") == DEFINITIONS["REMJOIN"].default


def test_two_overlapping_visits_do_not_share_a_room(each_database: str, inmate: Inmate, officer: Officer) -> None:
    first, second = factories.session_visit(inmate, MOBILE), factories.session_visit(inmate, LAWYERS)
    elsewhere = factories.session_visit(factories.inmate(), MOBILE)
    approves(officer, first)
    with pytest.raises(RoomTaken, match=f"10:00至10:25已安排預約{first.number}"):
        approves(officer, second, room="ａ室")
    assert now(second).state is ReservationState.PENDING and len(messages()) == 1
    approves(officer, elsewhere)
    approves(officer, second, room="B室")
    with pytest.raises(RoomTaken):
        device_visits.arrange(second.id, Arrangement("A室", "25"), now(second).version, None, by(officer))


def test_another_length_is_told_another_room_is_not(inmate: Inmate, officer: Officer) -> None:
    row = factories.session_visit(inmate, MOBILE)
    approves(officer, row)
    assert not device_visits.arrange(row.id, Arrangement("B室", "25"), now(row).version, None, by(officer))
    assert device_visits.arrange(row.id, Arrangement("B室", "15"), now(row).version, None, by(officer))
    with pytest.raises(NothingArranged):
        device_visits.arrange(row.id, Arrangement("B室", "15"), now(row).version, None, by(officer))
    told = {message.event: message.body for message in messages()}
    assert set(told) == {"mobile_booking_approved", "mobile_arranged"} and len(messages()) == 2
    assert "調整為15分鐘" in told["mobile_arranged"]


def test_what_is_refused_changes_nothing(inmate: Inmate, officer: Officer) -> None:
    row = factories.session_visit(inmate, MOBILE)
    for minutes in ("0", "999", ""):
        with pytest.raises(RuleErrors):
            approves(officer, row, minutes=minutes)
    with pytest.raises(VerdictMissing):
        device_visits.review(row.id, DeviceVerdict("", 1), None, officer.id, by(officer))
    with pytest.raises(ReasonRequired):
        device_visits.review(row.id, DeviceVerdict("reject", 1), None, officer.id, by(officer))
    with pytest.raises(NotFound):
        device_visits.review(row.id, DeviceVerdict("approve", 1), frozenset({"x"}), officer.id, by(officer))
    with pytest.raises(Stale):
        approves(officer, row, version=7)
    with pytest.raises(NotFound):  # an announced arrival is reviewed in CJALF219F
        approves(officer, factories.reservation())
    assert now(row).version == 1 and not messages()


def test_a_colleague_was_faster(inmate: Inmate, officer: Officer) -> None:
    row = factories.session_visit(inmate, MOBILE)
    booking_review.decide(booking_review.RowVerdict(row.id, "approve", 1), None, officer.id, by(officer))
    with pytest.raises(AlreadyDecided, match=r"您的結果未儲存。$"):
        approves(officer, row)
    with pytest.raises(AlreadyDecided):
        asked = DeviceVerdict("reject", 1, reason="重複預約")
        device_visits.review(row.id, asked, None, officer.id, by(officer))
    gone = factories.session_visit(inmate, LAWYERS, state=ReservationState.CANCELLED)
    with pytest.raises(GoneElsewhere):
        approves(officer, gone)


def test_a_refusal_gives_the_place_back_with_its_reason(inmate: Inmate, officer: Officer) -> None:
    row = factories.session_visit(inmate, MOBILE)
    asked = DeviceVerdict("reject", 1, reason="未符接見資格", note="請補資料")
    device_visits.review(row.id, asked, None, officer.id, by(officer))
    assert taken(row) == 0 and now(row).rejection_reason == "未符接見資格"
    assert messages()[-1].event == "family_booking_rejected" and "請補資料" in messages()[-1].body


def test_after_the_visit_it_is_noted_with_its_times(inmate: Inmate, officer: Officer, clock_at: StoppedClock) -> None:
    row = factories.session_visit(inmate, MOBILE, taiwan("2026-03-03 10:00"), state=ReservationState.APPROVED)
    clock_at("2026-03-03 10:40")
    for began, ended in ((None, time(10, 20)), (time(10, 20), time(10, 20)), (time(10), time(10, 41))):
        with pytest.raises(TimesUnreadable):
            visit_outcomes.complete(row.id, began, ended, "", 1, None, by(officer))
    visit_outcomes.complete(row.id, time(10, 2), time(10, 22), "連線中斷一次", 1, None, by(officer))
    row = now(row)
    assert row.state is ReservationState.COMPLETED and row.ended_at == taiwan("2026-03-03 10:22")
    moves = {(move.move, move.reason) for move in db.session.scalars(select(StateMove))}
    assert moves == {("check_in", None), ("start", None), ("finish", "連線中斷一次")}
    with pytest.raises(IllegalMove):
        visit_outcomes.complete(row.id, time(10, 2), time(10, 22), "", row.version, None, by(officer))


def test_a_visit_that_failed_is_told_and_one_without_connection_gives_its_place_back(
    inmate: Inmate, officer: Officer, clock_at: StoppedClock
) -> None:
    at = taiwan("2026-03-03 10:00")
    missed = factories.session_visit(inmate, MOBILE, at, state=ReservationState.APPROVED)
    broken = factories.session_visit(inmate, LAWYERS, at, state=ReservationState.APPROVED)
    clock_at("2026-03-03 10:40")
    desk_moves.mark(missed.id, "no_show", "", 1, None, by(officer), by_session=True)
    desk_changes.cancel(broken.id, Reason("其他", "設備連線異常"), 1, None, by(officer), by_session=True)
    assert now(missed).state is ReservationState.NO_SHOW and taken(missed) == 1 and taken(broken) == 0
    assert {m.event for m in messages()} == {"visit_no_show", "booking_cancelled_by_agency"}
