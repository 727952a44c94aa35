"""新增家庭聯絡簿: one form, in which text and files stay whatever is pressed, and publishing."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField

from app.errors import RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules.family_book import FILES_LIMIT_BYTES, MOST_FILES
from app.rules.vocabulary import EntryState
from app.services import entry_drafts, family_book
from models import Applicant
from views.portal import menu
from views.portal.application_papers import NothingChosen
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm, Text
from views.portal.guard import actor, signed_in
from views.portal.refusals import refused_page


class EntryForm(PortalForm):
    """標題, 內文, and the next file."""

    title = Text(_l("標題"))
    text = Text(_l("內文"))
    file = FileField(_l("附件上傳"))


@door.post("/family-book/entries/new")
@signed_in
def entry_new(applicant: Applicant) -> Response | tuple[str, int]:
    """新增: begins a draft for one inmate, or takes up the one that waits."""
    try:
        entry_id = entry_drafts.start(applicant.id, request.form.get("grant_id", ""), actor())
    except RuleError as error:
        return refused_page(error, menu.PUBLISH_ENTRY, menu.STATUS)
    return redirect(url_for("portal.entry_draft", entry_id=entry_id))


@door.post("/family-book/entries/<uuid:entry_id>/again")
@signed_in
def entry_again(applicant: Applicant, entry_id: uuid.UUID) -> Response | tuple[str, int]:
    """以本則內容重新撰寫: an entry that was not approved is mended instead of typed anew."""
    try:
        draft_id, taken = entry_drafts.again(applicant.id, str(entry_id), actor())
    except family_book.BookGrantMissing as error:
        return refused_page(error, menu.PUBLISH_ENTRY, menu.STATUS)
    if not taken:
        flash(_("您已有一則尚未送出的草稿，請先送出或刪除；原內容未帶入。"), "refused")
    return redirect(url_for("portal.entry_draft", entry_id=draft_id))


@door.route("/family-book/entries/<uuid:entry_id>/draft", methods=["GET", "POST"])
@signed_in
def entry_draft(applicant: Applicant, entry_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The form; each of its buttons keeps title and text first."""
    draft_id, form = str(entry_id), EntryForm()
    if family_book.get(applicant.id, draft_id).state is not EntryState.DRAFT:
        return _sent_already(applicant, draft_id, form)
    if request.method != "POST":
        draft = entry_drafts.get(applicant.id, draft_id)
        return _page(EntryForm(data={"title": draft.title or "", "text": draft.text or ""}), applicant, draft_id)
    try:
        if "publish" in request.form:
            _upload(applicant.id, draft_id, form)
            entry_drafts.publish(applicant.id, draft_id, form.title.data, form.text.data, actor())
            return redirect(url_for("portal.entry_detail", entry_id=entry_id))
        entry_drafts.save(applicant.id, draft_id, form.title.data, form.text.data)
        if "remove" in request.form:
            entry_drafts.remove_file(applicant.id, draft_id, request.form["remove"][:36])
        elif not _upload(applicant.id, draft_id, form) and "upload" in request.form:
            raise NothingChosen("file")
    except RuleError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _page(form, applicant, draft_id), UNPROCESSABLE
    if "save" in request.form:
        return redirect(url_for("portal.entries"))
    return redirect(url_for("portal.entry_draft", entry_id=entry_id, _anchor="files"))


def _sent_already(applicant: Applicant, entry_id: str, form: EntryForm) -> Response:
    """To the entry that was published in another window, or by the first half of a double click."""
    entry = family_book.get(applicant.id, entry_id)
    kept = (entry.title or "", entry.text or "")
    typed = (" ".join(form.title.data.split()), form.text.data.replace("\r\n", "\n").strip())
    if request.method == "POST" and typed != kept:
        flash(_("本則已於另一視窗送出，送出後不能修改，本次填寫的內容未儲存。"), "refused")
    return redirect(url_for("portal.entry_detail", entry_id=entry_id))


@door.route("/family-book/entries/<uuid:entry_id>/discard", methods=["GET", "POST"])
@signed_in
def entry_discard(applicant: Applicant, entry_id: uuid.UUID) -> str | Response:
    """Ask once more, then delete the draft; what has been published stays."""
    if family_book.get(applicant.id, str(entry_id)).state is not EntryState.DRAFT:
        return redirect(url_for("portal.entry_detail", entry_id=entry_id))
    draft = entry_drafts.get(applicant.id, str(entry_id))
    if request.method != "POST":
        return render_template("portal/entry_discard.html", entry=draft)
    entry_drafts.discard(applicant.id, draft.id, actor())
    return redirect(url_for("portal.entries"))


def _upload(applicant_id: str, draft_id: str, form: EntryForm) -> bool:
    """Put the chosen file into the draft, text kept first; whether there was one."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return False
    entry_drafts.save(applicant_id, draft_id, form.title.data, form.text.data)
    try:
        entry_drafts.add_file(applicant_id, draft_id, upload.filename, upload.read())
    except RuleError as error:
        error.field = error.field or "file"
        raise
    return True


def _page(form: EntryForm, applicant: Applicant, draft_id: str) -> str:
    draft = entry_drafts.get(applicant.id, draft_id)
    return render_template(
        "portal/entry_draft.html",
        form=form,
        draft=draft,
        limits=family_book.rules_of(draft),
        obstacle=family_book.obstacle(db.session(), draft),
        used=sum(file.size_bytes for file in draft.attachments),
        limit=FILES_LIMIT_BYTES,
        most_files=MOST_FILES,
    )
