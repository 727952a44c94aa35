"""電話預約 (button 預約現場律師接見 of CJALF223F) and 現場登記（未預約）: what the desk enters for somebody else."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.vocabulary import Relationship
from app.security import Actor
from app.services import desk_bookings, walk_ins
from app.services.desk_bookings import PhoneBooking
from app.services.walk_ins import VisitRecord, WalkIn
from views.backoffice import booking_hints, desk_forms, scope
from views.backoffice.access import permitted
from views.backoffice.desk_forms import DeskForm, text

Answer = str | Response | tuple[str, int]
_PHONE_HINT = _l("沒有帳號者收不到通知，審核結果以此電話告知。")


class PhoneBookingView(BaseView):
    """預約現場律師接見: a booking by telephone, for a lawyer with an account or without one."""

    route_base = "/backoffice/desk/phone-bookings"
    default_view = "add"

    @expose("/", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """The form; it becomes one booking that waits for review."""
        fields = {**desk_forms.visitor_fields(phone_hint=_PHONE_HINT), **desk_forms.arrival_fields()}
        form, status = desk_forms.made(fields), 200
        if request.method == "POST" and desk_forms.MORE not in request.form:
            try:
                if form.validate():
                    return self._saved(_booked(form))
            except RuleError as error:
                form.told(error)
                status = error.status
            status = max(status, 422)
        title = _("預約現場律師接見（電話預約）")
        page = self.render_template("backoffice/desk/phone.html", title=title, view=self, form=form)
        return str(page), status

    def _saved(self, reservation_id: str) -> Response:
        flash(_("預約已登記，列入待審核。請至律師行動接見登記資料審核(CJALF219F)審核。"), "success")
        return redirect(url_for("OnsiteBookingView.show", pk=reservation_id))


class WalkInView(BaseView):
    """現場登記（未預約）: the record of 監獄行刑法 §69 of somebody who has come."""

    route_base = "/backoffice/desk/walk-ins"
    default_view = "add"

    @expose("/", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """The form; what an officer should know first is shown once, and stops nothing."""
        form, status, warnings = desk_forms.made({**_walk_in_fields()}), 200, []
        if request.method == "POST" and desk_forms.MORE not in request.form:
            try:
                if form.validate():
                    asked = _walk_in(form)
                    warnings = _warnings(asked)
                    if not warnings or request.form.get("seen") == "1":
                        return self._saved(asked)
                else:
                    status = 422
            except RuleError as error:
                form.told(error)
                status = max(error.status, 422)
        title = _("現場登記（未預約）")
        template = "backoffice/desk/walk_in.html"
        return str(self.render_template(template, title=title, view=self, form=form, warnings=warnings)), status

    def _saved(self, asked: WalkIn) -> Response:
        actor = Actor.staff(current_user)
        reservation_id = walk_ins.enter(asked, scope.agency_ids(), current_user.id, actor)
        flash(_("已完成現場登記，狀態為「已報到」。"), "success")
        return redirect(url_for("OnsiteBookingView.show", pk=reservation_id))


def _booked(form: DeskForm) -> str:
    companions = form.guests()
    asked = PhoneBooking(
        desk_forms.agency_of(form),
        form["inmate_number"].data or "",
        desk_forms.visitor_of(form),
        desk_forms.arrival_of(form),
        form.idempotency_key,
        companions,
    )
    return desk_bookings.book_by_phone(asked, scope.agency_ids(), current_user.id, Actor.staff(current_user))


def _walk_in_fields() -> dict[str, Any]:
    return {
        **desk_forms.visitor_fields(phone_hint=_l("可不填。")),
        "occupation": text(_l("職業"), walk_ins.LONGEST_OCCUPATION),
        "age": text(_l("年齡"), 3, kind="text"),
        "address": text(_l("住居所"), walk_ins.LONGEST_ADDRESS),
    }


def _walk_in(form: DeskForm) -> WalkIn:
    companions = form.guests()
    record = VisitRecord(*(form[name].data or "" for name in ("occupation", "age", "address")))
    return WalkIn(
        desk_forms.agency_of(form),
        form["inmate_number"].data or "",
        desk_forms.visitor_of(form),
        record,
        form.idempotency_key,
        companions,
    )


def _warnings(asked: WalkIn) -> list[str]:
    """What the officer should know before; raises ``RuleErrors`` where the form is not complete."""
    clean, _record, inmate = walk_ins.check(asked, scope.agency_ids())
    words = [clean.visitor.relation, *(companion.relation for companion in clean.companions)]
    relations = [Relationship(word) for word in words]
    warnings = booking_hints.restriction_hints(inmate, clock.today(), relations)
    if not walk_ins.holds_grant(clean, inmate.id):
        warnings.append(_("接見人對此收容人無有效之服務項目，請查驗委任文件（尚未受委任之洽談者，依法得辦理接見）。"))
    if not walk_ins.is_open_now(inmate.agency_id):
        warnings.append(_("現在不在律師接見開放到達時段，請依機關規定辦理。"))
    return warnings
