"""Each look leaves one row, written before the page; the values of an act are shown as far as they name nobody."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.services import audit
from app.transaction import transaction
from models import AuditEntry, AuditValues, Notification
from tests import factories
from tests.views.auditor.rows import LISTS, planted
from views.auditor.subjects import ALL

SUBJECTS = {page: next(k.table for k in ALL if page == f"/auditor/{k.url}/") for page in LISTS}


def entries() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


@pytest.mark.parametrize("page", LISTS)
def test_a_list_leaves_one_row(auditor: FlaskClient, page: str, each_database: str) -> None:
    planted()
    before = len(entries())
    assert auditor.get(page).status_code == 200
    (new,) = entries()[before:]
    assert (new.event, new.subject_kind, new.subject_id) == ("audit.listed", SUBJECTS[page], None)
    assert (new.actor_kind, new.remote_address) == ("staff", "127.0.0.1")
    assert audit.intact(new)


def test_a_list_of_one_agency_says_so(auditor: FlaskClient) -> None:
    agency = factories.agency()
    auditor.get(f"/auditor/bookings/?agency={agency.id}")
    assert entries()[-1].agency_id == agency.id


def test_a_record_leaves_one_row_that_names_it(auditor: FlaskClient, each_database: str) -> None:
    rows = planted(state=["pending", "approved"])
    for page, row in zip(rows.pages, (rows.application, rows.reservation, rows.message), strict=False):
        before = len(entries())
        assert auditor.get(page).status_code == 200
        (new,) = entries()[before:]
        assert (new.event, new.subject_id, new.agency_id) == ("audit.viewed", row.id, row.agency_id)
    assert auditor.get(rows.pages[3]).status_code == 200
    looked_at = next(entry for entry in entries() if entry.seq == rows.entry_seq)
    assert entries()[-1].subject_id == looked_at.id


def test_what_is_not_there_leaves_no_row(auditor: FlaskClient) -> None:
    before = len(entries())
    for page in LISTS:
        assert auditor.get(f"{page}7/").status_code == 404
    assert auditor.get("/auditor/").status_code == 200
    assert len(entries()) == before


def test_the_values_of_an_act_read_in_words(auditor: FlaskClient) -> None:
    reason = factories.rejection_reason(text="文件不清楚")
    rows = planted(state=["pending", "rejected"], reason=reason.text)
    text = auditor.get(rows.pages[3]).text
    for word in ("未審核", "審核未通過", "文件不清楚", "申請審核通過", "相符"):
        assert word in text
    assert f"/auditor/applications/{rows.application.id}/" in text


def test_a_row_that_was_tampered_with_says_so(auditor: FlaskClient) -> None:
    rows = planted()
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == rows.entry_seq).values(actor_name="別人"))
    assert "不符，本筆紀錄可能遭竄改" in auditor.get(rows.pages[3]).text


def test_a_seal_that_does_not_open_is_told_and_hides_nothing_else(auditor: FlaskClient) -> None:
    rows = planted(state=["pending", "approved"])
    factories.notification()
    with transaction() as session:
        session.execute(update(AuditValues).values(facts_sealed=b"other"))
        session.execute(update(Notification).where(Notification.id == rows.message.id).values(recipient_sealed=b"x"))
    warning = "（無法解密，內容可能遭竄改）"
    assert warning in auditor.get(rows.pages[3]).text
    assert warning in auditor.get(rows.pages[2]).text
    assert "共2筆" in auditor.get("/auditor/messages/").text


def test_from_a_record_to_its_trail(auditor: FlaskClient) -> None:
    rows = planted(state=["pending", "approved"])
    planted()
    link = f"/auditor/trail/?subject=service_application&record={rows.application.id}"
    assert link.replace("&", "&amp;") in auditor.get(rows.pages[0]).text
    text = auditor.get(link).text
    assert "共2筆" in text  # the decision, and the look at its page just now
    assert "稽核人員檢視明細" in text
