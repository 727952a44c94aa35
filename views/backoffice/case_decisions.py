"""The decision on a case as an officer typed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules.family_items import FAMILY_ITEMS
from app.rules.vocabulary import ApplicationState, Verdict
from app.services import application_review
from app.services.item_verdicts import ItemVerdict
from app.services.paper_refusals import PaperRefusal
from models import ServiceApplication
from views.backoffice.filters import parse_day

#: Within this time the same decision by the same officer is the other half of a double click.
DOUBLE_CLICK = timedelta(seconds=30)
#: More papers than any application can carry.
MOST_PAPERS = 50
_RESULT = {Verdict.APPROVE.value: ApplicationState.APPROVED, Verdict.REJECT.value: ApplicationState.REJECTED}


class GrantEndInvalid(RuleError):
    """What stands in the field 有效期限 is no date."""

    sentence = _l("有效期限不是存在的日期。請以西元年月日輸入，例如2027/03/03。")


@dataclass(frozen=True)
class TypedPaper:
    """Why one paper has to be mended, as it was typed."""

    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Typed:
    """The form as it was typed: it comes back unchanged with whatever has to be mended."""

    verdict: str = ""
    reason: str = ""
    note: str = ""
    until: str = ""
    version: int = 0
    #: Reason and note by paper, of those that are marked 此份須補正.
    papers: dict[str, TypedPaper] = field(default_factory=dict)
    #: Verdict, reason and note by service item, of a family's application.
    items: dict[str, ItemVerdict] = field(default_factory=dict)
    #: Why a decision is to be taken back.
    undo_reason: str = ""

    @classmethod
    def fresh(cls) -> Typed:
        """An empty form with the usual end of a grant."""
        return cls(until=(clock.today() + timedelta(days=application_review.GRANT_DAYS)).isoformat())

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> Typed:
        """The form as it came in."""
        texts = {name: form.get(name, "").strip() for name in ("verdict", "reason", "note", "until")}
        marked = {
            paper_id: TypedPaper(
                form.get(f"paper-reason-{paper_id}", "").strip(), form.get(f"paper-note-{paper_id}", "").strip()
            )
            for paper_id in form.getlist("mend")[:MOST_PAPERS]
        }
        items = {
            item.value: ItemVerdict(
                item.value, *(form.get(f"{part}-{item}", "").strip() for part in ("verdict", "reason", "note"))
            )
            for item in FAMILY_ITEMS
            if f"verdict-{item}" in form or f"reason-{item}" in form
        }
        return cls(**texts, version=form.get("version", 0, type=int), papers=marked, items=items)

    @property
    def grants(self) -> bool:
        """Whether the decision lets anything through, so that 有效期限 matters."""
        return Verdict.APPROVE in (self.verdict, *(said.verdict for said in self.items.values()))

    @property
    def has_day(self) -> bool:
        """Whether 有效期限 can be shown in a date field, which shows nothing of what is no date."""
        return not self.until or parse_day(self.until) is not None

    def decision(self) -> application_review.Decision:
        """The decision it asks for; raises :class:`GrantEndInvalid`. Refusing needs no 有效期限."""
        until_on = parse_day(self.until) if self.grants and self.until else None
        if self.grants and not self.has_day:
            raise GrantEndInvalid("until_on")
        refusals = tuple(PaperRefusal(paper_id, paper.reason, paper.note) for paper_id, paper in self.papers.items())
        return application_review.Decision(
            self.verdict, self.reason, self.note, until_on, self.version, refusals, tuple(self.items.values())
        )

    def is_kept_by(self, officer_id: int, application: ServiceApplication) -> bool:
        """Whether this very decision was saved by the same officer a moment ago."""
        return (
            application.decided_by_id == officer_id
            and application.decided_at is not None
            and clock.now() - application.decided_at < DOUBLE_CLICK
            and self._came_to(application)
            and application.rejection_reason in (None, self.decision().main_reason)
        )

    def _came_to(self, application: ServiceApplication) -> bool:
        if not application.items:
            return application.state == _RESULT.get(self.verdict)
        said = {item: _RESULT.get(verdict.verdict) for item, verdict in self.items.items()}
        return all(row.state == said.get(row.item.value) for row in application.items)
