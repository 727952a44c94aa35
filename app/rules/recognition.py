"""辨識結果: what a result may say, and how it stands after somebody has looked."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleError
from app.i18n import _l
from app.rules.office_vocabulary import RecognitionVerdict as Verdict
from app.rules.vocabulary import Word

LONGEST_REASON, LONGEST_EXTERNAL = 200, 64


class Standing(Word):
    """A result as lists are searched for it (WORDING §4)."""

    MATCH = "match", _l("相符")
    MISMATCH = "mismatch", _l("不相符")
    NOT_COMPARED = "not_compared", _l("未比對")
    OVERRIDE = "override", _l("人工認定")


class ScoreWrong(RuleError):
    """A score without its threshold, or one that is no share."""

    sentence = _l("比對分數及門檻須同時提供，且均介於0與1；未比對者兩者均免填。")


class VerdictWrong(RuleError):
    """The verdict is unknown, or score and threshold say otherwise."""

    sentence = _l("辨識結果須為match、mismatch或not_compared，且與比對分數及門檻一致。")


@dataclass(frozen=True)
class Result:
    """What a comparison has found."""

    verdict: Verdict
    score: float | None = None
    threshold: float | None = None


def judged(verdict: str, score: float | None, threshold: float | None) -> Result:
    """A result whose parts agree; without a verdict the numbers decide.

    Raises :class:`ScoreWrong`, :class:`VerdictWrong`.
    """
    if (score is None) != (threshold is None):
        raise ScoreWrong("score")
    if score is None or threshold is None:
        if verdict not in ("", Verdict.NOT_COMPARED):
            raise ScoreWrong("score") if verdict in Verdict.values() else VerdictWrong("verdict")
        return Result(Verdict.NOT_COMPARED)
    if not (0 <= score <= 1 and 0 <= threshold <= 1):
        raise ScoreWrong("score")
    found = Verdict.MATCH if score >= threshold else Verdict.MISMATCH
    if verdict and verdict != found:
        raise VerdictWrong("verdict")
    return Result(found, score, threshold)
