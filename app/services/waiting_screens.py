"""The address of the screen in an agency's waiting room: it needs no sign-in, and can be changed when it has got about.

Which address is in force is a number among the agency's parameters that only counts up; the key in the address is a
digest of it. It stands in no list of parameters, because nobody may type it back.
"""

from __future__ import annotations

import hmac
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import crypto
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.parameters import SCREEN_CODE
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import Agency, AgencyParameter

FIRST = 1
_LAST = 999
_KEY_LENGTH = 32
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ScreenChanged(RuleError):
    """Somebody has changed the address since the page was opened: once is enough."""

    sentence = _l("候見室螢幕之網址已由他人更換，本次未再更換。請重新開啟候見順序看板，使用目前之網址。")
    status = 409


def number(agency_id: str) -> int:
    """Which of its addresses is in force at an agency, counted from :data:`FIRST`."""
    value = db.session.scalar(_row(agency_id).with_only_columns(AgencyParameter.value))
    return int(value) if value else FIRST


def token(agency_id: str) -> str:
    """What stands in the address of an agency's screen: it cannot be guessed and opens numbers only."""
    return f"{agency_id}.{_key(agency_id, number(agency_id))}"


def agency_of(token: str) -> Agency:
    """The agency whose screen an address opens; raises ``NotFound``."""
    agency_id, _dot, key = token.partition(".")
    agency = db.session.get(Agency, agency_id) if _KEY.fullmatch(agency_id) else None
    if agency is None or not key.isascii() or not hmac.compare_digest(key, _key(agency.id, number(agency.id))):
        raise NotFound()
    return agency


def renew(agency_id: str, seen: int, actor: Actor) -> None:
    """Give an agency's screen another address; the one before opens nothing from now on.

    Raises :class:`ScreenChanged` where ``seen`` is not the number in force, ``NotFound``.
    """
    with transaction() as session:
        agency = locked(session, Agency, agency_id)
        row = session.scalar(_row(agency_id)) or _first(session, agency)
        if int(row.value) != seen:
            raise ScreenChanged()
        row.value = str(seen + 1)
        session.flush()
        audit.record(session, "waiting_screen.renew", actor, row, agency_id=agency_id)


def _row(agency_id: str):  # type: ignore[no-untyped-def]
    return select(AgencyParameter).where(AgencyParameter.agency_id == agency_id, AgencyParameter.code == SCREEN_CODE)


def _first(session: Session, agency: Agency) -> AgencyParameter:
    row = AgencyParameter(agency_id=agency.id, code=SCREEN_CODE, position=_LAST, value=str(FIRST))
    session.add(row)
    return row


def _key(agency_id: str, number: int) -> str:
    return crypto.current().digest("waiting-screen", f"{agency_id}/{number}".encode())[:_KEY_LENGTH]
