"""Two states of a roster compared: what is new, other, gone, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.roster_changes import COMPARED, ChangeKind, compare, remark


def entry(key: str = "a", **columns: Any) -> dict[str, Any]:
    """A frozen line."""
    plain = {
        "id": key,
        "version": 1,
        "state": "approved",
        "arrives_at": "09:00",
        "inmate_number": "0609",
        "inmate": "黃小萍",
        "unit": "忠一舍",
        "visitor": "陳律師",
        "capacity": "律師",
        "companions": "",
        "source": "線上",
        "checked_in": "",
        "from_to": "",
        "remarks": "首次接見",
    }
    return {**plain, **columns}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [entry()], "新增"),
        ([], [entry(state="pending")], "新增（待核）"),
        ([entry()], [entry(arrives_at="10:00")], "變更（原預計到達09:00）"),
        ([entry()], [entry(companions="林學律（學習律師）")], "變更（原其他接見人無）"),
        ([entry()], [entry(unit="孝二舍", visitor="林律師")], "變更（原場舍忠一舍、接見人陳律師）"),
        ([entry(state="pending")], [entry()], "變更（原待核）"),
        ([entry()], [entry(state="pending")], "變更，待核"),
        ([entry()], [entry(state="pending", arrives_at="10:00")], "變更（原預計到達09:00），待核"),
        ([entry(state="pending")], [entry(arrives_at="10:00")], "變更（原預計到達09:00、待核）"),
        ([entry(state="pending")], [entry(state="pending", arrives_at="10:00")], "變更（原預計到達09:00）"),
        ([entry()], [], "取消（申請人取消）"),
    ],
)
def test_a_change_is_said_with_what_stood_there_before(before: Any, after: Any, said: str) -> None:
    [change] = compare(before, after)
    assert remark(change, "申請人取消") == said


@pytest.mark.parametrize(
    "same",
    [
        {"version": 9},
        {"state": "checked_in", "checked_in": "08:55"},
        {"state": "completed", "from_to": "09:05~09:40"},
        {"remarks": "首次接見、未送達通知請電洽"},
    ],
)
def test_what_happens_at_the_desk_is_no_change(same: dict[str, Any]) -> None:
    assert compare([entry()], [entry(**same)]) == []


def test_changes_stand_by_kind_and_arrival() -> None:
    before = [entry("gone"), entry("moved", arrives_at="15:00")]
    after = [entry("moved", arrives_at="14:00"), entry("late", arrives_at="11:00"), entry("early", arrives_at="08:30")]
    found = [(change.kind, change.entry["id"]) for change in compare(before, after)]
    kind = ChangeKind
    assert found == [(kind.ADDED, "early"), (kind.ADDED, "late"), (kind.CHANGED, "moved"), (kind.CANCELLED, "gone")]


lines = st.builds(
    entry,
    st.sampled_from("abcdef"),
    arrives_at=st.sampled_from(["09:00", "10:00"]),
    companions=st.sampled_from(["", "林學律"]),
    state=st.sampled_from(["pending", "approved", "checked_in"]),
)
states = st.lists(lines, unique_by=lambda line: line["id"])


def printed(line: dict[str, Any]) -> tuple[Any, ...]:
    return (line["id"], line["state"] == "pending", *(line[name] for name in COMPARED))


@given(states, states, states)
def test_a_reader_of_roster_and_changes_knows_the_state(
    first: list[dict[str, Any]], second: list[dict[str, Any]], third: list[dict[str, Any]]
) -> None:
    """The lines of the edition with all changes of its supplements are the lines that stand now."""
    known = {line["id"]: printed(line) for line in first}
    for before, after in ((first, second), (second, third)):
        for change in compare(before, after):
            key = change.entry["id"]
            assert (key in known) is (change.kind is not ChangeKind.ADDED)
            if change.kind is ChangeKind.CANCELLED:
                del known[key]
            else:
                assert known.get(key) != printed(dict(change.entry))
                known[key] = printed(dict(change.entry))
    assert known == {line["id"]: printed(line) for line in third}
    assert compare(third, third) == []
