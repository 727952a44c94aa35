"""The goal of bench/README.md, with a margin for busy machines: at most twice a bare LongTable."""

from __future__ import annotations

import pytest

from bench import roster as bench
from reports.roster import render_roster


@pytest.mark.slow
def test_a_thousand_rows_take_at_most_twice_the_time_of_a_bare_long_table():
    thousand = bench.sheet(1000)
    render_roster(bench.sheet(20))
    ours, theirs = (
        min(bench.seconds(make, thousand) for _turn in range(3)) for make in (render_roster, bench.long_table)
    )
    assert ours <= 2 * theirs
