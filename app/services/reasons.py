"""不通過原因: offered to officers, required with a refusal."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import ReasonScope, Verdict
from models import RejectionReason


class ReasonRequired(RuleError):
    """A refusal needs a reason from the list."""

    sentence = _l("審核結果為「審核未通過」時，請選擇不通過原因。")


def offered(scope: ReasonScope) -> list[RejectionReason]:
    """The reasons that may be chosen in one kind of review, in the order of the list."""
    return list(
        db.session.scalars(
            select(RejectionReason)
            .where(RejectionReason.scope == scope, RejectionReason.is_active)
            .order_by(RejectionReason.position, RejectionReason.id)
        )
    )


def required(verdict: Verdict, scope: ReasonScope, chosen: str) -> str | None:
    """The reason to keep: one of the list for a refusal, none for an approval; raises :class:`ReasonRequired`."""
    if verdict is Verdict.APPROVE:
        return None
    if chosen not in {reason.text for reason in offered(scope)}:
        raise ReasonRequired("reason")
    return chosen


def worded(reason: str, locale: str) -> str:
    """A kept reason in the reader's language; one that is no longer on the list stays as it was kept."""
    if not locale.startswith("en"):
        return reason
    english = db.session.scalar(select(RejectionReason.text_en).where(RejectionReason.text == reason).limit(1))
    return english or reason


def english() -> dict[str, str]:
    """The English of every reason that was ever on the list, by its Chinese words."""
    kept = db.session.execute(select(RejectionReason.text, RejectionReason.text_en))
    return {text: text_en for text, text_en in kept}


def shown(reason: str | None, note: str | None, locale: str) -> str:
    """Reason and free text as one phrase in the reader's language."""
    words = worded(reason, locale) if reason else None
    mark = ": " if locale.startswith("en") else "："
    return mark.join(part for part in (words, note) if part)
