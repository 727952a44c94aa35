"""發佈家庭聯絡簿: draft, files, publishing, and each sentence that stands in the way; nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import EntryState, RestrictionKind
from app.transaction import end_reading
from models import Agency, Applicant, FamilyBookEntry, Inmate, ServiceGrant
from tests import factories
from tests.doors import Page, Portal
from tests.factories import files
from tests.stillness import StoppedClock

LIST = "/portal/family-book/entries"
TEXT = "爸爸生日快樂"


def begins(family: Portal) -> Page:
    family.opens(LIST)
    return family.submits(button="新增")


def publishes(family: Portal, title: str = "生日", text: str = TEXT, expect: int = 200) -> Page:
    begins(family)
    return family.submits({"title": title, "text": text}, button="確認", expect=expect)


def newest() -> FamilyBookEntry:
    end_reading()
    return db.session.scalars(select(FamilyBookEntry).order_by(FamilyBookEntry.created_at.desc())).all()[0]


def test_an_entry_with_files_from_draft_to_waiting(family: Portal) -> None:
    page = begins(family)
    assert "發佈內容須經機關派員審核後，始交由收容人查閱。" in page.text and "0609 黃○○" in page.text
    family.submits({"title": "生日", "text": TEXT, "file": files.jpeg("全家福.jpg")}, button="上傳檔案")
    page = family.submits({"file": files.pdf("卡片.pdf")}, button="上傳檔案")
    assert "全家福.jpg" in page.text and "卡片.pdf" in page.text and "目前上傳 0.1 MB" in page.text
    assert newest().text == TEXT and newest().state is EntryState.DRAFT
    page = family.submits(button="確認")
    assert "待審核" in page.text and TEXT in page.text and newest().state is EntryState.PENDING
    picture = next(file for file in newest().attachments if file.media_type == "image/jpeg")
    assert family.client.get(f"/portal/family-book/entries/files/{picture.id}").mimetype == "image/jpeg"
    assert "待審核" in family.opens(f"{LIST}?state=pending").words("table")
    assert not family.opens(f"{LIST}?state=rejected").rows()


def test_the_interval_names_the_next_day_and_keeps_the_text(
    family: Portal, wife: Applicant, clock_at: StoppedClock
) -> None:
    publishes(family)
    clock_at.passes(minutes=1)
    page = publishes(family, text="第二則", expect=422)
    assert page.errors == ["距上次發佈未滿10天，您可於2026/03/13起再次發佈。內容已存為草稿。"]
    assert newest().text == "第二則" and newest().state is EntryState.DRAFT
    clock_at.passes(days=10)
    family.is_signed_in_as(wife)
    begins(family)
    family.submits(button="確認")
    assert newest().state is EntryState.PENDING


def test_a_refused_entry_does_not_count_for_the_interval(
    family: Portal, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    factories.entry(grant, state=EntryState.REJECTED, rejection_reason="其他")
    clock_at.passes(minutes=1)
    publishes(family)
    assert newest().state is EntryState.PENDING


def test_one_character_too_many(family: Portal, agency: Agency) -> None:
    factories.parameter(agency, "BOOKCHARS", value="100")
    page = publishes(family, text="字" * 101, expect=422)
    assert any("內文101字，超過上限100字。" in error for error in page.errors)
    assert newest().text == "字" * 101
    family.submits({"text": "字" * 100}, button="確認")
    assert newest().state is EntryState.PENDING


def test_more_pictures_than_the_agency_takes(family: Portal, agency: Agency) -> None:
    factories.parameter(agency, "BOOKPICS", value="1")
    begins(family)
    for name in ("一.jpg", "二.jpg"):
        family.submits({"title": "生日", "text": TEXT, "file": files.jpeg(name)}, button="上傳檔案")
    page = family.submits(button="確認", expect=422)
    assert any("照片2張，超過該機關上限1張。" in error for error in page.errors)
    family.submits(button="移除")
    family.submits(button="確認")
    assert newest().state is EntryState.PENDING and len(newest().attachments) == 1


@pytest.mark.parametrize("kind", [kind for kind in RestrictionKind if kind is not RestrictionKind.JUDGES_RESTRICTION])
def test_every_restriction_reads_the_same(family: Portal, inmate: Inmate, kind: RestrictionKind) -> None:
    factories.restriction(inmate, kind)
    page = publishes(family, expect=422)
    assert page.errors == ["目前無法線上發佈，請洽該機關（電話：03-319-1119）。內容已存為草稿。"]
    assert newest().text == TEXT


def test_three_refusals_close_the_book_for_a_month(
    family: Portal, wife: Applicant, agency: Agency, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    factories.parameter(agency, "BOOKSTRIKES", value="3")
    for _ in range(3):
        factories.entry(grant, state=EntryState.REJECTED, rejection_reason="其他")
        clock_at.passes(days=1)
    family.is_signed_in_as(wife)
    page = publishes(family, expect=422)
    assert page.errors == ["近期有3則內容審核未通過，暫停發佈至2026/04/04。內容已存為草稿。"]
    clock_at.passes(days=30)
    family.is_signed_in_as(wife)
    begins(family)
    family.submits(button="確認")
    assert newest().state is EntryState.PENDING


@pytest.mark.parametrize("paper", [("照片.exe", b"MZ"), ("照片.jpg", b"no picture")])
def test_a_file_that_is_none_keeps_the_text(family: Portal, paper: files.Upload) -> None:
    begins(family)
    page = family.submits({"title": "生日", "text": TEXT, "file": paper}, button="上傳檔案", expect=422)
    assert paper[0] in page.errors[0] and newest().text == TEXT


def test_lawyers_and_strangers_are_not_offered_the_book(app: Flask, family: Portal, agency: Agency) -> None:
    lawyer = factories.granted(factories.applicant(), factories.inmate(agency)).applicant
    other = Portal(app.test_client()).is_signed_in_as(lawyer)
    assert "律師接見服務項目不適用家庭聯絡簿" in other.opens(LIST).text
    publishes(family)
    other.opens(f"{LIST}/{newest().id}", expect=404)


def test_a_draft_is_deleted_after_the_question(family: Portal) -> None:
    begins(family)
    family.submits({"title": "生日", "text": TEXT, "file": files.jpeg()}, button="上傳檔案")
    family.follows("刪除草稿")
    family.submits(button="確認")
    assert db.session.scalars(select(FamilyBookEntry)).all() == []


def test_sent_twice_it_is_one_entry(family: Portal, wife: Applicant) -> None:
    begins(family)
    form = family.page.form()
    for _ in range(2):
        family.sends(form, {"title": "生日", "text": TEXT}, "確認")
    (entry,) = db.session.scalars(select(FamilyBookEntry)).all()
    assert entry.published_at is not None and entry.published_at - entry.created_at < timedelta(minutes=1)


def test_a_send_beyond_the_limit_names_it_and_leads_back(family: Portal) -> None:
    begins(family)
    address = family.page.address
    family.submits({"title": "生日", "text": TEXT, "file": ("大.pdf", b"x" * (33 * 1024 * 1024))}, expect=413)
    assert "檔案合計以20 MB為限" in family.page.text and "尚未儲存的文字" in family.page.text
    assert family.page.link("回原頁面") == address
    family.opens(address)
    family.submits({"text": "長" * 500_000, "file": files.jpeg()}, button="儲存草稿", expect=413)
    assert "請回上一頁縮短內容" in family.page.text


def test_a_refused_entry_is_mended_not_typed_anew(family: Portal, grant: ServiceGrant) -> None:
    old = factories.entry(grant, state=EntryState.REJECTED, rejection_reason="其他", title="生日", text=TEXT)
    detail = f"{LIST}/{old.id}"
    family.opens(detail)
    page = family.submits(button="以本則內容重新撰寫")
    assert TEXT in page.text and page.form().filled({}).get("title") == ["生日"]
    family.submits({"text": "改過的內文"}, button="儲存草稿")
    family.opens(detail)
    page = family.submits(button="以本則內容重新撰寫")
    assert "原內容未帶入" in page.text and "改過的內文" in page.text


def test_another_window_has_published_the_draft(family: Portal) -> None:
    begins(family)
    here = family.page.form(button="確認")
    family.submits({"title": "生日", "text": TEXT}, button="確認")
    page = family.sends(here, {"title": "生日", "text": "另一篇"}, "儲存草稿")
    assert "本次填寫的內容未儲存" in page.text and "另一篇" not in page.text
    page = family.sends(here, {"title": "生日", "text": TEXT}, "確認")
    assert "待審核" in page.text and "未儲存" not in page.text  # the second half of a double click
