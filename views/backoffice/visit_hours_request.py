"""What an address and a sent form of 公告時段管理 ask for."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_login import current_user

from app.errors import NotFound
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services.visit_rules import SESSION_KINDS
from views.backoffice import scope
from views.backoffice.scope import AgencyChoice

#: The button that shows what was typed in plain words and saves nothing.
PREVIEW = "preview"
#: The button for one more row; its value is the list.
MORE = "more"
#: The button that moves a row; its value is the row and the way.
MOVE = "move"


def agency_of(agency_id: UUID) -> AgencyChoice:
    """The agency, if it is in the officer's scope; raises ``NotFound``."""
    for one in scope.agencies():
        if one.id == str(agency_id):
            return one
    raise NotFound()


def kind_of(name: str) -> VisitKind:
    """The kind of visit, if it is one by session; raises ``NotFound``."""
    for kind in SESSION_KINDS:
        if kind.value == name:
            return kind
    raise NotFound()


def accepted() -> str:
    """The mark of the broken bookings that the officer has seen and accepts."""
    return request.form.get("accepted", "")


def reader() -> Actor:
    """The officer who asks."""
    return Actor.staff(current_user)
