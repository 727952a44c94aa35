"""Rare characters are drawn by whatever font has them, or told; never a box."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from reportlab import rl_config

from reports import fonts
from reports.tounicode import character_map


@pytest.fixture
def no_rare_fonts(tmp_path):
    """A machine with nothing but Noto Sans TC."""
    fonts.register(tmp_path, system_folders=())
    yield tmp_path
    fonts.register()


def test_everyday_text_is_one_run_in_noto_and_reads_no_other_font():
    fonts.register()
    assert fonts.runs("陳堃 Nguyễn Thị Hạnh 09:00") == [(fonts.REGULAR, "陳堃 Nguyễn Thị Hạnh 09:00")]
    assert fonts.runs("陳堃", bold=True) == [(fonts.BOLD, "陳堃")]
    assert fonts.missing_characters("陳堃喆𤧟", "王") == set()
    assert fonts._rare == []


def test_a_rare_character_is_drawn_by_the_font_that_has_it_or_told():
    fonts.register()
    missing = fonts.missing_characters("陳𠮷豪")
    drawn = fonts.runs("陳𠮷豪")
    assert drawn[0] == (fonts.REGULAR, "陳" if not missing else "陳〔U+20BB7〕豪")
    if missing:
        assert missing == {"𠮷"}
    else:
        assert drawn[1] == ("hanamina", "𠮷") or drawn[1][0].startswith("tw-")
        assert drawn[2] == (fonts.REGULAR, "豪")


def test_what_nobody_draws_is_told_and_written_as_its_code_point(no_rare_fonts, caplog):
    assert fonts.missing_characters("陳𠮷豪", "林𤧟安\n𪚥") == {"𠮷", "𪚥"}
    assert fonts.runs("陳𠮷豪") == [(fonts.REGULAR, "陳〔U+20BB7〕豪")]
    assert "U+20BB7" in caplog.text


def test_a_broken_font_file_is_passed_over(no_rare_fonts: Path, caplog):
    (no_rare_fonts / "HanaMinA.ttf").write_bytes(b"half a download")
    fonts.register(no_rare_fonts, system_folders=())
    assert fonts.missing_characters("𠮷") == {"𠮷"}
    assert "HanaMinA.ttf cannot be used" in caplog.text


def test_both_weights_know_the_same_characters():
    fonts.register()
    assert fonts._common.keys() == fonts._bold.keys()


def test_reportlab_fetches_nothing_and_keeps_jpeg_as_it_is():
    fonts.register()
    assert not rl_config.trustedHosts and rl_config.trustedSchemes == ["data"] and rl_config.useA85 == 0


def test_code_points_beyond_the_basic_plane_are_mapped_in_utf_16():
    lines = character_map("f", [0x41, 0x249DF]).splitlines()
    assert "<00> <0041>" in lines and "<01> <D852DDDF>" in lines


def test_a_block_of_the_map_has_at_most_a_hundred_entries():
    assert "100 beginbfchar" in character_map("f", range(130)) and "30 beginbfchar" in character_map("f", range(130))


def test_reportlab_still_needs_mending():
    """When this fails, ReportLab writes UTF-16 itself: remove reports/tounicode.py."""
    code = "from reportlab.pdfbase.ttfonts import makeToUnicodeCMap as f; print(f('f', [0x249DF]))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "<249DF>" in out
