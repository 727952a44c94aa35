"""通知範本維護: what is saved, what is kept, what seeds leave alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules.vocabulary import Channel
from app.security import Actor
from app.seeds import reference
from app.services import message_texts, notifications
from app.transaction import transaction
from models import AuditEntry, MessageTemplate, Officer
from tests import factories


@pytest.fixture
def hq(seeded: None) -> Officer:
    return factories.headquarters(last_name="陳", first_name="志強")


def text_of(event: str, locale: str = "zh_Hant_TW", channel: Channel = Channel.MAIL) -> MessageTemplate:
    db.session.rollback()
    asked = (MessageTemplate.event == event, MessageTemplate.locale == locale, MessageTemplate.channel == channel)
    return db.session.scalars(select(MessageTemplate).where(*asked)).one()


def change(hq: Officer, body: str, event: str = "password_changed", subject: str = "主旨") -> None:
    text = text_of(event)
    message_texts.change(text.id, subject, body, text.version, hq.id, Actor("staff", str(hq.id), "陳志強"))


def test_every_wording_is_kept_and_can_be_taken_up_again(each_database: str, hq: Officer) -> None:
    before = text_of("password_changed").body
    change(hq, "新內文  \r\n第二行\r\n\r\n")
    change(hq, "第三版")
    text = text_of("password_changed")
    editions = message_texts.history(text.id)
    assert [(e.number, e.body) for e in editions] == [(3, "第三版\n"), (2, "新內文\n第二行\n"), (1, before)]
    assert [e.saved_by_id for e in editions] == [hq.id, hq.id, None]
    message_texts.restore(text.id, 1, text.version, hq.id, Actor("staff", str(hq.id), "陳志強"))
    text = text_of("password_changed")
    assert text.body == before and len(message_texts.history(text.id)) == 4
    events = list(db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject_id == text.id)))
    assert events == ["message_template.edit", "message_template.edit", "message_template.restore"]
    with pytest.raises(NotFound):
        message_texts.restore(text.id, 9, text.version, hq.id, Actor("staff"))


def test_saving_nothing_new_keeps_nothing(hq: Officer) -> None:
    text = text_of("password_changed")
    change(hq, text.body, subject=text.subject)
    assert message_texts.history(text.id) == []


def test_a_colleagues_text_is_not_overwritten(each_database: str, hq: Officer) -> None:
    text = text_of("password_changed")
    seen = text.version
    change(hq, "同事的內文")
    with pytest.raises(Stale):
        message_texts.change(text.id, "主旨", "我的內文", seen, hq.id, Actor("staff"))
    assert text_of("password_changed").body == "同事的內文\n"


def test_a_wrong_text_is_not_saved(hq: Officer) -> None:
    with pytest.raises(RuleErrors):
        change(hq, "折扣50%")
    assert message_texts.history(text_of("password_changed").id) == []


def test_the_next_message_has_the_new_text(each_database: str, hq: Officer) -> None:
    change(hq, "折扣50%%，%% 照印")
    lawyer = factories.applicant()
    with transaction() as session:
        message = notifications.enqueue(session, "password_changed", lawyer, lawyer)
    assert message.body.startswith("折扣50%，% 照印\n")


def test_seeds_leave_edited_texts_alone_and_add_missing_ones(each_database: str, hq: Officer) -> None:
    change(hq, "本署修改之內文")
    short_id = text_of("reminder", "en", Channel.SMS).id
    with transaction() as session:
        session.delete(session.get_one(MessageTemplate, short_id))
    with transaction() as session:
        reference.texts(session)
    assert text_of("password_changed").body == "本署修改之內文\n"
    assert text_of("reminder", "en", Channel.SMS).body.startswith("[Public Services Portal]")


def test_a_preview_fills_samples_and_shows_no_live_link(hq: Officer) -> None:
    shown = message_texts.preview(text_of("verify"), "註冊 %(hours)s", "連結 %(link)s %(nobody)s 5%")
    assert shown.subject == "註冊 24" and "連結 ［連結不顯示］ %(nobody)s 5%" in shown.body
    assert "03-319-1119" in shown.body, "the end of every mail is part of it"
    short = message_texts.preview(text_of("reminder", channel=Channel.SMS), "", "%(agency)s" + "字" * 70)
    assert short.length is not None and short.length.parts == 2
