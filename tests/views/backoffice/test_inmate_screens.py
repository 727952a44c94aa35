"""收容人資料, 收容人資料匯入, 待辦事項 and 介接金鑰維護, as staff go through them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import inmate_columns, inmate_csv
from app.rules.office_vocabulary import ImportSource, ImportState
from app.rules.vocabulary import InmateStatus, RestrictionKind, VisitKind
from app.security import SYSTEM
from app.services import inmate_checking, inmate_imports
from models import AccessKey, AuditEntry, Inmate, InmateImport, Reservation, WorkItem
from tests import factories
from tests.doors import Office
from tests.factories.deliveries import delivered, delivery, line_of
from tests.stillness import StoppedClock

IMPORTS, INMATES, WORK = "/backoffice/inmate-imports", "/backoffice/inmates", "/backoffice/work-items"


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app.test_client())


def file_of(*lines: dict[str, object], name: str = "收容人.csv") -> tuple[BytesIO, str]:
    return BytesIO(inmate_columns.from_rows(list(lines))), name


def test_an_officer_uploads_reads_the_differences_and_confirms(office: Office, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    stays = factories.inmate(agency, number="0609", name="黃小萍")
    leaves = factories.inmate(agency, number="0071", name="林志安")
    booking = factories.reservation(factories.granted(about=leaves))
    office.is_signed_in_as(factories.officer(agency))
    clock_at.passes(minutes=1)
    office.opens(f"{IMPORTS}/list/").form(which="")
    page = office.opens(f"{IMPORTS}/add")
    lines = (line_of(stays, 場舍="孝二舍"), line_of(leaves, 狀態="出監"), delivered(呼號="0888", 姓名="鄭昱安"))
    page = office.submits({"agency_id": agency.id, "file": file_of(*lines)}, button="上傳並檢核")
    assert "檔案已收存" in page.text and "檢核中" in page.text and "確認匯入" not in page.text
    place = page.address
    inmate_checking.run()
    page = office.opens(place)
    assert page.rows("#differences tbody tr")[0][1:3] == ["0888", "鄭○○"]
    page = office.opens(f"{place}?part=change")
    assert "孝二舍" in page.rows("#differences tbody tr")[0][4] and "黃小萍" not in page.text
    clock_at.passes(minutes=1)
    page = office.submits({}, form="/apply/")
    assert "已完成匯入" in page.text and "列入待辦事項" in page.text
    db.session.expire_all()
    assert db.session.get_one(Inmate, leaves.id).status is InmateStatus.RELEASED

    page = office.opens(f"{WORK}/list/")
    assert "0071林○○" in page.text and "收容人已出監（所）" in page.text
    item = db.session.scalars(select(WorkItem).where(WorkItem.subject_id == booking.id)).one()
    office.opens(f"{WORK}/finish/{item.id}")
    page = office.submits({"note": "已電話告知"}, button="標示為已處理")
    assert "已標示為處理完成" in page.text
    db.session.expire_all()
    assert db.session.get_one(WorkItem, item.id).note == "已電話告知"
    assert db.session.get_one(Reservation, booking.id).attention is not None, "a person decides on the visit itself"


def test_each_thing_to_do_opens_where_it_is_kept(office: Office) -> None:
    agency = factories.agency()
    inmate = factories.inmate(agency)
    family = factories.session_visit(inmate, VisitKind.FAMILY_ON_SITE)
    mobile = factories.session_visit(inmate, VisitKind.FAMILY_MOBILE, clock.now() + timedelta(days=3))
    lawyers = factories.reservation(factories.granted(about=inmate))
    for visit in (family, mobile, lawyers):
        factories.work_item(inmate, subject_kind="reservation", subject_id=visit.id)
    factories.work_item(inmate, subject_kind="service_grant", subject_id=family.grant_id)
    numbers = [visit.number for visit in (family, mobile)]
    office.is_signed_in_as(factories.headquarters())
    for number in (*numbers, lawyers.number):
        office.opens(f"{WORK}/list/")
        assert number in office.follows(f"預約接見 {number}").text
    office.opens(f"{WORK}/list/")
    office.follows("已核准服務項目")
    office.is_signed_in_as(factories.officer(agency))
    page = office.opens(f"{WORK}/list/")
    assert lawyers.number in page.text, "the desk's screen is not an officer's, the number is told"


def test_a_faulty_file_is_reported_and_can_only_be_given_up(office: Office) -> None:
    agency = factories.agency()
    office.is_signed_in_as(factories.officer(agency))
    import_id = delivery(agency, *(delivered(入監所日期="115/13/01") for _n in range(30)))
    page = office.opens(f"{IMPORTS}/show/{import_id}")
    first = page.rows("#faults tbody tr")[0]
    assert first[:3] == ["2", "入監所日期", "115/13/01"] and "2024/06/01" in first[3]
    assert len(page.rows("#faults tbody tr")) == 25 and "30處錯誤" in page.text
    assert len(office.follows("下一頁").rows("#faults tbody tr")) == 5
    assert "確認匯入" not in page.text
    office.follows("放棄這份資料")
    assert db.session.get_one(InmateImport, import_id).state is ImportState.FAULTY, "it asks first"
    assert "已放棄" in office.submits({}, button="放棄這份資料").text


def test_the_report_speaks_the_language_of_its_reader(office: Office) -> None:
    agency = factories.agency()
    office.is_signed_in_as(factories.officer(agency))
    import_id = delivery(agency, delivered(入監所日期="115/13/01"), delivered(場舍="=1+1"))
    content = inmate_columns.from_rows([delivered()]) + b"0001,x\n"
    short = inmate_imports.receive(agency.id, content, "", ImportSource.FILE, SYSTEM)
    inmate_checking.run()
    assert "存在的日期" in office.opens(f"{IMPORTS}/show/{import_id}").rows("#faults tbody tr")[0][3]
    office.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    rows = office.opens(f"{IMPORTS}/show/{import_id}").rows("#faults tbody tr")
    assert rows[0][3].startswith("an existing day") and rows[1][2:] == [
        "=1+1",
        "no formula and nothing that begins with =, +, - or @; write plain text",
    ]
    assert office.opens(f"{IMPORTS}/show/{short}").rows("#faults tbody tr")[0][1:3] == ["(whole line)", "2 columns"]


def test_an_inmate_is_found_by_name_or_number_and_neither_stands_in_an_address(office: Office) -> None:
    agency = factories.agency()
    mine, gone = factories.inmate(agency, name="黃小萍"), factories.inmate(agency, name="黃小萍", status="released")
    other = factories.inmate(name="黃小萍")
    number = mine.id_number
    office.is_signed_in_as(factories.officer(agency))
    office.opens(f"{INMATES}/list/?name=黃小萍")
    office.follows("以姓名或身分證號查詢")
    page = office.submits({"name": "黃小萍"}, button="查詢")
    assert len(page.rows()) == 2 and "黃小萍" not in page.response.request.url and "黃○○" in page.text
    shown = page.response.get_data(as_text=True)
    assert mine.id in shown and gone.id in shown and other.id not in shown
    assert len(office.submits({"name": "", "id_number": f" {number.lower()}"}, button="查詢").rows()) == 1
    page = office.submits({"name": "", "id_number": "A12"}, button="查詢", expect=422)
    assert page.errors and page.form(button="查詢").filled({})["id_number"] == ["A12"]
    office.submits({"name": " ", "id_number": ""}, button="查詢", expect=422)
    looks = db.session.scalars(select(AuditEntry.event).where(AuditEntry.event == "inmate.search")).all()
    assert len(looks) == 2


def test_all_faults_of_a_heading_are_told_at_once(office: Office) -> None:
    agency = factories.agency()
    office.is_signed_in_as(factories.officer(agency))
    office.opens(f"{IMPORTS}/add")
    wrong = (BytesIO("呼號,姓名,綽號,姓名\n".encode("cp950")), "x.csv")
    page = office.submits({"agency_id": agency.id, "file": wrong}, button="上傳並檢核", expect=422)
    told = [row[1] for row in page.rows("#faults tbody tr")]
    assert told == ["綽號", "姓名", "性別", "出生日期", "身分證號", "處分種類", "入監所日期", "狀態"]


def test_what_is_no_such_file_is_told_at_once(office: Office) -> None:
    agency = factories.agency()
    office.is_signed_in_as(factories.officer(agency))
    office.opens(f"{IMPORTS}/add")
    wrong = (BytesIO("編號,名稱\n1,2\n".encode("cp950")), "x.csv")
    page = office.submits({"agency_id": agency.id, "file": wrong}, button="上傳並檢核", expect=422)
    assert "「編號」" in page.text and "第1行" in page.text
    page = office.submits({"agency_id": agency.id}, button="上傳並檢核", expect=422)
    assert "請選擇收容人資料檔案" in page.text
    template = office.client.get(f"{IMPORTS}/template").data
    assert not inmate_csv.heading(template).fault_count


def test_an_inmate_is_shown_with_restrictions_and_the_look_is_logged(office: Office) -> None:
    inmate = factories.inmate(number="0609", name="黃小萍")
    factories.restriction(inmate, RestrictionKind.NO_CONTACT_ORDER, details="偵查中")
    office.is_signed_in_as(factories.officer(inmate.agency))
    page = office.opens(f"{INMATES}/list/?number=0609&custody=受刑人")
    assert "黃○○" in page.text and "黃小萍" not in page.text
    for _twice in range(2):
        page = office.opens(f"{INMATES}/show/{inmate.id}")
    assert "黃小萍" in page.text and "偵查中" in page.text and inmate.id_number not in page.text
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "inmate.opened")).all()
    assert len(looks) == 1
    assert office.opens(f"{INMATES}/list/?custody=x").errors


def test_headquarters_makes_a_key_sees_it_once_and_revokes_it(office: Office) -> None:
    office.is_signed_in_as(factories.headquarters())
    office.opens("/backoffice/access-keys/add")
    office.confirms()
    page = office.submits({"name": "獄政系統", "scope": "inmates", "ends_on": "2026-12-31"}, button="儲存")
    key = page.words("#access-key")
    assert key.startswith("bmfw_") and key not in office.opens("/backoffice/access-keys/list/").text
    row = db.session.scalars(select(AccessKey)).one()
    office.opens(f"/backoffice/access-keys/revoke/{row.id}")
    assert "金鑰已廢止" in office.submits({}, button="廢止介接金鑰").text
    office.is_signed_in_as(factories.officer())
    office.opens("/backoffice/access-keys/list/", expect=403)


def test_who_is_slower_at_a_thing_to_do_is_told_and_several_are_done_at_once(office: Office) -> None:
    agency = factories.agency()
    inmate = factories.inmate(agency)
    items = [factories.work_item(inmate).id for _n in range(3)]
    office.is_signed_in_as(factories.officer(agency, last_name="王", first_name="小明"))
    office.opens(f"{WORK}/finish/{items[0]}")
    form = office.page.form(button="標示為已處理")
    office.sends(form, {"note": "已電話告知"})
    page = office.sends(form, {"note": "再一次"}, expect=409)
    assert "本項待辦已由王小明處理完成。" in page.text
    office.opens(f"{WORK}/list/")
    page = office.submits({"rowid": items[1:]}, button="標示為已處理")
    assert "確認將下列待辦事項標示為已處理？" in page.text
    assert "已將2件標示為已處理。" in office.submits({}, button="確認").text
    assert len(office.opens(f"{WORK}/list/?done=yes").rows()) == 3
    office.opens(f"{WORK}/finish/{factories.work_item(factories.inmate()).id}", expect=404)
