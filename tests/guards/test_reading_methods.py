"""HEAD carries no token: a page that acts must ask whether it was POSTed, not whether it was fetched by GET."""

from __future__ import annotations

import re
from pathlib import Path

import views

ACTS_UNLESS_GET = re.compile(r'^\s*(el)?if request\.method == "GET"( or [^:]+)?:', re.MULTILINE)


def test_views_ask_whether_they_were_posted() -> None:
    wrong = [
        path.name for path in Path(next(iter(views.__path__))).rglob("*.py") if ACTS_UNLESS_GET.search(path.read_text())
    ]
    assert not wrong, f'Write `if request.method != "POST":` in {wrong}: a HEAD request would act without a token.'
