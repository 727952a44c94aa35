"""基本資料修改: what a member of staff changes of the own account; name, roles, agencies are headquarters' matter.

The office's address of e-mail serves to reach its officer; no link of this program goes there, so the password asked
again (by the door) is what guards it. The old address is told, and the trail keeps both.
"""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError

from app.errors import RuleError
from app.i18n import _l
from app.security import Actor
from app.services import audit, staff, staff_messages
from app.transaction import locked, transaction
from models import Officer

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LONGEST_MAIL = 320


class OfficeMailInvalid(RuleError):
    """This is no address."""

    sentence = _l("電子郵件格式不正確，例如name@mail.example.gov.tw。請重新輸入。")


def change_mail(officer_id: int, mail: str, actor: Actor) -> bool:
    """Another office address; returns whether the old one is told.

    Raises :class:`OfficeMailInvalid`, ``staff.AccountTaken``.
    """
    clean = mail.strip()
    if len(clean) > LONGEST_MAIL or not clean.isprintable() or not _MAIL.fullmatch(clean):
        raise OfficeMailInvalid("email")
    try:
        with transaction() as session:
            officer = locked(session, Officer, officer_id)
            before = officer.email
            if before == clean:
                return False
            officer.email = clean
            session.flush()
            told = staff_messages.mail_changed(session, officer, before, actor)
            audit.record(session, "officer.own_mail", actor, officer, facts={"email": [before, clean]})
            return told is not None
    except IntegrityError as error:
        raise staff.AccountTaken("email") from error
