"""Several states of a booking as one choice of a filter: what a figure of 首頁 counts is what its list shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import _l
from app.rules.vocabulary import ReservationState, VisitKind, Word
from app.services import office
from app.services.day_desk import STAGE_OF, Stage
from models.reservation import LIVE_STATES, PLACED_STATES
from views.backoffice import scope
from views.backoffice.filters import ChoiceFilter, Filter, Reading


class StateGroup(Word):
    """States that a figure counts together."""

    AWAITED = Stage.AWAITED.value, Stage.AWAITED.label
    OVER = Stage.OVER.value, Stage.OVER.label
    LIVE = "live", _l("尚未結束")
    PLACED = "placed", _l("占用名額")


class KindGroup(Word):
    """Kinds of visit that a figure counts together."""

    LAWYERS = "lawyers", _l("律師各類接見")


_STATES = {
    StateGroup.AWAITED: tuple(state for state, stage in STAGE_OF.items() if stage is Stage.AWAITED),
    StateGroup.OVER: tuple(state for state, stage in STAGE_OF.items() if stage is Stage.OVER),
    StateGroup.LIVE: LIVE_STATES,
    StateGroup.PLACED: PLACED_STATES,
}
_KINDS = {KindGroup.LAWYERS: office.LAWYERS}


class GroupFilter(ChoiceFilter):
    """A choice among words that also knows groups of them; a group is offered only where the address asks for it."""

    def __init__(
        self, column: str, words: type[Word], label: Any, groups: Mapping[Any, tuple[Any, ...]], **options: Any
    ) -> None:
        super().__init__(column, words, label, **options)
        self.groups = groups

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        """As any choice; of a group every word."""
        name = self.names[0]
        group = next((one for one in self.groups if one.value == args.get(name, "").strip()), None)
        if group is None:
            return super().read(model, args)
        reading = super().read(model, {name: ""})
        reading.typed, reading.options = {name: group.value}, [*reading.options, (group.value, group.label)]
        reading.conditions = [getattr(model, self.column).in_(self.groups[group])]
        return reading


class CancelledLateFilter(Filter):
    """What 首頁 warns of: cancelled today by the booker, when the cut-off of its day was over."""

    kind = "choice"
    label = _l("取消時間")
    names = ("late",)
    when_asked = True

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        """A few keys: whether it was late depends on each agency's own cut-off."""
        is_asked = bool(args.get("late", "").strip())
        options = [("", _l("全部")), ("1", _l("今日截止時間後由申請人取消"))]
        reading = Reading(self, {"late": "1" if is_asked else ""}, options=options)
        if is_asked:
            reading.conditions.append(model.id.in_([row.id for row in office.cancelled_late(scope.agency_ids())]))
        return reading


def state_filter() -> GroupFilter:
    """狀態 of a booking."""
    return GroupFilter("state", ReservationState, _l("狀態"), _STATES)


def kind_filter(among: tuple[VisitKind, ...]) -> GroupFilter:
    """接見類型 of a booking."""
    return GroupFilter("kind", VisitKind, _l("接見類型"), _KINDS, among=among)
