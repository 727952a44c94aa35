"""A lawyer whose paper is refused: the second try with that paper only, then a visit booked, changed and cancelled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import AttachmentKind, ReservationState
from models import Agency, Reservation
from tests import factories
from tests.browser.driver import DESKTOP, PHONE
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.browser.story import AGENCY, INMATE, LAWYER
from tests.factories import PASSWORD, files


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("number", "size"), [("0609", DESKTOP), ("0610", PHONE)])
def test_refused_mended_booked_changed_cancelled(
    live: LiveServer, new_page: Callable[..., Page], number: str, size: dict[str, int]
) -> None:
    mail, username = f"chen.{number}@example.com", f"officer.{number}"
    with live.app.app_context():
        agency = db.session.scalars(select(Agency).where(Agency.name == AGENCY)).one()
        applicant = factories.applicant(mail=mail, name=LAWYER)
        applicant_id = applicant.id
        case = factories.application(applicant, factories.inmate(agency, number=number, name=INMATE))
        factories.attachment(case, files.jpeg("律師證.jpg", (900, 600)))
        factories.attachment(case, files.pdf("委任狀.pdf", pages=2), kind=AttachmentKind.MANDATE)
        factories.officer(agency, username=username)
    lawyer = Applicant(live, new_page(viewport=size), "mending")
    officer = Staff(live, new_page(viewport=size), "mending-officer")
    officer.signs_in(username, PASSWORD)
    lawyer.signs_in(mail, PASSWORD)
    the_mandate_is_refused(officer, number)
    the_lawyer_replaces_it(lawyer)
    the_officer_approves(officer, number)
    the_lawyer_books(lawyer)
    the_lawyer_changes_the_visit(lawyer)
    the_lawyer_cancels_it(lawyer)
    with live.app.app_context():
        visit = db.session.scalars(select(Reservation).where(Reservation.applicant_id == applicant_id)).one()
        assert visit.state is ReservationState.CANCELLED


def the_mandate_is_refused(officer: Staff, number: str) -> None:
    officer.opens(f"/backoffice/applications/list/?number={number}")
    officer.page.get_by_role("link", name=f"審核 {number}").click()
    officer.sees(INMATE)
    officer.page.get_by_label("此份須補正").nth(1).check()
    expect(officer.page.locator("#verdict-reject")).to_be_checked()
    officer.page.locator("[name^=paper-reason-]").nth(1).select_option(label="委任狀未簽名或未載明案由")
    officer.page.locator("[name^=paper-note-]").nth(1).fill("第2頁未簽名")
    officer.checks("refusing")
    officer.presses("儲存審核結果")
    officer.sees("已審核為「審核未通過」")
    officer.checks("refused")


def the_lawyer_replaces_it(lawyer: Applicant) -> None:
    lawyer.opens("/portal/applications")
    lawyer.sees("審核未通過", "委任狀.pdf", "第2頁未簽名", "依相關法令提起救濟")
    lawyer.checks("refused")
    lawyer.presses("補正後重新送出")
    lawyer.heading("需上傳之佐證檔案")
    lawyer.sees("請更換下列文件，其他文件均已保留：", "律師證.jpg")
    lawyer.checks("to-mend")
    lawyer.presses("確認")
    expect(lawyer.page.locator(".govuk-error-summary")).to_be_focused()
    lawyer.checks("not-mended")
    lawyer.uploads("mandate", files.pdf("委任狀（已簽名）.pdf", pages=2))
    lawyer.sees("委任狀（已簽名）.pdf")
    lawyer.presses("確認")
    lawyer.sees("服務項目申請已送出，審核結果將寄至您信箱。")
    lawyer.opens("/portal/applications")
    lawyer.sees("未審核")
    lawyer.checks("sent-again")


def the_officer_approves(officer: Staff, number: str) -> None:
    officer.opens(f"/backoffice/applications/list/?number={number}")
    officer.page.get_by_role("link", name=f"審核 {number}").click()
    officer.sees("委任狀（已簽名）.pdf", "第2頁未簽名")
    officer.fills(verdict="approve")
    officer.checks("second-try")
    officer.presses("儲存審核結果")
    officer.sees("已審核為「審核通過」")


def the_lawyer_books(lawyer: Applicant) -> None:
    lawyer.opens("/portal/applications")
    expect(lawyer.page.locator("#holdings")).to_contain_text("有效")
    lawyer.checks("granted")
    lawyer.opens("/portal/bookings/new")
    for heading in ("選擇接見類型", "選擇接見對象", "選擇其他接見人"):
        lawyer.heading(heading)
        lawyer.presses("下一步")
    lawyer.heading("預約時段挑選")
    lawyer.fills(visit_on="2026-03-04", half="morning", morning_hour="10", morning_minute="30")
    lawyer.presses("下一步")
    lawyer.heading("確認預約接見資訊")
    lawyer.presses("確認")
    lawyer.heading("預約接見申請完成")
    lawyer.checks("booked")
    text = lawyer.paper("下載預約接見明細", "slip")
    assert "10:30" in text and LAWYER in text and "待審核" in text, text
    lawyer.follows("預約紀錄查詢及異動")
    lawyer.checks("bookings")


def the_lawyer_changes_the_visit(lawyer: Applicant) -> None:
    lawyer.follows("查看")
    lawyer.sees("待審核")
    lawyer.checks("booking")
    lawyer.presses("變更預約")
    lawyer.heading("變更預約")
    lawyer.fills(visit_on="2026-03-05", half="afternoon", afternoon_hour="14", afternoon_minute="05")
    lawyer.checks("change")
    lawyer.presses("下一步")
    lawyer.heading("確認變更預約")
    lawyer.checks("change-confirm")
    lawyer.presses("確認變更")
    lawyer.heading("2026-03-05(星期四) 14:05")
    lawyer.checks("changed")


def the_lawyer_cancels_it(lawyer: Applicant) -> None:
    lawyer.presses("取消預約")
    lawyer.heading("確定要取消這項預約嗎？")
    lawyer.checks("cancel")
    lawyer.presses("確定取消")
    lawyer.sees("已取消")
    lawyer.checks("cancelled")
