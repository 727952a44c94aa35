"""A lawyer's way through all three doors, from the first page to the auditor's trail, with real mail on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.live import LiveServer, MailSink, served
from tests.browser.person import Applicant, Staff
from tests.browser.story import AGENCY, INMATE, LAWYER, MASKED_INMATE, MASKED_LAWYER, NUMBER, Story
from tests.databases import Databases
from tests.factories import PASSWORD, files

#: Tests take place on 2026-03-03, a Tuesday, at 09:00.
TODAY, TOMORROW = "2026-03-03", "2026-03-04"
APPLICATION_RESULT = "便民服務入口網律師接見服務項目審核結果通知"
BOOKING_RESULT = "便民服務入口網預約接見審核結果通知"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_lawyer_registers_applies_visits_and_is_audited(
    live_mailing: LiveServer, mail_sink: MailSink, new_page: Callable[..., Page]
) -> None:
    _told(Story.begins(live_mailing, mail_sink, new_page))


@pytest.fixture
def live_on_postgresql(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, mail_sink: MailSink
) -> Iterator[LiveServer]:
    """As ``live_mailing``, on PostgreSQL."""
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_sink.port)}
    with served(databases, tmp_path_factory.mktemp("live"), "postgresql", **settings) as server:
        server.starts_worker()
        yield server


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_the_same_on_postgresql(
    live_on_postgresql: LiveServer, mail_sink: MailSink, new_page: Callable[..., Page]
) -> None:
    _told(Story.begins(live_on_postgresql, mail_sink, new_page))


def _told(story: Story) -> None:
    the_lawyer_registers(story)
    the_lawyer_verifies_and_signs_in(story)
    the_lawyer_applies(story)
    the_lawyer_hands_in_papers(story)
    the_officer_decides(story)
    the_lawyer_books(story)
    the_desk_approves(story)
    the_desk_prints_the_roster(story)
    the_auditor_looks(story)


def the_lawyer_registers(story: Story) -> None:
    person = story.lawyer
    person.opens("/portal/")
    person.heading("便民服務入口網")
    person.sees("訊息公告", "申辦流程")
    person.checks("home")
    person.follows("註冊帳號")
    person.sees("個人資料蒐集告知聲明", "誰在蒐集您的個人資料？")
    person.checks("notice")
    person.presses("下一步")
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    person.checks("notice-not-ticked")
    person.fills(agree=True)
    person.presses("下一步")
    person.heading("註冊帳號")
    person.checks("registration")
    right = {
        **{"name": LAWYER, "id_number": factories.id_number(1234567), "occupation": "律師", "mail": story.mail},
        **{"birth_year": "69", "birth_month": "5", "birth_day": "17", "mobile": "0912345678"},
        **{"address": "臺北市中正區重慶南路一段130號", "password": PASSWORD, "password_again": PASSWORD},
    }
    person.fills(**{**right, "birth_day": "31", "birth_month": "2"}, captcha=person.captcha_answer())
    person.presses("確認")
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    person.checks("registration-mistake")
    person.fills(birth_month="5", birth_day="17")
    person.presses("確認")
    person.heading("帳號註冊結果")
    person.sees("註冊成功，帳號驗證信件已寄至信箱：ch*****")
    person.checks("registered")


def the_lawyer_verifies_and_signs_in(story: Story) -> None:
    person = story.lawyer
    link = person.link_of(person.reads_mail(story.sink, story.mail, "便民服務入口網 註冊通知"))
    person.opens(link)
    person.heading("帳號驗證")
    person.checks("link")
    person.presses("完成驗證")
    person.sees("帳號驗證成功")
    person.checks("verified")
    person.opens(link)
    person.sees("驗證連結已失效或已使用。")
    person.checks("link-used")
    person.follows("登入")
    person.heading("登入系統")
    person.checks("sign-in")
    person.signs_in(story.mail, PASSWORD)
    expect(person.page.locator(".portal-header__who")).to_have_text(LAWYER)


def the_lawyer_applies(story: Story) -> None:
    person = story.lawyer
    person.follows("律師接見服務項目申請")
    person.heading("律師接見服務項目申請")
    person.fills(agency_id=AGENCY, number=NUMBER)
    person.checks("inmate-asked")
    person.presses("查詢")
    person.sees(f"申請對象：{NUMBER}{MASKED_INMATE}")
    person.fills(relation="lawyer", certificate_number="(106)臺檢證字第12345號")
    person.checks("capacity")
    person.presses("下一步")
    person.heading("需上傳之佐證檔案")


def the_lawyer_hands_in_papers(story: Story) -> None:
    person = story.lawyer
    person.sees("檔案可上傳尺寸合計 30 MB", "目前上傳 0 MB")
    person.uploads("identity", files.jpeg("律師證.jpg", (900, 600)))
    person.sees("律師證.jpg", "目前上傳 0.1 MB")
    person.uploads("mandate", ("委任狀.docx", b"PK\x03\x04 a letter of another program"))
    person.sees("「委任狀.docx」不是可接受的檔案，請改用", "律師證.jpg")
    expect(person.page.locator("#mandate-error")).to_be_in_viewport()
    person.checks("paper-refused")
    person.uploads("mandate", files.pdf("委任狀.pdf", pages=2))
    person.sees("委任狀.pdf（0.1 MB，共2頁）", "律師證.jpg")
    person.checks("papers")
    person.presses("確認")
    person.sees("服務項目申請已送出，審核結果將寄至您信箱。")
    person.checks("application-sent")
    person.follows("服務項目狀態查詢")
    expect(person.row(AGENCY)).to_contain_text("未審核")
    person.checks("application-waits")


def the_officer_decides(story: Story) -> None:
    person = story.officer
    person.opens("/backoffice/")
    person.checks("sign-in")
    person.gives_password("officer", PASSWORD)
    person.checks("second-factor")
    person.gives_code("officer")
    person.sees("未審核之律師接見服務項目申請", "1件")
    person.checks("home")
    person.opens_menu("服務項目管理", "審核律師接見服務項目")
    person.heading("律師接見服務項目審核")
    person.fills(number=NUMBER, **{"from": TODAY, "until": TODAY})
    person.presses("查詢")
    expect(person.row(f"{NUMBER}{MASKED_INMATE}")).to_contain_text(f"{MASKED_LAWYER} 律師")
    assert LAWYER not in person.words
    person.checks("cases")
    person.row(MASKED_INMATE).get_by_role("link", name="審核").click()
    person.sees(f"{NUMBER}{INMATE}", LAWYER, "王小明")
    _sees_papers(person, 3)
    person.checks("case")
    person.fills(verdict="reject", note="請補正")
    person.presses("儲存審核結果")
    person.sees("審核結果為「審核未通過」時，請選擇不通過原因。")
    person.checks("case-without-reason")
    person.fills(verdict="approve")
    person.presses("儲存審核結果")
    person.sees(f"{NUMBER}{INMATE}已審核為「審核通過」，通知信件已排入寄送。")
    person.checks("case-decided")
    text = story.lawyer.reads_mail(story.sink, story.mail, APPLICATION_RESULT)
    assert "審核結果為審核通過" in text and INMATE not in text


def _sees_papers(person: Staff, pages: int) -> None:
    pictures = person.page.locator(".rv-pages img")
    expect(pictures).to_have_count(pages)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("img => img.naturalWidth") > 0


def the_lawyer_books(story: Story) -> None:
    person = story.lawyer
    person.follows("預約接見")
    person.heading("預約接見")
    person.follows("線上預約接見")
    person.heading("選擇接見類型")
    person.checks("booking-kind")
    person.presses("下一步")
    person.heading("選擇接見對象")
    person.sees(f"{AGENCY} {NUMBER}{MASKED_INMATE}")
    person.checks("booking-inmate")
    person.presses("下一步")
    person.heading("選擇其他接見人")
    person.fills(name="阮氏梅", id_number="A800000014", relation="interpreter", paper="臺灣桃園地方法院同意函")
    person.presses("加入")
    person.sees("阮氏梅（通譯） A80000****")
    person.checks("booking-companions")
    person.presses("下一步")
    person.heading("預約時段挑選")
    _chooses_time(person)
    person.heading("確認預約接見資訊")
    person.sees("2026-03-04(星期三)", "10:30", "阮氏梅（通譯）")
    person.checks("booking-confirm")
    person.presses("確認")
    person.heading("預約接見申請完成")
    expect(person.row("10:00-11:00")).to_contain_text("1人")
    person.checks("booking-done")
    story.lawyer.reads_mail(story.sink, story.mail, "便民服務入口網預約接見申請通知")


def _chooses_time(person: Applicant) -> None:
    """The form offers what is valid; who sends something else (a page of yesterday) reads why not."""
    days = person.page.locator("[name=visit_on] option")
    assert TODAY not in [day.get_attribute("value") for day in days.all()]
    expect(days.nth(1)).to_have_attribute("value", TOMORROW)
    expect(person.row("10:00-11:00")).to_contain_text("0人")
    person.checks("booking-time")
    days.nth(1).evaluate(f"option => {{ option.value = '{TODAY}' }}")
    person.fills(visit_on=TODAY, half="morning", morning_hour="10", morning_minute="30")
    person.presses("下一步")
    person.sees("2026年3月3日（星期二）之接見已於2026年3月2日（星期一）16:00截止線上預約。")
    person.fills(visit_on=TOMORROW, half="morning", morning_hour="11", morning_minute="30")
    person.presses("下一步")
    person.sees(f"預計到達時間須在{AGENCY}開放之09:00~11:00或14:00~16:00內。")
    person.checks("booking-time-refused")
    person.fills(morning_hour="10", morning_minute="30")
    person.presses("下一步")


def the_desk_approves(story: Story) -> None:
    person = story.desk
    person.signs_in("desk", PASSWORD)
    person.sees("待審核之預約律師現場接見")
    person.opens_menu("戒護安全", "律師行動接見登記資料審核(CJALF219F)")
    expect(person.row(LAWYER)).to_contain_text(INMATE)
    person.checks("bookings")
    person.row(LAWYER).get_by_label("審核未通過").check()
    person.presses("儲存全部審核結果")
    person.sees("下列1件未儲存")
    person.checks("booking-without-reason")
    person.row(LAWYER).get_by_label("審核通過").check()
    person.presses("儲存全部審核結果")
    person.sees("已儲存1件審核結果，通知信件已排入寄送。", "沒有待審核的預約。")
    person.checks("bookings-done")
    text = story.lawyer.reads_mail(story.sink, story.mail, BOOKING_RESULT)
    assert "審核結果為審核通過" in text and "2026-03-04(星期三)" in text


def the_desk_prints_the_roster(story: Story) -> None:
    person = story.desk
    person.opens_menu("戒護安全", "列印預約現場律師接見清冊(CJALF247R)")
    person.sees("2026年3月4日（星期三）")
    person.checks("rosters")
    person.presses("確認列印")
    person.sees("清冊已產生，內容不再變動", "第1版")
    person.checks("edition")
    with person.page.expect_download() as download:
        person.follows("下載PDF")
    assert download.value.suggested_filename.endswith("桃園女子監獄_20260304_全部_第1版.pdf")
    paper = pypdf.PdfReader(BytesIO(Path(download.value.path()).read_bytes()))
    text = "".join(page.extract_text() for page in paper.pages)
    for words in (LAWYER, INMATE, "阮氏梅", "10:30", "第1頁，共1頁"):
        assert words in text, f"{words} is not on the roster: {text}"


def the_auditor_looks(story: Story) -> None:
    person = story.auditor
    person.signs_in("auditor", PASSWORD)
    person.heading("便民服務稽核查詢系統")
    person.checks("home")
    person.follows("申請案件")
    expect(person.row(MASKED_LAWYER)).to_contain_text(f"{NUMBER}{MASKED_INMATE}")
    person.checks("cases")
    person.row(MASKED_LAWYER).get_by_role("link").click()
    person.heading("申請案件明細")
    assert LAWYER not in person.words and INMATE not in person.words
    person.checks("case")
    person.follows("查看本筆資料的稽核軌跡")
    for act in ("送出服務項目申請", "開啟申請案件", "申請審核通過", "稽核人員檢視明細"):
        person.sees(act)
    person.sees("校驗結果：相符")
    assert LAWYER not in person.words and INMATE not in person.words
    person.checks("timeline")
