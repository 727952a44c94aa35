"""The readable rules: what is wrong is named with its place, what is right comes back as it was."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from app.rules import visit_documents
from app.rules.visit_documents import (
    CannotWork,
    ClosesBeforeOpening,
    DocumentInvalid,
    LinesClash,
    check,
    normal,
    parse,
)
from app.rules.visit_rules import LINEAL, Deadline, grade_of
from app.rules.visit_timetable import slots_on
from app.rules.vocabulary import Relationship, VisitKind
from app.services import visit_rules
from tests.rules.visits import CALENDAR, document, rules
from tests.stillness import taiwan

SEEDS = Path(visit_rules.__file__).parents[1] / "seeds" / "data" / "visit_rules"
LINE = {"name": "上午", "weekdays": [1], "start": "09:00", "minutes": 30, "places": 2}
TURN, AT_8 = {**LINE, "every_weeks": 2}, {"days": 2, "at": "08:00"}


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ({"timetable": [{**LINE, "minuts": 3}]}, "timetable[1].minuts", "沒有這個欄位"),
        ({"timetable": [{("minuts" if k == "minutes" else k): v for k, v in LINE.items()}]}, "minuts", "沒有這個欄位"),
        ({"timetable": [LINE, {**LINE, "start": "25:00"}]}, "timetable[2].start", "24小時制"),
        ({"timetable": [{**LINE, "places": 0}]}, "timetable[1].places", "1至200"),
        ({"timetable": [{**LINE, "weekdays": [8]}]}, "timetable[1].weekdays[1]", "1至7"),
        ({"timetable": [{**LINE, "from": "2026-02-30"}]}, "timetable[1].from", "西元日期"),
        ({"cancel": {"days": 1}}, "cancel.at", "此欄位必填"),
        ({"who": [{"relations": ["cousin"]}]}, "who[1].relations[1]", "cousin"),
        ({"quota": [{"times": 1, "per": "year"}]}, "quota[1].per", "calendar_week"),
        ({"persons": "three"}, "persons", "格式不正確"),
        ({"notes": None}, "notes", "不可為空"),
        ({"notes": "a\0"}, "notes", "應為文字"),
        ({"timetable": [{**LINE, "name": "\ud800"}]}, "timetable[1].name", "應為文字"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        parse(VisitKind.FAMILY_ON_SITE, document(**wrong))
    assert place in str(refused.value) and words in str(refused.value)


def test_a_field_that_stands_twice_is_named_with_its_line() -> None:
    with pytest.raises(DocumentInvalid) as refused:
        visit_documents.read_yaml("family_remote:\n  notes: a\n  offered: true\n  notes: b\n")
    assert "第4行" in str(refused.value) and "重複" in str(refused.value)


def test_what_nobody_writes_by_hand_is_too_long() -> None:
    with pytest.raises(DocumentInvalid) as refused:
        parse(VisitKind.FAMILY_ON_SITE, document(timetable=[LINE] * 201))
    assert "timetable" in str(refused.value) and "200" in str(refused.value)


#: Ten mappings of which each is ten times the one before.
MERGED = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 11))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        *("", "[" * 3000, "a: 2026-02-30", "a: b: c", "- 1", "lawyer_on_site_typo: {}", "5", MERGED),
        *(
            "a: !!bool x",
            "a: !!timestamp x",
            "a: !!int ''",
            "a: !!float ''",
            "a: !!binary x",
            "a: !!set x",
            "? [a]\n: b",
        ),
    ],
)
def test_what_is_no_file_of_rules_is_refused_in_words(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        visit_documents.read_yaml(text)


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"timetable": [LINE, {**LINE, "name": "b", "start": "09:29"}]}, LinesClash),
        ({"timetable": [{**LINE, "make_up_saturdays": True},
                        {**LINE, "name": "b", "weekdays": [2], "make_up_saturdays": True}]}, LinesClash),
        ({"timetable": [{**LINE, "make_up_saturdays": True}, {**LINE, "name": "b", "weekdays": [2]}]}, None),
        ({"timetable": [LINE, {**LINE, "name": "b", "start": "09:30"}]}, None),
        ({"timetable": [LINE, {**LINE, "name": "b", "weekdays": [2]}]}, None),
        ({"timetable": [{**LINE, "nth_of_month": [1]}, {**LINE, "nth_of_month": [2]}]}, None),
        ({"timetable": [{**LINE, "until": "2026-03-31"}, {**LINE, "from": "2026-04-01"}]}, None),
        ({"timetable": [{**LINE, "until": "2026-04-01"}, {**LINE, "from": "2026-04-01"}]}, LinesClash),
        ({"timetable": [{**TURN, "from": "2026-03-02"}, {**TURN, "from": "2026-03-09"}]}, None),
        ({"timetable": [{**TURN, "from": "2026-03-02"}, {**TURN, "from": "2026-03-16"}]}, LinesClash),
        ({"timetable": [{**LINE, "from": "2026-04-01", "until": "2026-03-01"}]}, DocumentInvalid),
        ({"quota": [{"times": 1, "per": "rolling_days"}]}, DocumentInvalid),
        ({"quota": [{"times": 1, "per": "day", "grades": ["四"]}]}, DocumentInvalid),
        ({"quota": [{"times": 1, "per": "day", "grades": ["4", ""], "custody": ["被告"]}]}, None),
        ({"who": [{"relations": ["spouse"], "custody": ["戒治人"]}]}, DocumentInvalid),
        ({"quota": [{"times": 2, "per": "day", "nth_only_in": [{"nth": 2, "sessions": ["夜間"]}]}]}, DocumentInvalid),
        ({"booking": {"opens": {"days": 2, "at": "17:00"}, "closes": {"days": 2, "at": "17:00"}}}, ClosesBeforeOpening),
        ({"booking": {"opens": {"days": 2, "at": "08:00"}, "closes": {"days": 2, "at": "17:00"}}}, None),
        ({"booking": {"opens": AT_8, "closes": {"days": 3, "at": "17:00", "count": "working"}}}, ClosesBeforeOpening),
        ({"booking": {"opens": {**AT_8, "count": "working"}, "closes": {"days": 3, "at": "17:00"}}}, None),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(parts: dict[str, Any], error: type[Exception] | None) -> None:
    if error is None:
        check(rules(**parts))
        return
    with pytest.raises(error):
        check(rules(**parts))


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"timetable": [LINE, {**LINE, "weekdays": [2]}, {**LINE, "name": "b"}]}, "timetable[3].start"),
        ({"timetable": [LINE, LINE]}, "timetable[2].start"),
        ({"booking": {"opens": AT_8, "closes": AT_8}}, "booking.closes.days"),
        ({"timetable": [{**LINE, "from": "2026-04-01", "until": "2026-03-01"}]}, "timetable[1].until"),
        ({"quota": [{"times": 1, "per": "day"}, {"times": 1, "per": "rolling_days"}]}, "quota[2].days"),
        (
            {"quota": [{"times": 2, "per": "day", "nth_only_in": [{"nth": 2, "sessions": ["夜間"]}]}]},
            "quota[1].nth_only_in[1].sessions",
        ),
    ],
)
def test_what_cannot_work_says_where_one_would_mend_it(parts: dict[str, Any], place: str) -> None:
    with pytest.raises((CannotWork, DocumentInvalid)) as refused:
        check(rules(**parts))
    error = refused.value
    assert place == (error.place if isinstance(error, CannotWork) else error.faults[0][0])


@pytest.mark.parametrize("kind", visit_rules.SESSION_KINDS)
def test_the_defaults_are_right_and_come_back_from_a_file(kind: VisitKind) -> None:
    own = visit_rules.defaults()[kind]
    check(parse(kind, own))
    text = visit_documents.write_yaml({kind.value: own})
    assert normal(visit_documents.read_yaml(text)[kind.value]) == own


@pytest.mark.parametrize(
    ("custody", "grade", "relation", "may_come"),
    [
        ("受刑人", "4", Relationship.FRIEND, False),
        ("受刑人", "4", Relationship.OTHER_RELATIVE, True),
        ("受刑人", "3", Relationship.FRIEND, True),
        ("被告", None, Relationship.FRIEND, True),
        ("受觀察勒戒人", None, Relationship.SIBLING, False),
        ("受觀察勒戒人", None, Relationship.GRANDCHILD, True),
        ("受戒治人", None, Relationship.SIBLING, True),
        ("受戒治人", None, Relationship.FRIEND, False),
    ],
)
def test_who_may_come_by_law(custody: str, grade: str | None, relation: Relationship, may_come: bool) -> None:
    law = parse(VisitKind.FAMILY_ON_SITE, visit_rules.defaults()[VisitKind.FAMILY_ON_SITE])
    assert (relation in law.relations_for(custody, grade)) is may_come
    assert Relationship.SPOUSE in LINEAL | law.relations_for(custody, grade)


@pytest.mark.parametrize(
    ("written", "grade"), [("4", "4"), ("四級", "4"), ("第一級", "1"), ("３", "3"), (None, ""), ("不適用", "")]
)
def test_a_grade_however_it_is_written(written: str | None, grade: str) -> None:
    assert grade_of(written) == grade


@pytest.mark.parametrize(
    ("agency", "kind", "day", "starts", "places", "opens", "closes"),
    [
        # 2026-03-12 is a Thursday.
        ("雲林監獄", "family_on_site", "2026-03-12",
         "09:00 09:30 10:00 10:30 11:00 14:00 14:40 15:20 16:00", 6, "2026-03-05 08:00", "2026-03-10 15:00"),
        # The deadline of Tuesday lies on Sunday: Friday's instead. Of 2026-04-08, on the holiday of Monday: Thursday.
        ("雲林監獄", "family_on_site", "2026-03-10",
         "09:00 09:30 10:00 10:30 11:00 14:00 14:40 15:20 16:00", 6, "2026-03-03 08:00", "2026-03-06 15:00"),
        ("雲林監獄", "family_on_site", "2026-04-08",
         "09:00 09:30 10:00 10:30 11:00 14:00 14:40 15:20 16:00", 6, "2026-04-01 08:00", "2026-04-02 15:00"),
        ("臺東監獄", "family_mobile", "2026-03-12",
         "09:00 09:30 10:00 10:30 11:00 14:00 14:30 15:00 15:30 16:00", 1, "2026-03-05 00:00", "2026-03-10 23:59"),
        ("彰化監獄", "family_remote", "2026-03-12",
         "14:00 14:30 15:00 15:30 16:00", 1, "2026-02-10 00:00", "2026-03-05 23:59"),
    ],
)  # fmt: skip
def test_published_rules_give_their_sessions_and_deadlines(
    agency: str, kind: str, day: str, starts: str, places: int, opens: str, closes: str
) -> None:
    read = visit_documents.read_yaml((SEEDS / f"{agency}.yaml").read_text(encoding="utf-8"))
    own = parse(VisitKind(kind), read[kind])
    check(own)
    wanted = date.fromisoformat(day)
    slots = slots_on(own, wanted, CALENDAR)
    assert [f"{slot.start:%H:%M}" for slot in slots] == starts.split()
    assert {slot.places for slot in slots} == {places}
    assert own.opens.before(wanted, CALENDAR, moves=False) == taiwan(opens)
    assert own.closes.before(wanted, CALENDAR) == taiwan(closes)
    assert not slots_on(own, date(2026, 3, 14), CALENDAR) and not slots_on(own, date(2026, 4, 6), CALENDAR)
    law = parse(VisitKind(kind), visit_rules.defaults()[VisitKind(kind)])
    assert (own.who, own.quota) == (law.who, law.quota), "an announcement leaves these to the law; it loosens nothing"


def test_a_deadline_of_the_day_itself_stays_on_its_saturday() -> None:
    saturday = date(2026, 3, 7)
    assert Deadline(0, time(10)).before(saturday, CALENDAR) == taiwan("2026-03-07 10:00")
    assert Deadline(1, time(10)).before(date(2026, 3, 9), CALENDAR) == taiwan("2026-03-06 10:00")


@pytest.mark.parametrize(
    ("parts", "day", "is_held"),
    [
        ({"weekdays": [6]}, "2026-03-07", True),
        ({"weekdays": [6], "nth_of_month": [1]}, "2026-03-14", False),
        ({"weekdays": [5], "make_up_saturdays": True}, "2025-02-08", True),
        ({"weekdays": [5, 6]}, "2025-02-08", False),
        ({"weekdays": [7]}, "2026-03-01", True),
        ({"weekdays": [7]}, "2026-02-15", False),  # the first day of the New Year's holidays has a name
        ({"weekdays": [5]}, "2026-04-03", False),
        ({"weekdays": [2], "every_weeks": 2, "from": "2026-03-03"}, "2026-03-10", False),
        ({"weekdays": [2], "every_weeks": 2, "from": "2026-03-03"}, "2026-03-17", True),
        ({"weekdays": [2], "until": "2026-03-16"}, "2026-03-17", False),
        ({"weekdays": [2], "from": "2026-03-17", "until": "2026-03-17"}, "2026-03-17", True),
        ({"weekdays": [1], "every_weeks": 2}, "2026-03-02", True),  # counted from the first week of 2026
        ({"weekdays": [1], "every_weeks": 2}, "2026-03-09", False),
    ],
)
def test_days_on_which_a_line_is_held(parts: dict[str, Any], day: str, is_held: bool) -> None:
    own = rules(timetable=[{**LINE, **parts}])
    assert bool(slots_on(own, date.fromisoformat(day), CALENDAR)) is is_held
