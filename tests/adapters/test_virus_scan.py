"""The virus scan: EICAR is found, what is clean passes, and whatever is unclear lets nothing in."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.adapters.virus_scan import CLAMD_PORT, ClamdScanner, FileInfected, NoScanner, ScannerDown, scanner_at
from tests.adapters.fake_clamd import EICAR, FakeClamd
from tests.adapters.mail_servers import closed_port


def test_what_is_clean_passes_whole_and_in_order() -> None:
    content = bytes(range(256)) * 5000  # several chunks
    with FakeClamd().listening() as clamd:
        ClamdScanner(clamd.address).scan(content, "委任狀.pdf")
        ClamdScanner(clamd.address).scan(b"", "空.pdf")
    assert clamd.asked == [content, b""]


@pytest.mark.parametrize("content", [EICAR, b"%PDF-1.7" + b"x" * 700_000 + EICAR], ids=["alone", "inside"])
def test_eicar_is_found(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with FakeClamd().listening() as clamd, pytest.raises(FileInfected) as refused:
        ClamdScanner(clamd.address).scan(content, "委任狀.pdf")
    assert "「委任狀.pdf」經掃毒程式判定含有惡意內容，未予收存。" in str(refused.value)
    assert "EICAR_HDB-1" in caplog.text and "委任狀" not in caplog.text


def test_a_unix_socket_is_as_good(tmp_path: Path) -> None:
    with FakeClamd().listening(tmp_path / "clamd.ctl") as clamd:
        ClamdScanner(clamd.address).scan(b"clean", "a.pdf")
        with pytest.raises(FileInfected):
            ClamdScanner(clamd.address).scan(EICAR, "a.pdf")


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"\0",
        b"stream: OK",  # cut short is fine: the words are whole
        b"OK\0",
        b"stream: OK but not quite\0",
        b"stream: OK\nstream: OK\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"\xff\xfe" * 4000,
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_garbage_lets_nothing_in(words: bytes) -> None:
    with FakeClamd(answers=words).listening() as clamd:
        scanner = ClamdScanner(clamd.address)
        if words == b"stream: OK":
            scanner.scan(b"clean", "a.pdf")
            return
        with pytest.raises(ScannerDown) as refused:
            scanner.scan(b"clean", "a.pdf")
    assert str(refused.value) == "系統暫時無法檢查上傳檔案，檔案未收存。請稍後再上傳，其他檔案已保留。"


def test_a_file_beyond_the_scanners_limit_does_not_come_in() -> None:
    with FakeClamd(limit=300_000).listening() as clamd, pytest.raises(ScannerDown):
        ClamdScanner(clamd.address).scan(b"x" * 5_000_000, "a.pdf")


def test_nobody_there_lets_nothing_in(tmp_path: Path) -> None:
    for address in (f"127.0.0.1:{closed_port()}", str(tmp_path / "nothing")):
        with pytest.raises(ScannerDown):
            ClamdScanner(address).scan(b"clean", "a.pdf")


def test_a_scanner_that_hangs_lets_nothing_in() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ScannerDown):
        ClamdScanner(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.2).scan(b"clean", "a.pdf")


def test_the_configuration_chooses() -> None:
    assert isinstance(scanner_at(""), NoScanner)
    scanner_at("").scan(EICAR, "a.pdf")
    chosen = scanner_at("127.0.0.1")
    assert isinstance(chosen, ClamdScanner) and CLAMD_PORT == 3310
    with pytest.raises(ValueError):
        scanner_at("127.0.0.1:not-a-port")
