"""排程工作: what runs by itself, when it last did and with what result, and whether a worker lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _
from app.rules import job_results
from app.rules.dates import log_time
from app.security import Actor
from app.services import job_runs, worker_beats
from app.services.jobs import JOBS, Job
from models import JobRun
from views.backoffice.access import permitted
from views.backoffice.case_facts import locale


@dataclass(frozen=True)
class Line:
    """One job as the screen shows it."""

    name: str
    label: Any
    schedule: Any
    last: str
    following: str
    result: str
    is_failed: bool
    is_running: bool


class JobView(BaseView):
    """排程工作."""

    route_base = "/backoffice/jobs"
    default_view = "list"

    @expose("/")
    @permitted
    def list(self) -> str:
        """The jobs, and the workers of the last day."""
        return self._page()

    @expose("/", methods=["POST"])
    @permitted
    @permission_name("run")
    def run(self) -> Response | tuple[str, int]:
        """立即執行: the worker takes it up at its next look."""
        try:
            job_runs.ask(request.form.get("job", ""), Actor.staff(current_user))
        except RuleError as error:
            if error.status == 404:
                raise
            return self._page(error), error.status
        if worker_beats.pulse().is_dead:
            flash(_("已列為立即執行，惟目前沒有背景程式在執行；啟動後將立即處理。"), "warning")
        else:
            flash(_("已列為立即執行，背景程式將於數秒內處理。"), "success")
        return redirect(url_for(".list"))

    def _page(self, error: RuleError | None = None) -> str:
        known, now = job_runs.states(), clock.now()
        workers = [
            (beat.name, time_of(beat.started_at), time_of(beat.seen_at), now - beat.seen_at < worker_beats.SILENCE)
            for beat in worker_beats.workers()
        ]
        return str(
            self.render_template(
                "backoffice/jobs.html",
                title=_("排程工作"),
                lines=[_line(job, known.get(job.name)) for job in JOBS],
                workers=workers,
                pulse=worker_pulse(),
                error=error,
                may_run=self.appbuilder.sm.has_access("can_run", "JobView"),
            )
        )


def time_of(moment: Any) -> str:
    """An instant to the second, a dash where there is none."""
    return log_time(moment, locale()) if moment else "－"


def worker_pulse() -> tuple[bool, str | None]:
    """Whether no worker lives, and when one was last seen; for the alarm on 首頁."""
    pulse = worker_beats.pulse()
    return pulse.is_dead, log_time(pulse.seen_at, locale()) if pulse.seen_at else None


def _line(job: Job, row: JobRun | None) -> Line:
    is_running = row is not None and row.lease_until is not None and row.lease_until > clock.now()
    return Line(
        name=job.name,
        label=job.label,
        schedule=job.schedule.words(),
        last=time_of(row.started_at if row else None),
        following=time_of(row.next_at if row else None),
        result=_result(row),
        is_failed=bool(row and row.is_failed),
        is_running=is_running,
    )


def _result(row: JobRun | None) -> str:
    return "－" if row is None or row.finished_at is None else job_results.words(row.result, row.is_failed)
