"""通知範本維護 as headquarters goes through it; everything works without JavaScript."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import Channel
from models import Agency, MessageTemplate
from tests import factories
from tests.doors import Office
from tests.views.desk.conftest import Desk


@pytest.fixture
def hq(agency: Agency, browser_of: Desk) -> Office:
    return browser_of(factories.headquarters(last_name="陳", first_name="志強"))


def address_of(event: str, channel: Channel = Channel.MAIL) -> str:
    db.session.rollback()
    asked = (MessageTemplate.event == event, MessageTemplate.locale == "zh_Hant_TW", MessageTemplate.channel == channel)
    return f"/backoffice/templates/{db.session.scalars(select(MessageTemplate.id).where(*asked)).one()}"


def body_of(event: str) -> str:
    db.session.rollback()
    asked = (MessageTemplate.event == event, MessageTemplate.locale == "zh_Hant_TW")
    return db.session.scalars(select(MessageTemplate.body).where(*asked, MessageTemplate.channel == Channel.MAIL)).one()


def test_every_text_is_listed_under_its_message(hq: Office) -> None:
    page = hq.opens("/backoffice/templates/")
    assert page.words(".ab-group") == "註冊帳號驗證"
    assert "便民服務入口網接見提醒" in page.text and "簡訊" in page.text


def test_edited_seen_in_the_history_and_restored(hq: Office) -> None:
    before = body_of("reminder")
    hq.opens(address_of("reminder"))
    hq.submits({"body": f"{before}請提早出門。"}, button="儲存")
    assert body_of("reminder").endswith("請提早出門。\n")
    hq.follows("歷次版本")
    assert "第2版" in hq.page.text and "陳志強" in hq.page.text and "系統預設" in hq.page.text
    hq.submits(button="還原為本版")
    assert body_of("reminder") == before and "第3版" in hq.page.text


def test_the_preview_saves_nothing(hq: Office) -> None:
    before = body_of("reminder")
    hq.opens(address_of("reminder"))
    hq.submits({"body": "%(agency)s %(date)s %(time)s 預覽中"}, button="預覽")
    assert "桃園女子監獄 2026-03-10(星期二) 09:30 預覽中" in hq.page.words("#preview")
    assert body_of("reminder") == before
    hq.submits(button="儲存")  # what was typed stood on
    assert body_of("reminder").endswith("預覽中\n")


def test_mistakes_are_named_and_what_was_typed_stays(hq: Office) -> None:
    hq.opens(address_of("verify"))
    page = hq.submits({"body": "%(nobody)s 50%"}, button="儲存", expect=422)
    told = " ".join(page.errors)
    assert "「%(nobody)s」不是" in told and "單獨的百分號" in told and "缺少必要的代號「%(link)s」" in told
    assert "%(nobody)s 50%" in page.form("templates").filled({}, "儲存")["body"][0]


def test_an_sms_shows_its_parts(hq: Office) -> None:
    hq.opens(address_of("reminder", Channel.SMS))
    assert "1則（單則上限70字）" in hq.page.text
    hq.submits({"body": "字" * 71}, button="預覽")
    assert "71字，2則" in hq.page.text


def test_a_colleagues_change_is_not_overwritten(hq: Office, browser_of: Desk) -> None:
    other, address = browser_of(factories.headquarters()), address_of("tail_plain")
    hq.opens(address)
    other.opens(address)
    other.submits({"body": "同事的內文"}, button="儲存")
    hq.submits({"body": "我的內文"}, button="儲存", expect=409)
    assert body_of("tail_plain") == "同事的內文\n"
