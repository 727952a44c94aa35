"""What bookers are told about a closure: why, which times they may choose instead, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.i18n import _
from app.rules import closure_words, visits_by_session
from app.rules.dates import booking_date, sentence_time
from app.rules.visits_by_session import NONE_IN_SIGHT, Place
from app.rules.vocabulary import VisitKind
from app.services import booking_texts, notifications, visit_facts, visit_rules, visit_sessions, visiting
from app.services.place_holds import SIGHT
from models import Applicant, Reservation, VisitClosure

#: So many times are named; the portal shows all.
ALTERNATIVES = 3


class Alternatives:
    """The next possible times of many bookings of one agency: timetable and calendar are read once for all."""

    def __init__(self, session: Session, agency_id: str) -> None:
        self.session, self.agency_id, self.offices = session, agency_id, visiting.calendar()
        self._places: dict[VisitKind, tuple[Any, list[Place]]] = {}
        self._days: list[Any] | None = None

    def of(self, row: Reservation, locale: str) -> str:
        """The next times that a booker may choose, by the engine that decides on them."""
        if row.session_id is None:
            if self._days is None:
                self._days = visiting.bookable_days(self.agency_id)[:ALTERNATIVES]
            found = [booking_date(day, locale) for day in self._days]
        else:
            found = [
                f"{booking_date(place.slot.day, locale)} {place.slot.start:%H:%M}" for place in self._sessions_for(row)
            ]
        with force_locale(locale):
            return str(_("、")).join(found) or str(NONE_IN_SIGHT)

    def _sessions_for(self, row: Reservation) -> list[Place]:
        if row.grant is None:
            return []
        rules, places = self._timetable(row.kind)
        asked = visit_facts.question(
            self.session,
            row.grant,
            row.kind,
            persons=row.persons or 1,
            replaces_id=row.id,
            rules=rules,
            calendar=self.offices,
        )
        if visits_by_session.refusal_of_person(asked) is not None:
            return []
        free = (place for place in places if visits_by_session.refusal(asked, place) is None)
        return [place for place, _n in zip(free, range(ALTERNATIVES), strict=False)]

    def _timetable(self, kind: VisitKind) -> tuple[Any, list[Place]]:
        if kind not in self._places:
            rules, today = visit_rules.rules_of(self.agency_id, kind), clock.today()
            places = visit_sessions.places(self.agency_id, rules, self.offices, today, today + SIGHT)
            self._places[kind] = rules, places
        return self._places[kind]


class Notices:
    """The messages of one closure; without an account nobody is written to."""

    def __init__(self, session: Session, closure: VisitClosure) -> None:
        self.session, self.closure = session, closure
        self.alternatives = Alternatives(session, closure.agency_id)

    def places(self, row: Reservation) -> dict[str, str]:
        """What the texts say beyond the booking itself, in the booker's language."""
        locale = self._locale(row)
        return {**_about(self.closure, locale), "alternatives": self.alternatives.of(row, locale)} if locale else {}

    def tell_closed(self, row: Reservation, places: Mapping[str, str]) -> None:
        """停止辦理接見通知."""
        if places:
            event = "lawyer_closure" if row.visitor_relation.is_lawyers else "closure"
            booking_texts.tell(
                self.session,
                event,
                row,
                reason=places["reason"],
                period=places["period"],
                deadline=places["deadline"],
                alternatives=places["alternatives"],
            )

    def tell_reopened(self, row: Reservation) -> None:
        """恢復辦理: the visit takes place after all."""
        locale = self._locale(row)
        if locale:
            places = _about(self.closure, locale)
            booking_texts.tell(self.session, "closure_reopened", row, reason=places["reason"], period=places["period"])

    def tell_extended(self, row: Reservation) -> None:
        """延長回覆期限; lawyers have none."""
        if row.applicant_id is None or row.visitor_relation.is_lawyers:
            return
        applicant = self.session.get_one(Applicant, row.applicant_id)
        about = _about(self.closure, applicant.locale)
        values = {
            **booking_texts.described(row, applicant.locale),
            "reason": about["reason"],
            "period": about["period"],
            "deadline": about["deadline"],
        }
        # By the closure's version: the booking itself has not changed.
        notifications.enqueue(
            self.session,
            "closure_extended",
            applicant,
            row,
            version=self.closure.version,
            agency=row.agency,
            values=values,
        )

    def tell_ended(self, row: Reservation) -> None:
        """Nobody answered in time: the booking is cancelled."""
        locale = self._locale(row)
        if locale:
            places = _about(self.closure, locale)
            event = "lawyer_closure_ended" if row.visitor_relation.is_lawyers else "closure_ended"
            booking_texts.tell(self.session, event, row, reason=places["reason"], period=places["period"])

    def _locale(self, row: Reservation) -> str:
        return self.session.get_one(Applicant, row.applicant_id).locale if row.applicant_id else ""


def _about(closure: VisitClosure, locale: str) -> dict[str, str]:
    with force_locale(locale):
        deadline = sentence_time(closure.answer_by, locale) if closure.answer_by else ""
        period, reason = closure_words.period(closure, locale), closure_words.worded(closure.reason)
    return {"period": period, "reason": reason, "deadline": deadline}


def next_times(row: Reservation, locale: str) -> str:
    """For the page of a booking: the next times that its booker may choose, read without a lock."""
    return Alternatives(db.session(), row.agency_id).of(row, locale)
