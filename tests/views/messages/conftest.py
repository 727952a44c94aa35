"""Officers and headquarters at the screens of messages, with seeded texts."""

from __future__ import annotations

from tests.views.desk.conftest import agency, browser_of, officer, seeded

__all__ = ["agency", "browser_of", "officer", "seeded"]
