"""The rules of a kind of visit in plain words: the same for officers who write them and families who read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.i18n import _, _l
from app.rules.dates import list_date
from app.rules.visit_rules import GROUPS, Deadline, Line, Quota, VisitRulesDocument, Whom
from app.rules.vocabulary import Relationship, VisitKind

#: From Monday to Sunday.
WEEKDAYS = (
    _l("星期一"),
    _l("星期二"),
    _l("星期三"),
    _l("星期四"),
    _l("星期五"),
    _l("星期六"),
    _l("星期日"),
)
#: 教化等級 as rules name them; the empty one is an inmate's without a grade.
GRADES = {"1": _l("第一級"), "2": _l("第二級"), "3": _l("第三級"), "4": _l("第四級"), "": _l("未編級")}
#: 處分種類 as the prison system names them, in the reader's words.
CUSTODY = {
    "受刑人": _l("受刑人"),
    "被告": _l("被告"),
    "受觀察勒戒人": _l("受觀察勒戒人"),
    "受戒治人": _l("受戒治人"),
    "受保安處分人": _l("受保安處分人"),
    "感化教育受處分人": _l("感化教育受處分人"),
    "收容少年": _l("收容少年"),
    "被管收人": _l("被管收人"),
}
#: The widest first: a list of relations is said with as few words as it can be.
GROUP_WORDS = {
    "anyone": _l("親友均可"),
    "relatives": _l("親屬"),
    "family": _l("最近親屬及家屬"),
    "nearest_relatives": _l("最近親屬"),
    "lineal": _l("直系血親"),
}
#: What binds families only: a lawyer's visits are not counted, nor who comes along (監獄行刑法 §72, 羈押法 §65).
FAMILIES_ONLY = frozenset({"who", "quota", "persons", "no_shows"})


@dataclass(frozen=True)
class Part:
    """One subject of the rules with its sentences."""

    name: str
    label: Any
    sentences: tuple[str, ...]


def describe(rules: VisitRulesDocument) -> list[Part]:
    """All that is decided, subject by subject. A subject without rules is left out."""
    parts = (
        Part("sessions", _l("接見時段"), tuple(sessions(rules))),
        Part("window", _l("預約期間"), (window(rules),)),
        Part(
            "cancel", _l("取消期限"), (_("接見日%(when)s前可取消", when=_moment(rules.cancel)) + _moved(rules.cancel),)
        ),
        Part("who", _l("接見對象限制"), tuple(_who(rules))),
        Part("quota", _l("接見次數"), tuple(_quota(rule, rules.kind) for rule in rules.quota)),
        Part("persons", _l("接見人數"), (_persons(rules),)),
        Part("conditions", _l("預約條件"), tuple(_conditions(rules))),
        Part("no_shows", _l("未到之處置"), tuple(_no_shows(rules))),
        Part("arrival", _l("報到"), tuple(_arrival(rules))),
        Part("notes", _l("備註"), (rules.notes,) if rules.notes else ()),
    )
    return [part for part in parts if part.sentences]


def public(rules: VisitRulesDocument) -> list[Part]:
    """What somebody who plans a visit has to know: everything that is decided and binds this kind of visitor."""
    parts = describe(rules)
    return [p for p in parts if p.name not in FAMILIES_ONLY] if rules.kind is VisitKind.LAWYER_MOBILE else parts


def window(rules: VisitRulesDocument) -> str:
    """From when until when one may book."""
    times = {"opens": _moment(rules.opens), "closes": _moment(rules.closes)}
    return _("接見日%(opens)s開放，%(closes)s截止", **times) + _moved(rules.closes)


def _moved(deadline: Deadline) -> str:
    return _("（該日為放假日者，提前至前一工作日）") if deadline.days else ""


def sessions(rules: VisitRulesDocument) -> list[str]:
    """The sessions of the week; weekdays with the same sessions share a sentence."""
    if not rules.offered:
        return [_("本機關未開放此類接見之線上預約")]
    if not rules.timetable:
        return [_("尚未訂定時段，不開放線上預約")]
    days_of: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for day in range(1, 8):
        held = sorted((line for line in rules.timetable if day in line.weekdays), key=lambda line: line.start)
        if held:
            days_of[tuple(_line(line) for line in held)].append(day)
    comma = _("、")
    return [_("%(days)s：%(lines)s", days=weekdays(days), lines=comma.join(lines)) for lines, days in days_of.items()]


def weekdays(days: list[int]) -> str:
    """Weekdays by number, in order; three or more in a row are said as a span."""
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s至%(last)s", first=WEEKDAYS[days[0] - 1], last=WEEKDAYS[days[-1] - 1])
    return _("、").join(str(WEEKDAYS[day - 1]) for day in days)


def _line(line: Line) -> str:
    ends = datetime.combine(date.min, line.start) + timedelta(minutes=line.minutes)
    told = [line.name, _("%(n)s組", n=line.places), *conditions(line)]
    times = f"{line.start:%H:%M}~{ends:%H:%M}"
    return _("%(times)s（%(told)s）", times=times, told=_("，").join(told))


def conditions(line: Line) -> list[str]:
    """What a session has beside its weekdays: every n weeks, the days from and until, make-up Saturdays."""
    told = [*_rhythm(line), *_span(line.from_on, line.until_on)]
    return [*told, _("補行上班日亦辦理")] if line.make_up_saturdays else told


def _rhythm(line: Line) -> list[str]:
    told = []
    if line.every_weeks > 1:
        told.append(_("每%(n)s週一次", n=line.every_weeks))
    if line.nth_of_month:
        told.append(_("每月第%(n)s個", n=_("、").join(str(n) for n in sorted(line.nth_of_month))))
    return told


def _span(first: date | None, last: date | None) -> list[str]:
    if first and last:
        return [f"{list_date(first)}~{list_date(last)}"]
    if first:
        return [_("自%(date)s起", date=list_date(first))]
    return [_("至%(date)s止", date=list_date(last))] if last else []


def _moment(deadline: Deadline) -> str:
    at = f"{deadline.at:%H:%M}"
    if not deadline.days:
        return _("當日%(time)s", time=at)
    if deadline.count == "working":
        return _("前%(n)s個工作日%(time)s", n=deadline.days, time=at)
    return _("前%(n)s日%(time)s", n=deadline.days, time=at)


def _whom(whom: Whom) -> str:
    custody = _("、").join(str(CUSTODY.get(word, word)) for word in sorted(whom.custody)) or _("收容人")
    if not whom.grades:
        return custody
    grades = _("、").join(str(GRADES.get(grade, grade)) for grade in sorted(whom.grades, key=lambda g: (not g, g)))
    return _("%(custody)s（%(grades)s）", custody=custody, grades=grades)


def _who(rules: VisitRulesDocument) -> list[str]:
    return [_("%(whom)s：%(who)s", whom=_whom(line.whom), who=_relations(line.relations)) for line in rules.who]


def _relations(relations: frozenset[Relationship]) -> str:
    left, words = relations, []
    for name, label in GROUP_WORDS.items():
        if GROUPS[name] <= left:
            words.append(str(label))
            left -= GROUPS[name]
    return _("、").join([*words, *(str(word.label) for word in Relationship if word in left)])


def _quota(rule: Quota, kind: VisitKind) -> str:
    count = {"n": rule.times}
    per = {
        "day": lambda: _("每日%(n)s次", **count),
        "calendar_week": lambda: _("每週%(n)s次", **count),
        "calendar_month": lambda: _("每月%(n)s次", **count),
        "rolling_days": lambda: _("每%(days)s日%(n)s次", days=rule.days, **count),
    }[rule.period]()
    told = _span(rule.from_on, rule.until_on)
    if rule.kinds - {kind}:
        counted = _("、").join(str(word.label) for word in VisitKind if word in rule.kinds)
        told.append(_("%(kinds)s合併計算", kinds=counted))
    for nth, names in rule.nth_only_in:
        told.append(_("第%(nth)s次限%(names)s", nth=nth, names=_("、").join(sorted(names))))
    more = _("（%(told)s）", told=_("，").join(told)) if told else ""
    return _("%(whom)s：%(times)s", whom=_whom(rule.whom), times=per) + more


def _persons(rules: VisitRulesDocument) -> str:
    if rules.free_under_years:
        return _("每次至多%(n)s人，未滿%(years)s歲者不計", n=rules.most_persons, years=rules.free_under_years)
    return _("每次至多%(n)s人", n=rules.most_persons)


def _conditions(rules: VisitRulesDocument) -> list[str]:
    told = []
    if rules.earlier_visit:
        told.append(_("須曾至機關辦理接見"))
    if rules.one_open_booking_per_inmate:
        told.append(_("每位收容人同時僅能有一件未完成之預約"))
    return told


def _no_shows(rules: VisitRulesDocument) -> list[str]:
    if rules.no_shows is None:
        return []
    times = {"months": rules.no_shows.months, "n": rules.no_shows.times, "closed": rules.no_shows.closed_months}
    return [_("%(months)s個月內未到達%(n)s次者，停止線上預約%(closed)s個月", **times)]


def _arrival(rules: VisitRulesDocument) -> list[str]:
    minutes = rules.report_minutes_before
    return [_("請於接見時間%(n)s分鐘前報到", n=minutes)] if minutes else []
