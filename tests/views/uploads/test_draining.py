"""The bounds within which a body that nobody wants is read (tests/browser/test_oversize.py looks from outside)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from app.oversize import Drained


class Body(BytesIO):
    """A body that counts what was read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.taken += len(content)
        return content

    def readinto(self, buffer: Any) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def deaf(environ: Any, start_response: Any) -> list[bytes]:
    """Answers without having read anything."""
    return [b"no"]


def polite(environ: Any, start_response: Any) -> list[bytes]:
    """Reads what it was promised."""
    return [environ["wsgi.input"].read()]


@pytest.mark.parametrize(
    ("size", "limit", "expected"), [(1000, 10_000, 1000), (200_000, 100_000, 100_000), (0, 100, 0)]
)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_rest_of_a_body_is_read_up_to_the_bound(size: int, limit: int, expected: int, is_chunked: bool) -> None:
    body = Body(b"x" * size)
    told = {"wsgi.input_terminated": True} if is_chunked else {"CONTENT_LENGTH": str(size)}
    assert Drained(deaf, limit=limit)({"wsgi.input": body, **told}, None) == [b"no"]  # type: ignore[arg-type]
    assert body.taken == expected


def test_a_body_is_never_read_beyond_its_length() -> None:
    """What follows on the line is the next request, or nothing for ever."""
    body = Body(b"a" * 100 + b"GET / HTTP/1.1")
    assert Drained(deaf)({"wsgi.input": body, "CONTENT_LENGTH": "100"}, None) == [b"no"]  # type: ignore[arg-type]
    assert body.taken == 100
    body = Body(b"a" * 100 + b"GET / HTTP/1.1")
    assert Drained(polite)({"wsgi.input": body, "CONTENT_LENGTH": "100"}, None) == [b"a" * 100]  # type: ignore[arg-type]


@pytest.mark.parametrize("length", ["", "0", "-5", "many"])
def test_nothing_is_read_where_there_is_no_body(length: str) -> None:
    body = Body(b"GET / HTTP/1.1")
    Drained(deaf)({"wsgi.input": body, "CONTENT_LENGTH": length}, None)  # type: ignore[arg-type]
    assert body.taken == 0


def test_time_is_bounded_too() -> None:
    body = Body(b"x" * 1_000_000)
    Drained(deaf, seconds=0)({"wsgi.input": body, "CONTENT_LENGTH": "1000000"}, None)  # type: ignore[arg-type]
    assert body.taken <= 65536


def test_somebody_who_hangs_up_is_no_error() -> None:
    body = Body(b"x" * 10)
    assert Drained(deaf)({"wsgi.input": body, "CONTENT_LENGTH": "1000"}, None) == [b"no"]  # type: ignore[arg-type]
