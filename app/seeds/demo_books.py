"""Both contact books of the demonstration: entries that wait, were approved and refused; an agency's messages."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import Audience, Verdict
from app.security import Actor
from app.seeds import demo_families, demo_people, demo_residents
from app.services import agency_book, attachments, entry_drafts, entry_review, family_book
from models import AgencyBookEntry, Applicant, FamilyBookEntry
from models.base import search_digest

log = logging.getLogger(__name__)
#: Days ago, title, text, verdict, reason; the newest waits.
ENTRIES: tuple[tuple[int, str, str, Verdict | None, str], ...] = (
    (33, "家裡都好", "小萍，爸媽身體都好，妹妹也找到新工作了，請放心。", Verdict.APPROVE, ""),
    (21, "請幫忙申請移監", "想請機關幫忙把你移到離家近一點的地方。", Verdict.REJECT, "非家庭關懷內容"),
    (10, "中秋快樂", "今年的月餅媽媽留了一盒照片給你看，大家都很想你。", Verdict.APPROVE, ""),
    (0, "小寶會走路了", "小寶上星期會走路了，附上照片。請保重身體，我們等你回家。", None, ""),
)
#: Days ago, title, text, the inmate whose family is meant (none: a notice).
MESSAGES = (
    (12, "懇親活動報名", "本監訂於下月第二個星期六辦理懇親活動，請於本月底前洽接見室報名。", None),
    (3, "寄入物品提醒", "入冬後寄入衣物請先電洽接見室，以免退回。", None),
    (1, "健康檢查通知", "貴家屬已完成年度健康檢查，結果正常。", "0609"),
)


def fill(agency_id: str) -> None:
    """Add the entries and messages where nobody has written any yet."""
    mail = demo_people.RELATIVES[0][1]
    writer = db.session.scalar(select(Applicant).where(Applicant.mail_index == search_digest("mail", mail)))
    written = select(FamilyBookEntry.id).where(FamilyBookEntry.agency_id == agency_id).limit(1)
    if writer is not None and db.session.scalar(written) is None:
        writer_id, name = writer.id, writer.name
        for days_ago, title, text, verdict, reason in ENTRIES:
            try:
                _entry(Actor("applicant", writer_id, name), days_ago, title, text, verdict, reason)
            except RuleError as error:  # the rules hold for the demonstration too
                log.info("demonstration entry left out: %s", error)
    told = select(AgencyBookEntry.id).where(AgencyBookEntry.agency_id == agency_id).limit(1)
    if db.session.scalar(told) is None:
        _messages(agency_id)


def _entry(writer: Actor, days_ago: int, title: str, text: str, verdict: Verdict | None, reason: str) -> None:
    """Published so many days ago, with a picture, and read five hours later."""
    written = clock.now() - timedelta(days=days_ago)
    person_id = str(writer.id)
    with clock.frozen(written):
        grants = family_book.grants(person_id)
        if not grants:
            return
        entry_id = entry_drafts.start(person_id, grants[0].id, writer)
        entry_drafts.add_file(person_id, entry_id, "照片.jpg", demo_families.face())
        entry_drafts.publish(person_id, entry_id, title, text, writer)
    if verdict is None:
        return
    officer = demo_residents.officer()
    with clock.frozen(written + timedelta(hours=5)):
        version = db.session.get_one(FamilyBookEntry, entry_id).version
        decision = entry_review.EntryDecision(verdict.value, reason, version=version)
        entry_review.review(entry_id, decision, officer.id, Actor("staff", str(officer.id), officer.full_name))


def _messages(agency_id: str) -> None:
    officer = demo_residents.officer()
    officer_id, actor = officer.id, Actor("staff", str(officer.id), officer.full_name)
    poster = attachments.clean("海報.jpg", demo_families.face())
    for days_ago, title, text, number in MESSAGES:
        inmate_id = demo_residents.inmate_id(agency_id, number) if number else None
        audience = Audience.ONE_FAMILY if inmate_id else Audience.NOTICE
        message = agency_book.Message(agency_id, audience.value, inmate_id, title, text)
        with clock.frozen(clock.now() - timedelta(days=days_ago)):
            agency_book.add(message, [] if inmate_id else [poster], officer_id, actor)
