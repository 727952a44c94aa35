"""The readable form of an agency's visit rules: a mapping, as YAML for people; each fault is named with its place.

Times are ``HH:MM``, days ``YYYY-MM-DD``, weekdays 1 (Monday) to 7; relations are the words of the vocabulary or the
groups ``lineal``, ``nearest_relatives``, ``relatives``, ``family``, ``anyone``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from marshmallow import ValidationError

from app.errors import RuleError
from app.i18n import _l
from app.rules.inmate_cells import CUSTODY_TYPES
from app.rules.visit_forms import WORDS, DocumentForm
from app.rules.visit_rules import (
    GROUPS,
    Deadline,
    Entitlement,
    Line,
    NoShows,
    Quota,
    VisitRulesDocument,
    Whom,
)
from app.rules.visit_timetable import clashes
from app.rules.vocabulary import Relationship, VisitKind

#: 教化等級 as ``visit_rules.grade_of`` names it; empty for none.
GRADES = ("1", "2", "3", "4", "")


class DocumentInvalid(RuleError):
    """The document cannot be read as rules; names the place and what was expected.

    ``faults`` are all places that are wrong, of which the sentence names the one that helps most.
    """

    sentence = _l("規則內容有誤：%(place)s：%(fault)s")

    def __init__(self, field: str | None = None, faults: Sequence[tuple[str, Any]] = (), **values: Any) -> None:
        super().__init__(field, **values)
        self.faults = tuple(faults) or ((str(values["place"]), values["fault"]),)


class CannotWork(RuleError):
    """Rules that can be read and make no sense together; ``place`` is where one would mend them."""

    def __init__(self, field: str | None = None, place: str = "", **values: Any) -> None:
        super().__init__(field, **values)
        self.place = place


class LinesClash(CannotWork):
    """Two sessions of the timetable would run into one another."""

    sentence = _l("%(kind)s之時段「%(one)s」與「%(other)s」重疊，請調整起始時間、分鐘數或適用日期。")


class ClosesBeforeOpening(CannotWork):
    """Booking for a day would close before it opens."""

    sentence = _l(
        "%(kind)s之預約截止（%(closes)s日前）早於或等於開放（%(opens)s日前），任何日期都無法預約。"
        "開放日數須大於截止日數。"
    )


class Reader(yaml.SafeLoader):
    """Reads YAML, but no field twice: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; raises with the line of the field that stands there again."""
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, "twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuses to merge: ten lines that merge one another ten times each are more than a machine can hold."""
        for key, _value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, "merged", key.start_mark)
        super().flatten_mapping(node)


def parse(kind: VisitKind, document: Any) -> VisitRulesDocument:
    """Rules from their readable form; raises :class:`DocumentInvalid` with the first place that is wrong."""
    try:
        read = DocumentForm().load(document)
    except ValidationError as error:
        faults = list(_faults(error.messages))
        # A misspelt field is missing, too: the misspelling is what helps.
        place, fault = next((one for one in faults if one[1] == "Unknown field."), faults[0])
        told = [(where, WORDS.get(what, what)) for where, what in faults]
        raise DocumentInvalid("document", told, place=place or "─", fault=WORDS.get(fault, fault)) from None
    booking, persons = read["booking"], read["persons"]
    return VisitRulesDocument(
        kind=kind,
        offered=read["offered"],
        opens=Deadline(**booking["opens"]),
        closes=Deadline(**booking["closes"]),
        cancel=Deadline(**read["cancel"]),
        timetable=tuple(_line(line) for line in read["timetable"]),
        who=tuple(Entitlement(_whom(line), _relations(line["relations"])) for line in read["who"]),
        quota=tuple(_quota(line) for line in read["quota"]),
        most_persons=persons["most"],
        free_under_years=persons["free_under"],
        earlier_visit=read["earlier_visit"],
        one_open_booking_per_inmate=read["one_open_booking_per_inmate"],
        no_shows=NoShows(**read["no_shows"]) if read["no_shows"] else None,
        report_minutes_before=read["report_minutes_before"],
        notes=read["notes"],
    )


def normal(document: Any) -> dict[str, Any]:
    """A document that was read without fault, as it is stored: plain texts and numbers, defaults written out."""
    form = DocumentForm()
    return dict(form.dump(form.load(document)))


def in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """A normal document with its timetable by weekday and time; in which order the lines stand decides nothing."""
    return {**document, "timetable": sorted(document["timetable"], key=_place_in_week)}


def _place_in_week(line: Mapping[str, Any]) -> tuple[Any, ...]:
    days = sorted(line["weekdays"])
    return days[:1], line["start"], days, line["from"] or "", line["name"]


def check(rules: VisitRulesDocument) -> None:
    """Refuse rules that cannot work: sessions that clash, names that do not exist, booking that never opens."""
    lines = rules.timetable
    for one, other in clashes(lines):
        number = next(n for n, line in enumerate(lines, 1) if line is other)
        where = f"timetable[{number}].start"
        raise LinesClash("timetable", where, kind=rules.kind.label, one=one.name, other=other.name)
    opens, closes = rules.opens, rules.closes
    is_later = opens.days < closes.days or (opens.days == closes.days and opens.at >= closes.at)
    # Working days reach further back than as many calendar days; the other way round the calendar decides.
    is_comparable = opens.count == closes.count or closes.count == "working"
    if is_comparable and is_later:
        days = {"opens": opens.days, "closes": closes.days}
        raise ClosesBeforeOpening("booking", "booking.closes.days", kind=rules.kind.label, **days)
    for n, entitlement in enumerate(rules.who, 1):
        _check_whom(f"who[{n}]", entitlement.whom)
    for n, quota in enumerate(rules.quota, 1):
        _check_whom(f"quota[{n}]", quota.whom)
    names = {line.name for line in lines}
    for n, rule in enumerate(rules.quota, 1):
        if rule.period == "rolling_days" and rule.days < 1:
            raise DocumentInvalid("quota", place=f"quota[{n}].days", fault=_l("每幾日計算者須填日數（days）"))
        for m, (_nth, wanted) in enumerate(rule.nth_only_in, 1):
            if not wanted <= names:
                fault = _l("時段名稱不存在：%(names)s", names="、".join(sorted(wanted - names)))
                raise DocumentInvalid("quota", place=f"quota[{n}].nth_only_in[{m}].sessions", fault=fault)
    for n, line in enumerate(lines, 1):
        if line.from_on and line.until_on and line.until_on < line.from_on:
            raise DocumentInvalid("timetable", place=f"timetable[{n}].until", fault=_l("迄日不得早於起日"))


def _check_whom(place: str, whom: Whom) -> None:
    """Refuse words that no inmate's record has: the rule would hold for nobody, and nobody would notice."""
    for name, words, known in (("custody", whom.custody, CUSTODY_TYPES), ("grades", whom.grades, GRADES)):
        for word in sorted(words - set(known)):
            fault = f"{word}: " + "、".join(f'"{one}"' for one in known)
            raise DocumentInvalid(place.partition("[")[0], place=f"{place}.{name}", fault=fault)


def read_yaml(text: str) -> dict[str, Any]:
    """A file as a mapping of kinds to documents; raises :class:`DocumentInvalid` with the line that is wrong."""
    try:
        loaded = yaml.load(text, Reader)  # a SafeLoader
    # Also 2026-02-30, brackets without end, and values that are not of the kind that they say (!!bool x).
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = _l("第%(n)s行", n=mark.line + 1) if mark else "YAML"
        is_double = getattr(error, "problem", None) == "twice"
        fault = _l("同一欄位重複出現") if is_double else _l("不是有效的YAML格式")
        raise DocumentInvalid("file", place=place, fault=fault) from None
    if not isinstance(loaded, dict) or not loaded:
        raise DocumentInvalid("file", place="YAML", fault=_l("檔案最外層應為接見類型"))
    for name in loaded:
        if name not in VisitKind.values():
            raise DocumentInvalid("file", place=str(name), fault="、".join(VisitKind.values()))
    return loaded


def write_yaml(documents: Mapping[str, Any]) -> str:
    """Documents by kind as a file that people read and edit: short lists stay on one line."""
    text = yaml.safe_dump(dict(documents), allow_unicode=True, sort_keys=False, width=100, default_flow_style=None)
    return str(text)


def _faults(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = f"[{int(name) + 1}]" if isinstance(name, int) else (f".{name}" if place else str(name))
            yield from _faults(inner, place if name == "_schema" else place + step)
    else:
        yield from ((place, str(message)) for message in messages)


def _whom(read: dict[str, Any]) -> Whom:
    return Whom(frozenset(read["custody"]), frozenset(read["grades"]))


def _relations(words: list[str]) -> frozenset[Relationship]:
    groups = [GROUPS.get(word) or frozenset({Relationship(word)}) for word in words]
    return frozenset(relation for group in groups for relation in group)


def _line(read: dict[str, Any]) -> Line:
    return Line(**{**read, **{name: frozenset(read[name]) for name in ("weekdays", "nth_of_month")}})


def _quota(read: dict[str, Any]) -> Quota:
    return Quota(
        whom=_whom(read),
        times=read["times"],
        period=read["per"],
        days=read["days"],
        from_on=read["from_on"],
        until_on=read["until_on"],
        kinds=frozenset(VisitKind(word) for word in read["counts"]),
        nth_only_in=tuple((nth["nth"], frozenset(nth["sessions"])) for nth in read["nth_only_in"]),
    )
