"""系統管理 and 基本資料修改: each menu opens, its main act is done through forms, bad input is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.calendar import official_days
from app.rules.vocabulary import Attention, ReasonScope
from models import Agency, AgencyParameter, CalendarDay, Notice, Officer, PrivacyNotice, RejectionReason
from tests import factories
from tests.rules.test_office_calendar import lines, written
from tests.stillness import StoppedClock, taiwan
from tests.views.backoffice.office_door import OfficeDoor, link, table, words

Enter = Callable[[Officer], OfficeDoor]
MENU = ["基本資料修改", "系統參數設定(機關)", "機關資料維護", "辦公日曆維護", "通知範本維護", "不通過原因維護"]
MENU += ["帳號權限管理", "個資聲明版本維護", "簡訊電子郵件紀錄", "未送達通知處理", "排程工作"]


@pytest.fixture
def headquarters(signed_in: Enter) -> OfficeDoor:
    return signed_in(factories.headquarters())


def test_the_menu_stands_in_the_manuals_order(headquarters: OfficeDoor, officer_door: OfficeDoor) -> None:
    bar = headquarters.get("/backoffice/").text.partition('<nav class="ab-nav"')[2].partition("</nav>")[0]
    places = [bar.index(f">{label}<") for label in MENU]
    assert bar.index(">首頁<") < places[0] and places == sorted(places)
    own = officer_door.get("/backoffice/").text
    assert ">基本資料修改<" in own and "訊息公告及申辦流程維護" in own and "辦公日曆維護" not in own


def confirmed(door: OfficeDoor, path: str) -> None:
    """The password asked again, given."""
    answer = door.get(path)
    assert "/account/confirm/" in answer.location
    door.get(answer.location)
    door.post(answer.location, password=factories.PASSWORD, next=path)


def test_ones_own_page_leads_everywhere_and_the_address_is_changed(
    reference_data: None, officer_door: OfficeDoor
) -> None:
    page = officer_door.get("/backoffice/account/")
    for label in ("變更電子郵件", "變更密碼", "兩步驟驗證", "登入中的裝置與登入紀錄"):
        assert link(page, label), label
    assert "最近登入" in words(page) and "English" in words(page)
    path = "/backoffice/account/mail/"
    confirmed(officer_door, path)
    officer_door.get(path)
    assert "格式不正確" in words(officer_door.post(path, email="kein@brief"))
    assert officer_door.post(path, email="wang@tyw.example.gov.tw").status_code == 302
    page = words(officer_door.get("/backoffice/account/"))
    assert "wang@tyw.example.gov.tw" in page and "電子郵件已變更，並已通知原信箱。" in page


def test_headquarters_adds_a_sub_unit(headquarters: OfficeDoor) -> None:
    host = factories.agency(code="2477", name="桃園女子監獄")
    path = "/backoffice/agencies/add"
    headquarters.get(path)
    typed = {"name": "龍潭分監", "full_name": "法務部矯正署龍潭分監", "kind": host.kind, "host_id": host.id}
    assert "已由「桃園女子監獄」使用" in words(headquarters.post(path, **typed, code="2477"))
    assert headquarters.post(path, **typed, code="2479").status_code == 302
    assert "2479" in words(headquarters.get("/backoffice/agencies/list/"))


def test_a_typhoon_closes_a_day(headquarters: OfficeDoor) -> None:
    booking = factories.reservation(factories.granted(), taiwan("2026-03-10 10:00"))
    headquarters.get("/backoffice/calendar/day")
    answer = headquarters.post("/backoffice/calendar/day", day="2026/3/10")
    assert answer.location == "/backoffice/calendar/day/2026-03-10"
    headquarters.get(answer.location)
    seen = headquarters.post(answer.location, state="off", name="颱風停止上班", seen="")
    assert seen.status_code == 409 and booking.number in words(seen) and "確認儲存" in words(seen)
    mark = seen.text.partition('name="accepted" value="')[2].partition('"')[0]
    assert (
        headquarters.post(answer.location, state="off", name="颱風停止上班", seen="", accepted=mark).status_code == 302
    )
    db.session.expire_all()
    assert booking.attention is Attention.DAY_OFF
    assert [row[1:] for row in table(headquarters.get("/backoffice/calendar/list/"))] == [["放假", "颱風停止上班"]]
    assert headquarters.get("/backoffice/calendar/day/2026-02-30").status_code == 404


def test_a_years_file_is_shown_then_saved(headquarters: OfficeDoor) -> None:
    path = "/backoffice/calendar/import"
    headquarters.get(path)

    def send(text: str, year: str = "2026") -> str:
        upload = (BytesIO(text.encode("cp950")), "115年.csv")
        data = {"csrf_token": headquarters.token, "year": year, "file": upload}
        return words(headquarters.client.post(path, data=data))

    wrong = lines()
    wrong[9][1] = "日"
    assert "檔案有1項錯誤" in (seen := send(written(wrong))) and "10 星期 日 五" in seen
    assert "本檔全部為2026年" in send(written(lines()), "2027")
    assert "與現行辦公日曆之差異" in send(written(lines()))
    data = {"csrf_token": headquarters.token, "year": "2026", "file": (BytesIO(written(lines()).encode()), "a.csv")}
    page = headquarters.client.post(path, data=data)
    mark = page.text.partition('name="accepted" value="')[2].partition('"')[0]
    assert headquarters.post(path, year="2026", document=written(lines()), accepted=mark).status_code == 302
    assert db.session.scalars(select(CalendarDay.day).order_by(CalendarDay.day)).all() == [*official_days(2026)]


def test_reasons(headquarters: OfficeDoor) -> None:
    for text in ("原因甲", "原因乙"):
        headquarters.get("/backoffice/reasons/add?scope=grant")
        headquarters.post("/backoffice/reasons/add", scope="grant", text=text, text_en="English")
    row = db.session.scalars(select(RejectionReason).where(RejectionReason.text == "原因乙")).one()
    act = f"/backoffice/reasons/{row.id}/act"
    assert headquarters.post(act, act="up", version=str(row.version)).status_code == 302
    assert headquarters.post(act, act="stop", version="1").status_code == 409
    listed = [cells[1] for cells in table(headquarters.get("/backoffice/reasons/"))]
    assert listed == ["原因乙", "原因甲"]
    page = headquarters.post("/backoffice/reasons/add", scope=ReasonScope.GRANT.value, text="", text_en="x")
    assert page.status_code == 422 and "請填寫「原因（中文）」" in words(page)


def test_a_new_version_of_the_privacy_notice(headquarters: OfficeDoor, clock_at: StoppedClock) -> None:
    factories.privacy_notice(number=1, title="聲明", body="一\n\n二")
    path = "/backoffice/privacy-notices/add"
    assert "一" in headquarters.get(path).text
    typed = {"title": "聲明", "body": "新的一段", "title_en": "Notice", "body_en": "A new paragraph"}
    assert "公告日期最早為明日" in words(headquarters.post(path, **typed, from_on="2026-03-03"))
    assert "預覽（尚未儲存）" in words(headquarters.post(path, **typed, from_on="2026-03-05", preview="1"))
    assert len(db.session.scalars(select(PrivacyNotice.id)).all()) == 1
    assert headquarters.post(path, **typed, from_on="2026-03-05").status_code == 302
    assert "尚未公告" in words(headquarters.get("/backoffice/privacy-notices/"))
    english = {"Accept-Language": "en"}
    client = headquarters.client.application.test_client()
    assert "一" in client.get("/portal/privacy-notice", headers=english).text
    clock_at("2026-03-05 08:00")
    assert "A new paragraph" in client.get("/portal/privacy-notice", headers=english).text
    assert "新的一段" in client.get("/portal/register/notice").text


def test_an_agencys_notice_stands_on_the_portal(signed_in: Enter) -> None:
    agency = factories.agency(name="桃園女子監獄")
    door, path = signed_in(factories.officer(agency)), "/backoffice/notices/add"
    assert "全部機關" not in door.get(path).text
    typed = {"kind": "notice", "title": "停水通知", "published_on": "2026-03-03", "agency_id": agency.id}
    typed["body"] = "<script>alert(1)</script>詳見https://example.gov.tw/a\n\n第二段"
    preview = door.post(path, **typed, preview="1")
    assert "預覽（尚未儲存）" in words(preview) and not db.session.scalars(select(Notice.id)).all()
    assert door.post(path, **{**typed, "agency_id": ""}).status_code == 422, "only headquarters speaks for everybody"
    assert door.post(path, **typed).status_code == 302
    client = door.client.application.test_client()
    row = db.session.scalars(select(Notice)).one()
    for page in ("/portal/", "/portal/procedures", f"/portal/notices/{row.id}"):
        seen = client.get(page).text
        assert "停水通知" in seen and "桃園女子監獄" in seen and "<script>alert" not in seen
        assert '<a class="govuk-link" href="https://example.gov.tw/a"' in seen
    assert "第二段" not in client.get("/portal/").text
    theirs = factories.notice(agency_id=factories.agency().id)
    assert door.get(f"/backoffice/notices/edit/{theirs.id}").status_code == 404
    door.get(f"/backoffice/notices/edit/{row.id}")
    changed = {**typed, "until_on": "2026-03-02", "version": "1"}
    assert "不可早於" in words(door.post(f"/backoffice/notices/edit/{row.id}", **changed))


def test_a_parameter_goes_back_to_its_default(signed_in: Enter) -> None:
    agency: Agency = factories.agency()
    own = factories.parameter(agency, "A", value="45")
    door = signed_in(factories.officer(agency))
    [row] = table(door.get("/backoffice/parameters/list/"))
    assert row[2:] == ["45", "行動接見時間(分)", "20 已調整"]
    path = f"/backoffice/parameters/edit/{own.id}"
    door.get(path)
    assert door.post(path, value="45", version="1", restore="1").status_code == 302
    db.session.expire_all()
    assert db.session.get_one(AgencyParameter, own.id).value == "20"
    assert "恢復預設" not in words(door.get(path)) and date(2026, 3, 3)
