"""One door: name and content must agree, and what is shown of the name is harmless."""

from __future__ import annotations

import pytest

from app.adapters.file_errors import FileDamaged, FileEmpty, FileLocked, FileRefused, NotAcceptable, TooManyPages
from app.adapters.uploads import NAME_LIMIT, accept, display_name
from app.errors import RuleError
from tests.adapters.pictures import photo, plain_pdf

EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200


@pytest.mark.parametrize(
    ("data", "name", "media_type", "pages", "download_name"),
    [
        (plain_pdf(2), "委任狀.pdf", "application/pdf", 2, "委任狀.pdf"),
        (plain_pdf(), "委任狀.v2.PDF", "application/pdf", 1, "委任狀.v2.pdf"),
        (plain_pdf(), "合約.doc.pdf", "application/pdf", 1, "合約.doc.pdf"),
        (photo(), "身分證.jpg", "image/jpeg", 1, "身分證.jpg"),
        (photo(), "身分證.JPEG", "image/jpeg", 1, "身分證.jpg"),
        (photo(kind="PNG"), "𠮷田.png", "image/jpeg", 1, "𠮷田.jpg"),
    ],
)
def test_what_the_manuals_allow_is_taken(data, name, media_type, pages, download_name):
    clean = accept(data, name)
    assert (clean.media_type, clean.pages, clean.file_name, clean.size_bytes) == (media_type, pages, name, len(data))
    assert clean.download_name == download_name
    assert clean.content and clean.content != data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(EXE, "委任狀.pdf", id="program named pdf"),
        pytest.param(plain_pdf(), "照片.png", id="pdf named png"),
        pytest.param(photo(kind="PNG"), "委任狀.pdf", id="png named pdf"),
        pytest.param(photo(kind="PNG"), "照片.jpg", id="png named jpg"),
        pytest.param(photo(), "照片.png", id="jpeg named png"),
        pytest.param(photo(), "照片.exe", id="jpeg named exe"),
        pytest.param(photo(), "照片", id="no ending"),
        pytest.param(photo(), "照片.jpg.", id="dot at the end"),
        pytest.param(photo(), "照片.php.jpg", id="program before the ending"),
        pytest.param(photo(), "照片.jpg.php", id="program after the ending"),
        pytest.param(photo(), "照片.php\0.jpg", id="NUL and a program"),
        pytest.param(photo(), "照片\0.jpg", id="NUL"),
        pytest.param(photo(), "照片.exe\u202egpj.", id="written backwards"),
        pytest.param(photo(kind="GIF"), "照片.gif", id="gif"),
        pytest.param(photo(kind="WEBP"), "照片.jpg", id="webp named jpg"),
        pytest.param(b"<html><script>alert(1)</script>", "照片.jpg", id="page named jpg"),
        pytest.param(b"<svg onload='alert(1)'/>", "照片.svg", id="svg"),
    ],
)
def test_what_is_not_allowed_or_disagrees_is_refused(data, name):
    with pytest.raises(NotAcceptable) as refused:
        accept(data, name)
    assert str(refused.value).endswith("不是可接受的檔案，請改用PDF/JPG/JPEG/PNG。")


def test_a_portrait_is_a_picture():
    assert accept(photo(), "照片.jpg", images_only=True).pages == 1
    with pytest.raises(NotAcceptable) as refused:
        accept(plain_pdf(), "照片.pdf", images_only=True)
    assert str(refused.value) == "「照片.pdf」不是可接受的檔案，請改用JPG/JPEG/PNG。"


def test_nothing_is_refused_by_name():
    with pytest.raises(FileEmpty) as refused:
        accept(b"", "空.pdf")
    assert str(refused.value) == "「空.pdf」是空白檔案，請重新選擇檔案。"


@pytest.mark.parametrize("error", [FileEmpty, FileDamaged, FileLocked, NotAcceptable, TooManyPages])
def test_every_refusal_is_a_rule(error):
    assert issubclass(error, FileRefused) and issubclass(error, RuleError)


def test_a_percent_sign_in_a_name_does_no_harm():
    with pytest.raises(NotAcceptable) as refused:
        accept(EXE, "100%(types)s.pdf")
    assert "「100%(types)s.pdf」" in str(refused.value)


def test_a_polyglot_loses_its_second_face():
    for data, name in ((photo() + b"<?php evil(); ?>", "a.jpg"), (b"<?php evil(); ?>\n" + plain_pdf(), "a.pdf")):
        try:
            clean = accept(data, name)
        except FileDamaged:  # a document whose offsets are shifted by the first face: refused is as good
            continue
        assert b"<?php" not in clean.content


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/委任狀.pdf", "委任狀.pdf"),
        ("C:\\Users\\王\\身分證.jpg", "身分證.jpg"),
        ("..\\..\\a/../b.png", "b.png"),
        ("𠮷田\U000f1234.pdf", "𠮷田\U000f1234.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("a\u202efdp.jpg", "afdp.jpg"),
        ("\u2066\u200f\ufeffa\u200b.jpg", "a.jpg"),
        ("a\0b\x1b[31m.jpg", "ab[31m.jpg"),
        ("a\u2028\u3000  b .pdf", "a b.pdf"),
        ("\ud800a.pdf", "a.pdf"),
        (".pdf", "file.pdf"),
        ("...", "file."),
        ("", "file"),
        (".htaccess", "file.htaccess"),
        ('"x";<b>.pdf', '"x";<b>.pdf'),
    ],
)
def test_a_name_is_cleaned_for_showing(typed, shown):
    assert display_name(typed) == shown


@pytest.mark.parametrize("typed", ["狀" * 300 + ".jpeg", "x" * 300, "x." + "y" * 300, "𠮷" * 100 + ".pdf"])
def test_a_name_is_cut_before_its_ending(typed):
    shown = display_name(typed)
    assert len(shown) <= NAME_LIMIT
    assert shown.endswith((".jpeg", "x", "y", ".pdf"))
