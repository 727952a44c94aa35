"""Showing one record in full to an auditor: for a purpose, after the password, and in the trail before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.vocabulary import Word
from app.security import Actor
from app.services import audit, passwords
from models import Base, SessionKind

SHORTEST_NOTE, LONGEST_NOTE = 4, 200


class Purpose(Word):
    """查閱目的: why an auditor has to see a record as it is."""

    COMPLAINT = "complaint", _l("處理陳情或申訴")
    INCIDENT = "incident", _l("調查個資或資安事件")
    INSPECTION = "inspection", _l("例行或專案稽核")
    AUTHORITY = "authority", _l("司法、監察或上級機關調閱")
    DATA_SUBJECT = "data_subject", _l("回應當事人行使權利")


class PurposeMissing(RuleError):
    """No purpose of the list was chosen."""

    sentence = _l("請選擇查閱目的。")


class NoteInvalid(RuleError):
    """The explanation is missing, too short or too long."""

    sentence = _l("請填寫說明（%(least)s至%(most)s字），例如公文文號或案由。")


@dataclass(frozen=True)
class Reason:
    """Why somebody asks: a purpose of the list and an explanation in words."""

    purpose: str
    note: str

    def check(self) -> None:
        """Raises :class:`RuleErrors` with what is missing."""
        errors: list[RuleError] = []
        if self.purpose not in Purpose.values():
            errors.append(PurposeMissing("purpose"))
        if not SHORTEST_NOTE <= len(self.note) <= LONGEST_NOTE:
            errors.append(NoteInvalid("note", least=SHORTEST_NOTE, most=LONGEST_NOTE))
        if errors:
            raise RuleErrors(errors)


def unmask(row: Base, agency_id: str | None, reason: Reason, officer_id: int, password: str, actor: Actor) -> None:
    """Write down that an auditor is about to see this record in full; the caller shows it only after this returned.

    Raises ``RuleErrors``, ``passwords.CurrentPasswordWrong`` or ``throttle.Locked``.
    """
    reason.check()
    passwords.confirm(SessionKind.STAFF, str(officer_id), password, actor)
    facts = {"purpose": reason.purpose, "note": reason.note}
    audit.read("audit.unmasked", actor, row, agency_id=agency_id, facts=facts)


def export(
    kind: str, rows: int, agency_id: str | None, reason: Reason, officer_id: int, password: str, actor: Actor
) -> None:
    """Write down that an auditor takes a masked selection away as a file; raises as :func:`unmask` does."""
    reason.check()
    passwords.confirm(SessionKind.STAFF, str(officer_id), password, actor)
    facts = {"purpose": reason.purpose, "note": reason.note, "rows": rows}
    audit.read("audit.exported", actor, kind, agency_id=agency_id, facts=facts)
