"""Which agencies' rows the officer of this request may see, asked once per request."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import g
from flask_login import current_user
from sqlalchemy import ColumnElement, nulls_last, select, true

from app.extensions import db
from app.services import agencies as agency_service
from models import Agency


class AgencyChoice(NamedTuple):
    """An agency in a drop-down: plain values, because rows lose theirs when an act ends."""

    id: str
    label: str


def agency_ids() -> frozenset[str] | None:
    """The ids of the agencies in scope; ``None`` means all of them (headquarters)."""
    if "scope_ids" not in g:
        g.scope_ids = agency_service.scope_of(current_user)
    return g.scope_ids


def agencies() -> list[AgencyChoice]:
    """The agencies in scope as the manual's filters print them (``2477-桃園女子監獄``), by code."""
    if "scope_agencies" not in g:
        columns = select(Agency.id, Agency.code, Agency.name)
        rows = db.session.execute(columns.where(within(Agency.id)).order_by(nulls_last(Agency.code), Agency.name))
        g.scope_agencies = [AgencyChoice(id_, f"{code}-{name}" if code else name) for id_, code, name in rows]
    return g.scope_agencies


def within(column: Any) -> ColumnElement[bool]:
    """The condition that a column names an agency in scope."""
    ids = agency_ids()
    return true() if ids is None else column.in_(sorted(ids))
