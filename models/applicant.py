"""Applicants: lawyers and relatives with an account of their own; never back-office users."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import AccountState, IdentityKind
from models.base import (
    Base,
    Instant,
    Sealed,
    Timestamped,
    Versioned,
    digest_column,
    internal,
    key,
    personal,
    public,
    reference,
    sensitive,
    word,
)


class Applicant(Timestamped, Versioned, Base):
    """申請人: an account of the portal.

    An ID number may stand on rival accounts until an officer has seen a paper (``id_bound_at``); a verified e-mail
    address belongs to one live account.
    """

    __tablename__ = "applicant"

    id: Mapped[str] = key()
    name: Mapped[str] = personal(String(50), nullable=False)
    id_kind: Mapped[IdentityKind] = word(IdentityKind, name="ck_applicant_id_kind", nullable=False)
    id_country: Mapped[str | None] = personal(String(2))
    id_number_sealed: Mapped[bytes] = sensitive(nullable=False)
    id_number_index: Mapped[str] = digest_column(nullable=False, index=True)
    id_bound_at: Mapped[datetime | None] = internal(Instant)
    birth_date_sealed: Mapped[bytes] = sensitive(nullable=False)
    mail_sealed: Mapped[bytes] = sensitive(nullable=False)
    mail_index: Mapped[str] = digest_column(nullable=False, index=True)
    mail_verified_at: Mapped[datetime | None] = internal(Instant)
    mobile_sealed: Mapped[bytes] = sensitive(nullable=False)
    mobile_index: Mapped[str] = digest_column(nullable=False, index=True)
    landline_sealed: Mapped[bytes | None] = sensitive()
    address_sealed: Mapped[bytes] = sensitive(nullable=False)
    occupation_sealed: Mapped[bytes] = sensitive(nullable=False)
    password_hash: Mapped[str] = internal(String(256), nullable=False)
    state: Mapped[AccountState] = word(
        AccountState, name="ck_applicant_state", nullable=False, default=AccountState.UNVERIFIED
    )
    locale: Mapped[str] = internal(String(16), nullable=False, default="zh_Hant_TW")
    mobile_verified_at: Mapped[datetime | None] = internal(Instant)
    #: Whether the person wants SMS where a mail would do.
    prefers_sms: Mapped[bool] = internal(nullable=False, default=False)
    #: Since when mails to this address come back; None once one got through or the address changed.
    mail_bounced_at: Mapped[datetime | None] = internal(Instant)
    #: The account into which headquarters has merged this one; its cases stand there.
    merged_into_id: Mapped[str | None] = reference(ForeignKey("applicant.id"))
    #: When what tells who the person is was erased; the account cannot be used again.
    erased_at: Mapped[datetime | None] = internal(Instant)

    id_number: Any = Sealed("id_number_sealed", index="id_number_index")
    birth_date: Any = Sealed("birth_date_sealed", kind="date")
    mail: Any = Sealed("mail_sealed", index="mail_index")
    mobile: Any = Sealed("mobile_sealed", index="mobile_index")
    landline: Any = Sealed("landline_sealed")
    address: Any = Sealed("address_sealed")
    occupation: Any = Sealed("occupation_sealed")

    __table_args__ = (
        Index(
            "uq_applicant_bound_id",
            "id_number_index",
            unique=True,
            sqlite_where=text("id_bound_at IS NOT NULL"),
            postgresql_where=text("id_bound_at IS NOT NULL"),
        ),
        Index(
            "uq_applicant_verified_mail",
            "mail_index",
            unique=True,
            sqlite_where=text("mail_verified_at IS NOT NULL"),
            postgresql_where=text("mail_verified_at IS NOT NULL"),
        ),
        Index("ix_applicant_created", "created_at", "id"),
    )

    def __str__(self) -> str:
        return self.name


class PrivacyNotice(Timestamped, Base):
    """個資蒐集告知聲明: one published version of the text."""

    __tablename__ = "privacy_notice"

    id: Mapped[str] = key()
    number: Mapped[int] = public(nullable=False, unique=True)
    title: Mapped[str] = public(String(100), nullable=False)
    body: Mapped[str] = public(Text, nullable=False)
    title_en: Mapped[str | None] = public(String(200))
    body_en: Mapped[str | None] = public(Text)
    #: From when on it is the one to be read; later than now for one that is prepared.
    published_at: Mapped[datetime] = public(Instant, nullable=False)


class Consent(Base):
    """That an applicant has read one version of the notice: when, and from which address."""

    __tablename__ = "consent"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False, index=True)
    notice_id: Mapped[str] = reference(ForeignKey("privacy_notice.id"), nullable=False)
    at: Mapped[datetime] = internal(Instant, nullable=False)
    remote_address_sealed: Mapped[bytes | None] = sensitive()

    remote_address: Any = Sealed("remote_address_sealed")
    applicant: Mapped[Applicant] = relationship()
    notice: Mapped[PrivacyNotice] = relationship()

    __table_args__ = (Index("ix_consent_all", "at", "id"),)


class OneTimeToken(Base):
    """A link that works once: only its digest is kept."""

    __tablename__ = "one_time_token"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False, index=True)
    purpose: Mapped[str] = internal(String(32), nullable=False)
    digest: Mapped[str] = digest_column(nullable=False, unique=True)
    created_at: Mapped[datetime] = internal(Instant, nullable=False)
    expires_at: Mapped[datetime] = internal(Instant, nullable=False)
    used_at: Mapped[datetime | None] = internal(Instant)
    #: The address or number that using the token makes the account's own.
    value_sealed: Mapped[bytes | None] = sensitive()

    value: Any = Sealed("value_sealed")
    applicant: Mapped[Applicant] = relationship()
