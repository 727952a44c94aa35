"""Charts: rows in, markup out; what stands in a name is text, and nothing needs a script or a style attribute."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from views.backoffice import charts
from views.backoffice.charts import Chart, Series

LABELS = [f"03/{n:02}" for n in range(1, 13)]


def chart(*series: Series, title: str = "每週收件") -> Chart:
    return Chart("ch-one", title, "共3件。", LABELS[: len(series[0].values)] if series else LABELS, series)


def elements(svg: Markup, tag: str, css: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(svg).iter(tag) if css in (e.get("class") or "").split()]


def test_bars_stand_in_proportion_and_without_a_value_there_is_none() -> None:
    svg = charts.draw(chart(Series("收件", [1, 0, None, 4]), Series("名額", [4, 4, 4, 4], "frame")))
    bars, frames = elements(svg, "rect", "ch-bar"), elements(svg, "rect", "ch-frame")
    heights = [float(bar.get("height", "0")) for bar in bars]
    assert len(bars) == 2 and heights[1] == pytest.approx(heights[0] * 4) and len(frames) == 4
    assert heights[1] == float(frames[0].get("height", "0"))


def test_a_line_breaks_where_a_week_has_no_value() -> None:
    svg = charts.draw(chart(Series("天數", [1, 2, None, 3], "line")))
    (path,) = elements(svg, "path", "ch-line")
    assert path.get("d", "").count("M") == 2 and len(elements(svg, "circle", "ch-mark")) == 3


def test_two_series_differ_by_more_than_colour() -> None:
    two = chart(Series("律師", [1]), Series("家屬", [2]))
    marks = [p.find("path").get("d") for p in ElementTree.fromstring(charts.draw(two)).iter("pattern")]  # type: ignore[union-attr]
    assert len(marks) == len(set(marks)) == 2 and "律師" in charts.key(two) and "家屬" in charts.key(two)
    assert charts.key(chart(Series("律師", [1]))) == ""


def test_names_are_text_and_a_policy_without_inline_styles_is_kept() -> None:
    svg = charts.draw(chart(Series("<script>", [3]), title="</title><script>alert(1)</script>"))
    assert "<script" not in svg and "style=" not in svg and ElementTree.fromstring(svg).get("role") == "img"


def test_nothing_at_all_is_drawn_too() -> None:
    empty = chart(Series("收件", [0, None]))
    assert empty.is_empty and not elements(charts.draw(empty), "rect", "ch-bar")
    assert charts.draw(Chart("x", "", "", [], ()))


@pytest.mark.parametrize(("most", "end"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (99, 100), (401, 1000)])
def test_the_axis_ends_on_a_round_number(most: float, end: int) -> None:
    assert charts.ceiling(most) == end


def test_labels_have_room_and_the_last_one_stays() -> None:
    svg = charts.draw(chart(Series("收件", [1] * 12)))
    places = [(float(e.get("x", "0")), e.text) for e in elements(svg, "text", "ch-label")]
    assert places[-1][1] == LABELS[-1]
    assert all(b[0] - a[0] >= 40 for a, b in pairwise(places))


def test_a_measured_nought_is_drawn_and_no_count_is_not() -> None:
    assert not Chart("c", "審核天數中位數", "", ["01/05"], [Series("律師", [0.0], "line")]).is_empty
    assert Chart("c", "審核天數中位數", "", ["01/05"], [Series("律師", [None], "line")]).is_empty
    assert Chart("c", "每週收件", "", ["01/05"], [Series("收件", [0])]).is_empty
