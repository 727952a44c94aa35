"""家庭聯絡簿 on paper: each entry on pages of its own, pictures inside, a box to sign in."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from flask import Flask
from pypdf import PdfReader

from reports.contact_book import EntrySheet, render_entries
from tests.factories import files


def sheet(**changed: object) -> EntrySheet:
    usual = {
        "agency": "法務部矯正署桃園女子監獄",
        "inmate": "0609　黃小萍",
        "unit": "忠一舍",
        "writer": "林小美",
        "relation": "配偶",
        "published_on": "中華民國115年3月3日（星期二）",
        "reviewed_on": "中華民國115年3月4日（星期三）",
        "reviewed_by": "王小明",
        "title": "生日快樂 <b>&",
        "text": "爸爸生日快樂。\n\n我們都很想您𠮷。",
    }
    return EntrySheet(**{**usual, **changed})  # type: ignore[arg-type]


def test_two_entries_stand_on_pages_of_their_own(app: Flask) -> None:
    picture = files.jpeg(size=(1200, 900))[1]
    with app.test_request_context():
        paper = render_entries([sheet(pictures=(picture,)), sheet(title="第二則", missing=2)])
    with pikepdf.open(BytesIO(paper)) as document:
        assert len(document.pages) == 2
        assert len(list(document.pages[0].images)) == 1 and not list(document.pages[1].images)
    words = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(paper)).pages)
    for expected in (
        "0609",
        "黃小萍",
        "忠一舍",
        "林小美（配偶）",
        "王小明",
        "生日快樂<b>&",
        "收容人簽收",
        "另有2頁附件",
    ):
        assert expected in words


def test_a_long_text_runs_over_pages(app: Flask) -> None:
    with app.test_request_context():
        paper = render_entries([sheet(text="我們都很想您。" * 700)])
    with pikepdf.open(BytesIO(paper)) as document:
        assert len(document.pages) > 1
