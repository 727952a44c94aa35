"""統計報表: headquarters sees all agencies, an officer the own one; as a page, CSV and ODS."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from odfdo import Document

from models import Agency, Officer, new_id
from tests import factories
from tests.stillness import StoppedClock
from tests.views.backoffice.office_door import OfficeDoor, table, words

Enter = Callable[[Officer], OfficeDoor]
PAGE = "/backoffice/statistics/"
FORMULA = "=cmd|' /C calc'!A1"


@pytest.fixture
def agency(app: object, clock_at: StoppedClock) -> Agency:
    """An agency whose name a spreadsheet would take for a formula, with one application in February, and another."""
    clock_at("2026-02-10 09:00")
    agency = factories.agency(name=FORMULA, code=None)
    factories.application(about=factories.inmate(agency))
    factories.application(about=factories.inmate(factories.agency(code="1001", name="測試監獄乙")))
    clock_at("2026-03-03 09:00")
    return agency


def test_headquarters_reads_and_exports_a_month(signed_in: Enter, agency: Agency) -> None:
    door = signed_in(factories.headquarters())
    page = door.get(PAGE, month="2026-02")
    rows = table(page)
    assert [row[0] for row in rows] == ["1001-測試監獄乙", FORMULA, "合計"] and rows[2][1] == "2"
    assert rows[0][11:14] == ["－", "0", "－"] and rows[0][-1] == "－", "no division by zero"
    assert "本月尚未結束" not in words(page) and "上個月" in words(page) and "month=2026-01" in page.text
    answer = door.get(f"{PAGE}export/csv", month="2026-02")
    lines = list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"))))
    assert lines[0][:3] == ["統計月份", "機關名稱", "收件：律師申請"] and lines[3][:3] == ["2026-02", "合計", "2"]
    assert lines[2][1] == f"'{FORMULA}", "shown, never calculated"
    ods = Document(BytesIO(door.get(f"{PAGE}export/ods", month="2026-02").get_data())).body.get_table(0)
    assert ods.get_value("B3") == FORMULA and ods.get_cell("B3").type == "string"


def test_an_officer_sees_the_own_row_only(signed_in: Enter, agency: Agency) -> None:
    door = signed_in(factories.officer(agency))
    assert [row[0] for row in table(door.get(PAGE, month="2026-02"))] == [FORMULA]
    assert "測試監獄乙" not in door.get(f"{PAGE}export/csv", month="2026-02").text
    assert signed_in(factories.desk(agency)).get(PAGE).status_code == 403


def test_months_without_data_say_so(signed_in: Enter, app: object) -> None:
    door = signed_in(factories.headquarters())
    seen = words(door.get(PAGE))
    assert "2026-03沒有統計資料。" in seen and "本月尚未結束，數字仍會變動。" in seen and "下個月" not in seen
    assert door.get(f"{PAGE}export/csv").status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"month": "2026-13"}, "統計月份須為存在的西元年月，例如2026-03。請重新選擇。"),
        ({"month": "2026-04"}, "該月份尚未開始，沒有統計資料。請選擇本月或以前的月份。"),
        ({"agency": new_id()}, "查無此機關，或您無權查看。請由清單重新選擇。"),
        ({"agency": "\x00'"}, "查無此機關，或您無權查看。請由清單重新選擇。"),
    ],
)
def test_what_cannot_be_asked_for(signed_in: Enter, agency: Agency, query: dict[str, str], sentence: str) -> None:
    factories.application(about=factories.inmate(factories.agency()))
    door = signed_in(factories.officer(agency))
    for path in (PAGE, f"{PAGE}export/csv"):
        answer = door.get(path, **query)
        assert answer.status_code == 422 and sentence in words(answer)
    assert door.get(f"{PAGE}export/xls").status_code == 404


def test_an_agency_of_somebody_else_reads_like_none(signed_in: Enter, agency: Agency) -> None:
    other = factories.agency()
    answer = signed_in(factories.officer(agency)).get(PAGE, agency=other.id)
    assert answer.status_code == 422 and other.name not in answer.text
