"""Every state × every move, against SPEC §3 and §4.5 copied here by hand: what is not in the copy is refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import IllegalMove
from app.rules.vocabulary import ApplicationState, GrantState, ReservationState
from models import Reservation, ServiceApplication, ServiceGrant
from models.application import APPLICATION_MOVES, GRANT_MOVES
from models.reservation import RESERVATION_MOVES

A, G, R = ApplicationState, GrantState, ReservationState

#: SPEC §3: what an application that stands in a state may become, by which move.
APPLICATION = {
    A.PENDING: {
        "approve": A.APPROVED,
        "approve_partly": A.PARTLY_APPROVED,
        "reject": A.REJECTED,
        "withdraw": A.WITHDRAWN,
        "expire": A.EXPIRED,
    },
    A.APPROVED: {"undo": A.PENDING},
    A.PARTLY_APPROVED: {"undo": A.PENDING},
    A.REJECTED: {"undo": A.PENDING},
    A.WITHDRAWN: {},
    A.EXPIRED: {},
}

#: SPEC §3: what a grant may become.
GRANT = {
    G.ACTIVE: {
        "suspend": G.SUSPENDED,
        "revoke": G.REVOKED,
        "question": G.TO_CHECK,
        "expire": G.EXPIRED,
        "renew": G.ACTIVE,
    },
    G.TO_CHECK: {"suspend": G.SUSPENDED, "revoke": G.REVOKED, "confirm": G.ACTIVE, "expire": G.EXPIRED},
    G.SUSPENDED: {"resume": G.ACTIVE, "revoke": G.REVOKED, "expire": G.EXPIRED},
    G.REVOKED: {"reinstate": G.ACTIVE, "renew": G.ACTIVE},
    G.EXPIRED: {"renew": G.ACTIVE},
}

#: SPEC §4.5: the same for a reservation.
RESERVATION = {
    R.PENDING: {
        "approve": R.APPROVED,
        "reject": R.REJECTED,
        "cancel": R.CANCELLED,
        "lapse": R.LAPSED,
        "change": R.PENDING,
        "close": R.AWAITING_NEW_DATE,
    },
    R.APPROVED: {
        "change": R.PENDING,
        "cancel": R.CANCELLED,
        "close": R.AWAITING_NEW_DATE,
        "check_in": R.CHECKED_IN,
        "no_show": R.NO_SHOW,
        "refuse": R.REFUSED_BY_INMATE,
        "away": R.INMATE_AWAY,
    },
    R.AWAITING_NEW_DATE: {
        "choose": R.PENDING,
        "cancel": R.CANCELLED,
        "reopen": R.APPROVED,
        "reopen_unreviewed": R.PENDING,
    },
    R.CHECKED_IN: {
        "start": R.IN_PROGRESS,
        "refuse": R.REFUSED_BY_INMATE,
        "away": R.INMATE_AWAY,
        "undo": R.APPROVED,
        "undo_entry": R.CANCELLED,
    },
    R.IN_PROGRESS: {"finish": R.COMPLETED, "undo": R.CHECKED_IN},
    R.REJECTED: {},
    R.CANCELLED: {},
    R.LAPSED: {},
    R.COMPLETED: {"undo": R.IN_PROGRESS},
    R.NO_SHOW: {"undo_unarrived": R.APPROVED},
    R.REFUSED_BY_INMATE: {"undo": R.CHECKED_IN, "undo_unarrived": R.APPROVED},
    R.INMATE_AWAY: {"undo": R.CHECKED_IN, "undo_unarrived": R.APPROVED},
}


def every_pair(moves: Any, states: Any, expected: Any) -> list[Any]:
    """All states × all moves, and one move that nobody knows."""
    names = sorted({*moves.table, *(move for row in expected.values() for move in row), "jump"})
    return [pytest.param(name, state, id=f"{state.value}-{name}") for state in states for name in names]


@pytest.mark.parametrize(("move", "state"), every_pair(APPLICATION_MOVES, A, APPLICATION))
def test_an_application_moves_as_the_specification_says(move: str, state: ApplicationState) -> None:
    target = APPLICATION[state].get(move)
    assert APPLICATION_MOVES.allows(move, state) == (target is not None)
    application = ServiceApplication(state=state)
    if target is None:
        with pytest.raises(IllegalMove) as refusal:
            application.move(move)
        assert application.state is state, "a refused move must leave the state as it was"
        assert str(state.label) in str(refusal.value)
    else:
        assert application.move(move) is state
        assert application.state is target


@pytest.mark.parametrize(("move", "state"), every_pair(GRANT_MOVES, G, GRANT))
def test_a_grant_moves_as_the_specification_says(move: str, state: GrantState) -> None:
    target = GRANT[state].get(move)
    assert GRANT_MOVES.allows(move, state) == (target is not None)
    grant = ServiceGrant(state=state)
    if target is None:
        with pytest.raises(IllegalMove):
            grant.move(move)
        assert grant.state is state, "a refused move must leave the state as it was"
    else:
        assert grant.move(move) is state
        assert grant.state is target


@pytest.mark.parametrize(("move", "state"), every_pair(RESERVATION_MOVES, R, RESERVATION))
def test_a_reservation_moves_as_the_specification_says(move: str, state: ReservationState) -> None:
    target = RESERVATION[state].get(move)
    assert RESERVATION_MOVES.allows(move, state) == (target is not None)
    reservation = Reservation(state=state)
    if target is None:
        with pytest.raises(IllegalMove) as refusal:
            reservation.move(move)
        assert reservation.state is state, "a refused move must leave the state as it was"
        assert str(state.label) in str(refusal.value)
    else:
        assert reservation.move(move) is state
        assert reservation.state is target


def test_the_copies_name_every_state() -> None:
    assert set(APPLICATION) == set(A) and set(RESERVATION) == set(R), "a new state needs its row in this file"
