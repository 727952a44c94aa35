"""The words on the screen are the Chinese of Taiwan: no Simplified characters, no words of the mainland."""

from __future__ import annotations

import pytest

from tests.guards.chinese import foreign
from tests.guards.sources import PROGRAM, files, name_of

WHAT_PEOPLE_READ = (".py", ".html", ".txt", ".po", ".js", ".css", ".csv", ".yaml", ".yml", ".svg", ".md")


def test_nothing_is_written_in_simplified_chinese() -> None:
    found = {
        name_of(file): words
        for file in files(*PROGRAM, "translations", "README.md", suffixes=WHAT_PEOPLE_READ)
        if (words := foreign(file.read_text()))
    }
    assert not found, f"Write these as people in Taiwan do (the character is named, with its surroundings): {found}"


@pytest.mark.parametrize("text", ["国家", "帐号", "录影", "台北監獄", "台灣", "温", "户", "請与", "用戶名稱", "资料"])
def test_the_rule_catches(text: str) -> None:
    assert foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "臺北監獄",
        "中央台",
        "櫃台",
        "平台",
        "帳號",
        "使用者",
        "𠮷田",
        "裡面",
        "后里",
        "雲林",
        "三級",
        "占",
        "Unicode…",
        "（，。）",
    ],
)
def test_the_rule_lets_pass(text: str) -> None:
    assert not foreign(text)
