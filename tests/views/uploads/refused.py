"""What must not come in: a name, a content, and what the applicant is told."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pikepdf

from tests.adapters.pictures import photo, plain_pdf, png_bomb

MEGABYTE = 1024 * 1024
NOT_ACCEPTABLE, DAMAGED = "不是可接受的檔案", "無法開啟"


def huge_header() -> bytes:
    """A PNG of some hundred bytes that says it has 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def bomb_pdf() -> bytes:
    """A page whose drawing orders unpack to 100 MB."""
    document = pikepdf.new()
    page = document.add_blank_page()
    page.obj.Contents = document.make_stream(b" " * (100 * MEGABYTE))
    out = BytesIO()
    document.save(out, compress_streams=True)
    return out.getvalue()


def locked_pdf() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    return out.getvalue()


REFUSED = {
    "page named jpg": ("a.jpg", b"<html><script>alert(1)</script></html>", NOT_ACCEPTABLE),
    "svg named png": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NOT_ACCEPTABLE),
    "program named pdf": ("委任狀.pdf", b"MZ\x90\0" + b"\0" * 500, NOT_ACCEPTABLE),
    "gif that is a script": ("a.jpg", b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1)", NOT_ACCEPTABLE),
    "picture named as document": ("a.pdf", photo(), NOT_ACCEPTABLE),
    "program's ending before": ("a.php.jpg", photo(), NOT_ACCEPTABLE),
    "NUL in the name": ("a.php\0.jpg", photo(), NOT_ACCEPTABLE),
    "zip named pdf": ("a.pdf", b"PK\x03\x04" + b"\0" * 100, NOT_ACCEPTABLE),
    "truncated jpeg": ("半張.jpg", photo((2000, 1500))[:9000], DAMAGED),
    "truncated png": ("半張.png", photo(kind="PNG")[:-40], DAMAGED),
    "truncated pdf": ("半份.pdf", plain_pdf(5)[:900], DAMAGED),
    "header only": ("a.jpg", b"\xff\xd8\xff\xe0", DAMAGED),
    "png of 400 megapixels": ("大.png", png_bomb(20_000, 20_000), "影像過大"),
    "png of 50,000 pixels a side": ("大.png", huge_header(), "影像過大"),
    "pdf bomb": ("炸彈.pdf", bomb_pdf(), "內容過於龐大"),
    "51 pages": ("厚.pdf", plain_pdf(51), "共51頁，超過上限50頁"),
    "locked pdf": ("鎖.pdf", locked_pdf(), "設有密碼或保護"),
    "nothing": ("空.pdf", b"", "空白檔案"),
}
