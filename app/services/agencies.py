"""Agencies: which stand today, which an officer may see, how they are reached."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.extensions import db
from app.i18n import _
from app.rules.vocabulary import StaffRole
from models import Agency, Officer


def active(today: date) -> list[Agency]:
    """The agencies that stand today, in the order of the list that headquarters keeps."""
    agencies = db.session.scalars(select(Agency).order_by(Agency.kind.desc(), Agency.region, Agency.name))
    return [agency for agency in agencies if agency.is_active_on(today)]


def words_of(column: str) -> list[str]:
    """The words that agencies have in a column (kind, region, county), each once."""
    named = getattr(Agency, column)
    return list(db.session.scalars(select(named).where(named.is_not(None)).distinct().order_by(named)))


def scope_of(officer: Officer) -> frozenset[str] | None:
    """The ids of the agencies whose rows an officer may see: own ones and their sub-units; ``None`` means all."""
    roles = {role.name for role in officer.roles}
    if StaffRole.HEADQUARTERS.value in roles:
        return None
    own = [agency.id for agency in officer.agencies]
    if not own:
        return frozenset()
    ids = db.session.scalars(select(Agency.id).where(or_(Agency.id.in_(own), Agency.host_id.in_(own))))
    return frozenset(ids)


def phone_of(agency: Agency | None) -> str:
    """The agency's telephone number, or a word that says it is not known."""
    if agency is None:
        return ""
    return agency.phone or (agency.host.phone if agency.host and agency.host.phone else _("請查機關網站"))
