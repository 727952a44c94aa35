"""What every adapter test has beyond the others: a keyring, without an app around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import crypto


@pytest.fixture(autouse=True)
def keyring() -> Iterator[crypto.Keyring]:
    """A fresh keyring for the test; the one before is put back."""
    before = crypto._keyring
    crypto.use(crypto.keyring_from(crypto.generate_keyring()))
    yield crypto.current()
    crypto._keyring = before
