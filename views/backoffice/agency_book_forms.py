"""新增 and 編輯 of 機關聯絡簿: type, addressee by 呼號, words, three attachments, each replaced or deleted singly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as AnyResponse

from app.adapters.uploads import CleanFile
from app.errors import NotFound, RuleError, RuleErrors
from app.extensions import db
from app.i18n import _
from app.rules.masking import name_circle
from app.rules.vocabulary import Audience
from app.security import Actor
from app.services import agency_book, attachments, inmates
from models import AgencyBookEntry, BookAttachment
from views.backoffice import book_pictures, desk_agencies, scope
from views.backoffice.access import permitted
from views.backoffice.agency_book import AgencyBookView

Answer = str | tuple[str, int] | AnyResponse
#: The fields of the three attachments: 附件一, 附件二, 附件三.
PLACES = (1, 2, 3)


@dataclass(frozen=True)
class Typed:
    """The form as it was typed; ``found`` is the inmate that a look-up has shown."""

    audience: str = Audience.NOTICE.value
    agency: str = ""
    number: str = ""
    title: str = ""
    text: str = ""
    version: int = 0
    found: str = ""
    inmate_id: str | None = None

    @classmethod
    def sent(cls) -> Typed:
        """The form as it came in."""
        names = ("audience", "agency", "number", "title", "text")
        texts = {name: request.form.get(name, "")[:20_000] for name in names}
        return cls(**texts, version=request.form.get("version", 0, type=int))

    @classmethod
    def of(cls, entry: AgencyBookEntry) -> Typed:
        """The form of a message as it is."""
        number = entry.inmate.number if entry.inmate else ""
        texts = {"number": number, "title": entry.title, "text": entry.text, "version": entry.version}
        return cls(audience=entry.audience.value, agency=entry.agency_id or "", **texts)

    def message(self) -> agency_book.Message:
        """What is to be published."""
        return agency_book.Message(self.agency or None, self.audience, self.inmate_id, self.title, self.text)


class AgencyBookFormView(BaseView):
    """The forms of 機關聯絡簿; the list is ``AgencyBookView``."""

    route_base = AgencyBookView.route_base
    default_view = "add"

    @expose("/add", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """發佈機關聯絡簿."""
        if request.method != "POST":
            return self._page(Typed(agency=_own_agency()))
        typed = Typed.sent()
        try:
            typed = _looked_up(typed)
            if "lookup" in request.form:
                return self._page(typed)
            _check(typed)
            agency_book.add(typed.message(), _files(), current_user.id, Actor.staff(current_user))
        except RuleError as error:
            return self._page(typed, error=error), error.status
        flash(_("機關聯絡簿已新增成功"), "success")
        return redirect(url_for("AgencyBookView.list"))

    @expose("/edit/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def edit(self, pk: UUID) -> Answer:
        """機關聯絡簿修改: words, addressee, and each attachment by itself."""
        entry = _find(str(pk))
        if request.method != "POST":
            return self._page(Typed.of(entry), entry)
        typed = Typed.sent()
        try:
            typed = _looked_up(typed)
            if "lookup" in request.form:
                return self._page(typed, _find(str(pk)))
            _check(typed)
            files, removed = _files(), _removed(_find(str(pk)))
            agency_book.change(str(pk), typed.message(), removed, files, typed.version, Actor.staff(current_user))
        except RuleError as error:
            return self._page(typed, _find(str(pk)), error), error.status
        flash(_("機關聯絡簿已修改"), "success")
        return redirect(url_for("AgencyBookView.list"))

    @expose("/picture/<uuid:pk>/<int:page>")
    @permitted
    def picture(self, pk: UUID, page: int) -> Response:
        """One page of an attachment as a picture."""
        found = db.session.scalar(
            select(BookAttachment)
            .join(AgencyBookEntry, BookAttachment.agency_entry_id == AgencyBookEntry.id)
            .where(
                BookAttachment.id == str(pk),
                AgencyBookEntry.deleted_at.is_(None),
                scope.within(AgencyBookEntry.agency_id),
            )
        )
        if found is None:
            raise NotFound()
        return book_pictures.response(found, page)

    def _page(self, typed: Typed, entry: AgencyBookEntry | None = None, error: RuleError | None = None) -> str:
        had_files = any(upload.filename for upload in request.files.values())
        page: Any = self.render_template(
            "backoffice/books/agency_form.html",
            title=_("機關聯絡簿修改") if entry else _("發佈機關聯絡簿"),
            typed=typed,
            entry=entry,
            errors=list(getattr(error, "errors", [error])) if error else [],
            lost_files=had_files,
            attached={file.position: file for file in entry.attachments} if entry else {},
            places=[(1, _("附件一")), (2, _("附件二")), (3, _("附件三"))],
            audiences=Audience.choices(),
            choices=scope.agencies(),
            is_headquarters=scope.agency_ids() is None,
        )
        return str(page)


def _own_agency() -> str:
    if scope.agency_ids() is None:
        return ""
    own = desk_agencies.chosen("")
    return own.id if own else ""


def _find(entry_id: str) -> AgencyBookEntry:
    found = db.session.scalar(
        select(AgencyBookEntry)
        .where(
            AgencyBookEntry.id == entry_id,
            AgencyBookEntry.deleted_at.is_(None),
            scope.within(AgencyBookEntry.agency_id),
        )
        .options(selectinload(AgencyBookEntry.attachments), selectinload(AgencyBookEntry.inmate))
    )
    if found is None:
        raise NotFound()
    return found


def _looked_up(typed: Typed) -> Typed:
    """The form with the inmate that its 呼號 means; raises the errors of ``inmates.find``, ``AgencyMissing``."""
    known = {choice.id for choice in scope.agencies()}
    may_be_none = scope.agency_ids() is None and typed.audience != Audience.ONE_FAMILY
    if typed.agency not in known and (typed.agency or not may_be_none):
        raise inmates.AgencyMissing("agency")
    if typed.audience != Audience.ONE_FAMILY or not typed.number.strip():
        return typed
    inmate = inmates.find(typed.agency, typed.number, Actor.staff(current_user))
    return replace(typed, inmate_id=inmate.id, found=f"{inmate.number}-{name_circle(inmate.name)}")


def _check(typed: Typed) -> None:
    """See about the words before files are cleaned, which takes a while."""
    if errors := agency_book.errors_of(typed.message()):
        raise RuleErrors(errors)


def _files() -> list[CleanFile]:
    """The chosen files, cleaned; each refusal stands beside its place."""
    files = []
    for place in PLACES:
        upload = request.files.get(f"file{place}")
        if upload is None or not upload.filename:
            continue
        try:
            files.append(attachments.clean(upload.filename, upload.read()))
        except RuleError as error:
            error.field = f"file{place}"
            raise
    return files


def _removed(entry: AgencyBookEntry) -> list[str]:
    """The attachments that are ticked 刪除, or replaced by a new file at their place."""
    ticked = set(request.form.getlist("remove"))
    replaced = {place for place in PLACES if (upload := request.files.get(f"file{place}")) and upload.filename}
    return [file.id for file in entry.attachments if file.id in ticked or file.position in replaced]
