"""Who may book which session, why not, and when again (SPEC §4.3). It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import visit_refusals as why
from app.rules.visit_quota import CountedVisit, closed_until, free_again_from, position
from app.rules.visit_rules import NoShows, Quota, Whom
from app.rules.visits_by_session import (
    Inmate,
    OwnVisit,
    Place,
    Question,
    check_change,
    first_free,
    refusal,
    refusal_of_party,
)
from app.rules.vocabulary import Relationship, VisitKind
from tests.rules.visits import place, places, question, rules, visitor
from tests.stillness import taiwan

TWICE = {"times": 2, "per": "calendar_week"}
KIND = VisitKind.FAMILY_ON_SITE
GRADE_4 = [{"custody": ["受刑人"], "grades": ["4"], "relations": ["relatives", "household"]}]


def visits(*days: str, kind: VisitKind = KIND) -> tuple[CountedVisit, ...]:
    return tuple(CountedVisit(kind, date.fromisoformat(day)) for day in days)


def told(asked: Question, day: str, **changes: Any) -> str:
    wanted = replace(place(asked, day), **changes)
    found = refusal(asked, wanted, places(asked))
    return type(found).__name__ if found else ""


@pytest.mark.parametrize(
    ("now", "day", "expected"),
    [
        ("2026-03-03 09:00", "2026-03-04", "BookingClosed"),
        ("2026-03-03 09:00", "2026-03-05", ""),
        ("2026-03-03 16:59", "2026-03-05", ""),
        ("2026-03-03 17:00", "2026-03-05", "BookingClosed"),
        ("2026-03-03 07:59", "2026-03-10", "NotYetOpen"),
        ("2026-03-03 08:00", "2026-03-10", ""),
        ("2026-03-03 09:00", "2026-03-11", "NotYetOpen"),
        # Two days before Monday is Saturday: the deadline is Friday's.
        ("2026-03-06 16:59", "2026-03-09", ""),
        ("2026-03-06 17:00", "2026-03-09", "BookingClosed"),
        # A day off does not move the opening: 2026-02-22 is a Sunday.
        ("2026-02-22 08:00", "2026-03-02", "NotYetOpen"),
        ("2026-02-23 08:00", "2026-03-02", ""),
    ],
)
def test_the_booking_window(now: str, day: str, expected: str) -> None:
    assert told(question(now), day) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"rules": rules(offered=False)}, "NotOffered"),
        ({"inmate": Inmate("受刑人", "3", is_bookable=False)}, "RestrictedNeutral"),
        ({"inmate": Inmate("受觀察勒戒人"), "rules": rules(who=[{"relations": ["lineal"]}])}, "RelationNotEntitled"),
        ({"rules": rules(who=GRADE_4), "visitor": visitor(relation=Relationship.FRIEND)}, ""),
        (
            {
                "rules": rules(who=GRADE_4),
                "visitor": visitor(relation=Relationship.FRIEND),
                "inmate": Inmate("受刑人", "4"),
            },
            "RelationNotEntitled",
        ),
        ({"rules": rules(earlier_visit=True), "visitor": visitor(has_visited=False)}, "EarlierVisitRequired"),
        ({"visitor": visitor(has_visited=False)}, ""),
        ({"visitor": visitor(persons=4)}, "TooManyPeople"),
        ({"visitor": visitor(persons=4, relation=Relationship.LAWYER)}, ""),
        ({"visitor": visitor(granted_until=date(2026, 3, 4))}, "GrantNotValid"),
        ({"visitor": visitor(granted_from=date(2026, 3, 6))}, "GrantNotValid"),
        ({"rules": rules(one_open_booking_per_inmate=True), "visits": visits("2026-04-01")}, "OpenBookingExists"),
        (
            {
                "rules": rules(one_open_booking_per_inmate=True),
                "visits": (CountedVisit(KIND, date(2026, 2, 3), is_open=False),),
            },
            "",
        ),
        (
            {
                "rules": rules(no_shows={"times": 2, "months": 6, "closed_months": 1}),
                "visitor": visitor(missed=(date(2026, 1, 6), date(2026, 2, 10))),
            },
            "NoShowStop",
        ),
    ],
)
def test_who_may_come(changes: dict[str, Any], expected: str) -> None:
    assert told(question(**changes), "2026-03-05") == expected


def test_a_session_that_is_suspended_full_or_overlaps() -> None:
    asked = question()
    assert told(asked, "2026-03-05", suspended="消防演習") == "SessionSuspended"
    assert told(asked, "2026-03-05", taken=2) == "SessionFull"
    own = OwnVisit("F260305-ABCDEF", taiwan("2026-03-05 09:10"), taiwan("2026-03-05 09:40"))
    assert told(question(visitor=visitor(own=(own,))), "2026-03-05") == "OwnOverlap"
    touching = replace(own, starts_at=taiwan("2026-03-05 09:30"), ends_at=taiwan("2026-03-05 10:00"))
    before = replace(own, starts_at=taiwan("2026-03-05 08:30"), ends_at=taiwan("2026-03-05 09:00"))
    assert told(question(visitor=visitor(own=(before, touching))), "2026-03-05") == ""


def test_who_comes_to_a_place_that_is_booked_already() -> None:
    asked, day = question(), date(2026, 3, 5)
    assert refusal_of_party(asked, day) is None
    assert isinstance(refusal_of_party(asked, date(2027, 1, 1)), why.GrantNotValid)
    crowd = replace(asked, visitor=visitor(persons=9))
    assert {type(refusal_of_party(crowd, on)) for on in (day, date(2027, 1, 1))} == {why.TooManyPeople}


def test_when_again_is_the_first_session_that_may_be_booked() -> None:
    asked = question()
    offered = [replace(one, taken=2) if one.slot.name == "上午" else one for one in places(asked)]
    found = refusal(asked, next(one for one in offered if one.slot.day == date(2026, 3, 5)), offered)
    assert isinstance(found, why.SessionFull) and found.values["next"].value == taiwan("2026-03-05 14:00")
    assert first_free(replace(asked, inmate=Inmate("受刑人", is_bookable=False)), offered) is None


@pytest.mark.parametrize(
    ("quota", "booked", "expected"),
    [
        ({"times": 1, "per": "calendar_week"}, ["2026-03-02"], "QuotaUsed"),
        ({"times": 1, "per": "calendar_week"}, ["2026-03-01"], ""),  # Sunday belongs to the week before
        ({"times": 1, "per": "calendar_week"}, ["2026-03-08"], "QuotaUsed"),
        ({"times": 1, "per": "calendar_week"}, ["2026-03-09"], ""),
        ({"times": 2, "per": "calendar_week"}, ["2026-03-02"], ""),
        ({"times": 2, "per": "calendar_month"}, ["2026-03-02", "2026-03-31"], "QuotaUsed"),
        ({"times": 2, "per": "calendar_month"}, ["2026-02-28", "2026-04-01"], ""),
        ({"times": 1, "per": "rolling_days", "days": 3}, ["2026-03-03"], "QuotaUsed"),
        ({"times": 1, "per": "rolling_days", "days": 3}, ["2026-03-02"], ""),
        ({"times": 1, "per": "rolling_days", "days": 3}, ["2026-03-07"], "QuotaUsed"),
        ({"times": 1, "per": "rolling_days", "days": 3}, ["2026-03-08"], ""),
        ({"times": 1, "per": "day"}, ["2026-03-05"], "QuotaUsed"),
        ({"times": 1, "per": "day"}, ["2026-03-04"], ""),
        ({"times": 1, "per": "day", "grades": ["1"]}, ["2026-03-05"], ""),
        ({"times": 1, "per": "day", "until": "2026-03-04"}, ["2026-03-05"], ""),
        ({"times": 1, "per": "day", "from": "2026-03-06"}, ["2026-03-05"], ""),
        ({"times": 1, "per": "day", "from": "2026-03-05", "until": "2026-03-05"}, ["2026-03-05"], "QuotaUsed"),
        ({**TWICE, "nth_only_in": [{"nth": 2, "sessions": ["下午"]}]}, ["2026-03-02"], "SessionForLaterVisits"),
        ({**TWICE, "nth_only_in": [{"nth": 2, "sessions": ["上午"]}]}, ["2026-03-02"], ""),
        ({**TWICE, "nth_only_in": [{"nth": 2, "sessions": ["下午"]}]}, [], ""),
    ],
)  # fmt: skip
def test_an_inmates_quota(quota: dict[str, Any], booked: list[str], expected: str) -> None:
    assert told(question(rules=rules(quota=[quota]), visits=visits(*booked)), "2026-03-05") == expected


def test_a_quota_of_devices_counts_remote_and_mobile_together() -> None:
    quota = [{"times": 2, "per": "calendar_month", "counts": ["family_remote", "family_mobile"]}]
    both = visits("2026-03-02", kind=VisitKind.FAMILY_REMOTE) + visits("2026-03-03", kind=VisitKind.FAMILY_MOBILE)
    asked = question(rules=rules(VisitKind.FAMILY_MOBILE, quota=quota), visits=both)
    assert told(asked, "2026-03-05") == "QuotaUsed"
    assert told(replace(asked, visits=both[:1] + visits("2026-03-03")), "2026-03-05") == ""
    lawyer = replace(asked, visitor=visitor(relation=Relationship.LAWYER))
    assert told(lawyer, "2026-03-05") == ""


def test_when_again_after_a_used_quota() -> None:
    monthly = rules(quota=[{"times": 2, "per": "calendar_month"}])
    asked = question(rules=monthly, visits=visits("2026-03-02", "2026-03-03"))
    found = refusal(asked, place(asked, "2026-03-05"), places(asked))
    assert "下次可預約日期為2026年4月1日（星期三）" in str(found)  # not open yet, but it will be
    assert free_again_from(
        replace(monthly.quota[0], until_on=date(2026, 3, 6)), date(2026, 3, 5), [date(2026, 3, 2)] * 2
    ) == date(2026, 3, 7)
    weekly = replace(asked, rules=rules(quota=[{"times": 2, "per": "calendar_week"}]))
    found = refusal(weekly, place(weekly, "2026-03-05"), places(weekly))
    assert "下次可預約日期為2026年3月9日（星期一）" in str(found)


def test_the_deadline_of_a_change() -> None:
    asked = question("2026-03-04 14:59")
    slot = place(asked, "2026-03-05").slot
    check_change(asked, slot)
    with pytest.raises(why.ChangeTooLate):
        check_change(replace(asked, now=taiwan("2026-03-04 15:00")), slot)


@pytest.mark.parametrize(
    ("missed", "today", "expected"),
    [
        (["2026-01-06", "2026-02-10"], "2026-03-03", "2026-03-10"),
        (["2026-01-06", "2026-02-10"], "2026-03-10", None),
        (["2025-08-01", "2026-02-10"], "2026-03-03", None),  # more than six months between them
        (["2026-02-10"], "2026-03-03", None),
    ],
)
def test_no_shows(missed: list[str], today: str, expected: str | None) -> None:
    found = closed_until(NoShows(2, 6, 1), map(date.fromisoformat, missed), date.fromisoformat(today))
    assert found == (date.fromisoformat(expected) if expected else None)


DAYS = st.integers(0, 20).map(lambda n: date(2026, 3, 2) + timedelta(days=n))
QUOTAS = st.builds(
    Quota,
    whom=st.just(Whom()),
    times=st.integers(1, 3),
    period=st.sampled_from(["day", "calendar_week", "calendar_month", "rolling_days"]),
    days=st.integers(1, 10),
)


@given(QUOTAS, st.lists(DAYS, max_size=8), st.data())
def test_what_is_allowed_never_exceeds_a_quota(rule: Quota, wishes: list[date], data: st.DataObject) -> None:
    booked: list[date] = []
    for day in wishes:
        asked = question(rules=replace(rules(), quota=(rule,)), visits=visits(*(d.isoformat() for d in booked)))
        slot = next(iter(p for p in places(asked) if p.slot.day >= day)).slot
        asked = replace(asked, now=slot.starts_at - timedelta(days=4, hours=1))
        if refusal(asked, Place(slot)) is None:
            booked.append(slot.day)
    for start in {day - timedelta(days=back) for day in booked for back in range(10)}:
        spans = {
            "day": (start, start),
            "rolling_days": (start, start + timedelta(days=rule.days - 1)),
            "calendar_week": (s := start - timedelta(days=start.weekday()), s + timedelta(days=6)),
            "calendar_month": (start.replace(day=1), start.replace(day=31 if start.month == 3 else 28)),
        }
        first, last = spans[rule.period]
        assert sum(first <= day <= last for day in booked) <= rule.times


@given(
    st.lists(st.integers(0, 2), min_size=90, max_size=90),
    st.lists(DAYS, max_size=4),
    st.one_of(st.none(), QUOTAS),
    st.integers(0, 40),
)
def test_the_next_session_that_is_named_is_really_bookable(
    taken: list[int], booked: list[date], rule: Quota | None, index: int
) -> None:
    own_rules = replace(rules(), quota=(rule,) if rule else ())
    asked = question(rules=own_rules, visits=visits(*(d.isoformat() for d in booked)))
    offered = [replace(p, taken=n) for p, n in zip(places(asked), taken, strict=False)]
    found = refusal(asked, offered[index % len(offered)], offered)
    named = found.values.get("next") if found is not None else None
    moment = getattr(named, "value", None)
    if isinstance(found, why.QuotaUsed) and moment is not None:
        assert rule is not None and position(rule, moment, booked) <= rule.times
    elif moment is not None:
        again = next(p for p in offered if p.slot.starts_at == moment)
        assert refusal(asked, again, offered) is None


@given(st.permutations(["2026-03-05", "2026-03-06", "2026-03-02"]))
def test_whose_visits_they_are_changes_no_word(days: list[str]) -> None:
    assert {field.name for field in fields(CountedVisit)} == {"kind", "day", "is_open"}, "the rule cannot know whose"
    asked = question(rules=rules(quota=[{"times": 3, "per": "calendar_week"}], one_open_booking_per_inmate=False))
    mixed, in_order = replace(asked, visits=visits(*days)), replace(asked, visits=visits(*sorted(days)))
    words = {str(refusal(q, place(q, "2026-03-05"), places(q))) for q in (mixed, in_order)}
    assert len(words) == 1 and "次數3次" in words.pop()


def test_the_first_rule_that_forbids_is_always_the_same_one() -> None:
    everything = question(
        rules=rules(earlier_visit=True, quota=[{"times": 1, "per": "day"}], one_open_booking_per_inmate=True),
        inmate=Inmate("受刑人", "3", is_bookable=False),
        visitor=visitor(has_visited=False, persons=9),
        visits=visits("2026-03-05"),
    )
    assert told(everything, "2026-03-05", taken=2, suspended="演習") == "RestrictedNeutral"
    here = replace(everything, inmate=Inmate("受刑人", "3"))
    assert told(here, "2026-03-05", taken=2, suspended="演習") == "EarlierVisitRequired"
    known = replace(here, visitor=visitor(persons=9))
    assert told(known, "2026-03-05", taken=2, suspended="演習") == "OpenBookingExists"
