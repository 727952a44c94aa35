"""Plain text of officers: paragraphs, lists, links; never markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.rules.plain_text import Piece, blocks


def test_paragraphs_lists_and_links() -> None:
    found = blocks("甲\r\n乙\n\n1. 一\n2、二\n- 三\n詳見https://www.mjac.moj.gov.tw/a?b=1。謝謝")
    assert [(block.kind, len(block.lines)) for block in found] == [("p", 2), ("ol", 2), ("ul", 1), ("p", 1)]
    assert found[1].lines[0] == (Piece("一"),)
    link = "https://www.mjac.moj.gov.tw/a?b=1"
    assert found[3].lines[0] == (Piece("詳見"), Piece(link, link), Piece("。謝謝"))


def test_a_day_is_no_list() -> None:
    assert [block.kind for block in blocks("2026年3月3日\n10:30開始")] == ["p"]


@given(st.text())
def test_only_web_addresses_become_links(text: str) -> None:
    for block in blocks(text):
        for piece in (piece for line in block.lines for piece in line):
            assert piece.href is None or piece.href.startswith(("http://", "https://"))
            assert piece.href is None or not set(piece.href) & set("<>\"' ")
