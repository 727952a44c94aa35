"""The filtered list as a file: rows, columns and masks of the screen, for who may, and a row in the trail."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from odfdo import Document
from sqlalchemy import select

from app.extensions import db
from app.transaction import end_reading, transaction
from models import Agency, AuditEntry, AuditValues, Officer
from tests import factories
from tests.factories import PASSWORD
from tests.views.backoffice.office_door import OfficeDoor, link, table, words
from views.backoffice import exports, paging

LIST = "/backoffice/applications/list/"
CSV = "/backoffice/applications/export/csv"
Enter = Callable[[Officer], OfficeDoor]


def confirmed(door: OfficeDoor) -> OfficeDoor:
    """The password has been given again a moment ago."""
    door.get("/backoffice/account/confirm/?next=/backoffice/")
    assert door.post("/backoffice/account/confirm/", password=PASSWORD, next="/backoffice/").status_code == 302
    return door


def lines_of(text: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(text.decode("utf-8-sig"), newline="")))


@pytest.fixture
def agency() -> Agency:
    return factories.agency()


@pytest.fixture
def door(signed_in: Enter, agency: Agency) -> OfficeDoor:
    return confirmed(signed_in(factories.officer(agency)))


def cases(of: Agency, number: int, first: int = 700) -> None:
    with transaction():
        for place in range(number):
            factories.application(factories.applicant(), factories.inmate(of, number=f"{first + place:04}"))


def test_what_the_screen_shows_is_in_the_file(
    door: OfficeDoor, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases(agency, 7)
    cases(factories.agency(), 2, first=900)
    monkeypatch.setattr(paging, "BATCH", 3)
    shown = table(door.get(LIST))
    answer = door.get(CSV)
    head, *lines = lines_of(answer.data)
    assert head == ["矯正機關", "收容人資訊", "申請人資訊", "申請日期", "審核狀態"]
    assert lines == shown and len(lines) == 7
    assert "審核狀態" not in answer.headers["Content-Disposition"] and ".csv" in answer.headers["Content-Disposition"]
    ods = Document(BytesIO(door.get(CSV.replace("csv", "ods")).data)).body.get_table(0)
    assert ods.get_values()[1:] == shown


def test_the_filters_count_and_stand_in_the_trail(door: OfficeDoor, agency: Agency) -> None:
    cases(agency, 3)
    offered = link(door.get(f"{LIST}?number=0701&state=pending"), "匯出CSV")
    assert offered is not None and "number=0701" in offered
    assert len(lines_of(door.get(offered).data)) == 2
    end_reading()
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    facts = db.session.scalars(select(AuditValues).where(AuditValues.entry_seq == entry.seq)).one().facts
    assert (entry.event, entry.subject_kind) == ("list.exported", "service_application")
    assert facts == {
        "format": "csv",
        "rows": 1,
        "list": "/backoffice/applications",
        "filters": {"number": "0701", "state": "pending"},
    }


def test_a_wrong_filter_leads_back_to_its_sentence(door: OfficeDoor) -> None:
    answer = door.get(f"{CSV}?state=nonsense")
    assert answer.status_code == 302 and "沒有這個選項" in words(door.get(answer.location))


def test_too_many_rows_are_refused_not_cut(door: OfficeDoor, agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    cases(agency, 3)
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    answer = door.get(CSV)
    assert answer.status_code == 302
    assert "符合條件的資料超過2筆，無法匯出" in door.get(answer.location).text


def test_a_formula_is_text(door: OfficeDoor, agency: Agency) -> None:
    factories.application(factories.applicant(), factories.inmate(agency, number="=1+1", name="黃小萍"))
    assert lines_of(door.get(CSV).data)[1][1] == "'=1+1黃○○"


def test_the_password_is_asked_first(signed_in: Enter, agency: Agency) -> None:
    door = signed_in(factories.officer(agency))
    answer = door.get(f"{CSV}?state=pending")
    assert answer.status_code == 302 and "/account/confirm/" in answer.location and "state" in answer.location


def test_a_format_that_is_not_there_and_a_role_that_may_not(door: OfficeDoor, signed_in: Enter) -> None:
    assert door.get(CSV.replace("csv", "exe")).status_code == 404
    assert signed_in(factories.desk()).get(CSV).status_code == 403
