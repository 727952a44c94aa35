"""待辦事項: what changes of inmates have left to be looked at, and that somebody has."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.i18n import _l
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import WorkItem

LONGEST_NOTE = 500


class NoteTooLong(RuleError):
    """A note is a remark, no letter."""

    sentence = _l("處理說明至多%(n)s個字，請縮短後再儲存。")


class AlreadyDone(RuleError):
    """A colleague was faster."""

    sentence = _l("本項待辦已由%(who)s處理完成。")
    status = 409


def finish(
    item_ids: Sequence[str],
    note: str,
    version: int | None,
    agency_ids: frozenset[str] | None,
    officer_id: int,
    actor: Actor,
) -> int:
    """Mark items as done, all or none, and return how many; each has its row in the trail.

    Raises ``NotFound``, :class:`AlreadyDone` and ``Stale`` (one item only), :class:`NoteTooLong`.
    """
    words = note.strip()
    if len(words) > LONGEST_NOTE:
        raise NoteTooLong("note", n=LONGEST_NOTE)
    finished = 0
    with transaction() as session:
        for item_id in sorted(item_ids):
            item = locked(session, WorkItem, item_id)
            if agency_ids is not None and item.agency_id not in agency_ids:
                raise NotFound()
            if item.is_done:
                if len(item_ids) == 1:
                    raise AlreadyDone(who=item.done_by.full_name if item.done_by else "－")
                continue  # of many, what a colleague has done meanwhile is done
            if version is not None and item.version != version:
                raise Stale()
            item.is_done, item.done_at, item.done_by_id, item.note = True, clock.now(), officer_id, words or None
            session.flush()
            audit.record(session, "work_item.finish", actor, item, agency_id=item.agency_id)
            finished += 1
    return finished
