"""辨識結果查看: results of a connected system, uploads, portrait beside capture, an officer's own decision."""

from __future__ import annotations

import base64
import os
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.office_vocabulary import ApiScope, RecognitionVerdict
from app.rules.vocabulary import AttachmentKind, VisitKind
from app.services import attachments, key_rotation, retention
from app.transaction import end_reading
from models import Agency, RecognitionResult, Reservation
from tests import factories
from tests.doors import Office
from tests.factories import files
from tests.stillness import StoppedClock
from tests.views.api.test_inmate_imports import key_for

RESULTS, PLACE = "/backoffice/recognitions", "/api/v1/recognition-results"


@pytest.fixture
def visit(app: Flask) -> Reservation:
    """A relative's mobile visit, whose application has a photograph."""
    row = factories.session_visit(factories.inmate(number="0609"), VisitKind.FAMILY_MOBILE)
    assert row.grant is not None
    factories.attachment(row.grant.application, files.jpeg(), kind=AttachmentKind.PORTRAIT)
    return db.session.get_one(Reservation, row.id)


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app.test_client())


@pytest.fixture
def machine(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def face() -> bytes:
    return files.jpeg()[1]


def told(visit: Reservation, **more: Any) -> dict[str, Any]:
    return {
        "reservation": visit.number,
        "external_id": "cam-1",
        "captured_at": clock.now().isoformat(),
        "score": 0.91,
        "threshold": 0.8,
        "verdict": "match",
        "image": base64.b64encode(face()).decode(),
        **more,
    }


def rows() -> list[RecognitionResult]:
    end_reading()
    return list(db.session.scalars(select(RecognitionResult)))


def test_a_system_hands_a_result_in_once(machine: FlaskClient, office: Office, visit: Reservation) -> None:
    agency = db.session.get_one(Agency, visit.agency_id)
    head, body = key_for(agency, ApiScope.RECOGNITION), told(visit)
    office.is_signed_in_as(factories.officer(agency))
    first = machine.post(PLACE, json=body, headers=head)
    again = machine.post(PLACE, json={**body, "score": 0.1, "verdict": "mismatch"}, headers=head)
    assert (first.status_code, again.status_code) == (201, 200) and first.json["id"] == again.json["id"]
    assert [row.verdict for row in rows()] == [RecognitionVerdict.MATCH]
    page = office.opens(f"{RESULTS}/list/?inmate=0609&verdict=match")
    assert page.rows()[0][5:9] == ["91.00", "80.00", "相符", "系統介接"]
    page = office.opens(f"{RESULTS}/show/{first.json['id']}")
    for which in ("portrait", "capture"):
        picture = f"/backoffice/recognition-files/picture/{first.json['id']}/{which}"
        assert picture in page.response.get_data(as_text=True)
        assert office.client.get(picture).mimetype == "image/jpeg"
    for address in (f"{RESULTS}/show/{first.json['id']}", picture):
        Office(office.client.application.test_client()).is_signed_in_as(factories.officer()).opens(address, expect=404)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"score": 1.5}, 422),
        ({"score": None}, 422),
        ({"score": "NaN"}, 422),
        ({"verdict": "mismatch"}, 422),
        ({"verdict": "yes"}, 422),
        ({"captured_at": "2026-03-10T09:00:00"}, 422),
        ({"captured_at": "2999-03-10T09:00:00+08:00"}, 422),
        ({"external_id": ""}, 422),
        ({"external_id": "a\0"}, 422),
        ({"reservation": "M\0"}, 422),
        ({"external_id": "\ud800"}, 400),
        ({"reservation": "R-1"}, 422),
        ({"image": "!!"}, 400),
        ({"image": base64.b64encode(b"GIF89a").decode()}, 422),
    ],
)
def test_what_is_wrong_is_named_and_nothing_kept(
    machine: FlaskClient, visit: Reservation, change: dict[str, Any], status: int
) -> None:
    answer = machine.post(PLACE, json=told(visit, **change), headers=key_for(None, ApiScope.RECOGNITION))
    assert answer.status_code == status and answer.mimetype == "application/problem+json" and answer.json["detail"]
    assert rows() == []


def test_another_agencys_key_finds_no_visit(machine: FlaskClient, visit: Reservation) -> None:
    body = told(visit)
    assert machine.post(PLACE, json=body, headers=key_for(factories.agency(), ApiScope.RECOGNITION)).status_code == 422
    assert machine.post(PLACE, json=body, headers=key_for(None)).status_code == 403
    assert machine.post(PLACE, json=body).status_code == 401
    form = {**body, "image": (BytesIO(face()), "a.jpg")}
    head = key_for(None, ApiScope.RECOGNITION)
    assert machine.post(PLACE, data=form, headers=head, content_type="multipart/form-data").status_code == 201


def test_an_upload_is_not_compared_until_an_officer_decides(office: Office, visit: Reservation) -> None:
    office.is_signed_in_as(factories.officer(db.session.get_one(Agency, visit.agency_id)))
    number = visit.number
    office.opens("/backoffice/recognition-files/add")
    office.submits({"number": number}, button="上傳", expect=422)
    page = office.submits({"number": number, "file": (BytesIO(face()), "臉.jpg")}, button="上傳")
    assert "未比對" in page.text and "未經系統比對" in page.text
    address = page.address
    office.submits({"verdict": "match", "reason": ""}, button="儲存認定", expect=422)
    stale = office.opens(address).form(button="儲存認定")
    page = office.submits({"verdict": "mismatch", "reason": "五官不符"}, button="儲存認定")
    assert "人工認定：不相符" in page.text and "五官不符" in page.text
    office.sends(stale, {"verdict": "match", "reason": "相符"}, "儲存認定", expect=409)
    assert "人工認定：不相符" in office.opens(f"{RESULTS}/list/?verdict=override").text


def test_captures_are_sealed_turned_to_new_keys_kept_by_the_sweep_and_erased(
    machine: FlaskClient, visit: Reservation, clock_at: StoppedClock
) -> None:
    machine.post(PLACE, json=told(visit), headers=key_for(None, ApiScope.RECOGNITION))
    key = rows()[0].storage_key
    assert key is not None and attachments.store().get(key).startswith(b"\xff\xd8")
    os.utime(attachments.store()._path(key), (0, 0))  # type: ignore[attr-defined]
    attachments.sweep()
    assert attachments.store().exists(key)
    key_rotation.rotate()
    assert attachments.store().is_current(key)
    clock_at.passes(days=retention.terms()["recognition_captures"].days + 1)
    end_reading()
    os.utime(attachments.store()._path(key), (0, 0))  # type: ignore[attr-defined]
    assert retention.run()["recognition_captures"] == 1 and rows()[0].storage_key is None
    attachments.sweep()
    assert not attachments.store().exists(key)


def test_a_picture_that_is_missing_or_too_large_is_told(office: Office, visit: Reservation) -> None:
    office.is_signed_in_as(factories.officer(db.session.get_one(Agency, visit.agency_id)))
    number = visit.number
    office.opens("/backoffice/recognition-files/add")
    page = office.submits({"number": number}, button="上傳", expect=422)
    assert page.errors == ["請選擇接見照片（JPG、JPEG或PNG）。"]
    large = (BytesIO(b"\xff\xd8" + b"0" * (11 * 1024 * 1024)), "大.jpg")
    page = office.submits({"number": number, "file": large}, button="上傳", expect=413)
    assert "照片至多10 MB" in page.errors[0] and page.form(button="上傳").filled({})["number"] == [number]
    assert rows() == []
