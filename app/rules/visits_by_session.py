"""May this visitor book this session, and if not, why not and when again (SPEC §4.3): one pure function decides.

What another relative has booked and which restriction an inmate is under is never told: both only make a neutral
sentence or a count of the inmate's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.clock import local
from app.errors import RuleError
from app.i18n import _l
from app.rules import visit_quota
from app.rules import visit_refusals as why
from app.rules.calendar import WorkCalendar
from app.rules.dates import Shown, sentence_date, sentence_time
from app.rules.visit_quota import CountedVisit
from app.rules.visit_rules import Quota, VisitRulesDocument
from app.rules.visit_timetable import Slot
from app.rules.vocabulary import Relationship

NONE_IN_SIGHT = _l("（目前無可預約時段，請洽機關）")
PERIODS: dict[str, Any] = {
    "day": _l("當日"),
    "calendar_week": _l("該週"),
    "calendar_month": _l("該月"),
    "rolling_days": _l("%(days)s日內"),
}


@dataclass(frozen=True)
class Inmate:
    """What matters of the inmate; ``is_bookable`` is false under any restriction and where he is not here."""

    custody_type: str
    treatment_grade: str | None = None
    is_bookable: bool = True


@dataclass(frozen=True)
class OwnVisit:
    """Another live booking of the same visitor, with anybody."""

    number: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Visitor:
    """What matters of the visitor: relation, the grant's span, missed visits, visits of one's own."""

    relation: Relationship
    granted_from: date
    granted_until: date
    has_visited: bool = False
    missed: tuple[date, ...] = ()
    own: tuple[OwnVisit, ...] = ()
    persons: int = 1


@dataclass(frozen=True)
class Place:
    """A session with what is known of it beyond the timetable: places taken, and why it is suspended."""

    slot: Slot
    taken: int = 0
    suspended: str | None = None

    @property
    def free(self) -> int:
        """How many places are left."""
        return max(0, self.slot.places - self.taken)


@dataclass(frozen=True)
class Question:
    """Everything that a decision rests on; ``visits`` are the inmate's, without the booking that is being changed."""

    now: datetime
    rules: VisitRulesDocument
    calendar: WorkCalendar
    inmate: Inmate
    visitor: Visitor
    visits: Sequence[CountedVisit] = ()
    agency: str = ""
    phone: str = ""


def refusal(asked: Question, place: Place, others: Iterable[Place] = ()) -> RuleError | None:
    """The first rule that forbids this place, in words; None where it may be booked.

    ``others`` are the sessions among which "when again" is looked for.
    """
    found = refusal_of_person(asked) or _refusal_of_session(asked, place) or _refusal_of_count(asked, place)
    return with_next(found, asked, others) if found is not None else None


def with_next(error: RuleError, asked: Question, others: Iterable[Place]) -> RuleError:
    """The same refusal with the earliest session that may be booked instead, where its sentence names one."""
    if "%(next)s" in str(error.sentence):
        later = first_free(asked, others)
        if later is not None and isinstance(error, why.QuotaUsed):
            error.values["next"] = shown_day(later.slot.day)
        elif later is not None:
            error.values["next"] = Shown(later.slot.starts_at, sentence_time)
        else:  # a quota says from when it allows another visit, though its booking is not open yet
            error.values.setdefault("next", NONE_IN_SIGHT)
    return error


def refusal_of_person(asked: Question) -> RuleError | None:
    """What forbids every session alike: the kind, the inmate, the relation, missed visits, persons."""
    rules, inmate, visitor = asked.rules, asked.inmate, asked.visitor
    if not rules.offered:
        return why.NotOffered(agency=asked.agency, phone=asked.phone)
    if not inmate.is_bookable:
        return why.RestrictedNeutral(phone=asked.phone)
    is_family = not visitor.relation.is_lawyers
    if is_family and visitor.relation not in rules.relations_for(inmate.custody_type, inmate.treatment_grade):
        return why.RelationNotEntitled(phone=asked.phone)
    if rules.earlier_visit and not visitor.has_visited:
        return why.EarlierVisitRequired(phone=asked.phone)
    if rules.no_shows:
        until = visit_quota.closed_until(rules.no_shows, visitor.missed, local(asked.now).date())
        if until:
            return why.NoShowStop(
                window=rules.no_shows.months, n=rules.no_shows.times, until=Shown(until, sentence_date)
            )
    if rules.one_open_booking_per_inmate and any(visit.is_open for visit in asked.visits):
        return why.OpenBookingExists(phone=asked.phone)
    if is_family and visitor.persons > rules.most_persons:  # 監獄行刑法 §72 caps no lawyer's companions
        return why.TooManyPeople("persons", n=rules.most_persons, years=rules.free_under_years)
    return None


def refusal_of_party(asked: Question, day: date) -> RuleError | None:
    """What forbids this visitor to come on a day for which the place is booked already; None where nothing does."""
    found = refusal_of_person(asked)
    if found is None and not asked.visitor.granted_from <= day <= asked.visitor.granted_until:
        return why.GrantNotValid("session", date=shown_day(day))
    return found


def _refusal_of_session(asked: Question, place: Place) -> RuleError | None:
    slot, visitor = place.slot, asked.visitor
    when = {"date": shown_day(slot.day), "time": f"{slot.start:%H:%M}"}
    if place.suspended is not None:
        return why.SessionSuspended("session", **when, reason=place.suspended)
    if not visitor.granted_from <= slot.day <= visitor.granted_until:
        return why.GrantNotValid("session", date=when["date"])
    opens = asked.rules.opens.before(slot.day, asked.calendar, moves=False)
    if asked.now < opens:
        return why.NotYetOpen("session", date=when["date"], opens=Shown(opens, sentence_time))
    closes = asked.rules.closes.before(slot.day, asked.calendar)
    if asked.now >= closes or asked.now >= slot.starts_at:
        return why.BookingClosed("session", date=when["date"], deadline=Shown(closes, sentence_time))
    for own in visitor.own:
        if own.starts_at < slot.ends_at and slot.starts_at < own.ends_at:
            return why.OwnOverlap("session", **when, number=own.number)
    return None


def _refusal_of_count(asked: Question, place: Place) -> RuleError | None:
    for rule in quotas(asked, place.slot.day):
        days = visit_quota.counted(rule, asked.rules.kind, asked.visits)
        nth, period = visit_quota.position(rule, place.slot.day, days), period_words(rule)
        if nth > rule.times:
            again = visit_quota.free_again_from(rule, place.slot.day, days)
            shown = Shown(again, sentence_date) if again else NONE_IN_SIGHT
            return why.QuotaUsed("session", period=period, limit=rule.times, next=shown)
        for number, names in rule.nth_only_in:
            if nth == number and place.slot.name not in names:
                return why.SessionForLaterVisits("session", period=period, n=number, names="、".join(sorted(names)))
    if not place.free:
        when = {"date": shown_day(place.slot.day), "time": f"{place.slot.start:%H:%M}"}
        return why.SessionFull("session", **when)
    return None


def shown_day(day: date) -> Shown:
    """A day as it stands in a refusal."""
    return Shown(day, sentence_date)


def quotas(asked: Question, day: date) -> list[Quota]:
    """The rules that count this inmate's visits on a day; a lawyer's visit is never counted (羈押法 §65)."""
    if asked.visitor.relation.is_lawyers:
        return []
    inmate = asked.inmate
    return [
        rule
        for rule in asked.rules.quota
        if rule.holds_on(day) and rule.whom.covers(inmate.custody_type, inmate.treatment_grade)
    ]


def period_words(rule: Quota) -> Any:
    """A rule's period as it stands in a sentence."""
    words = PERIODS[rule.period]
    return str(words) % {"days": rule.days} if rule.period == "rolling_days" else words


def first_free(asked: Question, places: Iterable[Place]) -> Place | None:
    """The earliest place that may be booked now; None where there is none among these."""
    alone = replace(asked, visitor=replace(asked.visitor, persons=1))
    if refusal_of_person(alone):
        return None
    for place in places:
        if _refusal_of_session(alone, place) is None and _refusal_of_count(alone, place) is None:
            return place
    return None


def check_change(asked: Question, slot: Slot) -> None:
    """Refuse changing or cancelling online after the deadline; raises :class:`why.ChangeTooLate`."""
    deadline = asked.rules.cancel.before(slot.day, asked.calendar)
    if asked.now >= deadline:
        raise why.ChangeTooLate(deadline=Shown(deadline, sentence_time), phone=asked.phone)
