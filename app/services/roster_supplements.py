"""CJALF247R 補充清冊: what changed after an edition was printed, frozen and numbered edition by edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import DEFAULT_LOCALE, _, _l
from app.rules.dates import sentence_date
from app.rules.roster_changes import Change, ChangeKind, Entry, compare, remark
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import audit
from app.services.roster_content import frozen, of_day
from app.transaction import locked, transaction
from models import Reservation, RosterEdition, RosterSupplement


class NothingChanged(RuleError):
    """There is nothing to tell the control desk: no empty supplement is made."""

    sentence = _l("第%(edition)s版（含其補充清冊）列印後沒有異動，無須列印補充清冊。")
    status = 409


class EditionTooOld(RuleError):
    """The edition was frozen before bookings could be told apart in it."""

    sentence = _l("第%(edition)s版未記錄案件識別資料，無法比對異動。請重新列印清冊為新版次。")
    status = 409


@dataclass(frozen=True)
class _Difference:
    """What changed since an edition and its supplements, and the whole state after that."""

    changes: list[Change]
    why: dict[str, str]
    standing: list[Entry]
    totals: dict[str, Any]


def count_changes(edition: RosterEdition) -> int | None:
    """How many lines changed since an edition and its supplements; None where the edition cannot tell."""
    try:
        return len(_difference(db.session(), edition).changes)
    except EditionTooOld:
        return None


def supplements(edition_id: str) -> list[RosterSupplement]:
    """The supplements of an edition, by number."""
    query = select(RosterSupplement).where(RosterSupplement.edition_id == edition_id).order_by(RosterSupplement.number)
    return list(db.session.scalars(query.options(selectinload(RosterSupplement.printed_by))))


def get_supplement(supplement_id: str, scope: frozenset[str] | None) -> RosterSupplement:
    """A supplement to an edition of an agency in scope; raises ``NotFound``."""
    found = db.session.get(RosterSupplement, supplement_id)
    if found is None or (scope is not None and found.edition.agency_id not in scope):
        raise NotFound()
    return found


def print_supplement(edition_id: str, officer_id: int, actor: Actor) -> str:
    """Freeze what changed since an edition and its supplements as the next supplement, and return its id.

    Two printings at once become one supplement, or two in a row that share no change. Raises :class:`NothingChanged`,
    :class:`EditionTooOld`, ``NotFound``.
    """
    with transaction() as session:
        edition = locked(session, RosterEdition, edition_id)  # numbers supplements one after another
        with force_locale(DEFAULT_LOCALE):
            found = _difference(session, edition)
            if not found.changes:
                raise NothingChanged(edition=edition.edition)
            lines = [
                {**_line(number, change, found.why), "kind": change.kind.value}
                for number, change in enumerate(found.changes, 1)
            ]
        earlier = _last(session, edition)
        supplement = RosterSupplement(
            edition_id=edition.id,
            number=earlier.number + 1 if earlier else 1,
            printed_at=clock.now(),
            printed_by_id=officer_id,
        )
        supplement.content = {"changes": lines, "standing": found.standing, "totals": found.totals}
        session.add(supplement)
        session.flush()
        facts = {
            "visit_on": edition.visit_on.isoformat(),
            "edition": edition.edition,
            "number": supplement.number,
            "rows": len(lines),
        }
        audit.record(session, "roster.supplement", actor, supplement, agency_id=edition.agency_id, facts=facts)
        return supplement.id


def _difference(session: Session, edition: RosterEdition) -> _Difference:
    last = _last(session, edition)
    before = last.content["standing"] if last else [*edition.content["rows"], *edition.content["pending"]]
    if any("id" not in entry for entry in before):
        raise EditionTooOld(edition=edition.edition)
    rows = session.scalars(of_day(edition.agency_id, edition.visit_on, edition.source_filter)).all()
    with force_locale(DEFAULT_LOCALE):
        now = frozen(session, rows)
        after = [*now["rows"], *now["pending"]]
        left = {entry["id"] for entry in before} - {entry["id"] for entry in after}
        gone = {r.id: r for r in session.scalars(select(Reservation).where(Reservation.id.in_(left)))}
        # Who did not come stays on the paper as announced: that is no news for those who fetched the inmate.
        absent = {key for key, r in gone.items() if r.state == ReservationState.NO_SHOW}
        after += [entry for entry in before if entry["id"] in absent]
        why = {key: _why(r, edition) for key, r in gone.items()}
    return _Difference(compare(before, after), why, after, now["totals"])


def _last(session: Session, edition: RosterEdition) -> RosterSupplement | None:
    query = select(RosterSupplement).where(RosterSupplement.edition_id == edition.id)
    return session.scalar(query.order_by(RosterSupplement.number.desc()).limit(1))


def _why(reservation: Reservation, edition: RosterEdition) -> str:
    if reservation.visit_on != edition.visit_on:
        return _("改至%(date)s", date=sentence_date(reservation.visit_on))
    return str(reservation.state_label)


def _line(number: int, change: Change, why: dict[str, str]) -> dict[str, Any]:
    said = remark(change, why.get(change.entry["id"], ""))
    kept = change.entry["remarks"] if change.kind is not ChangeKind.CANCELLED else ""
    return {**change.entry, "number": str(number), "remarks": "；".join(filter(None, (said, kept)))}
