"""其他接見人: which paper each capacity shows at the desk, and how a typed paper is read."""

from __future__ import annotations

import unicodedata
from typing import Any

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import LAWYERS, Relationship

LONGEST_PAPER = 100

#: What a companion of each capacity has to show.
PAPERS: dict[Relationship, Any] = {
    Relationship.LAWYER: _l("律師證書字號"),
    Relationship.DEFENDER: _l("訴訟委任文件；非律師者，並審判長許可文件"),
    Relationship.TRAINEE_LAWYER: _l("學習律師證書字號"),
    Relationship.LITIGATION_AGENT: _l("訴訟委任文件或其他授權文件"),
    Relationship.INTERPRETER: _l("法院或檢察官同意文件"),
}


class CompanionPaperMissing(RuleError):
    """A companion shows a paper, and which one depends on the capacity."""

    sentence = _l("請填寫其他接見人將出示的文件：以「%(capacity)s」身分同行者，須出示%(paper)s。")


class CompanionPaperInvalid(RuleError):
    """A paper is one line of at most 100 characters."""

    sentence = _l("將出示的文件至多%(longest)s個字，且不可含換行或控制字元。請改填文件名稱或字號。")


def clean_paper(text: str, relation: str, field: str) -> str:
    """The typed paper as it is stored; raises :class:`CompanionPaperMissing`, :class:`CompanionPaperInvalid`."""
    paper = unicodedata.normalize("NFC", text).strip()
    if not paper and relation in LAWYERS:
        capacity = Relationship(relation)
        raise CompanionPaperMissing(field, capacity=capacity.label, paper=PAPERS[capacity])
    if len(paper) > LONGEST_PAPER or any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in paper):
        raise CompanionPaperInvalid(field, longest=LONGEST_PAPER)
    return paper
