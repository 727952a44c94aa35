"""Nothing can be written through this door but the trail of its own reads."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select

from app.extensions import db
from models import Base
from tests.views.auditor.rows import LISTS, planted
from views.auditor.subjects import ALL

METHODS = ("POST", "PUT", "PATCH", "DELETE", "PROPFIND", "WHATEVER")
#: Where Flask-Admin would write, look up or export if its own addresses were registered.
THEIRS = ("new/", "edit/", "delete/", "action/", "ajax/update/", "ajax/lookup/", "export/csv/", "details/")
#: A look is written into the trail, and the session remembers when it was used.
_WRITTEN_BY_READING = {"audit_entry", "audit_values", "audit_counter", "browser_session"}
#: Addresses that read by POST, since a password is sent along: a record in full, and selections as files.
READ_BY_POST = {
    "/auditor/unmask/<kind>/<record_id>/",
    "/auditor/export/<of>/",
    "/auditor/trail/export/",
    "/auditor/mass-viewing/export/",
}


@pytest.mark.parametrize("method", METHODS)
def test_no_writing_method_is_answered(auditor: FlaskClient, client: FlaskClient, method: str) -> None:
    pages = ("/auditor", "/auditor/", "/auditor/static/x.js", "/auditor/nowhere", *LISTS, *planted().pages)
    theirs = [list_ + end for list_ in LISTS for end in THEIRS]
    for page in (*pages, *theirs):
        for browser in (auditor, client):
            answer = browser.open(page, method=method, data={"id": "1", "rowid": "1", "action": "delete"})
            assert answer.status_code == 405, page
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_valid_token_changes_nothing_about_it(auditor: FlaskClient) -> None:
    page = auditor.get("/auditor/").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for list_ in LISTS:
        assert auditor.post(list_, data={"csrf_token": token}).status_code == 405


def test_every_address_of_this_door_only_reads(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/auditor")]
    assert len(rules) == 2 * len(ALL) + 8
    for rule in rules:
        posted = {"POST"} if str(rule) in READ_BY_POST else set()
        assert rule.methods == {"GET", "HEAD", "OPTIONS", *posted}, rule


def test_their_writing_pages_do_not_exist(auditor: FlaskClient) -> None:
    for list_ in LISTS:
        for end in ("new/", "edit/", "details/", "ajax/lookup/", "export/csv/"):
            assert auditor.get(list_ + end).status_code == 404, list_ + end


def test_looking_changes_no_row_but_the_trail(auditor: FlaskClient) -> None:
    rows = planted()
    before = content()
    for page in ("/auditor/", *LISTS, *rows.pages):
        assert auditor.get(page).status_code == 200
    db.session.rollback()
    assert content() == before


def content() -> dict[str, list[tuple[object, ...]]]:
    tables: list[Table] = [t for t in Base.metadata.sorted_tables if t.name not in _WRITTEN_BY_READING]
    return {table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr) for table in tables}
