"""The screens of the manual: its words, its columns, its order."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from app.extensions import db
from app.rules.parameters import DEFINITIONS
from app.rules.vocabulary import Relationship
from app.transaction import transaction
from models import Agency, AgencyParameter, Officer
from tests import factories
from tests.stillness import StoppedClock
from tests.views.backoffice.office_door import HOME, OfficeDoor, link, table, words

PARAMETERS = "/backoffice/parameters/list/"
Enter = Callable[[Officer], OfficeDoor]


def heads(page: str) -> list[str]:
    found = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.S)
    return [re.sub(r"<[^>]+>|[▲▼⇅\s]", "", head) for head in found]


@pytest.fixture
def taoyuan(app: object) -> Agency:
    """桃園女子監獄 with all its parameters."""
    agency = factories.agency(name="桃園女子監獄", code="2477")
    with transaction():
        for position, definition in enumerate(DEFINITIONS.values()):
            factories.parameter(agency, definition.code.value, position=position)
    return agency


def parameter(of: Agency, code: str) -> AgencyParameter:
    db.session.expire_all()
    return db.session.query(AgencyParameter).filter_by(agency_id=of.id, code=code).one()


def test_the_parameters_stand_as_in_the_manual(signed_in: Enter, taoyuan: Agency) -> None:
    page = signed_in(factories.officer(taoyuan)).get(PARAMETERS)
    seen = words(page)
    assert "系統參數設定(機關)" in seen and "2477-桃園女子監獄" in seen
    assert "各機關可設定開放到達時間，預設時間為09:00~11:00和14:00~16:00，機關可視實際情況修改" in seen
    assert heads(page.text) == ["機關名稱", "類別", "參數值", "類別說明", "預設值", "操作"]
    rows = table(page)
    assert [row[1] for row in rows[:7]] == ["A", "B", "C", "RAE", "RAS", "RFE", "RFS"]
    assert rows[3] == ["桃園女子監獄", "RAE", "11:00", "現場律師接見上午時間迄", "11:00"]
    assert seen.index("現場律師接見下午時間起") < seen.index("其他參數") < seen.index("CUTOFF")


def test_headquarters_chooses_an_agency(signed_in: Enter, taoyuan: Agency) -> None:
    other = factories.agency({"A": "30"}, code="1000")
    door = signed_in(factories.headquarters())
    assert {row[0] for row in table(door.get(PARAMETERS))} == {other.name}, (
        "one agency at a time, the first to begin with"
    )
    assert {row[0] for row in table(door.get(PARAMETERS, agency=taoyuan.id))} == {"桃園女子監獄"}


def test_a_value_is_changed_and_the_list_comes_back_as_it_was(signed_in: Enter, taoyuan: Agency) -> None:
    door = signed_in(factories.officer(taoyuan))
    edit = link(door.get(PARAMETERS, agency=taoyuan.id), "編輯") or ""
    assert "20" in door.get(edit).text
    answer = door.post(edit, value="25", version="1", back=f"agency={taoyuan.id}&evil=1")
    assert answer.location == f"{PARAMETERS}?agency={taoyuan.id}"
    assert parameter(taoyuan, "A").value == "25"
    assert "已儲存" in words(door.get(answer.location))


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("A", "0", "須在1至120之間"),
        ("A", "", "請填寫「參數值」。"),
        ("A", "twenty", "須為整數"),
        ("RAE", "25:00", "須為24小時制之時與分"),
        ("RAE", "08:00", "「起」須早於「迄」，且上午與下午時段不得重疊。"),
        ("RAE", "15:00", "「起」須早於「迄」，且上午與下午時段不得重疊。"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(
    signed_in: Enter, taoyuan: Agency, code: str, value: str, sentence: str
) -> None:
    door = signed_in(factories.officer(taoyuan))
    row = parameter(taoyuan, code)
    before, path = row.value, f"/backoffice/parameters/edit/{row.id}"
    door.get(path)
    answer = door.post(path, value=value, version="1")
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'id="value-error"' in answer.text and f'value="{value}"' in answer.text
    assert parameter(taoyuan, code).value == before


@pytest.mark.parametrize("version", ["1", "", "abc", "-1", "9" * 30])
def test_what_somebody_else_saved_meanwhile_is_not_overwritten(signed_in: Enter, taoyuan: Agency, version: str) -> None:
    door = signed_in(factories.officer(taoyuan))
    row = parameter(taoyuan, "A")
    path = f"/backoffice/parameters/edit/{row.id}"
    door.get(path)
    with transaction():
        parameter(taoyuan, "A").value = "30"
    answer = door.post(path, value="25", version=version)
    assert answer.status_code == 409
    assert "本件資料在您開啟後已有異動，您的內容未儲存。" in words(answer)
    assert 'value="25"' in answer.text and link(answer, "重新載入最新資料"), (
        "what was typed stays; the way out is there"
    )
    assert parameter(taoyuan, "A").value == "30"


def test_headquarters_keeps_the_agencies(signed_in: Enter, taoyuan: Agency) -> None:
    host = factories.agency(name="臺北監獄")
    door = signed_in(factories.headquarters())
    page = door.get("/backoffice/agencies/list/")
    assert heads(page.text) == ["機關代碼", "機關名稱", "電話", "地址", "啟用日期", "停用日期", "管轄機關", "操作"]
    path = f"/backoffice/agencies/edit/{taoyuan.id}"
    door.get(path)
    place = "桃園市　龍潭區𫝀\ue000路"  # a full-width space, a rare character, one of the registry's own
    fields = {"phone": "03-480-7959", "address": place, "active_from": "2026-01-01", "active_until": "", "version": "1"}
    fields |= {"code": "2477", "name": "桃園女監", "full_name": "法務部矯正署桃園女監", "kind": taoyuan.kind}
    assert door.post(path, host_id=host.id, **fields).status_code == 302
    db.session.expire_all()
    assert (taoyuan.phone, taoyuan.address, taoyuan.host_id) == ("03-480-7959", place, host.id)
    assert (taoyuan.active_from, taoyuan.name) == (date(2026, 1, 1), "桃園女監")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"active_from": "2026-05-01", "active_until": "2026-04-01"}, "啟用日期不可晚於停用日期"),
        ({"active_from": "soon"}, "「啟用日期」須為存在的日期"),
        ({"phone": "0" * 31}, "「電話」至多30個字"),
        ({"phone": "03\n1234"}, "「電話」含有無法辨識的字元"),
        ({"host_id": "itself"}, "「管轄機關」沒有這個選項"),
    ],
)
def test_a_mistake_on_the_form_of_an_agency(
    signed_in: Enter, taoyuan: Agency, fields: dict[str, str], sentence: str
) -> None:
    door = signed_in(factories.headquarters())
    path = f"/backoffice/agencies/edit/{taoyuan.id}"
    door.get(path)
    typed = {"name": taoyuan.name, "full_name": taoyuan.full_name, "kind": taoyuan.kind}
    typed |= {name: taoyuan.id if value == "itself" else value for name, value in fields.items()}
    answer = door.post(path, version="1", **typed)
    assert answer.status_code == 422 and sentence in words(answer)
    assert "請更正下列1項資料後再送出（已填寫及上傳的資料均已保留）" in words(answer)


def test_the_review_list_stands_as_in_the_manual_and_is_masked(signed_in: Enter) -> None:
    agency = factories.agency(name="臺中女子監獄")
    about = factories.inmate(agency, number="0609", name="黃志萍")
    factories.application(factories.applicant(name="歐陽大衛"), about, relation=Relationship.DEFENDER)
    page = signed_in(factories.officer(agency)).get("/backoffice/applications/list/")
    assert heads(page.text) == ["矯正機關", "收容人資訊", "申請人資訊", "申請日期", "審核狀態", "操作"]
    assert table(page) == [["臺中女子監獄", "0609黃○○", "歐陽○○ 辯護人", "2026/03/03", "未審核"]]
    assert "黃志萍" not in page.text and "歐陽大衛" not in page.text, "lists are masked, also where nobody looks"
    assert (link(page, "審核") or "").startswith("/backoffice/applications/review/")
    labels = re.findall(r'<label for="filter-[^"]+">([^<]+)|<legend>([^<]+)', page.text)
    assert ["".join(pair) for pair in labels] == ["機關名稱", "呼號", "審核狀態", "申請日期"]


def test_the_front_page_says_what_waits_and_since_when(signed_in: Enter, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    clock_at("2026-03-01 09:00")
    factories.application(about=factories.inmate(agency))
    clock_at("2026-03-03 09:00")
    factories.application(about=factories.inmate(agency))
    factories.application()
    page = signed_in(factories.officer(agency)).get(HOME)
    seen = words(page)
    assert "今天是2026年3月3日（星期二）" in seen
    assert "未審核之律師接見服務項目申請 2件 最早申請日期：2026年3月1日（星期日），已等候2天" in seen
    assert link(page, "") is not None and '"/backoffice/applications/list/"' in page.text


def test_each_person_sees_their_own_menu(signed_in: Enter) -> None:
    officer = signed_in(factories.officer()).get(HOME).text
    assert "系統管理" in officer and "審核律師接見服務項目" in officer and "機關資料維護" not in officer
    assert "機關資料維護" in signed_in(factories.headquarters()).get(HOME).text
    desk = signed_in(factories.desk()).get(HOME).text
    assert "系統管理" not in desk, "a category without entries is not shown"
