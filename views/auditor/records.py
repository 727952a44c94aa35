"""The base of each kind of record: a list and single records, masked, each look written into the trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, Uuid, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.extensions import db
from app.i18n import _l
from app.security import Actor
from app.services import audit
from views.auditor import full, pages, shown
from views.auditor.door import Gate
from views.auditor.filters import Bar, Filter


class RecordView(Gate, ModelView):
    """Reads one model. A subclass declares ``column_list``, ``column_details_list``, ``column_labels``, the masks in
    ``column_formatters``, and below: the filters, the order (newest first) and what is loaded beside a row.

    What Flask-Admin could write with has no address here: its own methods are replaced by ``None``.
    """

    can_create = can_edit = can_delete = can_export = False
    can_view_details = True
    create_view = edit_view = delete_view = action_view = export = ajax_lookup = ajax_update = None
    list_template = "auditor/list.html"
    details_template = "auditor/details.html"
    column_type_formatters = shown.TYPES
    column_type_formatters_detail = shown.TYPES

    #: Whether it stands in the menu of every page; all of them stand on the front page.
    in_menu = False
    filter_bar: tuple[Filter, ...] = ()
    #: What holds for every row of the list and for single records.
    always: tuple[ColumnElement[bool], ...] = ()
    newest: tuple[InstrumentedAttribute[Any], ...] = ()
    #: A list in which one looks something up (names, places in a file) is read from its first row on.
    from_first = False
    beside: tuple[InstrumentedAttribute[Any], ...] = ()

    def scaffold_form(self) -> type[BaseForm]:
        """An empty form: there is nothing to fill in."""
        return BaseForm

    @expose("/")
    def index_view(self) -> str:
        """The list: one row in the trail, then one page of rows."""
        bar = Bar(self.filter_bar, request.args)
        audit.read("audit.listed", Actor.staff(current_user), self.model.__tablename__, agency_id=bar.agency_id)
        is_asked = request.args.get("order") == "oldest"
        selection = self.selection().where(*bar.conditions)
        page = pages.turn(selection, self.newest, request.args, oldest_first=is_asked or self.from_first)
        return self.render(
            self.list_template,
            bar=bar,
            page=page,
            order={"order": "oldest"} if is_asked else {},
            has_time=self.has_time,
            place={**bar.values, **pages.place(request.args)},
            count=pages.count(self.model, [*self.always, *bar.conditions]),
            columns=self._list_columns,
            get_value=self.get_list_value,
            key_of=self.get_pk_value,
            export=self.export_address(bar),
        )

    @expose("/<record_id>/")
    def details_view(self, record_id: str) -> str:
        """One record: one row in the trail that names it; 404 where there is none."""
        row = self.get_one(record_id)
        if row is None:
            abort(404)
        key, agency_id = self.key_of(row), getattr(row, "agency_id", None)
        audit.read("audit.viewed", Actor.staff(current_user), row.__tablename__, agency_id=agency_id, subject_id=key)
        return self.render(
            self.details_template,
            row=row,
            kind=row.__tablename__,
            key=key,
            can_unmask=full.knows(row.__tablename__),
            columns=self._details_columns,
            get_value=self.get_detail_value,
            place={**Bar(self.filter_bar, request.args).values, **pages.place(request.args)},
            people=_people(row),
            **self.more_about(row),
        )

    @property
    def has_time(self) -> bool:
        """Whether one row of this list is older than another; in the order of keys or names none is."""
        return not self.from_first and not isinstance(self.newest[0].type, Uuid)

    def export_address(self, bar: Bar) -> str | None:
        """Where the selection is taken away as a file."""
        selection: dict[str, Any] = bar.values
        return url_for("auditor.export_list", of=self.model.__tablename__, **selection)

    def get_one(self, id: str) -> Any:
        """The record of this key, or None; also for what is no key at all."""
        column = inspect(self.model).primary_key[0]
        value = pages.parsed(column, id)
        return None if value is None else db.session.scalar(self.selection().where(column == value))

    def key_of(self, row: Any) -> str:
        """The key by which the trail names a record."""
        return str(getattr(row, "id", None) or self.get_pk_value(row))

    def more_about(self, row: Any) -> dict[str, Any]:
        """What the page of a single record shows beside its columns."""
        return {}

    def selection(self) -> Select[Any]:
        """Every row of this list, with what is loaded beside it."""
        return select(self.model).where(*self.always).options(*_loaded(self.beside))


def _people(row: Any) -> list[tuple[Any, str, Any]]:
    """Whose stories lead on from a record: the words of the link, the kind of person, the key."""
    found = (
        (_l("申請人的稽核軌跡"), "applicant", getattr(row, "applicant_id", None)),
        (_l("收容人的稽核軌跡"), "inmate", getattr(row, "inmate_id", None)),
        (_l("審核人員的稽核軌跡"), "ab_user", getattr(row, "decided_by_id", None)),
    )
    return [one for one in found if one[2] is not None]


def _loaded(relations: Iterable[InstrumentedAttribute[Any]]) -> list[ExecutableOption]:
    # One further statement for each relation, instead of joins that are made for every row that is passed over.
    return [selectinload(relation) for relation in relations]
