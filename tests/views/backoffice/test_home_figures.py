"""首頁: each figure counts exactly the rows of the list that it leads to, for each kind of staff."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date

import pytest

from app import clock
from app.rules.vocabulary import (
    ApplicationState,
    Attention,
    BookingSource,
    CancelledBy,
    MessageState,
    ReservationState,
    VisitKind,
)
from models import Agency, Officer
from tests import factories
from tests.stillness import StoppedClock, taiwan
from tests.views.backoffice.office_door import HOME, OfficeDoor, words

Enter = Callable[[Officer], OfficeDoor]
_LINK = re.compile(r'<a ([^>]*)href="([^"#]+)"[^>]*>(.*?)</a>', re.S)
_KINDS = tuple(kind for kind in VisitKind if kind is not VisitKind.LAWYER_ON_SITE)
#: Most weeks of the charts are empty in the same way.
MOST_ZEROS = 15
#: Days of visits: two weeks ago, today, the next working day.
_DAYS = (date(2026, 2, 17), date(2026, 3, 3), date(2026, 3, 4))


def _fill(agency: Agency) -> None:
    """A booking of each state and kind on each day, cases, and whatever else 首頁 counts."""
    inmate = factories.inmate(agency)
    grant = factories.granted(about=inmate)
    closure = factories.closure(agency)
    factories.closure(agency, from_at=taiwan("2026-03-25 00:00"), until_at=taiwan("2026-03-26 00:00"))
    for day in _DAYS:
        for number, state in enumerate(ReservationState):
            arrives = clock.at(day, taiwan(f"2026-03-03 09:{number * 4:02}").time())
            columns = {"state": state, "attention": Attention.DAY_OFF if number % 2 else None}
            if state is ReservationState.AWAITING_NEW_DATE:
                columns["closure_id"] = closure.id
            factories.reservation(grant, arrives, **columns)
            factories.session_visit(inmate, _KINDS[number % len(_KINDS)], arrives, **columns)
    for state in (ApplicationState.PENDING, ApplicationState.APPROVED, ApplicationState.WITHDRAWN):
        factories.application(about=factories.inmate(agency), state=state)
        factories.family_application(about=factories.inmate(agency), state=state)
    factories.entry(factories.family_grant(about=factories.inmate(agency)))
    factories.work_item(inmate)
    factories.notification(agency_id=agency.id, state=MessageState.FAILED)


@pytest.fixture
def full(app: object, clock_at: StoppedClock) -> Agency:
    """An agency with something of everything, beside another such one; the evening of a working day."""
    agency = factories.agency(name="測試監獄甲")
    clock_at("2026-02-20 09:00")
    for at in (agency, factories.agency()):
        factories.visit_rules(at)
        _fill(at)
    clock_at("2026-03-03 19:00")
    for by, source in ((CancelledBy.APPLICANT, BookingSource.ONLINE), (CancelledBy.AGENCY, BookingSource.PHONE)):
        late = factories.granted(about=factories.inmate(agency))
        cancelled = {"state": ReservationState.CANCELLED, "cancelled_by": by, "source": source}
        factories.reservation(late, taiwan("2026-03-04 11:00"), **cancelled)
    return agency


def figures(page: str) -> list[tuple[int, str]]:
    """The number in each link of the page that has one, and where it leads."""
    found = []
    counted = re.sub(r'<figure[^>]*"ch-turnaround.*?</figure>', "", page, flags=re.S)  # days, not rows
    for match in _LINK.finditer(counted.partition("<main")[2].partition("</main>")[0]):
        attributes, url, inside = match.groups()
        if "ab-figure" in attributes:
            inside = inside.partition("ab-figure-number")[2].partition("</span>")[0].partition(">")[2]
        text = re.sub(r"<[^>]+>.*", "", inside, flags=re.S)
        number = re.fullmatch(r"\s*(\d+)(?:件)?\s*|今日有(\d+)件.*", text)
        if number:
            found.append((int(number[1] or number[2]), html.unescape(url)))
    return found


def rows(door: OfficeDoor, url: str) -> int:
    """How many rows a list says it has; of closures, how many bookings wait."""
    answer = door.get(url)
    assert answer.status_code == 200, url
    if "/closures/" in url:
        return sum(map(int, re.findall(r'data-label="待回覆件數"[^>]*>(\d+)<', answer.text)))
    counted = re.search(r"共(\d+)[筆件]|待審核(\d+)件", words(answer))
    return int(counted[1] or counted[2]) if counted else 0


def test_each_figure_counts_what_its_list_shows(signed_in: Enter, full: Agency) -> None:
    for who in (factories.officer(full), factories.desk(full), factories.headquarters()):
        door = signed_in(who)
        found = figures(door.get(HOME).text)
        assert len(found) > 40 and sum(1 for number, _url in found if number) > 15
        nothing = [figure for figure in found if not figure[0]][:MOST_ZEROS]
        followed = [figure for figure in found if figure[0]] + nothing
        wrong = [(number, there, url) for number, url in followed if (there := rows(door, url)) != number]
        assert not wrong, "\n".join(f"{number} on the front page, {there} in {url}" for number, there, url in wrong)
