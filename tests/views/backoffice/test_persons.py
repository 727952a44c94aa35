"""家屬資料查詢修改 as an officer, a foreign agency and headquarters go through it, and what the person sees of it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import AccountState
from app.seeds import reference
from app.transaction import end_reading, transaction
from models import Applicant, AuditEntry, AuditValues, BrowserSession, Inmate, OneTimeToken
from tests import factories
from tests.doors import Office, Page, Portal

PERSONS = "/backoffice/persons/"


@pytest.fixture(autouse=True)
def _texts(app: Flask) -> None:
    with transaction() as session:
        reference.texts(session)


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app.test_client())


@pytest.fixture
def inmate() -> Inmate:
    return factories.inmate(number="0609")


@pytest.fixture
def mother(inmate: Inmate) -> Applicant:
    person = factories.applicant(name="黃美華", mobile="0912345678", occupation="教師")
    factories.granted(person, inmate)
    return person


def looks_for(office: Office, kind: str, value: str, expect: int = 200, **more: str) -> Page:
    office.opens(PERSONS)
    fields = {"kind": kind, "value": value, "purpose": "enquiry", "note": "來電詢問", **more}
    return office.submits(fields, button="查詢", expect=expect)


def opens(office: Office, person: Applicant) -> Page:
    looks_for(office, "id_number", person.id_number)
    return office.submits({}, button="開啟")


def test_found_by_one_exact_value_and_masked_until_opened(office: Office, inmate: Inmate, mother: Applicant) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    asked = {
        "id_number": mother.id_number.lower(),
        "mobile": "0912345678",
        "mail": mother.mail.upper(),
        "name": "黃美華",
    }
    for kind, value in asked.items():
        page = looks_for(office, kind, value)
        assert page.rows("#found tbody tr")[0][0] == "黃○○", kind
        assert "0912345678" not in page.words("#found") and mother.mail not in page.words("#found")
    page = looks_for(office, "inmate", "0609", agency_id=inmate.agency_id)
    assert len(page.rows("#found tbody tr")) == 1
    assert "查無資料" in looks_for(office, "name", "黃美").text, "a part finds nobody"
    assert "請選擇查閱用途" in looks_for(office, "name", "黃美華", 422, purpose="").text
    page = opens(office, mother)
    for value in ("黃美華", "0912345678", mother.mail, "教師", "0609黃○○"):
        assert value in page.text
    assert page.address == f"{PERSONS}show/{mother.id}"


@pytest.mark.parametrize(
    ("kind", "value"), [("mobile", "０９１２-345-678"), ("mobile", "+886 912 345 678"), ("inmate", "０６０９")]
)
def test_what_is_meant_is_found_however_it_is_typed(
    office: Office, inmate: Inmate, mother: Applicant, kind: str, value: str
) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    assert looks_for(office, kind, value, agency_id=inmate.agency_id).rows("#found tbody tr")[0][0] == "黃○○"


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [("mobile", "0912", "09開頭之10位數字"), ("name", "", "請填寫「查詢內容」"), ("inmate", "0609", "請選擇機關")],
)
def test_what_cannot_be_found_is_told_instead_of_searched(
    office: Office, inmate: Inmate, kind: str, value: str, sentence: str
) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    page = looks_for(office, kind, value, 422)
    assert sentence in page.words(".alert") and "查無資料" not in page.text


def test_another_agency_finds_nobody(app: Flask, office: Office, mother: Applicant) -> None:
    office.is_signed_in_as(factories.officer())
    for kind, value in (("id_number", mother.id_number), ("name", "黃美華"), ("id_number", "A100000001")):
        page = looks_for(office, kind, value)
        assert page.words("#found").endswith("查無資料。"), kind
    office.opens(f"{PERSONS}show/{mother.id}", expect=404)
    office.opens(f"{PERSONS}act/{mother.id}/lock", expect=404)


def test_an_address_alone_opens_nothing(office: Office, inmate: Inmate, mother: Applicant) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    for address in (f"{PERSONS}show/{mother.id}", f"{PERSONS}act/{mother.id}/correct"):
        page = office.opens(address)
        assert "請填寫查閱用途" in page.text and "0912345678" not in page.text and "黃美華" not in page.text
    page = office.submits({"purpose": "correction", "note": "本人臨櫃"}, button="開啟")
    assert "黃美華" in page.text


def test_the_person_sees_who_looked(app: Flask, office: Office, inmate: Inmate, mother: Applicant) -> None:
    name = inmate.agency.name
    office.is_signed_in_as(factories.officer(inmate.agency))
    opens(office, mother)
    page = Portal(app.test_client()).is_signed_in_as(mother).opens("/portal/my/looks")
    assert page.rows()[0][1:] == [name, "機關專責人員", "答覆本人詢問"]
    kept = db.session.scalars(
        select(AuditValues)
        .join(AuditEntry, AuditEntry.seq == AuditValues.entry_seq)
        .where(AuditEntry.event == "applicant.opened")
    ).one()
    assert kept.facts == {"purpose": "enquiry", "note": "來電詢問", "role": "Officer"}


def test_the_person_sees_who_opened_a_case(app: Flask, office: Office, mother: Applicant, each_database: str) -> None:
    """The trail names records by text, their tables by keys: each database writes those in its own way."""
    grant = factories.granted(mother)
    visit, case_id = factories.reservation(grant).id, grant.application_id
    officer, desk = factories.officer(grant.agency), factories.desk(grant.agency)
    office.is_signed_in_as(officer).opens(f"/backoffice/applications/review/{case_id}")
    office.is_signed_in_as(desk).opens(f"/backoffice/desk/onsite/show/{visit}")
    page = Portal(app.test_client()).is_signed_in_as(mother).opens("/portal/my/looks")
    assert [row[-1] for row in page.rows()] == ["辦理預約或接見", "辦理申請案件"]


def test_corrected_with_a_reason_and_told(app: Flask, office: Office, inmate: Inmate, mother: Applicant) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    opens(office, mother)
    page = office.follows("更正資料")
    page = office.submits({"birth_date": "1970/13/01", "reason": ""}, button="確認更正資料", expect=422)
    assert "請更正下列2項資料" in page.text
    page = office.submits({"birth_date": "1970/03/01", "name": "黃美樺", "reason": "核對身分證"}, button="確認更正資料")
    assert "資料已更正" in page.text and "黃美樺" in page.text
    page = Portal(app.test_client()).is_signed_in_as(mother).opens("/portal/messages")
    assert "姓名、出生日期" in page.text
    office.opens(f"{PERSONS}act/{mother.id}/correct")
    office.submits({"reason": "再次確認"}, button="確認更正資料", expect=422)


def test_locked_people_are_out_and_hear_a_neutral_sentence(
    app: Flask, office: Office, inmate: Inmate, mother: Applicant
) -> None:
    portal = Portal(app.test_client()).is_signed_in_as(mother)
    office.is_signed_in_as(factories.officer(inmate.agency))
    opens(office, mother)
    office.follows("鎖定帳號")
    office.submits({"reason": ""}, button="確認鎖定帳號", expect=422)
    page = office.submits({"reason": "疑似冒用"}, button="確認鎖定帳號")
    assert "鎖定中" in page.text and "疑似冒用" in page.text
    ended = select(BrowserSession.revoked_at).where(BrowserSession.subject_id == mother.id)
    assert db.session.scalar(ended) is not None
    page = portal.signs_in(mother, expect=403)
    assert "此帳號目前無法使用" in page.text and "疑似冒用" not in page.text
    page = portal.signs_in(mother, password="something else", expect=422)
    assert "此帳號目前無法使用" not in page.text
    office.opens(f"{PERSONS}act/{mother.id}/unlock")
    office.submits({"reason": "已查明"}, button="確認解除鎖定")
    end_reading()
    assert db.session.get_one(Applicant, mother.id, populate_existing=True).state is AccountState.ACTIVE
    portal.signs_in(mother)


def test_a_new_number_counts_when_its_owner_confirms_it(
    app: Flask, office: Office, inmate: Inmate, mother: Applicant
) -> None:
    office.is_signed_in_as(factories.officer(inmate.agency))
    opens(office, mother)
    office.follows("提出新的手機號碼")
    page = office.submits({"mobile": "0987654321"}, button="確認提出新的手機號碼")
    assert "0912345678" in page.text and "0987***321" in page.text and "待當事人" in page.text
    portal = Portal(app.test_client()).is_signed_in_as(mother)
    portal.opens("/portal/my/sms")
    portal.follows("確認新的手機號碼")
    portal.submits({"password": "wrong"}, form="/portal/my/mobile", expect=422)
    portal.submits({"password": factories.PASSWORD}, form="/portal/my/mobile")
    end_reading()
    person = db.session.get_one(Applicant, mother.id, populate_existing=True)
    assert person.mobile == "0987654321" and person.mobile_verified_at is None, "no SMS gateway has proved it"


def test_only_headquarters_merges(app: Flask, office: Office, inmate: Inmate, mother: Applicant) -> None:
    other = factories.applicant(name="黃美華", id_number=mother.id_number)
    office.is_signed_in_as(factories.officer(inmate.agency))
    assert "合併帳號" not in opens(office, mother).text
    office.opens(f"/backoffice/person-merges/{mother.id}", expect=403)
    chief = Office(app.test_client()).is_signed_in_as(factories.headquarters())
    looks_for(chief, "mail", other.mail)
    chief.submits({}, button="開啟")
    chief.follows("合併帳號")
    chief.confirms()
    page = chief.submits({"kind": "mail", "value": mother.mail}, button="查詢")
    page = chief.submits({}, button="選擇")
    assert "將移轉之資料" in page.text and "合併後無法復原" in page.text
    chief.submits({"reason": ""}, button="確認合併", expect=422)
    page = chief.submits({"reason": "本人切結"}, button="確認合併")
    assert "帳號已合併" in page.text and "0609" in page.text
    end_reading()
    assert db.session.get_one(Applicant, mother.id, populate_existing=True).merged_into_id == other.id
    assert db.session.scalar(select(OneTimeToken.id).where(OneTimeToken.used_at.is_(None))) is None
