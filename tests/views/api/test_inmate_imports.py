"""Another system hands inmates in: with a key, without a session, and hears line and column of what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import inmate_columns
from app.rules.office_vocabulary import ApiScope
from app.security import SYSTEM
from app.services import access_keys, inmate_checking
from models import AccessKey, Agency, AuditEntry, Inmate
from tests import factories
from tests.factories.deliveries import delivered
from tests.stillness import StoppedClock
from translations.update import CHINESE

PLACE = "/api/v1/inmates/imports"


def key_for(agency: Agency | None, scope: ApiScope = ApiScope.INMATES) -> dict[str, str]:
    officer = factories.headquarters()
    ends_on = clock.today() + timedelta(days=30)
    key = access_keys.make("獄政系統", scope, agency.id if agency else None, ends_on, officer.id, SYSTEM)
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def machine(app: Flask) -> FlaskClient:
    """A program of another system: no cookies kept, no tokens of forms."""
    return app.test_client(use_cookies=False)


def test_a_delivery_is_handed_in_checked_and_applied(machine: FlaskClient) -> None:
    agency = factories.agency()
    code, head = agency.code, key_for(None)
    body = {"agency": code, "inmates": [delivered(呼號="0609")]}
    handed = machine.post(PLACE, json=body, headers=head)
    assert handed.status_code == 202 and handed.json["state"] == "received" and "Set-Cookie" not in handed.headers
    inmate_checking.run()
    place = handed.headers["Location"]
    assert machine.get(place, headers=head).json["state"] == "ready"
    done = machine.post(f"{place}/apply", headers=head)
    assert (done.status_code, done.json["state"], done.json["added"]) == (200, "applied", 1)
    assert db.session.scalars(select(Inmate.number)).all() == ["0609"]
    who = db.session.execute(
        select(AuditEntry.actor_kind, AuditEntry.actor_name).where(AuditEntry.event == "inmate_import.apply")
    ).one()
    assert tuple(who) == ("api", "獄政系統")
    assert machine.post(f"{place}/apply", headers=head).status_code == 409
    assert machine.delete(place, headers=head).status_code == 409


def test_a_faulty_one_is_told_line_by_line(machine: FlaskClient) -> None:
    head = key_for(factories.agency())
    content = inmate_columns.from_rows([delivered(), delivered(呼號="=1+1"), delivered(出生日期="113/02/30")])
    place = machine.post(PLACE, data=content, content_type="text/csv", headers=head).headers["Location"]
    inmate_checking.run()
    told = machine.get(place, headers=head).json
    assert (told["state"], told["faults"]) == ("faulty", 2) and told["next_after"] is None
    assert [(one["line"], one["column"]) for one in told["fault_list"]] == [(3, "呼號"), (4, "出生日期")]
    assert told["fault_list"][0]["found"] == "=1+1" and "○" in told["fault_list"][1]["found"]
    wrong = machine.post(PLACE, data="呼號,姓名\n", content_type="text/csv", headers=head)
    assert wrong.status_code == 422 and wrong.mimetype == "application/problem+json"
    assert wrong.json["faults"][0]["line"] == 1


@pytest.mark.parametrize(
    ("send", "status"),
    [
        ({"data": "x", "content_type": "text/plain"}, 415),
        ({"data": "[", "content_type": "application/json"}, 400),
        ({"json": {"inmates": [{"呼號": {"a": 1}}]}}, 400),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400),
        ({"data": r'{"inmates": [{"呼號": "\ud800"}]}', "content_type": "application/json"}, 400),
        ({"data": r'{"agency": "\ud800", "inmates": [{"呼號": "1"}]}', "content_type": "application/json"}, 400),
        ({"data": "", "content_type": "text/csv"}, 422),
        ({"data": "x", "content_type": "text/csv", "query_string": {"agency": "00000"}}, 422),
        ({"data": "x", "content_type": "text/csv", "query_string": {"agency": "\0"}}, 422),
    ],
)
def test_what_is_no_delivery_is_refused(machine: FlaskClient, send: dict[str, Any], status: int) -> None:
    answer = machine.post(PLACE, headers=key_for(factories.agency()), **send)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_key_opens_its_purpose_and_its_agency_only(machine: FlaskClient) -> None:
    mine, other = factories.agency(), factories.agency()
    code = other.code
    head, others = key_for(mine), key_for(other)
    body = {"inmates": [delivered()]}
    place = machine.post(PLACE, json=body, headers=head).headers["Location"]
    assert machine.get(place, headers=others).status_code == 404
    assert machine.post(PLACE, json=body | {"agency": code}, headers=head).status_code == 403
    assert machine.post(PLACE, json=body, headers=key_for(mine, ApiScope.RECOGNITION)).status_code == 403
    answer = machine.post(PLACE, json=body)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert machine.get("/api/v1/nothing").mimetype == "application/problem+json"


def test_a_key_ends_by_itself_and_at_once(machine: FlaskClient, clock_at: StoppedClock) -> None:
    head = key_for(factories.agency())
    row = db.session.scalars(select(AccessKey)).one()
    assert head["Authorization"].removeprefix("Bearer bmfw_") not in row.digest and row.hint in head["Authorization"]
    body = {"inmates": [delivered()]}
    assert machine.post(PLACE, json=body, headers=head).status_code == 202
    clock_at.passes(days=32)
    assert machine.post(PLACE, json=body, headers=head).status_code == 401
    fresh = key_for(factories.agency())
    newest = db.session.scalars(select(AccessKey.id).order_by(AccessKey.created_at.desc())).first()
    access_keys.revoke(str(newest), SYSTEM)
    assert machine.post(PLACE, json=body, headers=fresh).status_code == 401


def test_guessing_keys_is_counted(machine: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = access_keys.REFUSED
    monkeypatch.setattr(access_keys, "REFUSED", type(limit)(limit.purpose, 2, limit.window))
    answers = [machine.post(PLACE, headers={"Authorization": "Bearer bmfw_x"}).status_code for _n in range(3)]
    assert answers == [401, 401, 429]


def test_a_caller_is_answered_in_the_language_it_asks_for(machine: FlaskClient) -> None:
    head = key_for(factories.agency())
    place = machine.post(PLACE, json={"inmates": [delivered(性別="?")]}, headers=head).headers["Location"]
    inmate_checking.run()
    for language, expected in (("zh-TW", "男或女"), ("en", "男 (male) or 女 (female)")):
        told = machine.get(place, headers=head | {"Accept-Language": language}).json
        assert told["fault_list"][0]["expected"] == expected
        wrong = machine.post(PLACE, data="x", content_type="text/csv", headers=head | {"Accept-Language": language})
        assert ("必要欄位" in wrong.text) == (language == "zh-TW")


def test_the_description_is_written_in_both_languages(machine: FlaskClient) -> None:
    chinese, english = (
        machine.get("/api/v1/openapi.json", headers={"Accept-Language": language}) for language in ("zh-TW", "en")
    )
    assert chinese.json["info"]["title"] == "便民服務介接API" and english.headers["Content-Language"] == "en"
    told = english.json
    del told["components"]["schemas"]["Inmate"]  # a file's columns have Chinese names in every language
    assert not CHINESE.search(json.dumps(told, ensure_ascii=False))


def test_the_description_names_every_route(machine: FlaskClient, app: Flask) -> None:
    told = machine.get("/api/v1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    described = {(method.upper(), f"/api/v1{path}") for path, methods in told["paths"].items() for method in methods}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    there = {
        (method, str(rule).replace("<uuid:import_id>", "{import_id}"))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == there
