"""What the desk does to a booking of CJALF223F: change, cancel, note that a visit failed, clear a flag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules.vocabulary import ReasonScope, VisitKind
from app.security import Actor
from app.services import audit, desk_changes, desk_moves, reasons
from app.services.desk_changes import Change, Reason
from models import Reservation
from views.backoffice import case_facts, desk_forms, scope
from views.backoffice.access import permitted
from views.backoffice.desk_forms import DeskForm, note, version_of
from views.backoffice.forms import ChoiceField

Answer = str | Response | tuple[str, int]
#: Moves of the day and their words.
MARKS: dict[str, Any] = {"no_show": _l("未到"), "refuse": _l("收容人拒絕接見"), "away": _l("收容人不在監（所）")}


class OnsiteActView(BaseView):
    """One act, one page: what it means, a reason, a button."""

    route_base = "/backoffice/desk/onsite"
    default_view = "change"
    class_permission_name = "OnsiteBookingView"

    @expose("/change/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def change(self, pk: UUID) -> Answer:
        """變更預約: day, time, companions, reason; the booking then waits for review."""
        row = _found(pk)
        fields = {**desk_forms.arrival_fields(), **_reason_fields()}
        form = desk_forms.made(fields, known_lines=len(row.companions))
        if request.method != "POST":
            audit.read("reservation.opened", Actor.staff(current_user), row, agency_id=row.agency_id)
            row = _found(pk)
            _show(form, row)
        elif desk_forms.MORE not in request.form:
            return self._tried(form, row, lambda version: _changed(form, str(pk), version), _("預約已變更，待審核。"))
        return self._page(form, row, _("變更預約"), "backoffice/desk/change.html"), 200

    @expose("/cancel/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def cancel(self, pk: UUID) -> Answer:
        """取消預約 by the agency."""
        row, form = _found(pk), desk_forms.made(_reason_fields())

        def act(version: int) -> None:
            desk_changes.cancel(str(pk), _reason(form), version, scope.agency_ids(), Actor.staff(current_user))

        return self._act(form, row, _("取消預約"), act, _("預約已取消。"))

    @expose("/mark/<move>/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def mark(self, move: str, pk: UUID) -> Answer:
        """未到, 收容人拒絕接見, 收容人不在監（所）."""
        if move not in MARKS:
            raise NotFound()
        row, form = _found(pk), desk_forms.made({"note": note(_l("補充說明（機關內部）"))})

        def act(version: int) -> None:
            actor = Actor.staff(current_user)
            desk_moves.mark(str(pk), move, form["note"].data or "", version, scope.agency_ids(), actor)

        done = _("已登記為「%(state)s」。", state=MARKS[move])
        return self._act(form, row, _("登記「%(state)s」", state=MARKS[move]), act, done)

    @expose("/clear/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def clear(self, pk: UUID) -> Answer:
        """清除注意事項, with what was found."""
        row, form = _found(pk), desk_forms.made({"note": note(_l("處理情形"))})

        def act(version: int) -> None:
            actor = Actor.staff(current_user)
            desk_moves.clear_attention(str(pk), form["note"].data or "", version, scope.agency_ids(), actor)

        return self._act(form, row, _("清除注意事項"), act, _("注意事項已清除。"))

    def _act(self, form: DeskForm, row: Reservation, title: str, act: Callable[[int], None], done: str) -> Answer:
        if request.method == "POST":
            return self._tried(form, row, act, done, title)
        form.version.data = str(row.version)
        return self._page(form, row, title), 200

    def _tried(
        self, form: DeskForm, row: Reservation, act: Callable[[int], None], done: str, title: str = ""
    ) -> Answer:
        """Do it, or show the form with the sentence; the page tells to phone whoever has no account."""
        has_account, pk, status = row.applicant_id is not None, row.id, 422
        try:
            if form.validate():
                act(version_of(form))
                tell = _("通知信件已排入寄送。") if has_account else _("此接見人沒有帳號，請以電話告知。")
                flash(f"{done}{tell}", "success" if has_account else "warning")
                return redirect(url_for("OnsiteBookingView.show", pk=pk))
        except RuleError as error:
            form.told(error)
            status = error.status
        template = "backoffice/desk/change.html" if not title else "backoffice/desk/act.html"
        return self._page(form, _found(UUID(pk)), title or _("變更預約"), template), status

    def _page(self, form: DeskForm, row: Reservation, title: str, template: str = "backoffice/desk/act.html") -> str:
        return str(self.render_template(template, title=title, view=self, form=form, row=row, facts=case_facts))


def _found(pk: UUID) -> Reservation:
    """The booking, through the officer's scope; raises ``NotFound``."""
    query = select(Reservation).where(
        Reservation.id == str(pk), Reservation.kind == VisitKind.LAWYER_ON_SITE, scope.within(Reservation.agency_id)
    )
    row = db.session.scalar(query)
    if row is None:
        raise NotFound()
    return row


def _show(form: DeskForm, row: Reservation) -> None:
    form.version.data = str(row.version)
    form["day"].data, form["at"].data = row.visit_on.isoformat(), f"{row.arrives_local:%H:%M}"
    form["exception_reason"].data = row.exception_reason or ""
    form.fill_guests(row.companions)


def _changed(form: DeskForm, pk: str, version: int) -> None:
    companions = form.guests()
    asked = Change(desk_forms.arrival_of(form), _reason(form), companions)
    desk_changes.change(pk, asked, version, scope.agency_ids(), Actor.staff(current_user))


def _reason_fields() -> dict[str, Any]:
    is_english = case_facts.locale() == "en"
    offered = [(r.text, r.text_en if is_english else r.text) for r in reasons.offered(ReasonScope.BOOKING)]
    choices = [("", _l("--請選擇--")), *offered]
    return {
        "reason": ChoiceField(_l("原因"), choices=choices, validate_choice=False),
        "note": note(_l("補充說明（申請人可見）")),
    }


def _reason(form: DeskForm) -> Reason:
    return Reason(form["reason"].data or "", form["note"].data or "")
