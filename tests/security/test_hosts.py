"""Host and X-Forwarded-*: believed only where the installation says so (ASVS 3.4.1, 4.1.3, 15.3.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models import AuditEntry
from tests import factories
from tests.doors import Portal

Build = Callable[..., Flask]
HSTS = "Strict-Transport-Security"
PATHS = ("/portal/", "/backoffice/login/", "/auditor/", "/static/portal/portal.css", "/nowhere")
FORGED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "198.51.100.9"}


@pytest.mark.parametrize("path", PATHS)
def test_hsts_is_sent_on_tls_only(client: FlaskClient, path: str) -> None:
    assert HSTS not in client.get(path).headers
    secure = client.get(path, base_url="https://localhost").headers[HSTS]
    assert secure == "max-age=31536000; includeSubDomains"


def test_hsts_is_sent_behind_a_trusted_proxy(built: Build) -> None:
    browser = built(TRUSTED_PROXIES=1).test_client()
    assert HSTS in browser.get("/portal/", headers={"X-Forwarded-Proto": "https"}).headers
    assert HSTS not in browser.get("/portal/", headers={"X-Forwarded-Proto": "http"}).headers
    # The part that the client itself has sent stands farther left and is not believed.
    assert HSTS not in browser.get("/portal/", headers={"X-Forwarded-Proto": "https, http"}).headers


def test_forwarded_headers_are_ignored_without_a_proxy(client: FlaskClient) -> None:
    answer = client.get("/portal/bookings", headers=FORGED)
    assert HSTS not in answer.headers
    assert answer.status_code == 302 and answer.location.startswith("/portal/login")


def test_a_forged_sender_does_not_reach_the_trail(app: Flask, client: FlaskClient) -> None:
    Portal(client)
    lawyer = factories.applicant()
    page = client.get("/portal/login").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    data = {"csrf_token": token, "identifier": lawyer.mail, "password": "wrong", "captcha": "wrong"}
    client.post("/portal/login", data=data, headers=FORGED)
    db.session.rollback()
    assert "198.51.100.9" not in set(db.session.scalars(select(AuditEntry.remote_address)))


def test_the_last_of_the_senders_is_believed_behind_one_proxy(built: Build) -> None:
    app = built(TRUSTED_PROXIES=1)
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(_address()))
    app.test_client().get("/portal/", headers={"X-Forwarded-For": "203.0.113.66, 198.51.100.9"})
    assert seen == ["198.51.100.9"]


def _address() -> str | None:
    from flask import request

    return request.remote_addr


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example",
                                  "127.0.0.1.nip.io", "[::1]", "", "local host"])  # fmt: skip
@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_host_is_refused(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_forged_host_behind_a_proxy_is_refused(built: Build) -> None:
    browser = built(TRUSTED_PROXIES=1).test_client()
    assert browser.get("/portal/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:8000"])
def test_known_hosts_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/portal/", headers={"Host": host}).status_code == 200


def test_links_in_mails_are_built_from_the_configuration(app: Flask) -> None:
    from app.services import notifications

    with app.test_request_context(headers={"Host": "localhost"}, base_url="https://evil.example"):
        assert notifications.address("/portal/").startswith(app.config["BASE_URL"])
