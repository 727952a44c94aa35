"""Refusals that no form can show become a page of the portal, in the portal's frame."""

from __future__ import annotations

from flask import g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _
from app.security import page_of_form
from views.portal.door import door
from views.portal.guard import PUBLIC_ROUTES, to_login
from views.portal.menu import Entry


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
    sentence = _("上傳的檔案過大，超過單次上限。請縮小後再上傳，其他檔案已保留。")
    return render_template("portal/refusal.html", sentence=sentence, back=page_of_form()), 413
