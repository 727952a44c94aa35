"""個資聲明版本維護: a version is prepared for a day to come, seen beforehand, and never changed once it is published.

SPEC §2 and §11 keep which version each applicant has agreed to; neither asks anybody to agree again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import Consent, PrivacyNotice

LONGEST_TITLE, LONGEST_TITLE_EN, LONGEST_BODY = 100, 200, 20_000


class AlreadyPublished(RuleError):
    """Somebody may have agreed to these words."""

    sentence = _l("第%(number)s版已公告，內容不得變更。請由最新版本擬訂新版。")
    status = 409


class OneInPreparation(RuleError):
    """Two prepared versions could overtake one another."""

    sentence = _l("第%(number)s版尚未公告。請先編輯或刪除該版，再擬訂新版。")
    status = 409


class PublishedTooEarly(RuleError):
    """A day's notice lets somebody look at it once more."""

    sentence = _l("公告日期最早為明日（%(day)s），請重新輸入。")


class NoticeText(RuleError):
    """Title and body are needed and have their lengths."""

    sentence = _l("請填寫，至多%(n)s個字。")


class NoticeEnglishHalf(RuleError):
    """English is a title and a body, or neither."""

    sentence = _l("英文標題與英文內文請一併填寫，或均留空（留空者，英文版顯示中文）。")


@dataclass(frozen=True)
class NoticeData:
    """A version as it is typed."""

    title: str
    body: str
    title_en: str
    body_en: str
    from_on: date | None

    def checked(self) -> NoticeData:
        """The version as it is kept; raises the errors above."""
        clean = NoticeData(
            " ".join(self.title.split()),
            self.body.replace("\r\n", "\n").strip(),
            " ".join(self.title_en.split()),
            self.body_en.replace("\r\n", "\n").strip(),
            self.from_on,
        )
        limits = {"title": LONGEST_TITLE, "body": LONGEST_BODY, "title_en": LONGEST_TITLE_EN, "body_en": LONGEST_BODY}
        for field, longest in limits.items():
            said = getattr(clean, field)
            if len(said) > longest or (not said and not field.endswith("_en")):
                raise NoticeText(field, n=longest)
        if bool(clean.title_en) != bool(clean.body_en):
            raise NoticeEnglishHalf("body_en" if clean.title_en else "title_en")
        tomorrow = date.fromordinal(clock.today().toordinal() + 1)
        if clean.from_on is None or clean.from_on < tomorrow:
            raise PublishedTooEarly("from_on", day=f"{tomorrow:%Y/%m/%d}")
        return clean


def listed() -> list[tuple[PrivacyNotice, int]]:
    """Every version with the number of applicants who have agreed to it, the newest first."""
    counts = select(Consent.notice_id, func.count().label("n")).group_by(Consent.notice_id).subquery()
    rows = select(PrivacyNotice, func.coalesce(counts.c.n, 0)).outerjoin(counts, counts.c.notice_id == PrivacyNotice.id)
    return [(row, int(n)) for row, n in db.session.execute(rows.order_by(PrivacyNotice.number.desc()))]


def get(notice_id: str) -> PrivacyNotice:
    """One version; raises ``NotFound``."""
    row = db.session.get(PrivacyNotice, notice_id)
    if row is None:
        raise NotFound()
    return row


def is_published(notice: PrivacyNotice) -> bool:
    """Whether a version is or was in force."""
    return notice.published_at <= clock.now()


def newest() -> PrivacyNotice | None:
    """The version with the highest number, published or prepared."""
    return db.session.scalar(select(PrivacyNotice).order_by(PrivacyNotice.number.desc()).limit(1))


def seen(notice: PrivacyNotice) -> str:
    """What an editor has seen of a version, as one word."""
    return notice.updated_at.isoformat()


def prepare(data: NoticeData, actor: Actor) -> str:
    """A new version from a day on; returns its id. Raises :class:`OneInPreparation` and what ``checked`` raises."""
    clean = data.checked()
    try:
        with transaction() as session:
            last = newest()
            if last is not None and not is_published(last):
                raise OneInPreparation(number=last.number)
            row = PrivacyNotice(number=last.number + 1 if last else 1)
            _write(row, clean)
            session.add(row)
            session.flush()
            audit.record(session, "privacy_notice.prepare", actor, row, facts=_facts(row))
            return row.id
    except IntegrityError as error:  # somebody else has prepared one at the same moment
        raise Stale() from error


def change(notice_id: str, data: NoticeData, version: str, actor: Actor) -> None:
    """Other words or another day for a prepared version; raises :class:`AlreadyPublished`, ``Stale``."""
    with transaction() as session:
        row = _unpublished(session, notice_id)
        if seen(row) != version:
            raise Stale()
        clean = data.checked()
        _write(row, clean)
        session.flush()
        audit.record(session, "privacy_notice.edit", actor, row, facts=_facts(row))


def discard(notice_id: str, actor: Actor) -> None:
    """Take a prepared version back; raises :class:`AlreadyPublished`."""
    with transaction() as session:
        row = _unpublished(session, notice_id)
        audit.record(session, "privacy_notice.discard", actor, row, facts=_facts(row))
        session.delete(row)


def _unpublished(session: Session, notice_id: str) -> PrivacyNotice:
    row = locked(session, PrivacyNotice, notice_id)
    if is_published(row):
        raise AlreadyPublished(number=row.number)
    return row


def _write(row: PrivacyNotice, data: NoticeData) -> None:
    assert data.from_on is not None  # checked() has refused it
    row.title, row.body = data.title, data.body
    row.title_en, row.body_en = data.title_en or None, data.body_en or None
    row.published_at = clock.at(data.from_on, time.min)


def _facts(row: PrivacyNotice) -> dict[str, object]:
    return {"number": row.number, "published_at": row.published_at.isoformat(), "title": row.title}
