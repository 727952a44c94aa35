"""The slip that a visitor brings."""

from __future__ import annotations

from dataclasses import astuple
from io import BytesIO

import segno
from pypdf import PdfReader

from reports import fonts
from reports.slip import missing_characters, render_slip
from tests.reports.papers import pages, slip


def test_every_fact_and_the_note_can_be_read():
    paper = slip()
    [page] = pages(render_slip(paper))
    for text in astuple(paper)[:-1]:
        assert "".join(text.split()) in page
    assert "預約接見明細" in page
    assert "請持本明細及證件至接見室報到；手機等通訊、錄影音設備請勿攜入。" in page


def test_an_empty_field_has_no_line():
    assert "其他接見人" not in pages(render_slip(slip(companions="")))[0]


def test_the_code_holds_the_token_and_nothing_else():
    paper = slip()
    [page] = PdfReader(BytesIO(render_slip(paper))).pages
    [picture] = page.images
    expected = segno.make_qr(paper.qr_content, error="q")
    size = expected.symbol_size(border=2)[0]
    image = picture.image.convert("L").resize((size, size), 0)
    drawn = [[image.getpixel((x, y)) < 128 for x in range(size)] for y in range(size)]
    assert drawn == [[bool(module) for module in line] for line in expected.matrix_iter(border=2)]
    assert paper.qr_content not in page.extract_text()


def test_hostile_and_rare_text_is_printed_as_typed():
    paper = slip(inmate="<b>x</b> & <img src=http://127.0.0.1:1/>", visitor="陳𠮷豪\u202e", companions="字" * 10_000)
    text = "".join(pages(render_slip(paper)))
    assert "<b>x</b>&<imgsrc=http://127.0.0.1:1/>" in text
    assert fonts.drawable("陳𠮷豪") in text
    assert missing_characters(paper) == fonts.missing_characters("𠮷")
    assert text.count("字") == 400 and "…（以下略，全文見系統）" in text


def test_english_words_stay_whole():
    companions = "Christopher Featherstonehaugh-Cholmondeley（defender who brings the leave of the presiding judge）"
    agency = "Taoyuan Women's Prison of the Agency of Corrections, Ministry of Justice"
    state = "Waiting (not approved yet; the result will come by email)"
    paper = slip(companions=companions, agency=agency, state=state)
    [page] = PdfReader(BytesIO(render_slip(paper))).pages
    words = page.extract_text().replace("（", " ").replace("）", " ").split()
    for text in (companions, agency, state):
        for word in text.replace("（", " ").replace("）", " ").split():
            assert word in words, f"{word} is broken"


def test_long_chinese_is_broken_into_lines_that_stay_in_their_cell():
    text = pages(render_slip(slip(companions="林學律（學習律師）、" * 12)))[0]
    assert text.count("林學律（學習律師）、") == 12
