"""簡訊電子郵件紀錄 at both doors: the manual's columns, masked, and never a live link or code."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import Channel
from app.services.notifications import HIDDEN_LINK
from models import Agency, AuditEntry
from tests import factories
from tests.doors import Office, Portal
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk

PLANTED = "http://127.0.0.1/portal/verify/PLANTED-TOKEN"


def planted(agency: Agency, **columns: object):  # type: ignore[no-untyped-def]
    """A message whose live link and code are sealed beside it."""
    text = {"body": f"您好：\n請點選 {HIDDEN_LINK}", "secret": {"link": PLANTED, "code": "314159"}}
    return factories.notification(**{"agency_id": agency.id, **text, **columns})


def test_the_officers_log(agency: Agency, browser_of: Desk, clock_at: StoppedClock) -> None:
    clock_at("2026-03-09 08:59:33")
    officer = browser_of(factories.officer(agency))
    message = planted(agency, to=factories.applicant(mail="tyler@example.com", name="陳大達"))
    planted(factories.agency(), subject="他機關")
    message_id = message.id
    page = officer.opens("/backoffice/messages/list/")
    assert page.words("thead").startswith("機關 收件人 分類 傳送時間 傳送目的 主旨 內文 傳送狀態")
    [row] = page.rows()
    assert row[:5] == ["桃園女子監獄", "陳○○", "電子郵件", "2026/3/9 上午 08:59:33", "ty*****"]
    detail = officer.opens(f"/backoffice/messages/show/{message_id}")
    assert HIDDEN_LINK in detail.text and "陳大達" not in detail.text
    for shown in (page, detail):
        source = shown.response.get_data(as_text=True)
        assert "PLANTED-TOKEN" not in source and "314159" not in source and "tyler@example.com" not in source
    db.session.rollback()
    events = db.session.execute(select(AuditEntry.event, AuditEntry.subject_id).order_by(AuditEntry.seq)).all()
    assert ("notification.viewed", message_id) in [tuple(event) for event in events]
    assert "notification.listed" in [event.event for event in events]


def test_another_agencys_message_does_not_exist(agency: Agency, officer: Office) -> None:
    officer.opens(f"/backoffice/messages/show/{planted(factories.agency()).id}", expect=404)
    officer.opens(f"/backoffice/messages/show/{planted(agency, agency_id=None).id}", expect=404)


def test_the_applicants_log(app: Flask, agency: Agency, clock_at: StoppedClock) -> None:
    clock_at("2026-03-09 08:59:33")
    lawyer = factories.applicant(mail="tyler@example.com", mobile="0912345678")
    planted(agency, to=lawyer)
    planted(agency, to=lawyer, channel=Channel.SMS, recipient="0912345678", subject="")
    planted(agency, subject="他人")
    page = Portal(app.test_client()).is_signed_in_as(lawyer).opens("/portal/messages")
    assert page.words("thead") == "分類傳送時間傳送目的主旨內文傳送狀態"
    assert sorted((row[0], row[1], row[2]) for row in page.rows()) == [
        ("簡訊", "2026/3/9 上午 08:59:33", "0912***678"),
        ("電子郵件", "2026/3/9 上午 08:59:33", "ty*****"),
    ]
    source = page.response.get_data(as_text=True)
    assert "PLANTED-TOKEN" not in source and "314159" not in source
