"""公告時段管理 as officers use it, and what families then read in 機關接見時段查詢."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from sqlalchemy import select

from app.rules import visit_documents
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import place_holds, session_bookings, visit_rules, visit_rules_changes
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading, transaction
from models import Agency, AuditEntry
from tests import factories
from tests.canaries.naughty import NAUGHTY, UNSHOWABLE
from tests.doors import Office, Page, Portal
from tests.doors.page import select as select_in
from tests.rules.visits import EVERYTHING, document
from tests.stillness import taiwan
from tests.views.desk.conftest import Desk, agency, browser_of, officer, seeded

__all__ = ["agency", "browser_of", "officer", "seeded"]
BASE = "/backoffice/visit-hours"
KIND = VisitKind.FAMILY_ON_SITE
#: The first row of the form's timetable, and the same line as a document has it.
ROW = {
    "timetable-1-name": "早上",
    "timetable-1-weekdays": ["1", "2", "3", "4", "5"],
    "timetable-1-start": "10:00",
    "timetable-1-minutes": "30",
    "timetable-1-places": "3",
}
LINE = {"name": "早上", "weekdays": [1, 2, 3, 4, 5], "start": "10:00", "minutes": 30, "places": 3}


def text(kind: VisitKind = KIND, **parts: object) -> str:
    return visit_documents.write_yaml({kind.value: document(**parts)})


def edit(agency: Agency) -> str:
    return f"{BASE}/{agency.id}/edit/{KIND.value}"


def edit_text(agency: Agency) -> str:
    return f"{edit(agency)}/text"


def timetable(agency_id: str) -> list[str]:
    end_reading()
    return [line.name for line in visit_rules.rules_of(agency_id, KIND).timetable]


def test_an_officer_writes_looks_and_saves_and_families_read_it(agency: Agency, officer: Office, app: object) -> None:
    agency_id = agency.id
    page = officer.opens(f"{BASE}/list/")
    assert ["預約現場接見", "法定預設值", "0"] in [row[:3] for row in page.rows()]
    page = officer.opens(page.link(f"編輯 {scoped(agency)} 預約現場接見"))
    assert page.form("rules").filled({})["booking-opens-days"] == ["7"] and "尚未訂定時段" in page.words("#preview")
    page = officer.submits(ROW, button="預覽")
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
    ("typed", "place", "words"),
    [
        ({"timetable-1-start": "25:00"}, "timetable-1-start", "時段表第1列 起始時間：應為24小時制時間"),
        ({"timetable-1-minutes": "半小時"}, "timetable-1-minutes", "時段表第1列 分鐘數：應為整數"),
        ({"timetable-1-weekdays": []}, "timetable-1-weekdays", "時段表第1列 星期：請至少選擇一項"),
        ({"booking-closes-days": "9"}, "booking-closes-days", "開放日數須大於截止日數"),
        ({"no_shows-times": "3"}, "no_shows-months", "未到之處置 期間（月）：此欄位必填"),
        ({"notes": "<script>alert(1)</script>" * 25}, "notes", "備註：應為0至500字"),
    ],
)
def test_a_mistake_on_the_form_is_told_at_its_field(
    agency: Agency, officer: Office, typed: dict[str, object], place: str, words: str
) -> None:
    agency_id = agency.id
    officer.opens(edit(agency))
    for button, status in (("預覽", 200), ("儲存", 422)):
        page = officer.submits({**ROW, **typed}, button=button, expect=status)
        assert words in page.errors[0] and page.words(f"#{place}-error").split("：")[-1] in page.errors[0]
        assert page.tree.get_element_by_id(place).get("aria-invalid") == "true", "the mistake leads to its control"
        sent = page.form("rules").filled({})
        assert all(sent.get(name, [""])[0].strip() == (one or "") for name, one in typed.items()), "it stays"
        assert sent["timetable-1-name"] == ["早上"] and timetable(agency_id) == []


def test_rows_come_and_go_and_what_was_typed_stays(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    factories.visit_rules(agency)
    quota = rules(agency_id)["quota"]
    officer.opens(edit(agency))
    page = officer.submits({"timetable-1-name": "改名", "timetable-2-remove": "1"}, button="再加一列")
    sent = page.form("rules").filled({})
    assert sent["timetable-1-name"] == ["改名"] and sent["timetable-2-remove"] == ["1"] and not page.errors
    page = officer.submits({"timetable-3-name": "早上", "timetable-3-start": "07:00"}, button="再加一列次數限制")
    assert {f"quota-{len(quota) + 1}-times", "timetable-3-places"} <= page.form("rules").names
    page = officer.submits({"timetable-3-places": "2"}, button="儲存", expect=422)
    assert {"時段表第3列 星期：請至少選擇一項", "時段表第3列 分鐘數：此欄位必填"} <= set(alerts(page))
    officer.submits({"timetable-3-weekdays": "1", "timetable-3-minutes": "30"}, button="儲存")
    assert timetable(agency_id) == ["早上", "改名"], "by weekday and time, wherever they were typed"
    assert rules(agency_id)["quota"] == quota


def alerts(page: Page) -> list[str]:
    return [" ".join(one.text_content().split()) for one in select_in(page.tree, ".alert-danger li")]


def rules(agency_id: str) -> dict[str, Any]:
    end_reading()
    return visit_rules.document_of(agency_id, KIND)


def test_a_form_that_is_saved_as_it_stands_changes_nothing(agency: Agency, officer: Office) -> None:
    agency_id, own = agency.id, visit_documents.normal(EVERYTHING)
    with transaction() as session:
        visit_rules_changes.put(session, agency_id, KIND, own)
    officer.opens(edit(agency))
    page = officer.submits(button="儲存")
    assert "已儲存。" in page.text and rules(agency_id) == own
    with transaction() as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.event == "visit_rules.save")).all()
    officer.submits({"quota-1-nth_only_in-1-sessions": ["上午"], "persons-most": "4"}, button="儲存")
    assert rules(agency_id)["quota"][0]["nth_only_in"] == [{"nth": 2, "sessions": ["上午"]}]
    assert rules(agency_id) != own and rules(agency_id)["who"] == own["who"]


def test_the_first_line_that_fits_is_chosen_by_moving_it_up(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    who = [{"custody": ["被告"], "relations": ["family"]}, {"relations": ["spouse"]}]
    with transaction() as session:
        visit_rules_changes.put(session, agency_id, KIND, visit_documents.normal(document(who=who)))
    officer.opens(edit(agency))
    page = officer.submits({"persons-most": "4"}, button="▲")
    (at_hand,) = [button.get("aria-label") for button in select_in(page.tree, "[autofocus]")]
    assert at_hand == "第1列 下移", "the row that was moved stands first now"
    assert page.form("rules").filled({})["persons-most"] == ["4"] and rules(agency_id)["persons"]["most"] == 3
    officer.submits(button="儲存")
    assert [line["relations"] for line in rules(agency_id)["who"]] == [["spouse"], ["family"]]
    assert rules(agency_id)["persons"]["most"] == 4


def test_whatever_is_typed_stays_text(agency: Agency, officer: Office) -> None:
    agency_id, form = agency.id, officer.opens(edit(agency)).form("rules")
    names = {name for name in form.names if name.startswith(("timetable", "quota", "no_shows", "persons"))}
    fields = {name for name in names if not name.endswith("-remove")}
    for kind in ("quote out", "template", "placeholders", "NUL"):
        naughty = NAUGHTY[kind]
        page = officer.sends(form, dict.fromkeys(fields, naughty), "預覽", expect=None)
        assert page.status == 200 and (page.errors or not naughty.strip()), f"{kind} is no rule"
        page = officer.sends(form, {**ROW, "notes": naughty}, "預覽", expect=None)
        assert page.status == 200 and not page.errors, f"{kind} is a remark"
        if kind not in UNSHOWABLE:
            assert squeezed(naughty) in page.words("#preview"), f"{kind} is not shown as it is"
    assert timetable(agency_id) == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


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
def test_mistakes_in_a_text_are_named_and_what_was_typed_stays(
    agency: Agency, officer: Office, typed: str, words: str, button: str, status: int
) -> None:
    agency_id = agency.id
    officer.opens(edit_text(agency))
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
    page = officer.submits({**ROW, "timetable-2-remove": "1"}, button="儲存", expect=409)
    [row] = page.rows("#outside ~ .ab-table-wrap tbody tr")
    assert row[1:4] == ["2026/03/05", "09:00", "林○○"] and "林小美" not in page.text
    assert timetable(agency_id) == ["第1梯次", "第2梯次"]
    officer.submits(button="仍要儲存")
    assert timetable(agency_id) == ["早上"]


def test_an_older_page_overwrites_nothing(agency: Agency, officer: Office) -> None:
    agency_id = agency.id
    older = officer.opens(edit(agency)).form("rules")
    officer.opens(edit_text(agency))
    officer.submits({"document": text(timetable=[LINE])}, button="儲存")
    page = officer.sends(older, {**ROW, "timetable-1-name": "更早"}, "儲存", expect=409)
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
    for path in (f"edit/{KIND.value}", f"edit/{KIND.value}/text", f"restore/{KIND.value}", "import", "export"):
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
