"""How the factories make and save a row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from app.extensions import db, writing
from app.rules.identity_numbers import LETTER_NUMBERS, WEIGHTS
from app.transaction import transaction

Row = TypeVar("Row")

#: Numbers that make one row's name, code or number differ from the next one's.
counter = itertools.count(1)


@contextmanager
def joined() -> Iterator[Session]:
    """The transaction that the caller is in, or one of its own."""
    if writing.get():
        yield cast(Session, db.session)
        db.session.flush()
        return
    with transaction() as session:
        yield session


def saved(row: Row) -> Row:
    """The row, committed; inside a transaction it is only sent to the database."""
    with joined() as session:
        session.add(row)
    return row


def made(model: type[Row], columns: dict[str, Any], **defaults: Any) -> Row:
    """A saved row: the defaults, and over them the columns that the test names."""
    return saved(model(**{**defaults, **columns}))


def id_number(serial: int | None = None, letter: str = "A", second: str = "1") -> str:
    """A 國民身分證 number with the right check digit; ``second`` 8 or 9 makes a 統一證號."""
    body = f"{second}{next(counter) if serial is None else serial:07}"
    digits = [*divmod(LETTER_NUMBERS[letter], 10), *map(int, body)]
    total = sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=False))
    return f"{letter}{body}{-total % 10}"
