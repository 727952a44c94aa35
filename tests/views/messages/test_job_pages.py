"""排程工作, and the alarm on 首頁 when no worker lives."""

from __future__ import annotations

import pytest
from flask import Flask

from app import clock
from app.extensions import db
from app.rules.job_results import COUNTS
from app.services import job_runs, lapses, worker_beats
from app.services.jobs import JOBS, Job
from models import Agency
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk

ALARM = "通知寄送及排程作業"


def test_the_alarm_stands_on_the_front_page_until_a_worker_lives(
    agency: Agency, officer: Office, clock_at: StoppedClock
) -> None:
    assert f"{ALARM}尚未啟動" in officer.opens("/backoffice/").text
    worker_beats.beat("one:1", clock.now())
    assert ALARM not in officer.opens("/backoffice/").text
    clock_at.passes(minutes=3)
    assert f"{ALARM}已停止" in officer.opens("/backoffice/").text


def test_the_jobs_their_runs_and_running_one_now(agency: Agency, browser_of: Desk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    hq = browser_of(factories.headquarters())
    worker_beats.beat("machine:42", clock.now())
    page = hq.opens("/backoffice/jobs/")
    assert [row[0] for row in page.rows()[: len(JOBS)]] == [str(job.label) for job in JOBS]
    assert "machine:42" in page.text

    def fails() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(lapses, "clear_away", fails)
    job_runs.run_due()
    page = hq.opens("/backoffice/jobs/")
    assert "失敗：RuntimeError" in page.text and "secret" not in page.text
    monkeypatch.setattr(lapses, "clear_away", lambda: {"drafts": 2})
    token = page.form("logout").filled({})["csrf_token"]
    asked = hq.client.post("/backoffice/jobs/", data={"csrf_token": token, "job": "lapse"})
    assert asked.status_code == 302
    db.session.rollback()
    assert job_runs.states()["lapse"].next_at == clock.now()
    job_runs.run_due()
    assert "完成：申請草稿 2" in hq.opens("/backoffice/jobs/").text


def test_a_running_job_is_not_asked_for_twice(agency: Agency, browser_of: Desk) -> None:
    hq = browser_of(factories.headquarters())
    token = hq.opens("/backoffice/jobs/").form("logout").filled({})["csrf_token"]
    job_runs._claim(JOBS[0], is_wanted=True)
    answer = hq.client.post("/backoffice/jobs/", data={"csrf_token": token, "job": JOBS[0].name})
    assert answer.status_code == 409 and "正在執行中" in answer.text
    assert hq.client.post("/backoffice/jobs/", data={"csrf_token": token, "job": "nobody"}).status_code == 404


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_whatever_a_job_counts_has_a_word(app: Flask, job: Job) -> None:
    counted = job.act()
    names = set(counted) if isinstance(counted, dict) else set()
    assert names <= set(COUNTS), f"put words for these into COUNTS of app/rules/job_results.py: {names - set(COUNTS)}"
