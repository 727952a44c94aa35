"""發佈家庭聯絡簿: what I have published, and one entry with its state."""

from __future__ import annotations

import uuid
from io import BytesIO

from flask import Response, render_template, request, send_file

from app.extensions import db
from app.rules.vocabulary import EntryState
from app.services import attachments, family_book
from app.transaction import end_reading
from models import Applicant, BookAttachment
from views.portal.door import door
from views.portal.guard import signed_in

#: 審核狀態 on offer, in the manual's order; drafts stand in 全部.
STATES = tuple(state for state in EntryState if state is not EntryState.DRAFT)
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@door.get("/family-book/entries")
@signed_in
def entries(applicant: Applicant) -> str:
    """The list with its filter 審核狀態, and 新增 for each inmate to whom I may write."""
    typed = request.args.get("state", "")
    state = next((one for one in STATES if one.value == typed), None)
    return render_template(
        "portal/entries.html",
        entries=family_book.entries(applicant.id, state),
        grants=family_book.grants(applicant.id),
        states=STATES,
        state=state,
    )


@door.get("/family-book/entries/<uuid:entry_id>")
@signed_in
def entry_detail(applicant: Applicant, entry_id: uuid.UUID) -> str:
    """One of my entries: its state, the reason of a refusal, when I may publish again."""
    entry = family_book.get(applicant.id, str(entry_id))
    return render_template("portal/entry_detail.html", entry=entry, next_day=family_book.next_day(db.session(), entry))


@door.get("/family-book/entries/files/<uuid:file_id>")
@signed_in
def entry_file(applicant: Applicant, file_id: uuid.UUID) -> Response:
    """A file of mine: a picture on the page, a document as a file."""
    return sent(family_book.get_file(applicant.id, str(file_id)))


def sent(attachment: BookAttachment) -> Response:
    """A cleaned file: a picture is shown, anything else (or ``?keep=1``) is kept as a file."""
    name, media_type = attachment.file_name.rpartition(".")[0] or "file", attachment.media_type
    content = attachments.content(attachment)
    end_reading()
    is_kept = media_type != "image/jpeg" or "keep" in request.args
    return send_file(
        BytesIO(content), media_type, as_attachment=is_kept, download_name=f"{name}.{_ENDINGS[media_type]}", max_age=0
    )
