"""A broken page tells a short code, which is in the log, and nothing else (annex D2; ASVS 16.5.1)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.doors import Office, Portal

CODE = re.compile(r"(?<![0-9A-Za-z])[2-9A-HJKMNP-RT-Y]{8}(?![0-9A-Za-z])")
PAGES = [
    ("portal.home", "/portal/"),
    ("portal.login", "/portal/login"),
    ("SignInView.login", "/backoffice/login/"),
    ("auditor.index", "/auditor/"),
    ("static", "/static/portal/portal.css"),
]


@pytest.mark.parametrize(("endpoint", "path"), PAGES)
def test_a_broken_page_tells_a_code_and_nothing_else(
    broken: Callable[[str], Flask], caplog: pytest.LogCaptureFixture, endpoint: str, path: str
) -> None:
    browser = broken(endpoint).test_client()
    with caplog.at_level(logging.ERROR):
        first, second = browser.get(path), browser.get(path)
    assert first.status_code == second.status_code == 500
    codes = [CODE.findall(re.sub(r"<[^>]+>", " ", answer.text)) for answer in (first, second)]
    assert all(len(code) == 1 for code in codes) and codes[0] != codes[1]
    for word in ("RuntimeError", "hunter2", "secret.py", "Traceback", "site-packages", "werkzeug", "sqlalchemy"):
        assert word.lower() not in first.text.lower(), word
    records = [record for record in caplog.records if codes[0][0] in record.getMessage()]
    assert len(records) == 1
    assert f"GET {path}" in records[0].getMessage()
    assert records[0].exc_info is not None and "hunter2" in str(records[0].exc_info[1])


def test_the_log_names_no_query(broken: Callable[[str], Flask], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        broken("portal.home").test_client().get("/portal/?q=A123456789")
    assert "A123456789" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "path",
    ["/auditor/trail/x/", "/auditor/trail/?after=" + "9" * 40, "/auditor/trail/?at_from=%00&record=%ff%fe",
     "/backoffice/login/?next=%ff%00", "/portal/login?next=%00%0d%0aX:1", "/portal/verify/%00", "/portal/%E0%80",
     "/backoffice/applications/review/x", "/static/../config.py", "/static/%2e%2e/config.py"],
)  # fmt: skip
def test_nonsense_in_an_address_is_no_error_of_the_program(app: Flask, path: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = Office(app.test_client()).is_signed_in_as(factories.auditor()).client
    assert browser.get(path).status_code < 500
    assert browser.get(path, headers={"Cookie": "portal=\x01; staff=é"}).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        {"data": "[" * 3000, "content_type": "application/json"},
        {"json": {"password": {"a": 1}, "current": 5, "number": None}},
        {"json": ["password", 1]},
        {
            "data": {
                name: (BytesIO(b"x"), "x.txt") for name in ("password", "current", "password_again", "number", "code")
            }
        },
    ],
    ids=["endless", "other kinds", "a list", "files"],
)
def test_forms_read_texts_only(app: Flask, body: dict[str, Any]) -> None:
    """Flask-WTF hands JSON and files to a form's fields, too, and text fields can make nothing of them."""
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    office = Office(app.test_client()).is_signed_in_as(factories.officer()).client
    applicant = Portal(app.test_client()).is_signed_in_as(factories.applicant()).client
    for path in ("account/password/", "account/confirm/", "recognition-files/add"):
        assert office.post(f"/backoffice/{path}", **deepcopy(body)).status_code in (200, 422), path
    for path in ("my/password", "my/confirm"):
        answer = applicant.post(f"/portal/{path}", **deepcopy(body))
        assert answer.status_code == 422 and "FileStorage" not in answer.text, path


def test_nothing_of_a_workshop_is_served(app: Flask) -> None:
    browser = app.test_client()
    apis = ("/swagger/v1", "/api/v1/_openapi", "/api/v1/security/login")
    screens = ("/login/", "/users/list/", "/roles/list/", "/registeruser/list", "/console")
    files = ("/.git/config", "/.env", "/var/keys.json", "/static/")
    for path in (*apis, *screens, *files):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path, data={"username": "x"}).status_code in (404, 405), path
