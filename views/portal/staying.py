"""How long a session lasts yet: the page warns before its idle end, and a button extends it (not its 8 hours)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, jsonify
from werkzeug.wrappers import Response

from app import clock
from app.services import accounts
from app.session import TOUCH_EVERY, idle_limit
from models import SessionKind
from views.portal.door import door
from views.portal.guard import browser_session

#: How long before the end the page warns.
WARN_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Left:
    """How long the session of this request lasts from now, and whether a further request would make it longer."""

    seconds: int
    can_extend: bool
    warn_seconds: int = int(WARN_BEFORE.total_seconds())


def left() -> Left:
    """For the page that is being shown; this request counts as the last one."""
    held, now = browser_session(), clock.now()
    idle = idle_limit(current_app, SessionKind.APPLICANT)
    # A request shortly after another is not written down: the idle time runs from the one before.
    was_kept = held.seen_at is not None and now - held.seen_at < TOUCH_EVERY
    idle_end = (held.seen_at if was_kept and held.seen_at else now) + idle
    end = accounts.end_of_session(held.row_id) or now + current_app.config["SESSION_ABSOLUTE"]
    return Left(max(0, int((min(idle_end, end) - now).total_seconds())), end > now + idle)


def limits() -> dict[str, int]:
    """Minutes without a request and hours in all, for the sentence at sign-in."""
    config = current_app.config
    return {
        "minutes": int(config["PORTAL_IDLE"].total_seconds() // 60),
        "hours": int(config["SESSION_ABSOLUTE"].total_seconds() // 3600),
    }


@door.post("/session")
def stay() -> Response:
    """繼續使用: a sign of life from a page that stays open; whoever is not signed in is led to the login page."""
    now_left = left()
    return jsonify(seconds=now_left.seconds, can_extend=now_left.can_extend)
