"""What goes out for a message: text, the same as HTML, a calendar file; and what queueing costs."""

from __future__ import annotations

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import event

from app.extensions import db
from app.rules.vocabulary import Channel, MessageState, ReservationState
from app.services import calendar_files, letters, notifications
from app.transaction import end_reading, transaction
from models import MessageTemplate, Notification
from tests import factories

BASE = "http://127.0.0.1:8000"


def test_html_is_the_text_with_links_to_the_portal_only(app: Flask) -> None:
    text = f"您好：\n<b>陳𠮷豪</b> {BASE}/portal/verify/T，{BASE}.evil.example/ https://evil.example javascript:x"
    page = letters.html_of("通知 <1>", text, "zh_Hant_TW")
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-Hant-TW">')
    assert f'<a href="{BASE}/portal/verify/T">{BASE}/portal/verify/T</a>，' in page
    assert page.count("<a ") == 1 and "&lt;b&gt;陳𠮷豪" in page and "通知 &lt;1&gt;" in page
    assert "src=" not in page and "url(" not in page and "<link" not in page
    assert '<html lang="en">' in letters.html_of("x", "y", "en")


@pytest.mark.parametrize(
    ("state", "method", "status"),
    [
        (ReservationState.APPROVED, "PUBLISH", "CONFIRMED"),
        (ReservationState.PENDING, "PUBLISH", "TENTATIVE"),
        (ReservationState.CANCELLED, "CANCEL", "CANCELLED"),
        (ReservationState.REJECTED, "CANCEL", "CANCELLED"),
    ],
)
def test_the_calendar_file_says_how_the_visit_stands(
    app: Flask, state: ReservationState, method: str, status: str
) -> None:
    visit = factories.reservation(state=state, decided_at=notifications.clock.now())
    read = Calendar.from_ical(calendar_files.calendar_of(visit))
    [entry] = read.walk("VEVENT")
    assert (read["METHOD"], entry["STATUS"]) == (method, status)
    assert entry["UID"] == f"{visit.id}@portal.example" and entry["SEQUENCE"] == visit.version
    assert entry.decoded("DTSTART") == visit.arrives_at
    plain = calendar_files.calendar_of(visit).decode().replace("\r\n ", "")
    for secret in (visit.inmate.name, visit.agency.name, visit.visitor_name, "接見"):
        assert secret not in plain


def test_a_letter_about_an_approved_visit_carries_it(app: Flask, reference_data: None) -> None:
    visit = factories.reservation(state=ReservationState.APPROVED, decided_at=notifications.clock.now())
    with transaction() as session:
        values = dict.fromkeys(("address", "inmate", "date", "time", "number", "agency"), "x")
        message = notifications.enqueue(session, "booking_approved", visit.applicant, visit, version=2, values=values)
    letter = letters.letter(message, "zh_Hant_TW")
    [attachment] = letter.attachments
    assert attachment.media_type == "text/calendar; method=PUBLISH; charset=utf-8"
    assert b"BEGIN:VEVENT" in attachment.content and letter.html
    assert message.subject_version == 2 and message.give_up_at


def test_queueing_costs_one_statement(each_database: str, app: Flask, reference_data: None) -> None:
    person = factories.applicant()
    with transaction() as session:
        notifications.enqueue(session, "password_changed", person, person, version=1)  # the texts are read
    seen: list[str] = []

    def note(connection, cursor, statement, *rest):  # type: ignore[no-untyped-def]
        seen.append(statement)

    with transaction() as session:
        mine = session.get_one(type(person), person.id)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            notifications.enqueue(session, "password_changed", mine, mine, version=2)
            session.flush()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 1 and seen[0].startswith("INSERT INTO notification")


def test_an_edited_text_is_used_at_once(app: Flask, reference_data: None) -> None:
    person = factories.applicant()
    with transaction() as session:
        notifications.enqueue(session, "password_changed", person, person, version=1)
    with transaction() as session:
        wanted = {"event": "password_changed", "channel": Channel.MAIL, "locale": person.locale}
        text = session.query(MessageTemplate).filter_by(**wanted).one()
        text.subject = "改過的主旨"
    with transaction() as session:
        again = notifications.enqueue(session, "password_changed", person, person, version=2)
    assert again.subject == "改過的主旨"


def test_undelivered_means_failed_or_unknown_and_nobody_dealt_with_it(each_database: str, app: Flask) -> None:
    now = notifications.clock.now()
    made = {
        name: factories.notification(**columns)
        for name, columns in {
            "failed": {"state": MessageState.FAILED},
            "unknown": {"state": MessageState.UNKNOWN},
            "handled": {"state": MessageState.FAILED, "handled_at": now},
            "sent": {"state": MessageState.SENT},
            "told": {"state": MessageState.TOLD_BY_PHONE},
        }.items()
    }
    end_reading()
    found = notifications.undelivered_for(db.session.get_one(Notification, m.id).subject_id for m in made.values())
    assert found == {made["failed"].subject_id, made["unknown"].subject_id}
