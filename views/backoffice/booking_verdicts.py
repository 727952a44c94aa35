"""What an officer typed into the rows of CJALF219F, and what became of it when it was saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from app import clock
from app.errors import RuleError
from app.rules.vocabulary import ReservationState, Verdict
from app.security import Actor
from app.services import booking_review
from app.services.booking_review import RowAlreadyDecided, RowVerdict
from models import Reservation
from views.backoffice import booking_rows

Scope = frozenset[str] | None
#: Within this time the same verdict by the same officer is the other half of a double click.
DOUBLE_CLICK = timedelta(seconds=30)
_RESULT = {Verdict.APPROVE.value: ReservationState.APPROVED, Verdict.REJECT.value: ReservationState.REJECTED}


@dataclass(frozen=True)
class Typed:
    """One row of the form; a row without a verdict is left alone."""

    verdict: str = ""
    version: int = 0
    reason: str = ""
    note: str = ""

    @classmethod
    def sent(cls, form: MultiDict[str, str], row_id: str) -> Typed:
        """The fields of one row as they came in."""
        verdict = form.get(f"verdict-{row_id}", "")
        return cls(
            verdict if verdict in Verdict.values() else "",
            form.get(f"version-{row_id}", 0, type=int),
            form.get(f"reason-{row_id}", "").strip(),
            form.get(f"note-{row_id}", "").strip(),
        )

    @property
    def words(self) -> str:
        """What was typed, for the report on a row that was not saved."""
        label = Verdict(self.verdict).label if self.verdict else ""
        return "：".join(filter(None, (str(label), self.reason, self.note)))

    def without_verdict(self) -> Typed:
        """The same row to be judged anew; reason and free text stay."""
        return replace(self, verdict="")

    def approved(self) -> Typed:
        """The same row with 審核通過 chosen."""
        return replace(self, verdict=Verdict.APPROVE.value)


@dataclass(frozen=True)
class Refused:
    """A row that was not saved: its number for people, why, and whether it is still to be decided."""

    row_id: str
    number: str
    error: RuleError
    is_open: bool
    typed: Typed


@dataclass
class Batch:
    """One press of 儲存全部審核結果."""

    typed: dict[str, Typed]
    verdicts: list[RowVerdict]
    saved: int = 0
    errors: list[Refused] = field(default_factory=list)

    @classmethod
    def of(cls, typed: dict[str, Typed]) -> Batch:
        """The rows that carry a verdict."""
        chosen = {row_id: row for row_id, row in typed.items() if row.verdict}
        return cls(typed, [RowVerdict(i, r.verdict, r.version, r.reason, r.note) for i, r in chosen.items()])

    def save(self, scope: Scope, officer_id: int, actor: Actor) -> None:
        """Decide row by row and keep what was refused."""
        outcomes = booking_review.decide_all(self.verdicts, scope, officer_id, actor)
        now_rows = booking_rows.as_they_are([outcome.reservation_id for outcome in outcomes if outcome.error])
        for outcome in outcomes:
            row = now_rows.get(outcome.reservation_id)
            if outcome.error is None or row is None:
                self.saved += outcome.error is None
                continue
            if isinstance(outcome.error, RowAlreadyDecided) and self._is_own_echo(row, officer_id):
                self.saved += 1
                continue
            is_open = row.state == ReservationState.PENDING
            self.errors.append(Refused(row.id, row.number, outcome.error, is_open, self.typed[row.id]))

    def _is_own_echo(self, row: Reservation, officer_id: int) -> bool:
        """Whether the "colleague" is oneself a moment ago: the same verdict, already saved."""
        return (
            row.decided_by_id == officer_id
            and row.decided_at is not None
            and clock.now() - row.decided_at < DOUBLE_CLICK
            and row.state == _RESULT[self.typed[row.id].verdict]
        )

    def error_of(self, row_id: str) -> RuleError | None:
        """Why this row was not saved."""
        return next((refused.error for refused in self.errors if refused.row_id == row_id), None)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the errors."""
        return max(refused.error.status for refused in self.errors)
