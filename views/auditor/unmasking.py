"""One record in full, for a purpose: asked by a form, shown once in the answer to it, and by no address."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_login import current_user

from app.errors import RuleError, RuleErrors
from app.security import Actor
from app.services import unmasking
from app.services.unmasking import Purpose, Reason
from views.auditor import full
from views.auditor.full import fields
from views.auditor.subjects import KINDS, story_of

#: Addresses of this door that are posted to: they only read, and ask for the password before.
POSTED = {
    "auditor.unmask",
    "auditor.export_list",
    "auditor_trail.export_page",
    "auditor_mass_viewing.export_page",
}


def asked() -> tuple[Reason, str]:
    """What was filled in."""
    reason = Reason(request.form.get("purpose", ""), request.form.get("note", "").strip())
    return reason, request.form.get("password", "")


def refusal(error: RuleError) -> dict[str, Any]:
    """What the form shows of what was wrong; the password is typed again."""
    errors = error.errors if isinstance(error, RuleErrors) else [error]
    return {"errors": [(one.field, str(one)) for one in errors], "typed": request.form}


def empty() -> dict[str, Any]:
    """The form before anything was filled in."""
    return {"errors": [], "typed": {}}


class Unmasking:
    """The form and the answer."""

    @expose("/unmask/<kind>/<record_id>/", methods=("GET", "POST"))
    def unmask(self, kind: str, record_id: str) -> str | tuple[str, int]:
        """The form; after purpose and password the record, which the trail has noted before."""
        found = KINDS.get(kind)
        row = found.find(record_id) if found and full.knows(kind) else None
        if found is None or row is None:
            abort(404)
        page = {"kind": found, "record_id": record_id, "back": found.page_of(record_id) or story_of(kind, record_id)}
        form = {**page, "purposes": Purpose.choices(), "send_to": url_for(".unmask", kind=kind, record_id=record_id)}
        if request.method != "POST":
            return self._page("auditor/unmask.html", **form, **empty())
        reason, password = asked()
        agency_id = getattr(row, "agency_id", None)
        try:
            reader = Actor.staff(current_user)
            unmasking.unmask(row, agency_id, reason, current_user.id, password, reader)
        except RuleError as error:
            return self._page("auditor/unmask.html", **form, **refusal(error)), error.status
        shown = fields(kind, found.find(record_id))  # as it is after the note was written
        return self._page("auditor/unmasked.html", **page, fields=shown, purpose=Purpose(reason.purpose).label)

    def _page(self, template: str, **values: Any) -> str:
        return self.render(template, **values)  # type: ignore[attr-defined]
