"""個人資料查閱紀錄: the applicant sees which role of which agency looked, when, for what."""

from __future__ import annotations

from flask import render_template

from app.services import looks_at_me
from models import Applicant
from views.portal.door import door
from views.portal.guard import signed_in


@door.get("/my/looks")
@signed_in
def looks(applicant: Applicant) -> str:
    """The newest looks first."""
    return render_template(
        "portal/looks.html", rows=looks_at_me.of_applicant(applicant.id), most=looks_at_me.MOST_SHOWN
    )
