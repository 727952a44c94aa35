"""Every event that the services write has words in the trail: an auditor must not have to read code."""

from __future__ import annotations

import ast
from pathlib import Path

from app import services
from models.application import APPLICATION_MOVES, GRANT_MOVES
from models.reservation import RESERVATION_MOVES
from views import auditor, backoffice, portal
from views.auditor.trail_words import EVENTS, SUBJECTS

FOLDERS = [Path(str(package.__file__)).parent for package in (services, auditor, backoffice, portal)]


def written_events() -> set[str]:
    """The events that stand as plain text in calls of ``audit.record`` and ``audit.read``."""
    found = set()
    for path in (path for folder in FOLDERS for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in ("record", "read"):
                continue
            if getattr(getattr(node.func, "value", None), "id", "") == "audit":
                found |= {text for text in _texts(node.args) if "." in text}
    return found


def _texts(arguments: list[ast.expr]) -> set[str]:
    """Plain texts, also where one of two is written."""
    choices = [
        one for argument in arguments if isinstance(argument, ast.IfExp) for one in (argument.body, argument.orelse)
    ]
    return {one.value for one in [*arguments, *choices] if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_written_event_has_a_word() -> None:
    events = written_events()
    assert {"inmate.looked_up", "service_application.submit", "reservation.review_list"} <= events
    assert not sorted(events - EVENTS.keys()), "give these a word in views/auditor/trail_words.py"


def test_every_move_has_a_word() -> None:
    moves = {f"service_application.{move}" for move in APPLICATION_MOVES.table}
    moves |= {f"service_grant.{move}" for move in GRANT_MOVES.table}
    moves |= {f"reservation.{move}" for move in RESERVATION_MOVES.table}
    assert not sorted(moves - EVENTS.keys())


def test_kinds_of_records_are_tables() -> None:
    from models import Base

    assert not sorted(SUBJECTS.keys() - Base.metadata.tables.keys())
