"""此份須補正: which papers of a refused application have to be replaced, and why; the others stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleError
from app.i18n import DEFAULT_LOCALE, _, _l
from app.rules.vocabulary import AttachmentKind, ReasonScope, Verdict
from app.services import reasons
from models import Attachment, ServiceApplication


class PapersStandAgainst(RuleError):
    """An application whose papers have to be mended cannot be approved."""

    sentence = _l("已勾選須補正之文件，審核結果不得為「審核通過」。請改選「審核未通過」，或取消勾選該文件。")


class PaperReasonMissing(RuleError):
    """Each paper to be mended needs a reason from the list."""

    sentence = _l("請選擇「%(paper)s」須補正之原因。")


@dataclass(frozen=True)
class PaperRefusal:
    """One paper to be mended: why, from the list of 不通過原因."""

    attachment_id: str
    reason: str = ""
    note: str = ""


def ordered(application: ServiceApplication) -> list[tuple[str, Attachment]]:
    """The papers with their titles, kind by kind, who it is first; papers of one kind are numbered (身分證明文件2)."""
    kinds, numbers, titled = list(AttachmentKind), Counter[str](), []
    for paper in sorted(application.attachments, key=lambda paper: kinds.index(paper.kind)):
        numbers[paper.kind] += 1
        title = _("%(kind)s%(n)s", kind=paper.kind.label, n=numbers[paper.kind])
        titled.append((str(title), paper))
    return titled


def keep(
    session: Session, application: ServiceApplication, verdict: Verdict, refusals: Iterable[PaperRefusal]
) -> list[str]:
    """Write the refusals into the papers, in the caller's transaction; returns the titles of those papers.

    Raises :class:`PapersStandAgainst`, :class:`PaperReasonMissing`, ``NotFound`` for a paper of another application.
    """
    by_paper = {refusal.attachment_id: refusal for refusal in refusals}
    papers = ordered(application)
    if by_paper.keys() - {paper.id for _title, paper in papers}:
        raise NotFound()
    if by_paper and verdict is Verdict.APPROVE:
        raise PapersStandAgainst("verdict")
    on_list = {reason.text for reason in reasons.offered(ReasonScope.APPLICATION)} if by_paper else set()
    for title, paper in papers:
        refusal = by_paper.get(paper.id)
        if refusal is not None and refusal.reason not in on_list:
            raise PaperReasonMissing(f"paper-reason-{paper.id}", paper=title)
        paper.refusal = refusal.reason if refusal else None
        paper.refusal_note = (refusal.note.strip()[:500] or None) if refusal else None
    with force_locale(DEFAULT_LOCALE):  # the trail is written in one language
        return [title for title, _paper in refused(application)]


def clear(session: Session, application_id: str) -> None:
    """Take all refusals of an application's papers back, in the caller's transaction."""
    for paper in session.scalars(select(Attachment).where(Attachment.application_id == application_id)):
        paper.refusal = paper.refusal_note = None


def refused(application: ServiceApplication) -> list[tuple[str, Attachment]]:
    """The papers that have to be replaced, with their titles."""
    return [(title, paper) for title, paper in ordered(application) if paper.refusal]


def listed(application: ServiceApplication, locale: str = DEFAULT_LOCALE) -> str:
    """Those papers by name, each with its reason, as a message says it; empty where all stand."""
    with force_locale(locale):
        lines = [
            _(
                "%(paper)s（%(file)s）：%(reason)s",
                paper=title,
                file=paper.file_name,
                reason=reasons.shown(paper.refusal, paper.refusal_note, locale),
            )
            for title, paper in refused(application)
        ]
    return "\n".join(lines)
