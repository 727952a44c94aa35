"""Inmates by name or ID number: asked by POST only, because both are personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.errors import RuleError
from app.extensions import db
from app.i18n import _
from app.rules.names import clean_name
from app.services.desk_visitors import searched_number
from models import Inmate
from models.base import search_digest
from views.backoffice import scope

MOST_FOUND = 100
LONGEST = 60


@dataclass
class Asked:
    """The form as typed, and what is wrong with it by field."""

    name: str = ""
    id_number: str = ""
    digest: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Asked:
        """The form as it came in, read."""
        asked = cls(form.get("name", "").strip()[:LONGEST], form.get("id_number", "").strip()[:LONGEST])
        if not asked.name and not asked.id_number:
            asked.errors["name"] = _("請輸入收容人姓名或身分證號。")
        if asked.name:
            try:
                asked.name = clean_name(asked.name)
            except RuleError as error:
                asked.errors["name"] = str(error)
        if asked.id_number:
            try:
                asked.digest = search_digest("id_number", searched_number(asked.id_number))
            except RuleError as error:
                asked.errors["id_number"] = str(error)
        return asked


def found(asked: Asked) -> list[Inmate]:
    """The inmates in scope with exactly this name and number, those who are present first."""
    conditions: list[Any] = [scope.within(Inmate.agency_id)]
    if asked.name:
        conditions.append(Inmate.name == asked.name)
    if asked.digest:
        conditions.append(Inmate.id_number_index == asked.digest)
    rows = select(Inmate).where(*conditions).order_by(Inmate.status, Inmate.number, Inmate.id).limit(MOST_FOUND)
    return list(db.session.scalars(rows.options(selectinload(Inmate.agency))))
