"""The command line of what runs by itself: the worker, and its jobs by hand."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from datetime import datetime
from types import TracebackType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.transaction import end_reading

log = logging.getLogger(__name__)


class Heart:
    """Beside a running job: keeps its lease, and with a name shows that the worker lives."""

    def __init__(self, app: Flask, name: str | None = None) -> None:
        self._app, self._name, self._started_at = app, name, clock.now()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, name="heart", daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(5)

    def _live(self) -> None:
        from app.services.worker_beats import BEAT_SECONDS

        while True:
            with self._app.app_context():
                try:
                    self._beat()
                except Exception:  # the next beat may find the database again
                    log.exception("no sign of life could be written")
                finally:
                    db.session.remove()
            if self._over.wait(BEAT_SECONDS):
                return

    def _beat(self) -> None:
        from app.services import job_runs, worker_beats

        job_runs.prolong_held()
        # A worker that hangs in a job shows no life, although this thread does.
        if self._name is not None and not job_runs.hangs():
            worker_beats.beat(self._name, self._started_at)


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Run the jobs when they are due, until stopped (SIGTERM finishes the job at hand)."""
    from app.services import delivery, job_runs
    from app.services import jobs as jobs_list

    if once:
        click.echo(f"{delivery.deliver_due()} messages tried")
        return
    stop = jobs_list.stopping
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app: Flask = current_app._get_current_object()
    with Heart(app, f"{socket.gethostname()}:{os.getpid()}"):
        while not stop.is_set():
            more = False
            try:
                more = job_runs.run_due(stop.is_set)
            except Exception:  # a database that is away for a moment must not end the worker
                log.exception("the worker's round failed")
                end_reading()
            if stop.wait(0 if more else app.config["WORKER_PAUSE_SECONDS"]):
                return


@click.group()
def jobs() -> None:
    """What runs by itself: list, run by hand, watch."""


@jobs.command("list")
@with_appcontext
def list_jobs() -> None:
    """Tell each job, its schedule, its last and next run, and what it did."""
    from app.services import job_runs
    from app.services.jobs import JOBS

    known = job_runs.states()
    for job in JOBS:
        row = known.get(job.name)
        last, following = (_time(row.started_at), _time(row.next_at)) if row else ("-", "-")
        result = f"failed: {row.result}" if row and row.is_failed else (row.result if row else None) or "-"
        click.echo(f"{job.name:<16} {job.schedule.words()}\tlast {last}\tnext {following}\t{result}")


@jobs.command("run")
@click.argument("name")
@with_appcontext
def run_job(name: str) -> None:
    """Run one job now, unless it runs already; exit code 1 if it fails."""
    from app.services import job_runs

    try:
        with Heart(current_app._get_current_object()):
            outcome = job_runs.run(name)
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    if outcome.is_failed:
        raise click.ClickException(f"{name}: failed ({outcome.result}); the log says more")
    click.echo(f"{name}: {outcome.result or 'nothing to do'}")


@jobs.command("check")
@with_appcontext
def check_jobs() -> None:
    """For monitoring: exit code 1 when no worker lives, or a job has failed or is late."""
    from app.services import job_watch

    troubles = job_watch.troubles()
    for trouble in troubles:
        click.echo(trouble, err=True)
    if troubles:
        raise click.exceptions.Exit(1)
    click.echo("worker alive, no job failed or late")


def _time(moment: datetime | None) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M:%S}" if moment else "-"
