"""The story of one record: every act and every look, the first one first."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.extensions import db
from app.security import SYSTEM, Actor
from app.services import audit
from app.transaction import transaction
from models import AuditEntry, AuditValues, Notification, ServiceApplication
from tests import factories
from tests.doors import Page
from tests.views.auditor.rows import Rows, planted


def story(kind: str, record_id: object) -> str:
    return f"/auditor/timeline/{kind}/{record_id}/"


def steps(page: Page) -> list[str]:
    return [" ".join(step.text_content().split()) for step in page.tree.iter("li") if step.getparent().tag == "ol"]


def opened(browser: FlaskClient, address: str, expect: int = 200) -> Page:
    page = Page(browser.get(address))
    assert page.status == expect
    return page


def acts(rows: Rows, events: list[str]) -> None:
    lawyer = Actor("applicant", "1", "諸葛植入名", "203.0.113.99")
    for event in events:
        with transaction() as session:
            row = session.get_one(ServiceApplication, rows.application.id)
            audit.record(session, event, lawyer, row, agency_id=row.agency_id)


def test_it_tells_acts_and_looks_in_their_order(auditor: FlaskClient, each_database: str) -> None:
    rows = planted(state=["pending", "approved"])
    planted()  # somebody else's
    acts(rows, ["service_application.withdraw"])
    auditor.get(rows.pages[0])
    page = opened(auditor, story("service_application", rows.application.id))
    words = ("申請審核通過", "撤回申請", "稽核人員檢視明細", "稽核人員檢視資料軌跡")
    assert len(steps(page)) == 4
    for step, word in zip(steps(page), words, strict=True):
        assert word in step and "校驗結果：相符" in step
    assert "未審核 → 審核通過" in steps(page)[0]
    assert "諸葛○○○" in steps(page)[1] and "203.0.113.***" in steps(page)[1]
    for secret in ("植入", "203.0.113.99"):
        assert secret not in page.response.text


def test_times_are_those_of_taiwan(auditor: FlaskClient) -> None:
    rows = planted()
    page = opened(auditor, story("service_application", rows.application.id))
    entry = db.session.get_one(AuditEntry, rows.entry_seq)
    assert f'datetime="{entry.at.isoformat()}"' in page.response.text
    assert " 上午 " in steps(page)[0] or " 下午 " in steps(page)[0]


def test_the_look_is_one_row_that_names_the_record(auditor: FlaskClient) -> None:
    rows = planted()
    before = _count()
    opened(auditor, story("service_application", rows.application.id))
    db.session.rollback()
    assert _count() == before + 1
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (last.event, last.subject_kind, last.subject_id) == (
        "audit.timeline",
        "service_application",
        rows.application.id,
    )
    assert last.agency_id == rows.application.agency_id


def _count() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry.seq)).all())


def test_pages_are_turned_forward_and_back(auditor: FlaskClient, each_database: str) -> None:
    rows = planted()
    acts(rows, [f"event.{number}" for number in range(60)])
    first = opened(auditor, story("service_application", rows.application.id))
    assert "event.0 " in steps(first)[1] and len(steps(first)) == 25
    second = opened(auditor, first.link("下一頁"))
    assert "event.24 " in steps(second)[0]
    third = opened(auditor, second.link("下一頁"))
    assert "稽核人員檢視資料軌跡" in steps(third)[-1]
    assert steps(opened(auditor, third.link("上一頁"))) == steps(second)
    assert steps(opened(auditor, second.link("第一頁"))) == steps(first)
    assert "稽核人員檢視資料軌跡" in steps(opened(auditor, first.link("最末頁")))[-1]


def test_a_changed_row_and_a_changed_value_stand_out(auditor: FlaskClient) -> None:
    rows = planted(state=["pending", "approved"])
    acts(rows, ["service_application.withdraw"])
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == rows.entry_seq + 1).values(actor_name="別人"))
        session.execute(update(AuditValues).values(facts_sealed=b"other"))
    found = steps(opened(auditor, story("service_application", rows.application.id)))
    assert ["不符" in step for step in found] == [True, True, False]
    assert "無法解密" in found[0]


def test_people_have_a_story_too(auditor: FlaskClient) -> None:
    rows = planted()
    page = opened(auditor, rows.pages[0])
    officer = factories.officer()
    kinds = (
        (page.link("申請人的稽核軌跡"), "applicant"),
        (page.link("收容人的稽核軌跡"), "inmate"),
        (story("ab_user", officer.id), "ab_user"),
    )
    for address, kind in kinds:
        assert kind in address
        assert "稽核人員檢視資料軌跡" in steps(opened(auditor, address))[-1]


def test_a_record_that_is_gone_still_has_its_story(auditor: FlaskClient) -> None:
    message = factories.notification()
    with transaction() as session:
        row = session.get_one(Notification, message.id)
        audit.record(session, "notification.failed", SYSTEM, row)
        session.execute(delete(Notification).where(Notification.id == message.id))
    page = opened(auditor, story("notification", message.id))
    assert "通知未送達" in steps(page)[0]
    assert "查閱完整資料" not in page.text


def test_a_key_has_one_spelling(auditor: FlaskClient) -> None:
    """Any other would stand in the trail beside the record's own, or be too long for it."""
    record_id = planted().application.id
    for spelled in (f"{{{record_id}}}", f"urn:uuid:{record_id}", record_id.replace("-", "")):
        opened(auditor, story("service_application", spelled), 404)
    opened(auditor, story("service_application", record_id.upper()))
    opened(auditor, story("ab_user", "\uff11"), 404)


def test_what_never_was_is_not_there_and_leaves_no_row(auditor: FlaskClient) -> None:
    before = _count()
    for address in (
        story("service_application", "00000000-0000-0000-0000-000000000000"),
        story("service_application", "7"),
        story("ab_user", "9999"),
        story("browser_session", "1"),
        story("audit_entry", "1"),
        story("nothing", "x' OR 1=1"),
    ):
        opened(auditor, address, 404)
    assert _count() == before
