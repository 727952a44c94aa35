"""訊息公告及申辦流程: what headquarters or an agency tells everybody on the portal's front page."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, relationship

from app.rules.office_vocabulary import NoticeKind
from models.agency import Agency
from models.base import Base, Timestamped, Versioned, check, internal, key, public, reference, word
from models.staff import Officer


class Notice(Timestamped, Versioned, Base):
    """A notice or a procedure, shown from ``published_on`` to ``until_on``; headquarters' own has no agency.

    Where the English is missing, readers of English see the Chinese.
    """

    __tablename__ = "notice"

    id: Mapped[str] = key()
    agency_id: Mapped[str | None] = reference(ForeignKey("agency.id"))
    kind: Mapped[NoticeKind] = word(NoticeKind, name="ck_notice_kind", nullable=False)
    title: Mapped[str] = public(String(100), nullable=False)
    body: Mapped[str] = public(Text, nullable=False)
    title_en: Mapped[str | None] = public(String(200))
    body_en: Mapped[str | None] = public(Text)
    published_on: Mapped[date] = public(Date, nullable=False)
    until_on: Mapped[date | None] = public(Date)
    made_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))

    agency: Mapped[Agency | None] = relationship()
    made_by: Mapped[Officer | None] = relationship()

    __table_args__ = (
        Index("ix_notice_agency", "agency_id", "published_on", "id"),
        Index("ix_notice_all", "published_on", "id"),
        Index("ix_notice_shown", "kind", "published_on", "id"),
        check("until_on IS NULL OR published_on <= until_on", "ck_notice_span"),
    )

    def __str__(self) -> str:
        return self.title
