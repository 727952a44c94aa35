"""辨識結果: the verdict, the score and the threshold of a comparison agree, or the result is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleError
from app.rules.office_vocabulary import RecognitionVerdict as Verdict
from app.rules.recognition import Result, ScoreWrong, VerdictWrong, judged

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("verdict", "score", "threshold", "found"),
    [
        ("", 0.9, 0.8, Verdict.MATCH),
        ("match", 0.8, 0.8, Verdict.MATCH),  # the threshold itself is reached
        ("mismatch", 0.79, 0.8, Verdict.MISMATCH),
        ("", 0.0, 0.0, Verdict.MATCH),
        ("", 0.0, 1.0, Verdict.MISMATCH),
        ("", 1.0, 1.0, Verdict.MATCH),
        ("", None, None, Verdict.NOT_COMPARED),
        ("not_compared", None, None, Verdict.NOT_COMPARED),
    ],
)
def test_what_agrees_is_a_result(verdict: str, score: float | None, threshold: float | None, found: Verdict) -> None:
    assert judged(verdict, score, threshold) == Result(found, score, threshold)


@pytest.mark.parametrize(
    ("verdict", "score", "threshold", "error"),
    [
        ("", 0.9, None, ScoreWrong),
        ("not_compared", None, 0.8, ScoreWrong),
        ("match", None, None, ScoreWrong),
        ("mismatch", None, None, ScoreWrong),
        ("maybe", None, None, VerdictWrong),
        ("", 1.01, 0.8, ScoreWrong),
        ("", -0.01, 0.8, ScoreWrong),
        ("", 0.9, 1.01, ScoreWrong),
        ("", 0.9, -0.01, ScoreWrong),
        ("match", 0.79, 0.8, VerdictWrong),
        ("mismatch", 0.8, 0.8, VerdictWrong),
        ("not_compared", 0.9, 0.8, VerdictWrong),
        ("maybe", 0.9, 0.8, VerdictWrong),
    ],
)
def test_what_contradicts_itself_is_refused(
    verdict: str, score: float | None, threshold: float | None, error: type[RuleError]
) -> None:
    with pytest.raises(error) as refused:
        judged(verdict, score, threshold)
    assert refused.value.field == ("score" if error is ScoreWrong else "verdict")


@given(SHARES, SHARES)
def test_the_numbers_decide_where_nothing_else_is_said(score: float, threshold: float) -> None:
    found = judged("", score, threshold)
    assert found == judged(found.verdict.value, score, threshold)
    assert (found.verdict is Verdict.MATCH) is (score >= threshold)
