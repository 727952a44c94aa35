"""The rules of visits in plain words: nothing that was decided is left out, and nothing else is said."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.rules import visit_words
from app.rules.inmate_cells import CUSTODY_TYPES
from app.rules.visit_documents import parse
from app.rules.vocabulary import VisitKind
from app.services import visit_rules
from tests.rules.visits import document, rules

LINE = {"name": "上午", "weekdays": [1, 2, 3], "start": "09:00", "minutes": 30, "places": 2}


def said(**parts: Any) -> dict[str, list[str]]:
    return {part.name: list(part.sentences) for part in visit_words.describe(rules(**parts))}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({}, "星期一至星期三：09:00~09:30（上午，2組）"),
        ({"weekdays": [1, 6]}, "星期一、星期六：09:00~09:30（上午，2組）"),
        ({"every_weeks": 2}, "星期一至星期三：09:00~09:30（上午，2組，每2週一次）"),
        ({"nth_of_month": [3, 1]}, "星期一至星期三：09:00~09:30（上午，2組，每月第1、3個）"),
        ({"from": "2026-04-01"}, "星期一至星期三：09:00~09:30（上午，2組，自2026/04/01起）"),
        ({"until": "2026-04-01"}, "星期一至星期三：09:00~09:30（上午，2組，至2026/04/01止）"),
        ({"make_up_saturdays": True}, "星期一至星期三：09:00~09:30（上午，2組，補行上班日亦辦理）"),
    ],
)
def test_a_line_of_the_timetable(app: Flask, line: dict[str, Any], words: str) -> None:
    assert said(timetable=[{**LINE, **line}])["sessions"] == [words]


def test_weekdays_with_the_same_sessions_share_a_sentence_and_the_earliest_comes_first(app: Flask) -> None:
    later = {**LINE, "name": "下午", "weekdays": [2], "start": "14:00", "places": 1}
    assert said(timetable=[later, LINE])["sessions"] == [
        "星期一、星期三：09:00~09:30（上午，2組）",
        "星期二：09:00~09:30（上午，2組）、14:00~14:30（下午，1組）",
    ]


def test_what_is_not_offered_says_so(app: Flask) -> None:
    assert said(timetable=[LINE], offered=False)["sessions"] == ["本機關未開放此類接見之線上預約"]
    assert said(timetable=[])["sessions"] == ["尚未訂定時段，不開放線上預約"]


def test_the_window_counts_as_it_is_counted(app: Flask) -> None:
    working = {"opens": {"days": 7, "at": "08:00"}, "closes": {"days": 2, "at": "17:00", "count": "working"}}
    moved = "（該日為放假日者，提前至前一工作日）"
    assert said(booking=working)["window"] == [f"接見日前7日08:00開放，前2個工作日17:00截止{moved}"]
    same_day = {"opens": {"days": 1, "at": "08:00"}, "closes": {"days": 0, "at": "08:30"}}
    assert said(booking=same_day)["window"] == ["接見日前1日08:00開放，當日08:30截止"]


def test_who_may_come_and_how_often(app: Flask) -> None:
    told = {p.name: p.sentences for p in visit_words.describe(_statutory(VisitKind.FAMILY_ON_SITE))}
    assert told["who"][0] == "受刑人（第四級）：親屬、家屬（同居共同生活）"
    assert told["who"][1] == "受觀察勒戒人：直系血親、配偶"
    assert told["who"][2] == "受戒治人：最近親屬及家屬"
    assert "受刑人（第二級）：每3日1次" in told["quota"] and "受刑人（未編級）：每週1次" in told["quota"]
    remote = {p.name: p.sentences for p in visit_words.describe(_statutory(VisitKind.FAMILY_REMOTE))}
    assert remote["quota"] == ("收容人：每月2次（預約遠距接見、預約行動接見合併計算）",)
    assert remote["no_shows"] == ("6個月內未到達3次者，停止線上預約3個月",)


def test_custody_types_and_grades_are_read_in_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        told = {p.name: p.sentences for p in visit_words.describe(_statutory(VisitKind.FAMILY_ON_SITE))}
    assert told["who"][0].startswith("Sentenced inmates (grade 4)")
    assert not [sentence for name in ("who", "quota") for sentence in told[name] if not sentence.isascii()]


def test_every_custody_type_has_its_words(app: Flask) -> None:
    assert tuple(visit_words.CUSTODY) == CUSTODY_TYPES


def test_a_second_visit_in_certain_sessions_only(app: Flask) -> None:
    rule = {"times": 2, "per": "calendar_month", "nth_only_in": [{"nth": 2, "sessions": ["上午"]}]}
    assert said(timetable=[LINE], quota=[rule])["quota"] == ["收容人：每月2次（第2次限上午）"]


def test_the_public_reads_what_binds_it(app: Flask) -> None:
    strict = document(earlier_visit=True, no_shows={"times": 2, "months": 6, "closed_months": 1}, notes="請攜帶證件")
    families = {p.name for p in visit_words.public(parse(VisitKind.FAMILY_ON_SITE, strict))}
    assert families >= {"persons", "conditions", "no_shows", "notes"}
    lawyers = {p.name for p in visit_words.public(parse(VisitKind.LAWYER_MOBILE, strict))}
    assert families - lawyers == {"persons", "no_shows"}  # nobody counts who comes with a lawyer


def _statutory(kind: VisitKind = VisitKind.FAMILY_REMOTE) -> Any:
    return parse(kind, visit_rules.defaults()[kind])


def test_every_field_of_the_document_has_its_words(app: Flask) -> None:
    full = document(
        earlier_visit=True,
        one_open_booking_per_inmate=True,
        persons={"most": 4, "free_under": 0},
        report_minutes_before=20,
    )
    told = [s for part in visit_words.describe(parse(VisitKind.FAMILY_REMOTE, full)) for s in part.sentences]
    assert "須曾至機關辦理接見" in told and "每位收容人同時僅能有一件未完成之預約" in told
    assert "每次至多4人" in told and "請於接見時間20分鐘前報到" in told
