"""Two windows of one visitor: what stood on a page is what it confirms. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app.services import place_holds
from app.services.place_holds import HeldOtherwise
from tests.services.test_session_bookings import FRIDAY, THURSDAY, Relative, events, inmate, taken, wife
from tests.stillness import taiwan

__all__ = ["inmate", "wife"]


def test_a_page_confirms_the_session_that_stands_on_it(wife: Relative) -> None:
    """Another window has taken the hold to another session, or to a new booking: nothing is sent."""
    booked = wife.books(THURSDAY)
    version, seen = booked.version, _held(wife, FRIDAY, replaces_id=booked.id)
    other = _held(wife, taiwan("2026-03-06 10:00"), replaces_id=booked.id)
    for shown in ({"session_id": seen, "replaces_id": booked.id}, {"session_id": other}):
        with pytest.raises(HeldOtherwise):
            wife.confirms("form-2", version=version, **shown)
    new = _held(wife, FRIDAY)
    with pytest.raises(HeldOtherwise):
        wife.confirms("form-2", version=version, session_id=new, replaces_id=booked.id)
    assert (taken(THURSDAY), taken(FRIDAY), len(events())) == (1, 1, 1)
    assert wife.confirms("form-2", session_id=new) != booked.id


def _held(relative: Relative, at: datetime, **options: Any) -> str:
    relative.holds(at, **options)
    hold = place_holds.current(relative.applicant_id)
    assert hold is not None
    return hold.session_id
