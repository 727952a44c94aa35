"""What changed on a roster after it was printed: two frozen states compared, visit by visit (CJALF247R 補充清冊)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.i18n import _, _l
from app.rules.vocabulary import ReservationState, Word

#: One line of a roster as it was frozen: the columns of the paper, and ``id``, ``version`` and ``state`` of it.
Entry = Mapping[str, Any]

#: What the control desk acts on; times of the day itself and remarks are no change.
COMPARED = {
    "arrives_at": _l("預計到達"),
    "inmate_number": _l("呼號"),
    "inmate": _l("收容人"),
    "unit": _l("場舍"),
    "visitor": _l("接見人"),
    "capacity": _l("身分"),
    "companions": _l("其他接見人"),
}


class ChangeKind(Word):
    """What became of a line."""

    ADDED = "added", _l("新增")
    CHANGED = "changed", _l("變更")
    CANCELLED = "cancelled", _l("取消")


@dataclass(frozen=True)
class Change:
    """One line that is new, other, or gone: ``entry`` is as it stands now (as it stood, where it is gone)."""

    kind: ChangeKind
    entry: Entry
    was: Entry | None = None


def compare(before: Iterable[Entry], after: Iterable[Entry]) -> list[Change]:
    """The changes that lead from one state of a roster to another: added, changed, cancelled, each by arrival."""
    old, new = ({entry["id"]: entry for entry in entries} for entries in (before, after))
    found = [Change(ChangeKind.ADDED, entry) for key, entry in new.items() if key not in old]
    found += [Change(ChangeKind.CHANGED, entry, old[key]) for key, entry in new.items() if differs(old.get(key), entry)]
    found += [Change(ChangeKind.CANCELLED, entry, entry) for key, entry in old.items() if key not in new]
    order = list(ChangeKind)
    return sorted(found, key=lambda change: (order.index(change.kind), change.entry["arrives_at"], change.entry["id"]))


def differs(old: Entry | None, new: Entry) -> bool:
    """Whether a line that stood there before now says something else, or was decided, or waits again."""
    if old is None:
        return False
    return is_pending(old) != is_pending(new) or any(old[name] != new[name] for name in COMPARED)


def is_pending(entry: Entry) -> bool:
    """Whether the line stands in the section 待核."""
    return bool(entry["state"] == ReservationState.PENDING)


def remark(change: Change, why: str = "") -> str:
    """The change in words, as the column 備註 has it; ``why`` says why a line is gone."""
    if change.kind is ChangeKind.CANCELLED:
        return _("取消（%(why)s）", why=why) if why else _("取消")
    if change.was is None:
        return _("新增（待核）") if is_pending(change.entry) else _("新增")
    old = [
        f"{label}{change.was[name] or _('無')}"
        for name, label in COMPARED.items()
        if change.was[name] != change.entry[name]
    ]
    if is_pending(change.was) and not is_pending(change.entry):
        old.append(_("待核"))
    text = "、".join(old)
    if is_pending(change.entry) and not is_pending(change.was):
        return _("變更（原%(old)s），待核", old=text) if old else _("變更，待核")
    return _("變更（原%(old)s）", old=text)
