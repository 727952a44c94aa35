"""Pictures come out upright, small, bare, or not at all."""

from __future__ import annotations

import threading
import time
from io import BytesIO

import pytest
from PIL import Image, ImageFile

from app.adapters import images
from app.adapters.file_errors import FileDamaged, ImageTooLarge, NotAcceptable
from app.adapters.images import sanitise_image
from tests.adapters.pictures import photo, photo_with_exif, png_bomb
from tests.concurrency.contest import PATIENCE


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_becomes_a_jpeg_of_the_same_size(kind):
    clean = sanitise_image(photo(kind=kind), "照片")
    assert opened(clean.content).format == "JPEG"
    assert (clean.width, clean.height) == opened(clean.content).size == (400, 300)
    assert clean.media_type == "image/jpeg"


def test_a_phones_photo_is_turned_upright_and_tells_nothing_about_the_phone():
    data = photo_with_exif()
    assert b"CANARY-CAMERA" in data and b"CANARY-COMMENT" in data
    clean = sanitise_image(data, "照片.jpg")
    assert (clean.width, clean.height) == (300, 400)
    assert opened(clean.content).getpixel((150, 20))[0] > 200  # the red half is above after a quarter turn
    assert b"CANARY" not in clean.content and b"Exif" not in clean.content
    assert not opened(clean.content).getexif()


def test_a_large_picture_is_made_smaller():
    clean = sanitise_image(photo((4000, 1000)), "照片")
    assert (clean.width, clean.height) == (2000, 500)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("JPEG", "L"), ("JPEG", "CMYK")])
def test_every_colour_mode_is_read(kind, mode):
    picture = opened(sanitise_image(photo(kind=kind, mode=mode), "照片").content).convert("RGB")
    assert picture.getpixel((50, 150)) != picture.getpixel((350, 150))


def test_what_is_transparent_turns_white():
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(sanitise_image(out.getvalue(), "印章.png").content).getpixel((25, 25)) == (255, 255, 255)


def test_a_sixteen_bit_scan_keeps_its_greys():
    scan = Image.new("I;16", (64, 64))
    scan.putdata([column * 1000 for _ in range(64) for column in range(64)])
    out = BytesIO()
    scan.save(out, "PNG")
    row = [opened(sanitise_image(out.getvalue(), "掃描.png").content).getpixel((x, 32)) for x in (2, 32, 62)]
    assert row[0] < 40 < 100 < row[1] < 150 < 220 < row[2]


def test_the_two_pictures_of_a_camera_become_one():
    out = BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert opened(sanitise_image(out.getvalue(), "照片.jpg").content).size == (40, 30)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_good_photo_with_bad_exif_is_still_a_good_photo():
    data = photo(exif=b"Exif\0\0II*\0garbagegarbage\xff\xff\xff\xff")
    assert sanitise_image(data, "照片.jpg").width == 400


def test_the_tail_of_a_polyglot_is_gone():
    data = photo() + b"<?php system($_GET['c']); ?>"
    assert b"<?php" not in sanitise_image(data, "照片.jpg").content


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize("size", [(50_000, 50_000), (10_000, 10_000), (5_008, 5_000)])
def test_a_bomb_is_refused_before_it_unpacks(size, monkeypatch):
    data, unpacked = png_bomb(*size), []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: unpacked.append(self.size))
    with pytest.raises(ImageTooLarge) as refused:
        sanitise_image(data, "大圖.png")
    assert str(refused.value) == "「大圖.png」的影像過大，超過上限25百萬像素，請縮小後再上傳。"
    assert unpacked == []


def test_the_largest_allowed_picture_passes_and_pillows_own_limit_stays():
    before = Image.MAX_IMAGE_PIXELS
    assert sanitise_image(png_bomb(5_000, 5_000), "圖.png").width == 2000
    assert before == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_half_a_picture_is_damaged(kind, keep):
    out = BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(out, kind)
    data = out.getvalue()
    with pytest.raises(FileDamaged) as refused:
        sanitise_image(data[: int(len(data) * keep)], "照片.jpg")
    assert str(refused.value) == "「照片.jpg」無法開啟，檔案可能不完整，請重新拍攝或掃描。"


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + b"\0" * 500])
def test_a_beginning_alone_is_damaged(data):
    with pytest.raises(FileDamaged):
        sanitise_image(data, "照片.jpg")


@pytest.mark.parametrize(
    "data",
    [photo(kind="GIF"), photo(kind="BMP"), photo(kind="TIFF"), photo(kind="WEBP"), b"<svg/>", b"<html>", b"MZ\0", b""],
)
def test_anything_else_is_not_acceptable(data):
    with pytest.raises(NotAcceptable) as refused:
        sanitise_image(data, "圖.jpg")
    assert str(refused.value) == "「圖.jpg」不是可接受的檔案，請改用JPG/JPEG/PNG。"


def test_at_most_two_pictures_are_unpacked_at_once(monkeypatch):
    inside, most, guard, pair = 0, 0, threading.Lock(), threading.Barrier(2)

    def slow(_data: bytes) -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        pair.wait(PATIENCE)  # two do come, however slow the machine is
        time.sleep(0.03)  # and a third would have come meanwhile
        with guard:
            inside -= 1

    monkeypatch.setattr(images, "_redrawn", slow)
    data = photo()
    threads = [threading.Thread(target=sanitise_image, args=(data, "照片")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
