"""家庭聯絡簿審查: the list; the review page of one entry stands in a view of its own."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose
from flask_login import current_user

from app.i18n import _, _l
from app.rules.vocabulary import EntryState
from app.security import Actor
from app.services import audit, entry_review
from models import FamilyBookEntry
from views.backoffice import book_cells
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter
from views.backoffice.interface import UnitOfWorkInterface

#: What an officer sees of an entry's life: a draft is its writer's alone.
STATES = tuple(state for state in EntryState if state is not EntryState.DRAFT)


def _is_pending(row: FamilyBookEntry) -> bool:
    return row.state is EntryState.PENDING


def delivery(row: FamilyBookEntry) -> str:
    """交付情形."""
    if row.handed_over_at:
        return _("已交付收容人")
    return _("已列印") if row.print_id else "－"


class FamilyEntryView(AgencyScopedModelView):
    """家庭聯絡簿審查."""

    route_base = "/backoffice/entries"
    datamodel = UnitOfWorkInterface(FamilyBookEntry)
    base_permissions = ["can_list", "can_review", "can_picture", "can_print", "can_export"]
    list_title = _l("家庭聯絡簿審查")
    list_template = "backoffice/books/list.html"

    filters = (
        AgencyFilter(),
        ChoiceFilter("state", EntryState, _l("審核狀態"), default=EntryState.PENDING, among=STATES),
        DateRangeFilter("published_at", _l("申請日期")),
    )
    order = ("published_at",)  # the oldest first
    always_set = ("published_at",)
    load = ("agency", "inmate", "attachments")
    columns = (
        Column(
            _l("照片"), lambda row: book_cells.thumbnail(row.attachments, "EntryReviewView.picture"), in_files=False
        ),
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("內容"), book_cells.cell, kind="wide"),
        Column(_l("發佈日期"), entry_review.published_day, sort=("published_at",)),
        Column(_l("狀態"), "state", kind="state"),
        Column(_l("交付情形"), delivery),
    )
    links = (
        RowLink(_l("審核"), "review", "can_review", when=_is_pending),
        RowLink(_l("檢視"), "review", "can_review", when=lambda row: not _is_pending(row), is_main=False),
    )

    def conditions(self) -> list[Any]:
        return [FamilyBookEntry.state.in_(STATES)]

    def name_of(self, row: FamilyBookEntry) -> str:
        return f"{row.inmate.number} {entry_review.published_day(row)}"

    @expose("/list/")
    @permitted
    def list(self) -> str:
        """The entries that the filters ask for; their beginnings are read here, so the look is kept."""
        audit.read("family_book_entry.listed", Actor.staff(current_user), "family_book_entry")
        return super().list()
