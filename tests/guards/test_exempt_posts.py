"""Few posts need no token of a form: choosing a language, signed receipts of the SMS gateway, systems with a key."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf
from tests.guards.test_routes import WITHOUT_TOKEN


def test_only_what_is_listed_is_exempt(app: Flask) -> None:
    names = {f"{view.__module__}.{view.__name__}": endpoint for endpoint, view in app.view_functions.items()}
    exempt = {names.get(name, name) for name in csrf._exempt_views}
    assert exempt == set(WITHOUT_TOKEN) and not csrf._exempt_blueprints


def test_a_receipt_makes_no_session(app: Flask) -> None:
    answer = app.test_client().post("/portal/sms-receipts", data=b"x")
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
