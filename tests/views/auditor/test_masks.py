"""What is planted into the records comes out of no page of this door."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.transaction import transaction
from models import Applicant, Companion, Inmate
from tests import factories
from tests.views.auditor.rows import LISTS, Rows, planted

SECRETS = (
    "植入",  # part of every planted name, address, certificate, note and text
    "planted.person",
    "example.com",
    "0987654321",
    "203.0.113.99",
)


@pytest.fixture
def rows() -> Rows:
    return planted(
        state=["pending", "approved"],
        reason="植入的自由文字",
        name=["諸葛植入名", "諸葛植入二"],
        applicant_name="植入",
        mail="planted.person@example.com",
        certificate_number=["植入證字第777號", "植入證字第778號"],
        inmate={"name": "司馬植入囚"},
        companions=["皇甫植入伴", "皇甫植入二", "皇甫植入三"],
        username="planted.person",
    )


def identity_numbers() -> list[str]:
    with transaction() as session:
        return [row.id_number for model in (Applicant, Companion, Inmate) for row in session.query(model)]


def test_no_page_shows_a_secret(auditor: FlaskClient, rows: Rows) -> None:
    secrets = [*SECRETS, *identity_numbers(), "1980/05/17", "1980-05-17", "民國69年", "1975/01/02"]
    for page in (*LISTS, *rows.pages):
        text = auditor.get(page).text
        for secret in secrets:
            assert secret not in text, f"{secret} on {page}"


def test_masked_people_can_still_be_told_apart(auditor: FlaskClient, rows: Rows) -> None:
    text = auditor.get(rows.pages[0]).text
    assert "0609司馬○○○" in text
    assert "諸葛○○○（律師）" in text
    assert "歐陽○○○" in text
    booking = auditor.get(rows.pages[1]).text
    assert "皇甫○○○（學習律師）" in booking


def test_a_recipient_is_masked_as_the_manual_does(auditor: FlaskClient, rows: Rows) -> None:
    assert "pl*****" in auditor.get("/auditor/messages/").text


def test_a_telephone_number_loses_its_middle(auditor: FlaskClient) -> None:
    message = factories.notification(channel="sms", recipient="0912345678")
    assert "0912***678" in auditor.get(f"/auditor/messages/{message.id}/").text


def test_staff_are_masked_and_told_apart_by_their_number(auditor: FlaskClient, rows: Rows) -> None:
    text = auditor.get(rows.pages[3]).text
    assert "王○○○（人員編號" in text
    assert "203.0.113.7" in text  # where an officer sat is part of the trail


def test_an_applicants_address_on_the_network_is_cut(auditor: FlaskClient) -> None:
    from app.security import Actor
    from app.services import audit

    with transaction() as session:
        for address in ("203.0.113.99", "2001:db8::99"):
            audit.record(session, "applicant.sign_in", Actor("applicant", "1", "李大同", address), "applicant")
    text = auditor.get("/auditor/trail/").text
    assert "203.0.113.***" in text
    assert "2001:db8::***" in text
    assert "203.0.113.99" not in text
    assert "李○○" in text


def test_masks_hold_in_english_too(auditor: FlaskClient, rows: Rows) -> None:
    for page in (*LISTS, *rows.pages):
        answer = auditor.get(page, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        assert 'lang="en"' in answer.text
        assert "植入" not in answer.text
