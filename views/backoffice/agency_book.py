"""機關聯絡簿: the list of what an agency has told families; adding and editing stand in a view of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_login import current_user

from app import clock
from app.i18n import _, _l
from app.rules.dates import list_date
from app.security import Actor
from app.services import agency_book, audit
from models import AgencyBookEntry
from views.backoffice import book_cells
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, DateRangeFilter, Reading
from views.backoffice.interface import UnitOfWorkInterface


class LastMonth(DateRangeFilter):
    """申請日期: the last month until the reader says otherwise; emptied, all days."""

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        first, last = self.names
        if first not in args and last not in args:
            today = clock.today()
            args = {**args, first: (today - timedelta(days=30)).isoformat(), last: today.isoformat()}
        return super().read(model, args)


def publisher(row: AgencyBookEntry) -> str:
    """矯正機關, or headquarters."""
    return row.agency.name if row.agency else _("矯正署")


class AgencyBookView(AgencyScopedModelView):
    """機關聯絡簿."""

    route_base = "/backoffice/agency-book"
    datamodel = UnitOfWorkInterface(AgencyBookEntry)
    base_permissions = ["can_list", "can_delete", "can_export"]
    list_title = _l("機關聯絡簿")
    delete_title = _l("機關聯絡簿")
    list_template = "backoffice/books/agency_list.html"

    filters = (AgencyFilter(), LastMonth("published_at", _l("申請日期")))
    order = ("published_at",)
    descending = True
    load = ("agency", "inmate", "attachments")
    columns = (
        Column(
            _l("照片"), lambda row: book_cells.thumbnail(row.attachments, "AgencyBookFormView.picture"), in_files=False
        ),
        Column(_l("矯正機關"), publisher),
        Column(_l("內容"), book_cells.cell, kind="wide"),
        Column(_l("發佈日期"), lambda row: list_date(clock.local(row.published_at).date()), sort=("published_at",)),
    )
    details = columns[1:]
    #: The form stands in ``AgencyBookFormView``; who may delete may edit.
    links = (RowLink(_l("編輯"), "edit", "can_delete", is_main=False),)

    def conditions(self) -> list[Any]:
        return [AgencyBookEntry.deleted_at.is_(None)]

    def name_of(self, row: AgencyBookEntry) -> str:
        return str(row.title)

    @expose("/list/")
    @permitted
    def list(self) -> str:
        """The messages that the filters ask for; messages to one family are among them, so the look is kept."""
        audit.read("agency_book_entry.listed", Actor.staff(current_user), "agency_book_entry")
        return super().list()

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @permitted
    def delete(self, pk: str) -> Answer:
        """Ask (確認刪除?), then take the message off every screen."""
        row = self.find(pk)
        if request.method != "POST":
            return self.render(self.confirm_template, self.delete_title, row=row, refused=None)
        agency_book.remove(row.id, Actor.staff(current_user))
        flash(_("機關聯絡簿已刪除"), "success")
        return redirect(self.back_url())
