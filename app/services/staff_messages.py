"""What members of staff are told by mail: only that their address has changed, at the old one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.i18n import DEFAULT_LOCALE
from app.rules import masking
from app.rules.dates import sentence_time
from app.security import Actor
from app.services import known_owners, notifications
from app.services.staff import NO_ADDRESS
from models import Notification, Officer


def mail_changed(session: Session, officer: Officer, before: str, actor: Actor) -> Notification | None:
    """Queue the notice to the old address in the caller's transaction; None where there was none."""
    if not before or before.endswith(NO_ADDRESS) or before.casefold() == officer.email.casefold():
        return None
    values = {
        "account": officer.username,
        "time": sentence_time(clock.local(clock.now()), DEFAULT_LOCALE),
        "mail": masking.mail(officer.email),
        "by": actor.name or "",
    }
    return notifications.enqueue_to_staff(
        session, "staff_mail_changed", officer, before, version=known_owners.serial(), values=values
    )
