"""What a save of CJALF219F needs to know about its rows, read once for all of them before the first is decided.

A message is composed from the version of its booking that was read here; the verdict is taken on that very version or
not at all, so that no message can tell of anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only, selectinload

from app.extensions import db
from app.rules.vocabulary import ReasonScope, ReservationState, Verdict
from app.services import notifications, reasons, short_messages
from app.services.booking_texts import wording
from app.services.reservations import described
from models import Applicant, Companion, Inmate, Notification, RejectionReason, Reservation

#: Reservation, verdict, reason, free text: as typed.
Asked = tuple[str, str, str, str]
LONGEST_NOTE = 500
#: Within the limit on variables of every database.
_CHUNK = 500


@dataclass
class Review:
    """One row about to be decided: what is kept of it, and its messages (none where nobody has an account)."""

    id: str
    agency_id: str
    version: int
    reason: str | None
    lacks_reason: bool
    note_sealed: bytes | None
    messages: list[Notification]
    state: ReservationState = ReservationState.PENDING
    #: The place to give back when a visit by session is refused.
    session_id: str | None = None

    __tablename__ = Reservation.__tablename__


#: What a message needs of its reader; the rest of an account stays where it is.
_TOLD_TO = (
    Applicant.name,
    Applicant.locale,
    Applicant.mail_sealed,
    Applicant.mobile_sealed,
    Applicant.mobile_verified_at,
    Applicant.mail_bounced_at,
    Applicant.prefers_sms,
)


#: What a verdict and its message need of a booking.
_TOLD_OF = (
    Reservation.number,
    Reservation.kind,
    Reservation.state,
    Reservation.agency_id,
    Reservation.applicant_id,
    Reservation.inmate_id,
    Reservation.visit_on,
    Reservation.arrives_at,
    Reservation.session_id,
    Reservation.minutes,
    Reservation.cancelled_by,
    Reservation.version,
)


class Notes:
    """Reads the rows of one save."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.offered = {reason.text: reason for reason in reasons.offered(ReasonScope.BOOKING)}

    @classmethod
    def read(cls, asked: Iterable[Asked]) -> dict[str, Review]:
        """The rows that exist, by id; raises ``ValueError`` on a word that is no verdict."""
        wanted = {row_id: (Verdict(verdict), reason, note) for row_id, verdict, reason, note in asked}
        notes, ids = cls(db.session()), list(wanted)
        found = [row for start in range(0, len(ids), _CHUNK) for row in notes._rows(ids[start : start + _CHUNK])]
        return {row.id: notes._review(row, *wanted[row.id]) for row in found}

    def _rows(self, ids: list[str]) -> Iterable[Reservation]:
        return self.session.scalars(
            select(Reservation)
            .where(Reservation.id.in_(ids))
            .options(
                load_only(*_TOLD_OF),
                selectinload(Reservation.agency),
                selectinload(Reservation.inmate).load_only(Inmate.name),
                selectinload(Reservation.applicant).load_only(*_TOLD_TO),
                selectinload(Reservation.companions).load_only(Companion.name, Companion.relation),
            )
            .execution_options(populate_existing=True)
        )

    def _review(self, row: Reservation, verdict: Verdict, typed: str, note: str) -> Review:
        refused = verdict is Verdict.REJECT
        reason = self.offered.get(typed) if refused else None
        kept = note.strip()[:LONGEST_NOTE] if refused else ""
        return Review(
            id=row.id,
            agency_id=row.agency_id,
            version=row.version,
            reason=reason.text if reason else None,
            lacks_reason=refused and reason is None,
            note_sealed=Reservation(id=row.id, rejection_note=kept).rejection_note_sealed if kept else None,
            messages=self._messages(row, verdict, reason, kept),
            session_id=row.session_id if refused else None,
        )

    def _messages(
        self, row: Reservation, verdict: Verdict, reason: RejectionReason | None, note: str
    ) -> list[Notification]:
        applicant = row.applicant
        if applicant is None:
            return []
        event = wording("booking_approved" if verdict is Verdict.APPROVE else "booking_rejected", row)
        values = {**described(row, applicant.locale), "reason": _told(reason, note, applicant.locale)}
        text = notifications.compose(self.session, event, applicant.locale, row.agency, values)
        version = row.version + 1
        mail = notifications.letter(event, applicant, row, text, version=version, agency_id=row.agency_id)
        # Without the officer's own words: they may name the inmate, which an SMS never does.
        told = {**values, "reason": _told(reason, "", applicant.locale)}
        short = short_messages.beside(self.session, applicant, mail, told)
        return [mail] if short is None else [mail, short]


def _told(reason: RejectionReason | None, note: str, locale: str) -> str:
    is_english = locale.startswith("en")
    words = (reason.text_en if is_english else reason.text) if reason else ""
    return (": " if is_english else "：").join(part for part in (words, note) if part)
