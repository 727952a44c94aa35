"""Every table of the program is in the auditors' door, or it is said why not."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import UniqueConstraint, inspect, select

from app import clock
from app.extensions import db
from app.security import Actor
from app.services import audit
from app.transaction import transaction
from models import AuditEntry, Base
from tests import factories
from tests.doors import Page
from tests.factories import PASSWORD
from tests.views.auditor.rows import planted
from tests.views.auditor.test_masks import SECRETS, identity_numbers
from views.auditor import VIEWS
from views.auditor.plain import plain
from views.auditor.subjects import ALL, NOT_SHOWN
from views.auditor.trail_words import EVENTS, LOOKS

GOOD = {"purpose": "inspection", "note": "115年度稽核計畫", "password": PASSWORD}
#: Tables of the framework: roles are shown with each member of staff, the rest holds no row.
FRAMEWORK = re.compile(r"ab_(?!user$)")


def test_every_table_is_shown_or_has_a_reason_not_to_be() -> None:
    tables = {name for name in Base.metadata.tables if not FRAMEWORK.match(name)}
    shown = {kind.table for kind in ALL}
    assert shown | NOT_SHOWN.keys() == tables, "give it a line in views/auditor/subjects.py, or the reason"
    assert not shown & NOT_SHOWN.keys()
    assert {kind.model for kind in ALL} == VIEWS.keys()


def test_every_list_has_an_order_that_an_index_carries_or_stays_small() -> None:
    small = {
        "roster_edition",
        "roster_supplement",
        "book_print",
        "message_template_edition",
        "privacy_notice",
        "visit_closure",
        "rejection_reason",
    }
    slow = []
    for kind in ALL:
        newest = [column.key for column in VIEWS[kind.model].newest]
        table = kind.model.__table__
        kept = [*table.indexes, *(one for one in table.constraints if isinstance(one, UniqueConstraint))]
        indexes = [[c.name for c in one.columns] for one in kept]
        keys = [c.name for c in inspect(kind.model).primary_key]
        singles = [[c.name] for c in table.columns if c.unique]
        if not any(one == newest[: len(one)] or newest == one[: len(newest)] for one in [*indexes, keys, *singles]):
            slow.append(kind.table)
    assert set(slow) <= small | {"family_book_entry", "agency_book_entry", "reservation", "notification"}, slow


def test_a_list_of_names_is_read_from_the_first_one_on(auditor: FlaskClient, each_database: str) -> None:
    names = sorted(factories.agency(name=f"第{number:02}_監獄").name for number in range(60))
    found, address = [], "/auditor/agencies/"
    while address:
        page = Page(auditor.get(address))
        found += [row[1] for row in page.rows()]
        address = page.link("下一頁") if "下一頁" in page.text else ""
    assert [name for name in found if name in names] == names and "由舊到新" not in page.text
    assert [row[1] for row in Page(auditor.get(page.link("上一頁"))).rows()] == found[
        -25 - len(page.rows()) : -len(page.rows())
    ]
    assert auditor.get("/auditor/agencies/?after=zz_x&before=00_" + "0" * 32).status_code == 200


@pytest.mark.parametrize("names", ["id_number_sealed", "mail_index", "password_hash", "birth_date_sealed"])
def test_a_column_that_is_not_for_this_door_does_not_start(names: str) -> None:
    from models import Applicant

    with pytest.raises((TypeError, KeyError)):
        plain(Applicant, names, "id")


def test_every_list_record_and_story_opens_and_tells_no_secret(auditor: FlaskClient) -> None:
    rows = planted(state=["pending", "approved"])
    secrets = [*SECRETS, *identity_numbers()]
    for kind in ALL:
        page = auditor.get(f"/auditor/{kind.url}/")
        assert page.status_code == 200, kind.url
        for address in re.findall(rf'href="(/auditor/{kind.url}/[0-9a-f-]+/)', page.text)[:1]:
            record = auditor.get(address)
            assert record.status_code == 200, address
            if kind.table != "audit_entry":
                assert auditor.get(f"/auditor/timeline/{kind.table}/{address.split('/')[3]}/").status_code == 200
            page_text = page.text + record.text
            assert not [secret for secret in secrets if secret in page_text], kind.url
    assert rows.application.id


def test_every_list_can_be_filtered_and_a_key_leads_to_its_record(auditor: FlaskClient) -> None:
    assert all(VIEWS[kind.model].filter_bar for kind in ALL)
    case = factories.attachment(factories.application()).application_id
    factories.attachment(factories.application())
    assert "共2筆" in auditor.get("/auditor/attachments/").text
    page = auditor.get(f"/auditor/attachments/?application_id={case}").text
    assert "共1筆" in page and f'<a href="/auditor/applications/{case}/">{case}</a>' in page
    assert "查無符合條件的資料" in auditor.get("/auditor/attachments/?application_id=nonsense").text


def test_a_list_is_taken_away_masked_and_logged(auditor: FlaskClient) -> None:
    rows = planted()
    link = Page(auditor.get("/auditor/applications/?number=0609")).link("匯出符合條件的資料")
    form = Page(auditor.get(link)).form("/auditor/export/service_application/")
    assert auditor.post(form.action, data=form.filled({**GOOD, "password": "wrong"})).status_code == 422
    answer = auditor.post(form.action, data=form.filled(GOOD))
    head, *lines = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert head[1] == "收容人資訊" and {line[1] for line in lines} == {"0609司馬○○○"}
    assert "植入" not in answer.text and rows.application.id
    db.session.rollback()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (last.event, last.subject_kind) == ("audit.exported", "service_application")


def looks(officer: object, number: int, again: int = 1) -> None:
    actor = Actor("staff", str(officer.id), officer.full_name, None)  # type: ignore[attr-defined]
    with transaction() as session:
        for place in range(number * again):
            key = f"00000000-0000-0000-0000-{place % number:012}"
            audit.record(session, "reservation.opened", actor, "reservation", subject_id=key)


def test_mass_viewing_counts_different_records_per_person_and_day(auditor: FlaskClient, each_database: str) -> None:
    curious, diligent = factories.officer(last_name="陳"), factories.officer(last_name="林")
    looks(curious, 5, again=2)
    looks(diligent, 4, again=3)
    page = Page(auditor.get("/auditor/mass-viewing/?least=5"))
    assert [row[1:4] for row in page.rows()] == [[f"陳○○（人員編號{curious.id}）", "5", "10"]]
    trail = auditor.get(page.link("逐筆查看")).text
    assert "共10筆" in trail and f"陳○○（人員編號{curious.id}）" in trail
    day = clock.today().isoformat()
    form = Page(auditor.get(f"/auditor/mass-viewing/export/?from={day}&until={day}&least=4"))
    sent = form.form("/auditor/mass-viewing/export/")
    answer = auditor.post(sent.action, data=sent.filled(GOOD))
    assert [line[2] for line in csv.reader(StringIO(answer.data.decode("utf-8-sig")))][1:] == ["5", "4"]


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-01-01&until=2026-12-31", "least=-1", "least=0", "least=" + "9" * 400]
)
def test_what_was_asked_wrongly_is_named(auditor: FlaskClient, query: str) -> None:
    answer = auditor.get(f"/auditor/mass-viewing/?{query}")
    assert answer.status_code == 200 and "這項條件未套用" in answer.text


def test_every_look_counts() -> None:
    reading = {event for event in EVENTS if event.endswith((".opened", ".viewed", ".slip", ".timeline", ".unmasked"))}
    assert reading <= set(LOOKS) <= EVENTS.keys(), "a new look belongs into LOOKS in views/auditor/trail_words.py"
