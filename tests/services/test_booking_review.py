"""CJALF219F: each row for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import audit, booking_review, reservations, trail
from app.services.booking_review import RowAlreadyDecided, RowChanged, RowVerdict, RowWithdrawn, decide_all
from app.services.reasons import ReasonRequired
from app.transaction import end_reading, transaction
from models import Notification, Reservation, StateMove
from tests import factories


def test_rows_are_saved_and_those_that_cannot_be_are_reported(each_database: str, seeded: None) -> None:
    agency = factories.agency()
    desk, colleague = factories.desk(agency), factories.desk(agency)
    actor = Actor("staff", str(desk.id), desk.full_name)
    rows = [factories.reservation(factories.granted(about=factories.inmate(agency))) for _ in range(5)]
    foreign = factories.reservation()
    approve, reject, no_reason, taken, stale = (row.id for row in rows)
    scope = frozenset({agency.id})
    decide_all([RowVerdict(taken, "approve", 1)], scope, colleague.id, Actor("staff", str(colleague.id)))

    outcomes = decide_all(
        [
            RowVerdict(approve, "approve", 1),
            RowVerdict(reject, "reject", 1, "收容人出庭、借提或就醫", "3月4日出庭"),
            RowVerdict(no_reason, "reject", 1),
            RowVerdict(taken, "reject", 1, "其他"),
            RowVerdict(stale, "approve", 9),
            RowVerdict(foreign.id, "approve", 1),
        ],
        scope,
        desk.id,
        actor,
    )
    assert [type(o.error) for o in outcomes] == [
        type(None), type(None), ReasonRequired, RowAlreadyDecided, RowChanged, NotFound,
    ]  # fmt: skip
    assert colleague.full_name in str(outcomes[3].error)
    states = {row_id: db.session.get_one(Reservation, row_id).state for row_id in (approve, reject, no_reason, taken)}
    assert list(states.values()) == [
        ReservationState.APPROVED,
        ReservationState.REJECTED,
        ReservationState.PENDING,
        ReservationState.APPROVED,
    ]
    told = {m.subject_id: m for m in db.session.scalars(select(Notification))}
    assert set(told) == {approve, reject, taken}
    assert "收容人出庭、借提或就醫：3月4日出庭" in told[reject].body
    assert "請勿前往" not in told[reject].body


def test_sixty_rows_with_one_decided_in_the_middle(
    each_database: str, seeded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = factories.agency()
    desk = factories.desk(agency)
    colleague = factories.desk(agency, last_name="張", first_name="三")
    lawyer, about = factories.applicant(), factories.inmate(agency)
    with transaction():
        grant = factories.granted(lawyer, about)
        start = clock.at(clock.today() + timedelta(days=1), time(9))
        ids = [factories.reservation(grant, start + timedelta(minutes=n)).id for n in range(60)]
    scope, saved = frozenset({agency.id}), booking_review._save
    colleague_id, desk_id = colleague.id, desk.id

    def meanwhile(row: RowVerdict, *rest: object) -> None:
        if row.reservation_id == ids[30]:
            monkeypatch.setattr(booking_review, "_save", saved)
            verdict = RowVerdict(ids[45], "reject", 1, "其他", "查證中")
            decide_all([verdict], scope, colleague_id, Actor("staff", str(colleague_id)))
        saved(row, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(booking_review, "_save", meanwhile)
    outcomes = decide_all([RowVerdict(i, "approve", 1) for i in ids], scope, desk_id, Actor("staff", str(desk_id)))
    refused = {o.reservation_id: str(o.error) for o in outcomes if o.error}
    assert list(refused) == [ids[45]]
    assert "張三" in refused[ids[45]] and "審核未通過" in refused[ids[45]] and "其餘59件已儲存" in refused[ids[45]]
    states = [db.session.get_one(Reservation, i).state for i in ids]
    assert states.count(ReservationState.APPROVED) == 59 and states[45] is ReservationState.REJECTED
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Notification, StateMove)]
    assert counts == [60, 60] and trail.verify() is None


def test_two_desks_saving_the_same_rows_decide_each_once(each_database: str, app: Flask, seeded: None) -> None:
    agency = factories.agency()
    with transaction():
        rows = [factories.reservation(factories.granted(about=factories.inmate(agency))).id for _ in range(10)]
    officers = [factories.desk(agency).id for _ in range(2)]
    end_reading()

    def save(officer_id: int) -> int:
        verdicts = [RowVerdict(row, "approve", 1) for row in rows]
        with app.app_context():
            outcomes = decide_all(verdicts, None, officer_id, Actor("staff", str(officer_id)))
        return sum(o.error is None for o in outcomes)

    with ThreadPoolExecutor(2) as desks:
        assert sum(desks.map(save, officers)) == 10
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 10


def test_what_the_booker_did_meanwhile_is_told(seeded: None) -> None:
    desk = factories.headquarters()
    one, other = factories.reservation(), factories.reservation()
    applicant = Actor("applicant", one.applicant_id)
    one_id, other_id = one.id, other.id
    reservations.cancel(one.applicant_id or "", one_id, 1, applicant)
    with transaction() as session:
        row = session.get_one(Reservation, other_id)
        before = row.move("change")
        row.visitor_name = "別人"
        session.flush()
        audit.moved(session, row, "change", before, applicant)
    outcomes = decide_all(
        [RowVerdict(i, "approve", 1) for i in (one_id, other_id)], None, desk.id, Actor("staff", str(desk.id))
    )
    assert [type(o.error) for o in outcomes] == [RowWithdrawn, RowChanged]
    assert "申請人" in str(outcomes[0].error) and "取消" in str(outcomes[0].error)
    assert "已由申請人於" in str(outcomes[1].error) and "其餘0件已儲存" in str(outcomes[1].error)


def test_headquarters_may_decide_everywhere(seeded: None) -> None:
    row = factories.reservation()
    officer = factories.headquarters()
    assert decide_all([RowVerdict(row.id, "approve", 1)], None, officer.id, Actor("staff", "1"))[0].error is None


def test_a_telephone_booking_has_nobody_to_mail(seeded: None) -> None:
    row = factories.reservation(applicant_id=None, grant_id=None)
    officer = factories.headquarters()
    decide_all([RowVerdict(row.id, "approve", 1)], None, officer.id, Actor("staff", "1"))
    assert db.session.scalars(select(Notification)).all() == []


@pytest.mark.parametrize("verdict", ["", "maybe"])
def test_an_unknown_verdict_is_a_programming_error(seeded: None, verdict: str) -> None:
    row = factories.reservation()
    with pytest.raises(ValueError):
        decide_all([RowVerdict(row.id, verdict, 1)], None, factories.headquarters().id, Actor("staff", "1"))
