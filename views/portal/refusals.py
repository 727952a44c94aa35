"""Refusals that no form can show become a page of the portal, in the portal's frame."""

from __future__ import annotations

from flask import current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _
from app.rules.documents import MEGABYTE, PAPER_LIMIT_BYTES
from app.rules.family_book import FILES_LIMIT_BYTES
from app.security import page_of_form
from app.services import accounts
from views.portal.door import door
from views.portal.guard import PUBLIC_ROUTES, browser_session, to_login
from views.portal.menu import Entry

#: How much the files of a page may hold together, by the endpoint that takes them.
FILE_LIMITS = {"portal.application_add": PAPER_LIMIT_BYTES, "portal.entry_draft": FILES_LIMIT_BYTES}


@door.errorhandler(RuleError)
def _rule(error: RuleError) -> tuple[str, int]:
    return refused_page(error)


def refused_page(error: RuleError, *ways_out: Entry) -> tuple[str, int]:
    """The page that shows nothing but a refusal, with the pages on which the reader can go on."""
    return render_template("portal/refusal.html", sentence=str(error), ways_out=ways_out), error.status


@door.errorhandler(CSRFError)
def _session_lost(error: CSRFError) -> tuple[str, int] | Response:
    # The guard has not run yet: who is behind a form whose session is gone is not known.
    g.applicant = None
    if request.endpoint not in PUBLIC_ROUTES:
        return to_login()
    return render_template("portal/refusal.html", sentence=_("頁面已逾時，請回上一頁重新送出。")), 400


@door.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    # The token is looked for before the guard has run: whose session this is has to be found here.
    g.applicant = accounts.get(browser_session().subject_id)
    limit, hint = FILE_LIMITS.get(request.endpoint or ""), ""
    is_text = (request.content_length or 0) <= current_app.config["MAX_CONTENT_LENGTH"]  # one field has its own limit
    if limit is None or is_text:
        sentence = _("送出的內容太大，資料未變更。請回上一頁縮短內容後再送出。")
    else:
        sentence = _(
            "送出的檔案太大，未能上傳：檔案合計以%(limit)s MB為限。"
            "請縮小檔案（例如降低掃描解析度）後再上傳，其他檔案已保留。",
            limit=limit // MEGABYTE,
        )
        if request.endpoint == "portal.entry_draft":
            hint = _("尚未儲存的文字，可按瀏覽器的「上一頁」回到原畫面取回。")
    return render_template("portal/refusal.html", sentence=sentence, hint=hint, back=page_of_form()), 413
