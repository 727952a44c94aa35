"""Running jobs: a lease in ``job_run`` keeps a job from running twice at once, and is taken over after a crash."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.security import SYSTEM, Actor
from app.services import audit, jobs
from app.services.jobs import Job
from app.transaction import end_reading, transaction
from models import JobRun, new_id

log = logging.getLogger(__name__)

#: How long a claim holds without being prolonged: after a crash the job rests for so long.
LEASE = timedelta(minutes=3)
#: A run that takes longer than this is held no more: whoever hangs counts as dead.
LONGEST = timedelta(hours=2)
#: A job that failed is tried again after this, or at its usual time if that is sooner.
RETRY = timedelta(minutes=15)


class JobRunning(RuleError):
    """Somebody else runs this job just now."""

    sentence = _l("「%(job)s」正在執行中，請稍後再試。")
    status = 409


@dataclass(frozen=True)
class Ticket:
    """One claim: the number of the run tells it from a later one that took over."""

    name: str
    number: int
    claimed_at: datetime


#: The runs of this process, for whoever prolongs their leases.
_held: list[Ticket] = []


def states() -> dict[str, JobRun]:
    """What is known about each job, by name."""
    return {row.name: row for row in db.session.scalars(select(JobRun))}


def run_due(is_stopped: Callable[[], bool] = lambda: False) -> bool:
    """Run what is due, one job after the other; True where one of them found work and may find more at once."""
    known, more = states(), False
    end_reading()
    for job in jobs.JOBS:
        if is_stopped():
            break
        row, now = known.get(job.name), clock.now()
        if row is not None and row.lease_until is not None and row.lease_until > now:
            continue
        is_due = row is None or row.next_at is None or row.next_at <= now
        has_work = not is_due and job.has_work is not None and job.has_work()
        end_reading()
        if not (is_due or has_work):
            continue
        ticket = _claim(job, is_wanted=has_work)
        if ticket is not None:
            outcome = _run(job, ticket)
            more = more or (job.has_work is not None and bool(outcome.result) and not outcome.is_failed)
    return more


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    result: str
    is_failed: bool


def run(name: str, actor: Actor = SYSTEM) -> Outcome:
    """Run a job now, whenever it is due; raises ``NotFound``, :class:`JobRunning`."""
    job = jobs.named(name)
    ticket = _claim(job, is_wanted=True)
    if ticket is None:
        raise JobRunning(job=job.label)
    with transaction() as session:
        audit.record(session, "job.run", actor, "job_run", facts={"job": name})
    return _run(job, ticket)


def ask(name: str, actor: Actor) -> None:
    """Make a job due now, for the worker; raises ``NotFound``, :class:`JobRunning`."""
    job, now = jobs.named(name), clock.now()
    with transaction() as session:
        _ensure(session, job, now)
        asked = session.execute(update(JobRun).where(JobRun.name == name, _is_free(now)).values(next_at=now))
        if asked.rowcount != 1:  # type: ignore[attr-defined]
            raise JobRunning(job=job.label)
        audit.record(session, "job.asked", actor, "job_run", facts={"job": name})


def prolong_held() -> None:
    """Prolong the leases of this process's runs; called now and then by a thread beside them."""
    now = clock.now()
    for ticket in [*_held]:
        if now - ticket.claimed_at < LONGEST:
            with transaction() as session:
                session.execute(update(JobRun).where(*_of(ticket)).values(lease_until=now + LEASE))


def hangs() -> bool:
    """Whether a run of this process takes so long that nobody should wait for it."""
    return any(clock.now() - ticket.claimed_at >= LONGEST for ticket in _held)


def _is_free(now: datetime):  # type: ignore[no-untyped-def]
    return or_(JobRun.lease_until.is_(None), JobRun.lease_until <= now)


def _of(ticket: Ticket):  # type: ignore[no-untyped-def]
    return JobRun.name == ticket.name, JobRun.runs == ticket.number


def _ensure(session: Session, job: Job, now: datetime) -> None:
    """The job's row, made where it is missing."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    first = now if job.schedule.begins_at_once else job.schedule.after(now)
    row = insert(JobRun).values(id=new_id(), name=job.name, next_at=first, is_failed=False, runs=0)
    session.execute(row.on_conflict_do_nothing(index_elements=["name"]))


def _claim(job: Job, is_wanted: bool) -> Ticket | None:
    """Take the lease by one statement; None where it is held, or where the job is neither due nor wanted."""
    now = clock.now()
    due = [] if is_wanted else [or_(JobRun.next_at.is_(None), JobRun.next_at <= now)]
    claimed = {"started_at": now, "lease_until": now + LEASE, "runs": JobRun.runs + 1}
    with transaction() as session:
        _ensure(session, job, now)
        statement = update(JobRun).where(JobRun.name == job.name, _is_free(now), *due).values(claimed)
        number = session.execute(statement.returning(JobRun.runs)).scalar()
    return Ticket(job.name, int(number), now) if number is not None else None


def _run(job: Job, ticket: Ticket) -> Outcome:
    _held.append(ticket)
    try:
        outcome = Outcome(summary(job.act()), False)
    except Exception as error:
        log.exception("the job %s failed", job.name)
        # The class only: a message may quote somebody's data.
        outcome = Outcome(type(error).__name__[:200], True)
    finally:
        _held.remove(ticket)
        end_reading()
    _finish(job, ticket, outcome)
    return outcome


def _finish(job: Job, ticket: Ticket, outcome: Outcome) -> None:
    now = clock.now()
    next_at = job.schedule.after(now)
    if outcome.is_failed:
        next_at = min(next_at, now + RETRY)
    with transaction() as session:
        row = session.scalar(select(JobRun).where(*_of(ticket)).with_for_update())
        if row is None:  # it hung, and somebody else has taken over
            return
        if outcome.is_failed and not row.is_failed:  # once, not at each new try
            audit.record(session, "job.failed", SYSTEM, "job_run", facts={"job": job.name, "error": outcome.result})
        row.finished_at, row.next_at, row.lease_until = now, next_at, None
        row.result, row.is_failed = outcome.result or None, outcome.is_failed


def summary(result: object) -> str:
    """What a job did, in one line: ``drafts=2; sessions=5``; empty where it found nothing to do."""
    if isinstance(result, dict):
        return "; ".join(f"{name}={number}" for name, number in result.items() if number)[:200]
    return str(result)[:200] if result else ""
