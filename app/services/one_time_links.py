"""One-time links and codes: kept as a digest, used up by one statement, withdrawn for a newer one."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock, crypto
from models import OneTimeToken


def digest_of(raw: str) -> str:
    """What the database keeps of a link."""
    return crypto.current().digest("one-time", raw.encode())


def use_up(session: Session, raw: str, purpose: str) -> OneTimeToken | None:
    """Use a live link of this purpose up, inside the caller's transaction; None where another was faster or none is."""
    now = clock.now()
    used = session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.digest == digest_of(raw),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeToken.id)
    ).scalar()
    return session.get_one(OneTimeToken, used, populate_existing=True) if used is not None else None


def withdraw(session: Session, applicant_id: str, purpose: str | None = None) -> None:
    """End an account's live links of a purpose, or all of them; inside the caller's transaction."""
    live = [OneTimeToken.applicant_id == applicant_id, OneTimeToken.used_at.is_(None)]
    if purpose is not None:
        live.append(OneTimeToken.purpose == purpose)
    session.execute(update(OneTimeToken).where(*live).values(used_at=clock.now()))
