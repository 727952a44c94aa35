"""未送達通知處理 as an officer goes through it, and the link at the applicant's end."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app import clock
from app.extensions import db
from app.rules.vocabulary import Channel, MessageState
from app.transaction import transaction
from models import Agency, Applicant, Notification
from tests import factories
from tests.doors import Office, Portal
from tests.views.desk.conftest import Desk

LIST = "/backoffice/undelivered/list/"


def failed(agency: Agency, **columns: object) -> Notification:
    return factories.notification(
        **{"state": MessageState.FAILED, "agency_id": agency.id, "last_error": "550 no such user", **columns}
    )


def state_of(message_id: str) -> MessageState:
    db.session.rollback()
    return db.session.get_one(Notification, message_id).state


def test_the_list_begins_with_the_oldest_and_says_why_and_for_which_visit(agency: Agency, officer: Office) -> None:
    visit = factories.reservation()
    failed(agency, subject="新")
    old = {"queued_at": clock.now() - timedelta(hours=2), "subject_kind": "reservation", "subject_id": visit.id}
    failed(agency, subject="舊", to=factories.applicant(mail="tyler@example.com"), **old)
    factories.notification(agency_id=agency.id, subject="已到")
    failed(factories.agency(), subject="他機關")
    rows = officer.opens(LIST).rows()
    assert [row[6] for row in rows] == ["舊", "新"]
    assert rows[0][2] == "陳○○" and rows[0][5] == "ty*****"
    assert f"{clock.local(visit.arrives_at):%H:%M}" in rows[0][7] and "信箱不存在" in rows[0][8]


def test_the_sms_of_the_same_message_stands_beside_it_and_ends_it(agency: Agency, officer: Office) -> None:
    message_id, key = failed(agency, dedupe_key="decided:1:1:x:mail").id, "decided:1:1:x:sms"
    sms = {"dedupe_key": key, "channel": Channel.SMS, "recipient": "0912345678", "sent_at": clock.now()}
    short = factories.notification(state=MessageState.SENT, agency_id=agency.id, **sms).id
    assert officer.opens(LIST).rows()[0][9] == "簡訊：已傳送（2026/3/3 上午 09:00:00）"
    officer.opens(f"/backoffice/undelivered/handle/{message_id}")
    with transaction() as session:
        session.get_one(Notification, short).state = MessageState.DELIVERED
    page = officer.submits({"note": "已告知"}, form="/told/", expect=409)
    assert "同一通知之簡訊已送達（2026/3/3 上午 09:00:00傳送），本則無須再處理。" in page.text
    assert officer.opens(LIST).rows() == [] and state_of(message_id) == MessageState.FAILED


def test_told_by_telephone(agency: Agency, officer: Office) -> None:
    message_id = failed(agency).id
    officer.opens(LIST)
    officer.opens(f"/backoffice/undelivered/handle/{message_id}")
    officer.submits({"note": ""}, form="/told/", expect=422)
    assert "請填寫電話告知情形" in officer.page.errors[0]
    officer.submits({"note": "本人接聽，已告知"}, form="/told/")
    assert "已登記電話告知。" in officer.page.text and officer.page.rows() == []
    assert state_of(message_id) == MessageState.TOLD_BY_PHONE


def test_sent_again_and_a_colleague_is_told(agency: Agency, officer: Office, browser_of: Desk) -> None:
    message_id = failed(agency).id
    colleague = browser_of(factories.officer(agency, last_name="林", first_name="美玲"))
    for one in (officer, colleague):
        one.opens(f"/backoffice/undelivered/handle/{message_id}")
    officer.submits(form="/resend/")
    assert state_of(message_id) == MessageState.QUEUED
    page = colleague.submits({"note": "已告知"}, form="/told/", expect=409)
    assert "已由王小明於" in page.errors[0] and "待傳送" in page.errors[0]


def test_another_agencys_and_nobodys_messages_do_not_exist(agency: Agency, officer: Office, browser_of: Desk) -> None:
    foreign, nobodys = failed(factories.agency()).id, failed(agency, agency_id=None).id
    for message_id in (foreign, nobodys):
        officer.opens(f"/backoffice/undelivered/handle/{message_id}", expect=404)
    hq = browser_of(factories.headquarters())
    assert len(hq.opens(LIST).rows()) == 2
    hq.opens(f"/backoffice/undelivered/handle/{nobodys}")


def test_a_new_address_from_the_officer_to_the_owner(app: Flask, agency: Agency, officer: Office) -> None:
    lawyer = factories.applicant()
    lawyer_id, message_id = lawyer.id, failed(agency, to=lawyer).id
    officer.opens(f"/backoffice/undelivered/handle/{message_id}")
    officer.submits({"mail": "nonsense"}, form="/propose/", expect=422)
    assert officer.page.form("/propose/").filled({})["mail"] == ["nonsense"], "what was typed stays"
    officer.submits({"mail": "new@example.com"}, form="/propose/")
    officer.opens(f"/backoffice/undelivered/handle/{message_id}")
    assert "已提出新的電子郵件ne*****@example.com" in officer.page.text
    owner = Portal(app.test_client())
    link = owner.link_in_mail("new@example.com")
    assert "ne*****@example.com" in owner.opens(link).text
    owner.submits({"password": "wrong"}, expect=422)
    owner.submits({"password": factories.PASSWORD})
    assert owner.page.title == "電子郵件已變更"
    owner.opens(link, expect=410)
    db.session.rollback()
    assert db.session.get_one(Applicant, lawyer_id).mail == "new@example.com"
    assert state_of(message_id) == MessageState.QUEUED
