"""交付情形: approved entries printed for one 場舍 (or singly), and handed over to the inmate."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import EntryState
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import Agency, BookPrint, FamilyBookEntry, Inmate

MOST_PRINTED = 50
Scope = frozenset[str] | None


class NothingToPrint(RuleError):
    """Every approved entry of the 場舍 has been printed."""

    sentence = _l("沒有待列印之家庭聯絡簿，可能已由其他人員列印。請查看下方列印紀錄。")
    status = 409


class NothingHandedOver(RuleError):
    """No entry was ticked, or all of them had been handed over."""

    sentence = _l("請勾選尚未交付之家庭聯絡簿，再按「登記交付」。")


def waiting(agency_id: str) -> list[tuple[str, int]]:
    """How many approved entries wait to be printed, by 場舍."""
    unit = func.coalesce(Inmate.unit, "")
    rows = db.session.execute(
        select(unit, func.count())
        .select_from(FamilyBookEntry)
        .join(Inmate, FamilyBookEntry.inmate_id == Inmate.id)
        .where(*_unprinted(agency_id))
        .group_by(unit)
        .order_by(unit)
    )
    return [(name, count) for name, count in rows]


def print_unit(agency_id: str, unit: str, officer_id: int, actor: Actor) -> str:
    """Gather what waits for one 場舍 (at most fifty) into a batch; returns its id. Raises :class:`NothingToPrint`."""
    with transaction() as session:
        locked(session, Agency, agency_id)  # two officers print an entry once
        ids = session.scalars(
            select(FamilyBookEntry.id)
            .join(Inmate, FamilyBookEntry.inmate_id == Inmate.id)
            .where(*_unprinted(agency_id), func.coalesce(Inmate.unit, "") == unit)
            .order_by(Inmate.number, FamilyBookEntry.published_at, FamilyBookEntry.id)
            .limit(MOST_PRINTED)
        ).all()
        entries = [locked(session, FamilyBookEntry, entry_id) for entry_id in ids]
        if not entries:
            raise NothingToPrint()
        batch = BookPrint(agency_id=agency_id, unit=unit[:40], printed_at=clock.now(), printed_by_id=officer_id)
        session.add(batch)
        session.flush()
        for entry in entries:
            entry.print_id = batch.id
        audit.record(session, "book_print.print", actor, batch, agency_id=agency_id, facts={"rows": len(entries)})
        return batch.id


def prints(scope: Scope, agency_id: str, limit: int = 30) -> Sequence[BookPrint]:
    """The batches of an agency in scope, the newest first."""
    if scope is not None and agency_id not in scope:
        raise NotFound()
    loads = (selectinload(BookPrint.printed_by), selectinload(BookPrint.entries))
    newest = select(BookPrint).where(BookPrint.agency_id == agency_id).order_by(BookPrint.printed_at.desc())
    return db.session.scalars(newest.limit(limit).options(*loads)).all()


def get(print_id: str, scope: Scope) -> BookPrint:
    """A batch of an agency in scope with its entries; raises ``NotFound``."""
    entries = selectinload(BookPrint.entries)
    found = db.session.scalar(
        select(BookPrint)
        .where(BookPrint.id == print_id)
        .options(
            entries.selectinload(FamilyBookEntry.inmate),
            entries.selectinload(FamilyBookEntry.applicant),
            entries.selectinload(FamilyBookEntry.attachments),
            selectinload(BookPrint.agency),
        )
    )
    if found is None or (scope is not None and found.agency_id not in scope):
        raise NotFound()
    return found


def in_order(batch: BookPrint) -> list[FamilyBookEntry]:
    """The entries of a batch as its paper has them: by 呼號."""
    return sorted(batch.entries, key=lambda entry: (entry.inmate.number, entry.published_at, entry.id))


def hand_over(print_id: str, entry_ids: Sequence[str], officer_id: int, actor: Actor) -> int:
    """Record that entries of a batch were handed to their inmates; returns how many.

    Raises :class:`NothingHandedOver`.
    """
    with transaction() as session:
        batch = locked(session, BookPrint, print_id)
        found = session.scalars(
            select(FamilyBookEntry)
            .where(FamilyBookEntry.print_id == print_id, FamilyBookEntry.handed_over_at.is_(None))
            .with_for_update()
        ).all()
        chosen = [entry for entry in found if entry.id in set(entry_ids)]
        if not chosen:
            raise NothingHandedOver("entry")
        for entry in chosen:
            entry.handed_over_at, entry.handed_over_by_id = clock.now(), officer_id
            audit.record(session, "family_book_entry.hand_over", actor, entry, agency_id=batch.agency_id)
        return len(chosen)


def _unprinted(agency_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        FamilyBookEntry.agency_id == agency_id,
        FamilyBookEntry.state == EntryState.APPROVED,
        FamilyBookEntry.print_id.is_(None),
    )
