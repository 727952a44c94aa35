"""One record in full: for a purpose, after the password, logged before it is shown, and by no address."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.services import audit
from models import AuditEntry, AuditValues
from tests import factories
from tests.doors import Page
from tests.factories import PASSWORD
from tests.views.auditor.conftest import Browser
from tests.views.auditor.rows import Rows, planted

GOOD = {"purpose": "incident", "note": "矯署政字第1150001號", "password": PASSWORD}


@pytest.fixture
def rows() -> Rows:
    return planted(state=["pending", "approved"], mail="planted.person@example.com")


def kinds(rows: Rows) -> dict[str, tuple[object, tuple[str, ...]]]:
    """Every kind: its key, and what only the full record tells."""
    lawyer, inmate = rows.application.applicant, rows.application.inmate
    return {
        "service_application": (rows.application.id, ("諸葛植入名", "植入證字第777號", "歐陽植入師", "司馬植入囚")),
        "reservation": (rows.reservation.id, ("皇甫植入伴", "植入備註說明")),
        "notification": (rows.message.id, ("植入內文", rows.message.recipient)),
        "applicant": (lawyer.id, ("諸葛植入名", lawyer.id_number, lawyer.mail, "0987654321", "植入鄉秘密路")),
        "inmate": (inmate.id, ("司馬植入囚", inmate.id_number or "司馬植入囚")),
        "ab_user": (factories.officer(first_name="植入員", last_name="林").id, ("林植入員",)),
        "audit_entry": (rows.entry_seq, ("王植入員", "203.0.113.7", "planted.person@example.com")),
    }


def address(kind: str, record_id: object) -> str:
    return f"/auditor/unmask/{kind}/{record_id}/"


def send(browser: FlaskClient, where: str, **fields: str) -> Page:
    form = Page(browser.get(where)).form("/auditor/unmask/")
    return Page(browser.post(where, data=form.filled({**GOOD, **fields})))


def entries() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def test_every_kind_is_shown_in_full_after_the_password(auditor: FlaskClient, rows: Rows) -> None:
    for kind, (record_id, secrets) in kinds(rows).items():
        page = send(auditor, address(kind, record_id))
        assert page.status == 200, page
        for secret in secrets:
            assert secret in page.text, f"{kind}: {secret}"


def test_it_is_in_the_trail_with_its_purpose(auditor: FlaskClient, rows: Rows, each_database: str) -> None:
    send(auditor, address("applicant", rows.application.applicant_id))
    asked, shown = entries()[-2:]
    assert asked.event == "password.confirmed"
    assert (shown.event, shown.subject_kind, shown.subject_id) == (
        "audit.unmasked",
        "applicant",
        rows.application.applicant_id,
    )
    facts = db.session.scalars(select(AuditValues).where(AuditValues.entry_seq == shown.seq)).one().facts
    assert facts == {"purpose": "incident", "note": GOOD["note"]}
    page = auditor.get(f"/auditor/trail/{shown.seq}/").text
    assert "稽核人員查閱完整資料" in page and "調查個資或資安事件" in page


def test_without_its_row_in_the_trail_nothing_is_shown(
    auditor: FlaskClient, rows: Rows, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    form = Page(auditor.get(address("service_application", rows.application.id))).form("/auditor/unmask/")
    record = audit.record

    def full(session: object, event: str, *args: object, **values: object) -> object:
        if event == "audit.unmasked":
            raise OSError("no space left on device")
        return record(session, event, *args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "record", full)
    page = auditor.post(address("service_application", rows.application.id), data=form.filled(GOOD))
    assert page.status_code == 500
    assert "植入" not in page.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": ""}, 422),
        ({"purpose": "curiosity"}, 422),
        ({"note": "   "}, 422),
        ({"note": "短"}, 422),
        ({"note": "長" * 201}, 422),
        ({"password": ""}, 422),
        ({"password": "wrong"}, 422),
    ],
)
def test_what_is_missing_shows_the_form_again(
    auditor: FlaskClient, rows: Rows, fields: dict[str, str], status: int
) -> None:
    page = send(auditor, address("service_application", rows.application.id), **fields)
    assert page.status == status
    assert page.errors and "植入" not in page.text
    assert PASSWORD not in page.response.text
    assert not [entry for entry in entries() if entry.event == "audit.unmasked"]


def test_five_wrong_passwords_shut_it(auditor: FlaskClient, rows: Rows) -> None:
    where = address("service_application", rows.application.id)
    for _ in range(5):
        send(auditor, where, password="wrong")
    page = send(auditor, where)
    assert page.status == 429
    assert "植入" not in page.text


def test_the_address_alone_shows_the_form_and_no_cache_keeps_the_answer(auditor: FlaskClient, rows: Rows) -> None:
    where = address("service_application", rows.application.id)
    answer = send(auditor, where).response
    assert answer.headers["Cache-Control"] == "no-store"
    again = auditor.get(where)
    assert again.status_code == 200 and "植入" not in again.text
    assert "植入" not in auditor.get(where, query_string=GOOD).text


def test_it_needs_its_token(auditor: FlaskClient, rows: Rows) -> None:
    answer = auditor.post(address("service_application", rows.application.id), data=GOOD)
    assert answer.status_code == 400 and "植入" not in answer.text


def test_what_is_not_there_is_not_there(auditor: FlaskClient) -> None:
    for kind, key in (("service_application", "7"), ("nothing", "1"), ("ab_user", "99999"), ("browser_session", "1")):
        assert auditor.get(address(kind, key)).status_code == 404


def test_nobody_else_gets_in(browser_of: Browser, rows: Rows, client: FlaskClient) -> None:
    where = address("service_application", rows.application.id)
    for person in (factories.officer(), factories.desk(), factories.headquarters()):
        assert browser_of(person).get(where).status_code == 403
    assert client.get(where).location.startswith("/backoffice/login/")


def test_each_record_leads_to_its_form(auditor: FlaskClient, rows: Rows) -> None:
    for page in rows.pages:
        assert "/auditor/unmask/" in Page(auditor.get(page)).link("查閱完整資料")
