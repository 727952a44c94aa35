"""Charts as SVG: labels and series in, markup out; nothing in it needs a script, a style attribute or colour alone.

A chart is 360 units wide, as wide as the narrowest screen, so that its words stay readable there; the page's
stylesheet (``charts.css``) colours it by class. Its figures stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 38, 6, 14, 24
#: Labels below the axis need about this much room each.
_LABEL_WIDTH = 40
#: Bars are told apart by hatching too, points by their marks.
STYLES = ("first", "second", "third", "fourth")

Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """One row of values, None where there is none; ``form``: ``bar``, ``frame`` (around bars), ``line``."""

    label: str
    values: Values
    form: str = "bar"


@dataclass(frozen=True)
class Chart:
    """What one chart shows: ``name`` is its id on the page, ``summary`` what a screen reader says of it."""

    name: str
    title: str
    summary: str
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: a count of none is nothing, a measured 0 (a line) is something."""
        return not any(
            value or (value is not None and one.form == "line") for one in self.series for value in one.values
        )


def draw(chart: Chart) -> Markup:
    """The chart's SVG."""
    top = ceiling(max((value or 0 for one in chart.series for value in one.values), default=0))
    parts = [_patterns(chart), *_axis(top), *_labels(chart.labels)]
    bars = [one for one in chart.series if one.form == "bar"]
    for number, one in enumerate(chart.series):
        if one.form == "line":
            parts += _line(one, top, STYLES[number % len(STYLES)])
        elif one.form == "frame":
            parts += _bars(one, top, 0, 1, "ch-frame", "")
        else:
            place = bars.index(one)
            style = STYLES[place % len(STYLES)]
            fill = Markup(' fill="url(#{}-{})"').format(chart.name, style)
            parts += _bars(one, top, place, len(bars), f"ch-bar ch-{style}", fill)
    return Markup(
        '<svg class="ch-svg" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{n}-title {n}-words">'
        '<title id="{n}-title">{title}</title><desc id="{n}-words">{words}</desc>{parts}</svg>'
    ).format(w=WIDTH, h=HEIGHT, n=chart.name, title=chart.title, words=chart.summary, parts=Markup("").join(parts))


def ceiling(most: float) -> int:
    """The end of the axis: 2, 4, 10, 20, 40, 100 …, so that half of it is a whole number."""
    step = 1
    while True:
        for base in (2, 4, 10):
            if most <= base * step:
                return base * step
        step *= 10


def key(chart: Chart) -> Markup:
    """What each bar, frame or line stands for, drawn as in the chart; nothing for a single series of bars."""
    if len(chart.series) < 2:
        return Markup("")
    bars, items = 0, []
    for number, one in enumerate(chart.series):
        style = STYLES[(bars if one.form == "bar" else number) % len(STYLES)]
        bars += one.form == "bar"
        if one.form == "line":
            mark = Markup('<path class="ch-line ch-{s}" d="M0 7H22"/>').format(s=style) + _mark(11, 7, style)
        elif one.form == "frame":
            mark = Markup('<rect class="ch-frame" x="1" y="1" width="20" height="12"/>')
        else:
            mark = Markup(
                '<rect class="ch-bar ch-{s}" fill="url(#{n}-{s})" x="1" y="1" width="20" height="12"/>'
            ).format(s=style, n=chart.name)
        items.append(
            Markup('<li><svg class="ch-key" viewBox="0 0 22 14" aria-hidden="true">{}</svg> {}</li>').format(
                mark, one.label
            )
        )
    return Markup('<ul class="ch-legend">{}</ul>').format(Markup("").join(items))


def _patterns(chart: Chart) -> Markup:
    """Plain, hatched, dotted, crossed: told apart on a photocopy."""
    marks = {"first": "", "second": "M0 6L6 0", "third": "M2 3H4", "fourth": "M0 6L6 0M0 0L6 6"}
    one = Markup(
        '<pattern id="{n}-{s}" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ch-fill ch-{s}" '
        'width="6" height="6"/><path class="ch-hatch" d="{d}"/></pattern>'
    )
    number = sum(series.form == "bar" for series in chart.series)
    styles = STYLES[:number]
    return Markup("<defs>{}</defs>").format(Markup("").join(one.format(n=chart.name, s=s, d=marks[s]) for s in styles))


def _axis(top: int) -> list[Markup]:
    line = Markup('<path class="ch-grid" d="M{x1} {y}H{x2}"/><text class="ch-tick" x="{tx}" y="{ty}">{n}</text>')
    return [
        line.format(x1=LEFT, x2=WIDTH - RIGHT, y=_n(_y(n, top)), tx=LEFT - 5, ty=_n(_y(n, top) + 4), n=n)
        for n in (0, top // 2, top)
    ]


def _labels(labels: Sequence[str]) -> list[Markup]:
    """As many labels as have room, the last one always: it is now."""
    wide = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    each = max(1, -(-_LABEL_WIDTH // max(int(wide), 1)))
    return [
        Markup('<text class="ch-label" x="{}" y="{}">{}</text>').format(_n(LEFT + wide * (n + 0.5)), HEIGHT - 7, label)
        for n, label in enumerate(labels)
        if (len(labels) - 1 - n) % each == 0
    ]


def _bars(one: Series, top: int, place: int, places: int, css: str, fill: str) -> list[Markup]:
    wide = (WIDTH - LEFT - RIGHT) / max(len(one.values), 1)
    bar = wide * 0.76 / places
    made = []
    for n, value in enumerate(one.values):
        if value:
            x, y = LEFT + wide * (n + 0.12) + bar * place, _y(value, top)
            made.append(
                Markup('<rect class="{}"{} x="{}" y="{}" width="{}" height="{}"/>').format(
                    css, fill, _n(x), _n(y), _n(bar), _n(_y(0, top) - y)
                )
            )
    return made


def _line(one: Series, top: int, style: str) -> list[Markup]:
    """Points, joined where two weeks in a row have a value: a gap is a week without one."""
    wide = (WIDTH - LEFT - RIGHT) / max(len(one.values), 1)
    points = [None if v is None else (LEFT + wide * (n + 0.5), _y(v, top)) for n, v in enumerate(one.values)]
    path, drawing = "", False
    for point in points:
        if point is not None:
            path += f"{'L' if drawing else 'M'}{_n(point[0])} {_n(point[1])}"
        drawing = point is not None
    made = [Markup('<path class="ch-line ch-{}" d="{}"/>').format(style, path)] if path else []
    return made + [_mark(*point, style) for point in points if point is not None]


def _mark(x: float, y: float, style: str) -> Markup:
    if style == "first":
        return Markup('<circle class="ch-mark ch-first" cx="{}" cy="{}" r="3.5"/>').format(_n(x), _n(y))
    return Markup('<rect class="ch-mark ch-{}" x="{}" y="{}" width="7" height="7"/>').format(
        style, _n(x - 3.5), _n(y - 3.5)
    )


def _y(value: float, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
