"""What runs by itself, listed in one place: the worker runs it when it is due, an operator by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from app.errors import NotFound
from app.i18n import _l
from app.rules.schedules import Daily, Every, Schedule
from app.services import (
    agency_book,
    booking_lapses,
    closure_answers,
    delivery,
    entry_review,
    grant_expiry,
    inmate_checking,
    lapses,
    parameters,
    place_holds,
    reminders,
    retention,
    trail,
    waiting_messages,
)


@dataclass(frozen=True)
class Job:
    """One job: safe to run twice, never run twice at once (``job_runs``).

    ``act`` returns a number, numbers by name, or nothing: what it did, without personal data. ``has_work`` is looked
    at between two scheduled runs: the job runs as soon as there is something to do.
    """

    name: str
    label: Any
    schedule: Schedule
    act: Callable[[], object]
    has_work: Callable[[], bool] | None = None


#: Set when this process has been asked to stop: a long job then ends after the piece at hand.
stopping = threading.Event()

#: Add a line for a further job: name (at most 40 letters), label, schedule, act. An act is named by a lambda, so that
#: a test may put another in its place.
JOBS: tuple[Job, ...] = (
    Job(
        "deliver",
        _l("寄送通知"),
        Every(1),
        lambda: delivery.deliver_due(is_stopping=stopping.is_set),
        lambda: waiting_messages.are_due(),
    ),
    Job("remind", _l("接見提醒"), Every(10), lambda: reminders.send_due()),
    Job("lapse", _l("逾期帳號、草稿及登入清理"), Every(60), lambda: lapses.clear_away()),
    Job("lapse-bookings", _l("逾期未審核預約"), Every(5), lambda: booking_lapses.lapse_unreviewed()),
    Job("lapse-holds", _l("釋出逾時保留之接見時段"), Every(1), lambda: place_holds.lapse()),
    Job("end-closed", _l("停止辦理逾期未改期之預約"), Every(10), lambda: closure_answers.end_unanswered()),
    Job("expire-grants", _l("服務項目到期"), Every(60), lambda: grant_expiry.expire()),
    Job("warn-grants", _l("服務項目到期提醒"), Every(60), lambda: grant_expiry.warn_expiring()),
    Job("expire-entries", _l("家庭聯絡簿逾期未審核"), Every(60), lambda: entry_review.expire()),
    Job("erase-messages", _l("已刪除之機關聯絡簿清除"), Every(60), lambda: agency_book.erase()),
    Job("parameters", _l("參數生效"), Every(60), lambda: parameters.keep_up()),
    Job(
        "inmate-imports",
        _l("收容人資料檢核"),
        Every(5),
        lambda: inmate_checking.run(is_stopping=stopping.is_set),
        lambda: inmate_checking.has_work(),
    ),
    Job("retention", _l("保存期限"), Daily(time(3)), lambda: retention.run()),
    Job("seal-trail", _l("稽核軌跡封存"), Every(60), lambda: trail.seal()),
)


def named(name: str) -> Job:
    """The job of this name; raises ``NotFound``."""
    found = next((job for job in JOBS if job.name == name), None)
    if found is None:
        raise NotFound()
    return found
