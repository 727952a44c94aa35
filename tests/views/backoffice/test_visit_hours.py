"""公告時段管理 as officers use it, and what families then read in 機關接見時段查詢."""

from __future__ import annotations

import pytest
import yaml

from app.rules import visit_documents
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import place_holds, session_bookings, visit_rules
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading
from models import Agency
from tests import factories
from tests.doors import Office, Portal
from tests.rules.visits import document
from tests.stillness import taiwan
from tests.views.desk.conftest import Desk, agency, browser_of, officer, seeded

__all__ = ["agency", "browser_of", "officer", "seeded"]
BASE = "/backoffice/visit-hours"
KIND = VisitKind.FAMILY_ON_SITE
LINE = {"name": "早上", "weekdays": [1, 2, 3, 4, 5], "start": "10:00", "minutes": 30, "places": 3}


def text(kind: VisitKind = KIND, **parts: object) -> str:
    return visit_documents.write_yaml({kind.value: document(**parts)})


def edit(agency: Agency) -> str:
    return f"{BASE}/{agency.id}/edit/{KIND.value}"


def timetable(agency_id: str) -> list[str]:
    end_reading()
    return [line.name for line in visit_rules.rules_of(agency_id, KIND).timetable]


def test_an_officer_writes_looks_and_saves_and_families_read_it(agency: Agency, officer: Office, app: object) -> None:
    agency_id = agency.id
    page = officer.opens(f"{BASE}/list/")
    assert ["預約現場接見", "法定預設值", "0"] in [row[:3] for row in page.rows()]
    page = officer.opens(page.link(f"編輯 {scoped(agency)} 預約現場接見"))
    assert "family_on_site:" in page.form("rules").filled({})["document"][0]
    page = officer.submits({"document": text(timetable=[LINE])}, button="預覽")
    assert "星期一至星期五：10:00~10:30（早上，3組）" in page.words("#preview") and timetable(agency_id) == []
    page = officer.submits(button="儲存")
    assert "已儲存。" in page.text and timetable(agency_id) == ["早上"]
    row = next(row for row in officer.opens(f"{BASE}/list/").rows() if row[0] == "預約現場接見")
    assert row[1:3] == ["機關自訂", "1"] and row[3].startswith("接見日前7日08:00開放，前2日17:00截止")
    assert row[4] == "2026/03/03 09:00"
    public = Portal(officer.client.application.test_client()).opens(f"/portal/hours?agency_id={agency_id}")
    assert "星期一至星期五：10:00~10:30（早上，3組）" in public.text and "接見日前7日08:00開放" in public.text
    assert "預約遠距接見" not in public.text


def scoped(agency: Agency) -> str:
    return f"{agency.code}-{agency.name}" if agency.code else agency.name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("family_on_site:\n  booking: {\n", "第3行"),
        (text(timetable=[{**LINE, "minuts": 3}]), "timetable[1].minuts"),
        (text(timetable=[LINE, {**LINE, "name": "另一"}]), "重疊"),
        ("<script>alert(1)</script>", "YAML"),
        ("", "YAML"),
    ],
)
@pytest.mark.parametrize(("button", "status"), [("儲存", 422), ("預覽", 200)])
def test_mistakes_are_named_and_what_was_typed_stays(
    agency: Agency, officer: Office, typed: str, words: str, button: str, status: int
) -> None:
    agency_id = agency.id
    officer.opens(edit(agency))
    page = officer.submits({"document": typed}, button=button, expect=status)
    assert words in page.errors[0] and page.form("rules").filled({})["document"][0].strip() == typed.strip()
    assert timetable(agency_id) == []


def booked(agency: Agency) -> None:
    factories.visit_rules(agency)
    grant = factories.relative(factories.inmate(agency))
    applicant_id, grant_id = grant.applicant_id, grant.id
    place_holds.take(applicant_id, grant_id, KIND, taiwan("2026-03-05 09:00"))
    session_bookings.confirm(applicant_id, SessionBooking("form-1"), Actor("applicant", applicant_id, "林小美"))
    end_reading()


def test_bookings_that_break_are_listed_and_saved_only_on_still_save(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    booked(agency)
    officer.opens(f"{BASE}/{agency_id}/edit/{KIND.value}")
    page = officer.submits({"document": text(timetable=[LINE])}, button="儲存", expect=409)
    [row] = page.rows("#outside ~ .ab-table-wrap tbody tr")
    assert row[1:4] == ["2026/03/05", "09:00", "林○○"] and "林小美" not in page.text
    assert timetable(agency_id) == ["第1梯次", "第2梯次"]
    officer.submits(button="仍要儲存")
    assert timetable(agency_id) == ["早上"]


def test_an_older_page_overwrites_nothing(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    page = officer.opens(edit(agency))
    older = page.form("rules")
    officer.submits({"document": text(timetable=[LINE])}, button="儲存")
    page = officer.sends(older, {"document": text()}, "儲存", expect=409)
    assert "已有異動" in page.errors[0] and "重新載入最新資料" in page.text and timetable(agency_id) == ["早上"]


def test_the_defaults_again_after_a_question(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    booked(agency)
    page = officer.opens(f"{BASE}/{agency_id}/edit/{KIND.value}")
    officer.follows("恢復法定預設值")
    assert "尚未訂定時段" in officer.page.text and timetable(agency_id) == ["第1梯次", "第2梯次"]
    page = officer.submits(form="/restore/", expect=409)
    assert "林○○" in page.text and timetable(agency_id) == ["第1梯次", "第2梯次"]
    page = officer.submits(form="/restore/", button="仍要恢復")
    assert "已恢復法定預設值。" in page.text and timetable(agency_id) == []


def test_a_file_goes_out_and_comes_in_elsewhere(agency: Agency, officer: Office, browser_of: Desk) -> None:
    factories.visit_rules(agency)
    agency_id, other = agency.id, factories.agency(name="另一監獄").id
    exported = officer.client.get(f"{BASE}/{agency_id}/export")
    assert exported.status_code == 200 and set(yaml.safe_load(exported.data)) == set(visit_rules.SESSION_KINDS)
    assert "attachment" in exported.headers["Content-Disposition"]
    hq = browser_of(factories.headquarters())
    hq.opens(f"{BASE}/{other}/import")
    page = hq.submits({"file": ("rules.yaml", b"\xff\xfe\x00")}, button="匯入", expect=422)
    assert "檔案無法讀取" in page.errors[0]
    assert "請選擇檔案" in hq.submits(button="匯入", expect=422).errors[0]
    page = hq.submits({"file": ("rules.yaml", exported.data)}, button="預覽")
    assert "09:00~09:30（第1梯次，2組）" in page.words("#preview") and timetable(other) == []
    page = hq.submits(button="匯入")  # the text of the file stands in the field now
    assert "已匯入：" in page.text and timetable(other) == ["第1梯次", "第2梯次"]


def test_another_agencys_rules_read_as_if_they_did_not_exist(agency: Agency, officer: Office) -> None:
    other = factories.agency(name="另一監獄").id
    for path in (f"edit/{KIND.value}", f"restore/{KIND.value}", "import", "export"):
        officer.opens(f"{BASE}/{other}/{path}", expect=404)
    assert "另一監獄" not in officer.opens(f"{BASE}/list/").text
    assert "查無此機關" in officer.opens(f"{BASE}/list/?agency={other}").text
    for kind in ("lawyer_on_site", "nothing"):
        officer.opens(f"{BASE}/{agency.id}/edit/{kind}", expect=404)


def test_headquarters_sees_all_and_filters(agency: Agency, browser_of: Desk) -> None:
    other, name = factories.agency(name="另一監獄"), agency.name
    hq = browser_of(factories.headquarters())
    assert "另一監獄" in hq.opens(f"{BASE}/list/").words("table")
    table = hq.opens(f"{BASE}/list/?agency={other.id}").words("table")
    assert "另一監獄" in table and name not in table
