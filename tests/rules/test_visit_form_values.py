"""The rules as the values of a form: what a document says comes back, and a mistake is found where it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import visit_form_places as places
from app.rules import visit_form_values as form
from app.rules.visit_documents import DocumentInvalid, normal, parse
from app.rules.visit_forms import DocumentForm
from app.rules.visit_rules import GROUPS
from app.rules.vocabulary import FAMILY, VisitKind
from app.services import visit_rules
from tests.canaries.naughty import NAUGHTY
from tests.rules.visits import EVERYTHING, document

DATA = Path(visit_rules.__file__).parents[1] / "seeds" / "data"
FILES = [*sorted((DATA / "visit_rules").glob("*.yaml")), DATA / "demo_visit_rules.yaml", DATA / "visit_defaults.yaml"]
LINE = {"name": "上午", "weekdays": [1], "start": "09:00", "minutes": 30, "places": 2}


def seeds() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in FILES:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        found += [(f"{file.stem} {kind}", one) for kind, one in read.get("documents", read).items()]
    return found


def back(own: Mapping[str, Any], values: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """What is saved when the form of a document is sent, as it is or with other values."""
    sent = form.shown(own) if values is None else values
    return normal(form.settled(form.document(sent).document, own))


@pytest.mark.parametrize(("name", "seed"), seeds(), ids=[name for name, _seed in seeds()])
def test_every_published_document_comes_back(name: str, seed: dict[str, Any]) -> None:
    own = normal(seed)
    assert back(own) == own
    in_other_order = {control: list(reversed(sent)) for control, sent in form.shown(own).items()}
    assert back(own, in_other_order) == own, "a browser sends ticks in the order of the page"


words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
days = st.none() | st.dates().map(str)
hours = st.times().map(lambda at: f"{at:%H:%M}")
deadlines = st.fixed_dictionaries(
    {"days": st.integers(0, 90), "at": hours, "count": st.sampled_from(["calendar", "working"])}
)
whom = {"custody": st.lists(words, max_size=3, unique=True), "grades": st.lists(st.sampled_from(["", "1", "4"]))}
lines = st.fixed_dictionaries(
    {
        "name": words,
        "weekdays": st.lists(st.integers(1, 7), min_size=1, max_size=7),
        "start": hours,
        "minutes": st.integers(5, 240),
        "places": st.integers(1, 200),
        "from": days,
        "until": days,
        "every_weeks": st.integers(1, 8),
        "nth_of_month": st.lists(st.integers(1, 5)),
        "make_up_saturdays": st.booleans(),
    }
)
entitlements = st.fixed_dictionaries(
    {**whom, "relations": st.lists(st.sampled_from([*GROUPS, *(word.value for word in FAMILY)]), min_size=1)}
)
nths = st.fixed_dictionaries({"nth": st.integers(1, 31), "sessions": st.lists(words, min_size=1)})
quotas = st.fixed_dictionaries(
    {
        **whom,
        "times": st.integers(1, 31),
        "per": st.sampled_from(["day", "calendar_week", "calendar_month", "rolling_days"]),
        "days": st.integers(0, 366),
        "from": days,
        "until": days,
        "counts": st.lists(st.sampled_from(VisitKind.values())),
        "nth_only_in": st.lists(nths, max_size=3),
    }
)
no_shows = st.fixed_dictionaries(
    {"times": st.integers(1, 20), "months": st.integers(1, 24), "closed_months": st.integers(1, 12)}
)
documents = st.fixed_dictionaries(
    {
        "offered": st.booleans(),
        "booking": st.fixed_dictionaries({"opens": deadlines, "closes": deadlines}),
        "cancel": deadlines,
        "timetable": st.lists(lines, max_size=3),
        "who": st.lists(entitlements, max_size=2),
        "quota": st.lists(quotas, max_size=2),
        "persons": st.fixed_dictionaries({"most": st.integers(1, 20), "free_under": st.integers(0, 20)}),
        "earlier_visit": st.booleans(),
        "one_open_booking_per_inmate": st.booleans(),
        "no_shows": st.none() | no_shows,
        "report_minutes_before": st.integers(0, 120),
        "notes": st.just("") | words | st.just(" 第一行\n\n第二行\n"),
    }
)


@settings(max_examples=60, deadline=None)
@given(documents)
def test_whatever_a_document_says_comes_back(own: dict[str, Any]) -> None:
    assert set(own) == set(DocumentForm().fields), "a new field belongs into these documents, too"
    assert back(own) == own


def typed(own: dict[str, Any] | None = None, **more: str | list[str]) -> form.Written:
    """A form with these values over those of a document."""
    sent = form.shown(normal(own or document(timetable=[LINE])))
    return form.document({**sent, **{name: [one] if isinstance(one, str) else one for name, one in more.items()}})


def test_empty_rows_and_rows_that_go_are_left_out_and_places_still_fit() -> None:
    written = typed(
        **{
            "timetable-2-name": " ",
            "timetable-2-start": "",
            "timetable-4-name": "夜間",
            "timetable-4-weekdays": ["6"],
            "timetable-1-remove": "1",
            "quota-1-per": "day",
            "quota-1-times": "",
            "quota-2-times": "2",
            "quota-2-nth_only_in-3-nth": "0",
        }
    )
    assert [line["name"] for line in written.document["timetable"]] == ["夜間"]
    assert len(written.document["quota"]) == 1
    with pytest.raises(DocumentInvalid) as refused:
        parse(VisitKind.FAMILY_ON_SITE, written.document)
    controls = {places.control_of(place, written.rows) for place, _fault in refused.value.faults}
    assert {"timetable-4-start", "timetable-4-minutes", "timetable-4-places"} <= controls
    assert {"quota-2-per", "quota-2-nth_only_in-3-nth", "quota-2-nth_only_in-3-sessions"} <= controls
    assert not any(control.startswith("timetable-1") for control in controls)


@pytest.mark.parametrize(
    ("name", "text", "control", "words"),
    [
        ("timetable-1-start", "二十五點", "timetable-1-start", "時段表第1列　起始時間"),
        ("timetable-1-minutes", "半小時", "timetable-1-minutes", "時段表第1列　分鐘數"),
        ("timetable-1-weekdays", ["8"], "timetable-1-weekdays", "時段表第1列　星期"),
        ("booking-opens-days", "", "booking-opens-days", "預約期間　開放預約　日數"),
        ("cancel-at", "25:00", "cancel-at", "取消期限　時刻"),
        ("persons-free_under", "", "persons-free_under", "同時接見人數　未滿幾歲不計"),
        ("no_shows-times", "3", "no_shows-months", "未到之處置　期間（月）"),
        ("quota-7-times", "1", "quota-7-per", "次數限制第7列　計算期間"),
    ],
)
def test_a_mistake_is_told_where_it_was_typed(name: str, text: str | list[str], control: str, words: str) -> None:
    written = typed(**{name: text})
    with pytest.raises(DocumentInvalid) as refused:
        parse(VisitKind.FAMILY_ON_SITE, written.document)
    place, _fault = refused.value.faults[0]
    assert places.control_of(place, written.rows) == control
    assert places.words_of(place, written.rows) == words


@pytest.mark.parametrize("kind", NAUGHTY)
def test_whatever_is_typed_is_a_mistake_or_a_text(kind: str) -> None:
    naughty, sent = NAUGHTY[kind], form.shown(normal(EVERYTHING))
    written = form.document({name: [naughty] for name in sent})
    with pytest.raises(DocumentInvalid) as refused:
        parse(VisitKind.FAMILY_ON_SITE, written.document)
    known = {*sent, "booking", "cancel", "persons", "quota", "timetable", "who"}
    assert {places.control_of(place, written.rows) for place, _fault in refused.value.faults} <= known
    parse(VisitKind.FAMILY_ON_SITE, form.document({**sent, "notes": [naughty]}).document)


@pytest.mark.parametrize("text", ["４５", " 45 ", "45"])
def test_numbers_of_any_keyboard_are_numbers(text: str) -> None:
    assert typed(**{"timetable-1-minutes": text}).document["timetable"][0]["minutes"] == 45


@pytest.mark.parametrize("name", ["timetable", "timetable-x-name", "timetable-01-name", "-", "a-b-c-d-e-f-g-h", ""])
def test_names_that_no_form_has_change_nothing(name: str) -> None:
    assert typed(**{name: "1"}).document == typed().document


def test_every_field_has_words() -> None:
    def names(schema: Any) -> set[str]:
        found = set()
        for name, field in schema.fields.items():
            inner = getattr(field, "inner", field)
            found |= {field.data_key or name} | (names(inner.schema) if hasattr(inner, "schema") else set())
        return found

    assert names(DocumentForm()) == set(places.LABELS)


def test_a_row_and_its_neighbour_change_over_with_all_that_stands_in_them() -> None:
    sent = {
        "who-1-relations": ["spouse"],
        "who-3-relations": ["lineal"],
        "who-3-remove": ["1"],
        "quota-1-times": ["1"],
        "quota-12-times": ["9"],
        "quota-1-nth_only_in-1-nth": ["2"],
    }
    changed, at = form.moved(sent, "who-3-up")
    assert at == "who-1-up" and changed["who-1-relations"] == ["lineal"] and changed["who-1-remove"] == ["1"]
    assert changed["who-3-relations"] == ["spouse"] and "who-3-remove" not in changed
    changed, at = form.moved(sent, "quota-1-down")
    assert (
        at == "quota-12-down" and changed["quota-12-nth_only_in-1-nth"] == ["2"] and changed["quota-1-times"] == ["9"]
    )


@pytest.mark.parametrize(
    "asked", ["who-1-up", "who-3-down", "who-2-up", "who-9-up", "timetable-1-up", "who-1", "", "﷽"]
)
def test_a_place_that_no_row_has_changes_nothing(asked: str) -> None:
    sent = {"who-1-relations": ["spouse"], "who-3-relations": ["lineal"], "timetable-1-name": ["a"]}
    assert form.moved(sent, asked) == (sent, "")
