"""系統管理: agencies, reasons, privacy-notice versions, notices, one's own address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.rules.office_vocabulary import NoticeKind
from app.rules.vocabulary import ReasonScope, StaffRole
from app.security import Actor
from app.seeds import reference
from app.services import (
    agency_changes,
    notices,
    own_details,
    privacy_notices,
    reason_changes,
    reasons,
    registration,
    staff_accounts,
)
from app.services.privacy_notices import NoticeData
from app.services.reason_changes import Words
from app.services.staff import NO_ADDRESS, AccountTaken
from app.services.staff_accounts import AccountData
from app.transaction import transaction
from models import Agency, AgencyParameter, CalendarDay, Notification, Officer, PrivacyNotice, RejectionReason
from tests import factories
from tests.stillness import StoppedClock, taiwan

STAFF = Actor("staff", "1", "王小明")
ENTRY = ReasonScope.ENTRY


def new_agency(**columns: Any) -> Agency:
    return Agency(**{"name": "新竹分監", "full_name": "法務部矯正署新竹分監", "kind": "監獄", **columns})


def save(agency: Agency, **changes: Any) -> None:
    agency_changes.save(agency.id, changes, agency.version, STAFF)


def test_a_new_sub_unit_has_parameters_and_its_host_sees_it(app: Flask) -> None:
    host = factories.agency(code="2477")
    made = agency_changes.add(new_agency(code="２４７８ ", host_id=host.id), STAFF)
    db.session.rollback()
    row = db.session.get_one(Agency, made)
    assert row.code == "2478" and row.host_id == host.id
    codes = set(db.session.scalars(select(AgencyParameter.code).where(AgencyParameter.agency_id == made)))
    assert {"A", "RAS", "RFE"} <= codes


@pytest.mark.parametrize(
    ("columns", "error", "field"),
    [
        ({"code": "24-7"}, agency_changes.CodeMalformed, "code"),
        ({"code": "9000"}, agency_changes.CodeTaken, "code"),
        ({"name": "既有監獄"}, agency_changes.NameTaken, "name"),
        (
            {"active_from": date(2026, 5, 2), "active_until": date(2026, 5, 1)},
            agency_changes.DatesCrossed,
            "active_until",
        ),
    ],
)
def test_an_agency_that_breaks_a_rule_is_refused(
    app: Flask, columns: dict[str, Any], error: type[RuleError], field: str
) -> None:
    factories.agency(code="9000", name="既有監獄")
    with pytest.raises(error) as refused:
        agency_changes.add(new_agency(**columns), STAFF)
    assert refused.value.field == field
    assert db.session.scalars(select(Agency.name)).all() == ["既有監獄"]


def test_hosts_have_one_level(app: Flask) -> None:
    host = factories.agency()
    unit, other = factories.agency(host_id=host.id), factories.agency()
    with pytest.raises(agency_changes.HostInvalid):
        save(other, host_id=unit.id)
    with pytest.raises(agency_changes.HostHasUnits):
        save(host, host_id=other.id)


def test_an_agency_with_something_open_is_not_ended(app: Flask) -> None:
    agency = factories.agency()
    factories.reservation(factories.granted(about=factories.inmate(agency)), taiwan("2026-03-10 10:00"))
    with pytest.raises(agency_changes.StillOpen) as coming:
        save(agency, active_until=date(2026, 3, 9))
    assert "停用後之預約1件" in str(coming.value) and "收容人" not in str(coming.value)
    with pytest.raises(agency_changes.StillOpen) as now:
        save(agency, active_until=date(2026, 3, 3))
    assert "在監（所）收容人1名" in str(now.value)
    save(agency, active_until=date(2026, 3, 10))
    db.session.rollback()
    assert db.session.get_one(Agency, agency.id).active_until == date(2026, 3, 10)


def test_the_seed_leaves_alone_what_headquarters_has_corrected(reference_data: None, app: Flask) -> None:
    agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    save(agency, name="桃園女監")
    day = db.session.scalars(select(CalendarDay).where(CalendarDay.day > date(2026, 3, 1))).first()
    assert day is not None

    with transaction() as session:
        session.delete(session.get_one(CalendarDay, day.day))
    before = len(db.session.scalars(select(Agency.id)).all()), len(db.session.scalars(select(CalendarDay.day)).all())
    reference.seed()
    after = len(db.session.scalars(select(Agency.id)).all()), len(db.session.scalars(select(CalendarDay.day)).all())
    assert before == after


def reason(text: str) -> RejectionReason:
    db.session.rollback()
    return db.session.scalars(select(RejectionReason).where(RejectionReason.text == text)).one()


def offered() -> list[str]:
    db.session.rollback()
    return [row.text for row in reasons.offered(ENTRY)]


def test_reasons_are_added_worded_moved_and_stopped(app: Flask) -> None:
    for text in ("甲", "乙"):
        reason_changes.add(ENTRY, Words(text, f"{text} en"), STAFF)
    old = reason("甲")
    reason_changes.change(old.id, Words("甲之新文字", "New"), old.version, STAFF)
    assert offered() == ["甲之新文字", "乙"]
    assert reasons.worded("甲", "en") == "甲 en", "what was decided with the old words keeps its English"
    row = reason("乙")
    reason_changes.move(row.id, -1, row.version, STAFF)
    assert offered() == ["乙", "甲之新文字"]
    row = reason("乙")
    reason_changes.set_active(row.id, False, row.version, STAFF)
    last = reason("甲之新文字")
    with pytest.raises(reason_changes.LastReason):
        reason_changes.set_active(last.id, False, last.version, STAFF)
    reason_changes.change(last.id, Words("甲", "Old again"), last.version, STAFF)
    assert offered() == ["甲"], "the old row is in use again"
    with pytest.raises(reason_changes.ReasonTaken):
        reason_changes.add(ENTRY, Words("甲", "twice"), STAFF)
    with pytest.raises(Stale):
        reason_changes.move(row.id, 1, 1, STAFF)


def draft(day: date, title: str = "新版") -> NoticeData:
    return NoticeData(title, "內文", "", "", day)


def test_a_prepared_version_takes_force_on_its_day_and_is_then_fixed(app: Flask, clock_at: StoppedClock) -> None:
    factories.privacy_notice(number=1, published_at=clock.now() - timedelta(days=9))
    with pytest.raises(privacy_notices.PublishedTooEarly):
        privacy_notices.prepare(draft(clock.today()), STAFF)
    made = privacy_notices.prepare(draft(date(2026, 3, 5)), STAFF)
    with pytest.raises(privacy_notices.OneInPreparation):
        privacy_notices.prepare(draft(date(2026, 3, 6)), STAFF)
    seen = privacy_notices.seen(privacy_notices.get(made))
    clock_at.passes(seconds=1)
    privacy_notices.change(made, draft(date(2026, 3, 5), "改過"), seen, STAFF)
    with pytest.raises(Stale):
        privacy_notices.change(made, draft(date(2026, 3, 5)), seen, STAFF)
    assert registration.current_notice().number == 1
    clock_at("2026-03-05 00:00")
    assert registration.current_notice().title == "改過"
    for act in (
        lambda: privacy_notices.discard(made, STAFF),
        lambda: privacy_notices.change(made, draft(date(2026, 4, 1)), seen, STAFF),
    ):
        with pytest.raises(privacy_notices.AlreadyPublished):
            act()
    assert len(db.session.scalars(select(PrivacyNotice.id)).all()) == 2


def values(**changes: Any) -> dict[str, Any]:
    usual = {"agency_id": None, "kind": NoticeKind.NOTICE, "title": "公告", "body": "內文", "title_en": None}
    return {**usual, "body_en": None, "published_on": date(2026, 3, 3), "until_on": None, **changes}


def test_only_headquarters_publishes_for_everybody(app: Flask) -> None:
    agency, other, officer = factories.agency(), factories.agency(), factories.officer()
    own = frozenset({agency.id})
    for foreign in (None, other.id):
        with pytest.raises(notices.NotOwnAgency):
            notices.add(values(agency_id=foreign), own, officer.id, STAFF)
    notices.add(values(agency_id=agency.id, title="機關"), own, officer.id, STAFF)
    notices.add(values(title="本署", published_on=date(2026, 3, 1)), None, officer.id, STAFF)
    notices.add(values(title="明日", published_on=date(2026, 3, 4)), None, officer.id, STAFF)
    notices.add(values(title="已過", published_on=date(2026, 3, 1), until_on=date(2026, 3, 2)), None, officer.id, STAFF)
    assert [row.title for row in notices.in_force(NoticeKind.NOTICE)] == ["本署", "機關"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"until_on": date(2026, 3, 2)}, notices.SpanCrossed),
        ({"title_en": "Half"}, notices.EnglishHalf),
        ({"body": "長" * 10_001}, notices.BodyTooLong),
    ],
)
def test_the_rules_of_a_notice(changes: dict[str, Any], error: type[RuleError]) -> None:
    with pytest.raises(error):
        notices.check(values(**changes))


def test_ones_own_address(app: Flask, seeded: None) -> None:
    officer, other = factories.officer(email="old@mail.example.gov.tw"), factories.officer()
    check: Callable[[], str] = lambda: db.session.get_one(Officer, officer.id).email  # noqa: E731
    own_details.change_mail(officer.id, " new@mail.example.gov.tw ", STAFF)
    assert check() == "new@mail.example.gov.tw"
    told = db.session.scalars(select(Notification)).one()
    assert (told.event, told.recipient, told.applicant_id) == ("staff_mail_changed", "old@mail.example.gov.tw", None)
    assert officer.username in told.body and "ne*****@mail.example.gov.tw" in told.body and told.agency_id is None
    with pytest.raises(own_details.OfficeMailInvalid):
        own_details.change_mail(officer.id, "nonsense", STAFF)
    with pytest.raises(AccountTaken):
        own_details.change_mail(officer.id, db.session.get_one(Officer, other.id).email, STAFF)


def test_an_address_that_headquarters_changes_is_told_at_the_old_one(app: Flask, seeded: None) -> None:
    officer = factories.officer(email="old@mail.example.gov.tw")
    unwritten = factories.officer(email=f"nobody{NO_ADDRESS}")

    def edit(who: Officer, **changes: str) -> None:
        names = {"family_name": who.last_name, "given_name": who.first_name, "email": who.email, **changes}
        data = AccountData(**names, roles=(StaffRole.OFFICER,), agency_ids=(who.agencies[0].id,))
        staff_accounts.change(who.id, data, staff_accounts.seen(who), Actor("staff", "0", "陳志強"))

    edit(officer, given_name="大明")
    edit(unwritten, email="first@mail.example.gov.tw")
    assert db.session.scalars(select(Notification)).all() == []
    edit(db.session.get_one(Officer, officer.id), email="new@mail.example.gov.tw")
    [told] = db.session.scalars(select(Notification)).all()
    assert told.recipient == "old@mail.example.gov.tw" and "陳志強" in told.body
