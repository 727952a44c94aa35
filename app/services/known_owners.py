"""Who holds an address or an ID number already: told to the owner by mail, and to nobody else."""

from __future__ import annotations

import secrets
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.services import notifications, throttle
from models import Applicant
from models.base import search_digest

#: Which mail tells the owner, by what is known.
ID_NUMBER, ADDRESS = "registered_before", "address_known"


def owner_of(session: Session, mail: str, id_number: str) -> tuple[Applicant | None, str]:
    """Who holds this ID number (bound) or address (verified) already, and which mail tells the owner."""
    known_id = session.scalar(
        select(Applicant).where(
            Applicant.id_number_index == search_digest("id_number", id_number), Applicant.id_bound_at.is_not(None)
        )
    )
    if known_id is not None:
        return known_id, ID_NUMBER
    known_mail = session.scalar(
        select(Applicant).where(
            Applicant.mail_index == search_digest("mail", mail), Applicant.mail_verified_at.is_not(None)
        )
    )
    return known_mail, ADDRESS


def tell(session: Session, owner: Applicant, event: str, may_tell: bool) -> None:
    """Queue the mail to the owner in the caller's transaction, unless too many have been sent (:func:`may_tell`)."""
    if may_tell:
        notifications.enqueue(session, event, owner, owner, version=serial())


def serial() -> int:
    """A number that tells two notices to the same owner apart."""
    return secrets.randbits(48)


def now(mail: str, id_number: str) -> Applicant | None:
    """As :func:`owner_of`, before any transaction: whose mails to count."""
    return owner_of(cast(Session, db.session), mail, id_number)[0]


def may_tell(owner: Applicant | None) -> bool:
    """Whether the owner of what is known already may be told once more; nobody else hears the answer."""
    if owner is None:
        return True
    try:
        throttle.claim(throttle.RECIPIENT_MAIL, owner.id)
    except throttle.TooMany:
        return False
    return True
