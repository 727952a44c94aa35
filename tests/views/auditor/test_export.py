"""A selection of the trail as JSON lines: masked, for a purpose, after the password, and logged."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models import AuditEntry, AuditValues
from tests.doors import Page
from tests.factories import PASSWORD
from tests.views.auditor.rows import Rows, planted
from views.auditor import exporting

GOOD = {"purpose": "inspection", "note": "115年度稽核計畫", "password": PASSWORD}
WHERE = "/auditor/trail/export/"


@pytest.fixture
def rows() -> Rows:
    planted(state=["pending", "rejected"])
    return planted(state=["pending", "approved"])


def taken(browser: FlaskClient, selection: str = "", **fields: str) -> Page:
    form = Page(browser.get(WHERE + selection)).form("/auditor/trail/export/")
    return Page(browser.post(form.action, data=form.filled({**GOOD, **fields})))


def lines(page: Page) -> list[dict[str, object]]:
    assert page.status == 200
    assert page.response.mimetype == "application/x-ndjson"
    assert page.response.headers["Content-Disposition"].startswith('attachment; filename="trail-')
    return [json.loads(line) for line in page.response.text.splitlines()]


def test_the_selection_of_the_list_is_taken(auditor: FlaskClient, rows: Rows, each_database: str) -> None:
    link = Page(auditor.get(f"/auditor/trail/?record={rows.application.id}")).link("匯出符合條件的軌跡")
    assert rows.application.id in link
    (line,) = lines(taken(auditor, link.removeprefix(WHERE)))
    assert (line["seq"], line["event"], line["intact"]) == (rows.entry_seq, "service_application.approve", True)
    assert line["subject"] == {"kind": "service_application", "id": rows.application.id}


def test_it_is_masked(auditor: FlaskClient, rows: Rows) -> None:
    text = taken(auditor).response.text
    assert "王○○○" in text
    assert "植入" not in text


def test_it_is_in_the_trail_with_purpose_and_number(auditor: FlaskClient, rows: Rows) -> None:
    found = lines(taken(auditor, "?event=service_application.approve"))
    db.session.rollback()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (last.event, last.subject_kind) == ("audit.exported", "audit_entry")
    facts = db.session.scalars(select(AuditValues).where(AuditValues.entry_seq == last.seq)).one().facts
    assert facts == {"purpose": "inspection", "note": GOOD["note"], "rows": 2}
    assert len(found) == 2


def test_it_is_capped_at_the_newest(auditor: FlaskClient, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    found = lines(taken(auditor, "?event=service_application.approve"))
    assert [line["seq"] for line in found] == [rows.entry_seq]


@pytest.mark.parametrize("fields", [{"purpose": ""}, {"note": ""}, {"password": "wrong"}])
def test_nothing_is_taken_without_purpose_and_password(
    auditor: FlaskClient, rows: Rows, fields: dict[str, str]
) -> None:
    page = taken(auditor, **fields)
    assert page.status == 422 and page.errors
    assert page.response.mimetype == "text/html"
    db.session.rollback()
    assert "audit.exported" not in set(db.session.scalars(select(AuditEntry.event)))


def test_it_needs_its_token(auditor: FlaskClient) -> None:
    assert auditor.post(WHERE, data=GOOD).status_code == 400
