"""The layer below the papers: nothing fetched, words translated, one document at a time."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel, force_locale
from jinja2 import UndefinedError
from pypdf import PdfReader
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import PERMISSIVE_POLICY

from reports.pdf import fill, render
from reports.roster import render_roster
from tests.reports.papers import pages, row, rows, sheet

GREEDY = """<html><head><link rel="stylesheet" href="{0}a.css"><style>@import url({0}b.css);
p {{ background-image: url({0}c.png); }}</style></head>
<body><p style="font-family: tc">正文</p><img src="{0}d.png"><img src="file:///etc/passwd"></body></html>"""


@pytest.fixture
def calls(monkeypatch):
    """What anybody asked of the network; nothing gets out."""
    asked: list[object] = []

    def refuse(*arguments: object, **_more: object) -> None:
        asked.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return asked


def test_no_address_in_a_document_is_fetched(calls):
    assert "正文" in pages(render(GREEDY.format("http://127.0.0.1:1/")))[0]
    assert calls == []


def test_the_test_above_would_see_a_fetch(calls):
    pisa.CreatePDF(GREEDY.format("http://127.0.0.1:1/"), dest=BytesIO(), resource_policy=PERMISSIVE_POLICY)
    assert calls


def test_no_file_is_read(tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("p { display: none; }")
    html = f'<head><link rel="stylesheet" href="{secret}"></head><body><p style="font-family: tc">正文</p></body>'
    assert "正文" in pages(render(html))[0]

    read = BytesIO()
    pisa.CreatePDF(html, dest=read, resource_policy=PERMISSIVE_POLICY)
    assert "正文" not in pages(read.getvalue())[0]  # the style sheet does hide it where files may be read


def test_the_file_carries_title_and_language():
    reader = PdfReader(BytesIO(render_roster(sheet())))
    assert reader.metadata.title == "法務部矯正署桃園女子監獄 預約現場律師接見清冊"
    assert reader.trailer["/Root"]["/Lang"].lower() == "zh-hant-tw"


def test_a_value_that_a_template_asks_for_and_nobody_gave_is_an_error():
    with pytest.raises(UndefinedError):
        fill("roster.html", title="")


def test_documents_rendered_at_once_do_not_mix():
    sheets = [sheet(rows=rows(20, start=start)) for start in (100, 300, 500, 700)]
    with ThreadPoolExecutor(4) as pool:
        for start, pdf in zip((100, 300, 500, 700), pool.map(render_roster, sheets), strict=True):
            texts = pages(pdf)
            assert f"收容{start}人" in texts[0] and f"收容{start + 19}人" in texts[-1]
            assert f"共{len(texts)}頁" in texts[0]


def test_the_words_come_from_the_catalogue(tmp_path: Path):
    catalogue = Catalog(locale="en")
    catalogue.add("預約現場律師接見清冊", "Roster of booked on-site lawyer visits")
    catalogue.add("第%(page)s頁，共%(pages)s頁", "Page %(page)s of %(pages)s")
    catalogue.add("收容人", "Inmate")
    catalogue.add("製表人", "Prepared by")
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask("catalogue")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app)
    with app.app_context(), force_locale("en"):
        pdf = render_roster(sheet(rows=(row(1),)))
    [page] = pages(pdf)
    for words in ("Rosterofbookedon-sitelawyervisits", "Page1of1", "Inmate", "Preparedby"):
        assert words in page
    assert PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"] == "en"
