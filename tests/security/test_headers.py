"""Every kind of answer of every door carries the headers (SPEC §1; ASVS 3.4)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.session import ServerSessions
from models import AuditEntry, SessionKind
from tests import factories
from tests.doors import Office, Portal
from tests.security.conftest import Answer
from tests.security.headers import nonce_of, wanting

DOORS = ("/portal/login", "/backoffice/login/", "/auditor/")
#: Each of these has to be among the answers, else the walk has become blind.
KINDS = {
    ("/static/<path:filename>", 200, "text/css"),
    ("/portal/login", 200, "text/html"),
    ("/portal/captcha.png", 200, "image/png"),
    ("/backoffice/login/", 200, "text/html"),
    ("/backoffice/captcha.wav", 200, "audio/wav"),
    ("/backoffice/desk/rosters/<uuid:pk>.pdf", 200, "application/pdf"),
    ("/backoffice/applications/paper/<uuid:pk>/<int:page>", 200, "image/jpeg"),
    ("/auditor/trail/", 200, "text/html"),
    ("/auditor/trail/", 403, "text/html"),
    ("/auditor/trail/", 302, "text/html"),
    ("(nowhere)", 404, "text/html"),
}


def test_every_answer_carries_them(answers: list[Answer]) -> None:
    seen = {(answer.rule, answer.response.status_code, answer.response.mimetype) for answer in answers}
    assert not KINDS - seen, "these kinds of answers were not seen"
    wrong = [f"{answer}: {lack}" for answer in answers for lack in wanting(answer.response)]
    assert not wrong, "\n".join(wrong)


def test_what_is_read_behind_a_sign_in_is_kept_by_no_cache(answers: list[Answer]) -> None:
    wrong = [
        f"{answer}: {answer.response.headers.get('Cache-Control')}"
        for answer in answers
        if "no-store" not in answer.response.headers.get("Cache-Control", "") and "static" not in answer.rule
    ]
    assert not wrong, "\n".join(wrong)


def test_no_answer_names_the_programs_that_made_it(answers: list[Answer]) -> None:
    for answer in answers:
        assert "X-Powered-By" not in answer.response.headers
        assert "Access-Control-Allow-Origin" not in answer.response.headers, answer


@pytest.mark.parametrize("door", DOORS)
def test_refused_methods_forms_and_hosts_carry_them_too(client: FlaskClient, door: str) -> None:
    big = {"file": (io.BytesIO(b"x" * (33 * 1024 * 1024)), "big.pdf")}
    kinds = {
        405: client.open(door, method="PUT"),
        400: client.get(door, headers={"Host": "evil.example"}),
    }
    for status, response in kinds.items():
        assert (response.status_code, wanting(response)) == (status, []), door
    response = client.post(door, data=big)
    assert response.status_code in (400, 405, 413) and not wanting(response)


@pytest.mark.parametrize("endpoint", ["portal.login", "SignInView.login", "auditor.index"])
def test_a_broken_page_carries_them_too(broken: Callable[[str], Flask], endpoint: str) -> None:
    app = broken(endpoint)
    path = {"portal.login": DOORS[0], "SignInView.login": DOORS[1], "auditor.index": DOORS[2]}[endpoint]
    response = app.test_client().get(path)
    assert (response.status_code, wanting(response)) == (500, [])
    assert "no-store" in response.headers["Cache-Control"]


def test_each_answer_has_its_own_nonce(answers: list[Answer]) -> None:
    nonces = [nonce_of(answer.response) for answer in answers]
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "WHATEVER"])
@pytest.mark.parametrize("path", ["/", "/portal/", *DOORS, "/backoffice/", "/static/portal/portal.css"])
def test_methods_that_nothing_offers_are_refused(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, data=b"x")
    assert response.status_code == 405
    assert b"evil" not in client.open(path, method=method, headers={"X-Echo": "evil"}).data


def test_cookies_are_for_this_host_and_no_script(app: Flask) -> None:
    for path, same_site, door in (("/portal/login", "Lax", Portal), ("/backoffice/login/", "Strict", Office)):
        browser = app.test_client()
        (cookie,) = browser.get(path).headers.getlist("Set-Cookie")
        parts = {part.strip() for part in cookie.split(";")}
        assert {"HttpOnly", "Path=/", f"SameSite={same_site}"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
        assert door(browser).session_row() is not None


def test_on_tls_cookies_are_bound_to_the_host(app: Flask) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    for path, kind in (("/portal/login", SessionKind.APPLICANT), ("/backoffice/login/", SessionKind.STAFF)):
        (cookie,) = app.test_client().get(path, base_url="https://localhost").headers.getlist("Set-Cookie")
        name = ServerSessions().cookie_name(app, kind)
        assert name.startswith("__Host-")
        assert cookie.startswith(f"{name}=") and "; Secure" in cookie


def test_no_number_of_a_session_stands_in_an_address(app: Flask) -> None:
    lawyer = factories.applicant()
    browser = Portal(app.test_client()).is_signed_in_as(lawyer).client
    cookie = browser.get_cookie("portal")
    assert cookie is not None and cookie.value not in browser.get("/portal/bookings").text


@pytest.mark.parametrize("secure", [True, False])
def test_whoever_signs_out_leaves_nothing_in_the_browser_and_a_row_in_the_trail(app: Flask, secure: bool) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    base = "https://localhost" if secure else "http://localhost"
    doors = {
        "/portal/logout": Portal(app.test_client()).is_signed_in_as(factories.applicant()),
        "/backoffice/logout/": Office(app.test_client()).is_signed_in_as(factories.officer()),
    }
    for address, person in doors.items():
        for _time in range(2):  # the second time nobody is signed in any more
            answer = person.client.post(address, base_url=base)
            assert answer.headers.get("Clear-Site-Data") == ('"cache", "storage"' if secure else None)
    left = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "session.sign_out")).all()
    assert sorted(entry.actor_kind for entry in left) == ["applicant", "staff"]
    assert all(entry.subject_id for entry in left)
