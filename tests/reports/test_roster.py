"""The roster as it comes out of the printer."""

from __future__ import annotations

import re
from dataclasses import astuple, replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports import fonts
from reports.roster import missing_characters, render_roster
from tests.reports.papers import page_code, pages, row, rows, sheet

HEADS = "序號預計到達呼號收容人場舍接見人身分其他接見人預約方式報到時間接見起訖備註"


def printed(text: str) -> str:
    return "".join(fonts.drawable(text).split())


def test_every_cell_of_every_row_can_be_read_in_the_order_of_the_columns():
    visits = rows(60)
    text = "".join(pages(render_roster(sheet(rows=visits))))
    for visit in visits:
        assert "".join(astuple(visit)[:-1]) in text


def test_each_page_has_the_heading_the_head_of_the_table_and_its_number():
    texts = pages(render_roster(sheet(rows=rows(60))))
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert text.count("法務部矯正署桃園女子監獄") == 1
        assert text.count("預約現場律師接見清冊") == 1
        assert "接見日期：中華民國115年3月10日（星期二）預約方式：全部版次：第3版" in text
        assert "列印時間：中華民國115年3月9日16時25分列印人員：管理員王小明" in text
        assert text.count(HEADS) == 1
        assert re.findall(r"第(\d+)頁，共(\d+)頁", text) == [(str(number), str(len(texts)))]
        assert "本清冊含個人資料，限公務使用，用畢依規定銷毀。" in text


@pytest.mark.parametrize("count", range(10, 32))
def test_totals_and_signatures_stand_once_under_at_least_one_row(count):
    texts = pages(render_roster(sheet(rows=rows(count))))
    signed = [text for text in texts if "製表人承辦人主管中央台簽收" in text]
    assert signed == texts[-1:]
    assert "合計1件（線上1件、電話0件）" in texts[-1] and f"收容{count}人" in texts[-1]


def test_a_supplement_says_so_with_its_number():
    text = pages(render_roster(sheet(title_kind="supplement", supplement_number=2)))[0]
    assert "預約現場律師接見補充清冊（第2號）" in text


def test_an_empty_day_is_said_in_words():
    text = pages(render_roster(sheet(rows=())))[0]
    assert "中華民國115年3月10日（星期二）無預約現場律師接見案件。" in text
    assert HEADS in text and "製表人" in text


def test_pending_visits_stand_under_a_heading_of_their_own_on_each_of_their_pages():
    texts = pages(render_roster(sheet(rows=rows(4), pending_rows=rows(40, start=5, is_pending=True))))
    assert "收容4人" in texts[0].split("待核（未審核案件）")[0]
    assert "收容5人" in texts[0].split("待核（未審核案件）")[1]
    assert len(texts) > 2
    for text in texts[1:]:
        assert text.index(HEADS) < text.index("待核（未審核案件）（續）") < text.index("同行")


def test_a_pending_visit_among_the_decided_ones_still_stands_in_the_section():
    text = pages(render_roster(sheet(rows=(row(1, is_pending=True), row(2)))))[0]
    assert text.index("收容2人") < text.index("待核（未審核案件）") < text.index("收容1人")


def test_no_page_ends_with_the_heading_of_the_pending():
    for count in range(8, 22):
        texts = pages(render_roster(sheet(rows=rows(count), pending_rows=rows(3, start=90))))
        for text in texts:
            assert not re.search(r"待核（未審核案件）(（續）)?(合計|$)", text)


def test_a_day_with_only_pending_visits_does_not_say_that_there_are_none():
    text = pages(render_roster(sheet(rows=(), pending_rows=rows(1))))[0]
    assert "待核（未審核案件）" in text and "無預約現場律師接見案件" not in text


def test_rare_characters_are_drawn_and_found_or_told():
    names = sheet(rows=(row(1, inmate="陳𠮷豪", visitor="林𤧟安堃"), row(2, remarks="㐱𨶒𪚥𫝀𬎆𡘙")))
    text = "".join(pages(render_roster(names)))
    for name in ("陳𠮷豪", "林𤧟安堃", "㐱𨶒𪚥𫝀𬎆𡘙"):
        assert printed(name) in text
    if fonts.missing_characters("𠮷"):
        assert "𠮷" in missing_characters(names) and "〔U+20BB7〕" in text
    else:
        assert not missing_characters(names) and "𠮷" in text


def test_without_rare_fonts_the_paper_shows_the_code_point_and_the_report_names_it(tmp_path):
    fonts.register(tmp_path, system_folders=())
    try:
        names = sheet(rows=(row(1, inmate="陳𠮷豪"),), printed_by="𪚥")
        assert missing_characters(names) == {"𠮷", "𪚥"}
        assert "陳〔U+20BB7〕豪" in pages(render_roster(names))[0]
    finally:
        fonts.register()


@pytest.mark.parametrize(
    "text", ["<b>x</b> &", "<img src=http://127.0.0.1:1/>", "&lt;{{ 7*7 }}%(x)s", "</td><pdf:nextpage>"]
)
def test_markup_in_a_field_is_printed_as_it_was_typed(text):
    hostile = sheet(rows=(row(1, inmate=text, remarks=text),), agency_full_name=text, printed_by=text, totals=text)
    [page] = pages(render_roster(hostile))
    assert page.count(printed(text)) == 5


def test_direction_marks_are_taken_out():
    [page] = pages(render_roster(sheet(rows=(row(1, inmate="甲\u202e乙\u2066丙"),), printed_by="丁\u202e戊")))
    assert "甲乙丙" in page and "丁戊" in page and not re.search("[\u202a-\u202e\u2066-\u2069]", page)


def test_a_remark_of_ten_thousand_characters_is_cut_with_a_mark_and_goes_on_over_the_page():
    texts = pages(render_roster(sheet(rows=(*rows(9), row(10, remarks="長" * 10_000), row(11)))))
    assert sum(text.count("長") for text in texts) == 400
    assert "…（以下略，全文見系統）" in "".join(texts)
    assert "10（續）" in "".join(texts) and "收容11人" in texts[-1]


def test_ten_thousand_characters_in_every_field_still_give_a_paper():
    flood = "字" * 10_000
    huge = replace(row(), number=flood, arrives_at=flood, inmate=flood, companions=flood, remarks=flood)
    wide = sheet(rows=(huge,), agency_full_name=flood, printed_by="w" * 10_000, totals=flood, source=flood)
    assert pages(render_roster(wide))


def test_everything_is_drawn_in_black():
    for code in page_code(render_roster(sheet(rows=rows(30), pending_rows=rows(2, start=31)))):
        colours = re.findall(r"^([\d. ]+) (?:rg|RG|g|G|k|K)$", code, re.MULTILINE)
        assert colours and {float(part) for colour in colours for part in colour.split()} == {0.0}


def test_an_ordinary_roster_leaves_no_complaint_in_the_log(caplog):
    render_roster(sheet(rows=rows(30)))
    assert [record.getMessage() for record in caplog.records if record.levelname != "DEBUG"] == []


def test_no_word_of_the_totals_is_parted_by_a_line():
    words = [f"telephone{number}word" for number in range(60)]
    lines = PdfReader(BytesIO(render_roster(sheet(totals=" ".join(words))))).pages[0].extract_text().split()
    assert set(words) <= set(lines)


def test_a_supplement_has_its_lines_under_heads_on_each_of_their_pages():
    changed = (("新增", rows(40)), ("取消", rows(1, start=90)))
    texts = pages(render_roster(sheet(title_kind="supplement", supplement_number=1, rows=(), sections=changed)))
    assert len(texts) > 1 and "無預約現場律師接見案件" not in texts[0]
    assert texts[0].index("新增") < texts[0].index("收容1人") and "新增（續）" in texts[1]
    assert texts[-1].index("取消") < texts[-1].index("收容90人")
    assert missing_characters(sheet(rows=(), sections=(("新增", rows(1, inmate="\U000f1234")),))) == {"\U000f1234"}
