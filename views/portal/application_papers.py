"""需上傳之佐證檔案: one file after the other into the draft, then the application is sent."""

from __future__ import annotations

import uuid

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField

from app.errors import NotFound, RuleError
from app.i18n import _l
from app.rules import documents, family_items
from app.rules.vocabulary import AttachmentKind, Relationship, ServiceItem
from app.services import applications, drafts, earlier_papers
from models import Applicant, ApplicationDraft
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm
from views.portal.guard import actor, signed_in
from views.portal.look import locale


class PapersForm(PortalForm):
    """One file field for each kind of paper; each stands in a small form of its own on the page."""

    identity = FileField(_l("身分證明文件"))
    kinship = FileField(_l("關係證明文件"))
    portrait = FileField(_l("正面清晰照片"))
    mandate = FileField(_l("訴訟委任文件"))
    court_leave = FileField(_l("審判長許可文件"))
    consent = FileField(_l("法院或檢察官同意文件"))
    other = FileField(_l("其他文件"))


class NothingChosen(RuleError):
    """The upload button was pressed without a file."""

    sentence = _l("請先選擇檔案，再按「上傳檔案」。")


@door.get("/applications/draft/<uuid:draft_id>/papers")
@signed_in
def application_papers(applicant: Applicant, draft_id: uuid.UUID) -> str | Response:
    """The papers so far, the meter, and a field for each kind."""
    return _page(PapersForm(), drafts.get(applicant.id, str(draft_id)))


def _page(form: PapersForm, draft: ApplicationDraft) -> str | Response:
    fields, items = draft.fields or {}, applications.asked_for(draft)
    if not fields.get("relation") or (draft.item is ServiceItem.FAMILY and not items):
        return redirect(url_for("portal.application_capacity", draft_id=draft.id))
    papers = drafts.papers_of(draft)
    asked = {paper.kind for paper in papers}
    return render_template(
        "portal/application_papers.html",
        form=form,
        draft=draft,
        relation=Relationship(fields["relation"]),
        items=family_items.named(items, locale()),
        types=documents.ACCEPTED_TYPES,
        papers=papers,
        not_asked=sorted({paper.kind for paper in draft.attachments} - asked),
        earlier=earlier_papers.offered(draft.applicant_id, draft.id),
        previous=applications.get(draft.applicant_id, draft.previous_id) if draft.previous_id else None,
        used=sum(paper.size_bytes for paper in draft.attachments),
        limit=documents.PAPER_LIMIT_BYTES,
    )


@door.post("/applications/draft/<uuid:draft_id>/papers")
@signed_in
def application_add(applicant: Applicant, draft_id: uuid.UUID) -> Response:
    """Put one file into the draft."""
    kind, form = request.form.get("kind", ""), PapersForm()
    upload = request.files.get(kind)
    try:
        if kind not in form or upload is None or not upload.filename:
            raise NothingChosen(kind)
        drafts.add_paper(applicant.id, str(draft_id), AttachmentKind(kind), upload.filename, upload.read())
    except RuleError as error:
        if error.status == 404:
            raise
        error.field = kind
        return _refused(form, error, applicant, draft_id)
    return redirect(url_for("portal.application_papers", draft_id=draft_id, _anchor=f"paper-{kind}"))


def _refused(form: PapersForm, error: RuleError, applicant: Applicant, draft_id: uuid.UUID) -> Response:
    form.refuse(error)
    response = make_response(_page(form, drafts.get(applicant.id, str(draft_id))))
    response.status_code = UNPROCESSABLE if response.status_code == 200 else response.status_code
    return response


@door.post("/applications/draft/<uuid:draft_id>/papers/<uuid:attachment_id>/remove")
@signed_in
def application_remove(applicant: Applicant, draft_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """Take one file out of the draft."""
    drafts.remove_paper(applicant.id, str(draft_id), str(attachment_id))
    return redirect(url_for("portal.application_papers", draft_id=draft_id))


@door.post("/applications/draft/<uuid:draft_id>/earlier/<uuid:attachment_id>")
@signed_in
def application_use_again(applicant: Applicant, draft_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """Copy an identity paper of an earlier application into the draft."""
    try:
        earlier_papers.use_again(applicant.id, str(draft_id), str(attachment_id))
    except RuleError as error:
        if isinstance(error, NotFound):
            raise
        error.field = AttachmentKind.IDENTITY.value
        return _refused(PapersForm(), error, applicant, draft_id)
    return redirect(url_for("portal.application_papers", draft_id=draft_id, _anchor="paper-identity"))


@door.post("/applications/draft/<uuid:draft_id>/submit")
@signed_in
def application_submit(applicant: Applicant, draft_id: uuid.UUID) -> Response:
    """Send the application; sent twice, it is one."""
    try:
        application_id = applications.submit(applicant.id, str(draft_id), actor())
    except RuleError as error:
        if error.status == 404:
            raise
        return _refused(PapersForm(), error, applicant, draft_id)
    return redirect(url_for("portal.application_sent", application_id=application_id))
