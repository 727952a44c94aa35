"""公告時段管理 as a form: what stands in each control, what is wrong with it, what a row says in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale

from app.errors import RuleError
from app.i18n import _, _l
from app.rules import visit_documents, visit_form_places, visit_form_values, visit_words
from app.rules.inmate_cells import CUSTODY_TYPES
from app.rules.visit_documents import CannotWork, DocumentInvalid
from app.rules.visit_form_values import Node, Values, Written
from app.rules.visit_rules import VisitRulesDocument
from app.rules.vocabulary import FAMILY, VisitKind, choices_of

Choice = tuple[str, Any]
COUNTS: tuple[Choice, ...] = (("calendar", _l("日曆天")), ("working", _l("工作日")))
PERIODS: tuple[Choice, ...] = (
    ("calendar_week", _l("每週")),
    ("calendar_month", _l("每月")),
    ("day", _l("每日")),
    ("rolling_days", _l("每幾日")),
)
_MOST_ROWS = 999
#: Beside one line of a list, to say that line in words.
_ELSE = {"booking": {name: {"days": 1, "at": "00:00"} for name in ("opens", "closes")}}
_NOTHING_ELSE = {**_ELSE, "cancel": {"days": 0, "at": "00:00"}}


@dataclass(frozen=True)
class Mistake:
    """What is wrong: for the top of the page with its place, and for the control itself."""

    control: str
    sentence: str
    fault: str


class RulesForm:
    """The controls of one kind's rules as a template shows them; what was typed stays, whatever is wrong with it."""

    labels = visit_form_places.LABELS
    counts, periods = COUNTS, PERIODS
    custody: tuple[Choice, ...] = tuple((word, visit_words.CUSTODY[word]) for word in CUSTODY_TYPES)
    grades: tuple[Choice, ...] = tuple(visit_words.GRADES.items())
    groups: tuple[Choice, ...] = tuple(visit_words.GROUP_WORDS.items())
    relations: tuple[Choice, ...] = tuple(choices_of(FAMILY))
    kinds: tuple[Choice, ...] = tuple(VisitKind.choices())

    def __init__(
        self, kind: VisitKind, values: Values, error: RuleError | None = None, more: str = "", moved: str = ""
    ) -> None:
        self.kind, self._more, self._moved = kind, more, moved
        self._top = visit_form_values.tree(values)
        self.written = visit_form_values.document(values)
        self.mistakes = _mistakes(error, self.written)
        self._faults = {one.control: one.fault for one in self.mistakes}

    @property
    def is_lawyers(self) -> bool:
        """Whether the law knows no quota and nobody who may not come."""
        return self.kind == VisitKind.LAWYER_MOBILE

    def value(self, name: str) -> str:
        """What stands in a control."""
        return next(iter(self._node(name).values), "")

    def is_ticked(self, name: str, word: str = "1") -> bool:
        """Whether a tick is set."""
        return word in self._node(name).values

    def fault(self, name: str) -> str:
        """What is wrong with a control; empty where nothing is."""
        return self._faults.get(name, "")

    def is_wrong(self, *names: str) -> bool:
        """Whether something is wrong in one of these controls, or below it."""
        return any(wrong == name or wrong.startswith(f"{name}-") for wrong in self._faults for name in names)

    def faults(self, *names: str) -> list[tuple[str, str]]:
        """Which of these controls are wrong, and what is."""
        return [(name, self._faults[name]) for name in names if name in self._faults]

    def fits(self, name: str, kind: str) -> bool:
        """Whether a browser can show what was typed in a field for a time or a day; else it stays as a text."""
        value = self.value(name)
        try:
            read: time | date = time.fromisoformat(value) if kind == "time" else date.fromisoformat(value)
            return read.isoformat()[: len(value)] == value
        except ValueError:
            return not value

    def is_open(self, row: str, sentence: str) -> bool:
        """Whether a folded row stands open: says nothing yet, is wrong, is to go, or was just given one more line."""
        is_going = self.is_ticked(f"{row}-{visit_form_values.REMOVE}")
        return not sentence or is_going or self.is_wrong(row) or self._more.startswith(f"{row}-")

    def choices(self, name: str, *known: Iterable[Choice]) -> list[Choice]:
        """The ticks of a control: the known ones, then what else a file has brought."""
        offered = [choice for some in known for choice in some]
        words = {word for word, _label in offered}
        return offered + [(word, word) for word in dict.fromkeys(self._node(name).values) if word not in words]

    def rows(self, name: str) -> list[int]:
        """The numbers of a list's rows, with the one that was asked for."""
        found = [number for number, _row in self._node(name).rows()] or ([1] if name == "timetable" else [])
        return [*found, self._next(found)] if self._more == name and self._next(found) <= _MOST_ROWS else found

    def ways(self, name: str, number: int) -> list[tuple[str, Any, bool]]:
        """Where a row of a list can go: the word that the button sends, its sign, and whether it is at hand.

        The button that moved the row is reached at once again, or the other one at the end of the list.
        """
        numbers = self.rows(name)
        ways = {way: sign for way, sign, end in (("up", "▲", 0), ("down", "▼", -1)) if number != numbers[end]}
        row, _dash, last = self._moved.rpartition("-")
        at_hand = last if last in ways else next(iter(ways), "")
        return [(way, sign, row == f"{name}-{number}" and way == at_hand) for way, sign in ways.items()]

    def next_row(self, name: str) -> str:
        """Where the next row of a list will stand."""
        return f"{name}-{self._next(self.rows(name))}"

    def weekdays(self) -> Sequence[tuple[str, str, Any]]:
        """Number, one letter and name, from Monday."""
        is_chinese = str(get_locale()).startswith("zh")
        short = get_day_names("narrow" if is_chinese else "short", locale=get_locale())
        return [(str(n + 1), short[n], label) for n, label in enumerate(visit_words.WEEKDAYS)]

    def sessions(self, name: str) -> list[Choice]:
        """The sessions of the timetable, for a rule that names some of them."""
        lines = (line.get("name") for line in self.written.document["timetable"])
        return self.choices(name, [(word, word) for word in dict.fromkeys(lines) if word])

    def conditions(self, number: int) -> str:
        """What a session has beside its weekdays, in words."""
        rules = self._alone("timetable", number)
        return _("，").join(visit_words.conditions(rules.timetable[0])) if rules else ""

    def sentence(self, name: str, number: int) -> str:
        """A row in plain words; empty where it cannot be read yet."""
        rules = self._alone(name, number)
        parts = visit_words.describe(rules) if rules else []
        return next((part.sentences[0] for part in parts if part.name == name), "")

    def described(self) -> list[tuple[Any, list[visit_words.Part]]]:
        """The whole in plain words; empty where it cannot be read yet."""
        rules = _parsed(self.kind, self.written.document)
        return [(self.kind.label, visit_words.describe(rules))] if rules else []

    def _alone(self, name: str, number: int) -> VisitRulesDocument | None:
        numbers = self.written.rows.get(name, ())
        if number not in numbers:
            return None
        return _parsed(self.kind, {**_NOTHING_ELSE, name: [self.written.document[name][numbers.index(number)]]})

    def _node(self, name: str) -> Node:
        node = self._top
        for step in name.split("-"):
            node = node.at(step)
        return node

    @staticmethod
    def _next(numbers: Sequence[int]) -> int:
        return max(numbers, default=0) + 1


def _parsed(kind: VisitKind, document: Any) -> VisitRulesDocument | None:
    try:
        return visit_documents.parse(kind, document)
    except RuleError:
        return None


def _mistakes(error: RuleError | None, written: Written) -> list[Mistake]:
    """One for each control, in the order of the form."""
    if isinstance(error, DocumentInvalid):
        found: dict[str, Mistake] = {}
        for place, fault in error.faults:
            control = visit_form_places.control_of(place, written.rows)
            where = visit_form_places.words_of(place, written.rows)
            sentence = _("%(place)s：%(fault)s", place=where, fault=fault) if where else str(error)
            found.setdefault(control, Mistake(control, sentence, str(fault)))
        return list(found.values())
    if isinstance(error, CannotWork):
        return [Mistake(visit_form_places.control_of(error.place, written.rows), str(error), str(error))]
    return [Mistake("", str(error), "")] if error else []
