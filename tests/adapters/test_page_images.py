"""Pages as pictures: the right page, the right way up, within limits, in a child that knows no secrets."""

from __future__ import annotations

import os
import subprocess
import time
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from app.adapters import page_images, page_renderer
from app.adapters.page_images import PageMissing, PageUnreadable, page_image
from tests.adapters.pictures import plain_pdf, saved


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def ink(content: bytes) -> int:
    """How many pixels are darker than paper."""
    return sum(opened(content).convert("L").histogram()[:200])


def test_a_page_is_a_jpeg_of_a4_at_150_dpi():
    picture = opened(page_image(plain_pdf(2), 2))
    assert picture.format == "JPEG"
    assert picture.size == (1240, 1755)
    assert ink(page_image(plain_pdf(2), 2)) > 1000


def test_each_number_gives_its_own_page():
    assert len({page_image(plain_pdf(3), number) for number in (1, 2, 3)}) == 3


def test_it_turns_clockwise_by_quarters():
    upright, turned = (opened(page_image(plain_pdf(), 1, dpi=50, rotation=angle)) for angle in (0, 90))
    assert turned.size == upright.size[::-1]
    back = turned.rotate(90, expand=True)  # Pillow turns the other way round
    assert sum(a != b for a, b in zip(_bw(back), _bw(upright), strict=True)) < 500 < ink(page_image(plain_pdf(), 1, 50))


def _bw(picture: Image.Image) -> bytes:
    return picture.convert("L").point(lambda value: 255 if value > 128 else 0).tobytes()


@pytest.mark.parametrize(("rotation", "same_as"), [(450, 90), (-90, 270), (100, 90), (7, 0)])
def test_any_rotation_is_some_quarter(rotation, same_as):
    assert page_image(plain_pdf(), 1, 50, rotation) == page_image(plain_pdf(), 1, 50, same_as)


@pytest.mark.parametrize(("dpi", "width"), [(10**9, 2480), (300, 2480), (0, 298), (-5, 298)])
def test_the_resolution_is_held_in_its_range(dpi, width):
    assert abs(opened(page_image(plain_pdf(), 1, dpi)).width - width) <= 1


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 3), (200_000, 200_000), (0, 0)])
def test_a_sheet_of_any_size_stays_below_the_pixel_limit(size):
    document = pikepdf.new()
    document.add_blank_page().mediabox = [0, 0, *size]
    picture = opened(page_image(saved(document), 1))
    assert picture.width * picture.height <= 20_500_000
    assert max(picture.size) <= 10_001


@pytest.mark.parametrize("page", [0, -1, 4, 10**12])
def test_a_page_that_is_not_there(page):
    with pytest.raises(PageMissing) as missing:
        page_image(plain_pdf(3), page)
    assert str(missing.value) == f"這份文件沒有第{page}頁。"
    assert missing.value.status == 404


@pytest.mark.parametrize("content", [b"", b"junk", plain_pdf()[:200]])
def test_bytes_that_are_no_document(content):
    with pytest.raises(PageUnreadable):
        page_image(content, 1)


def test_a_page_that_would_draw_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(page_images, "WALL_LIMIT_SECONDS", 0.5)
    document = pikepdf.new()
    form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 600, 800]}
    inner = document.make_stream(b"0 0 100 100 re f", **form)
    for _ in range(20):
        inner = document.make_stream(b"/X Do " * 3, **form, Resources=Dictionary(XObject=Dictionary(X=inner)))
    page = document.add_blank_page()
    page.obj.Resources, page.obj.Contents = Dictionary(XObject=Dictionary(X=inner)), document.make_stream(b"/X Do")
    data, begun = saved(document), time.perf_counter()
    with pytest.raises(PageUnreadable):
        page_image(data, 1)
    assert time.perf_counter() - begun < page_renderer.CPU_LIMIT_SECONDS, "only the limit of its own has ended it"


def test_the_child_gets_no_environment(monkeypatch):
    seen = {}
    real = subprocess.run

    def run(command, **options):
        seen.update(options)
        return real(command, **options)

    monkeypatch.setattr(page_images.subprocess, "run", run)
    monkeypatch.setenv("APP_SECRET", "canary")
    page_image(plain_pdf(), 1, 50)
    assert seen["env"] == {} and os.environ["APP_SECRET"] == "canary"
