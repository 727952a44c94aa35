"""CJALF219F: each row for itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services.booking_review import RowAlreadyDecided, RowChanged, RowVerdict, decide_all
from app.services.reasons import ReasonRequired
from models import Notification, Reservation
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
