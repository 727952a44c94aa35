"""Two people at once: threads of one process with a session each, meeting where a test wants them to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from app.extensions import db

#: How long to wait for somebody who must come; nobody waits that long unless a test fails.
PATIENCE = 20
#: How long to wait for somebody who must *not* come, because a guard holds him back.
GLANCE = 0.3


@dataclass
class Meeting:
    """A point that two contestants reach; ``held_back`` says whether a guard kept the other one away."""

    expected: bool
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    held_back: bool = False

    def wait(self) -> None:
        """Go on when both are here, or when it is clear that the other one cannot come."""
        try:
            self.barrier.wait(PATIENCE if self.expected else GLANCE)
        except threading.BrokenBarrierError:
            self.held_back = True


def meets(patch: pytest.MonkeyPatch, where: Any, name: str, meeting: Meeting) -> None:
    """Have whoever comes to this act wait for the other one there."""
    act: Callable[..., Any] = getattr(where, name)

    def met(*args: Any, **values: Any) -> Any:
        meeting.wait()
        return act(*args, **values)

    patch.setattr(where, name, met)


def contest(app: Flask, *acts: Callable[[], object]) -> list[BaseException | None]:
    """Run the acts at the same time; what each of them raised, in their order."""
    outcomes: list[BaseException | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            with app.app_context():
                try:
                    act()
                finally:
                    db.session.remove()
        except BaseException as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)
        assert not thread.is_alive(), "a contestant hangs: two transactions wait for one another"
    return outcomes
