"""行動接見申請, one act a page: review, room and length, outcome, cancelling, a flag that has been looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from sqlalchemy import select

from app import clock
from app.errors import NotFound, RuleError
from app.i18n import _, _l
from app.rules.device_visits import DEVICE_KINDS, end_of
from app.rules.vocabulary import ReasonScope, ReservationState, Verdict
from app.security import Actor
from app.services import audit, desk_changes, desk_moves, device_visits, joining, reasons, visit_outcomes
from app.services.desk_changes import Reason
from app.services.device_visits import Arrangement, DeviceVerdict
from models import Reservation
from views.backoffice import booking_facts, case_facts, device_visit_facts, scope
from views.backoffice.access import permitted
from views.backoffice.base import Answer
from views.backoffice.desk_acts import MARKS
from views.backoffice.desk_forms import note, text, time_of, version_of
from views.backoffice.device_visits import DeviceVisitView, FamilyVisitView, SessionVisitView
from views.backoffice.forms import ChoiceField, RecordForm, refuse

_ROOM_HINT = _l("同一設備室同一時間僅能安排一件；可先空白，審核後再安排。")


class DeviceVisitActView(BaseView):
    """Acts on a visit by session that stands in the list ``screen``."""

    screen: type[SessionVisitView] = DeviceVisitView
    route_base = DeviceVisitView.route_base
    default_view = "review"
    class_permission_name = DeviceVisitView.__name__

    @expose("/review/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def review(self, pk: UUID) -> Answer:
        """One visit with all that is known of it, and the verdict."""
        row = self._found(pk)
        fields = {"verdict": ChoiceField(_l("審核結果"), choices=Verdict.choices(), validate_choice=False)}
        form = _form(
            {**fields, **(_device_fields() if row.kind in DEVICE_KINDS else {}), **_reason_fields(_l("不通過原因"))}
        )
        if request.method == "POST":
            status = self._tried(form, lambda: _reviewed(form, row.id))
            if status is None:
                row = self._found(pk)
                flash(
                    _(
                        "%(number)s已審核為「%(state)s」，通知信件已排入寄送。",
                        number=row.number,
                        state=row.state.label,
                    ),
                    "success",
                )
                return redirect(url_for(f"{self.screen.__name__}.list"))
        else:
            audit.read("reservation.opened", Actor.staff(current_user), row, agency_id=row.agency_id)
            row, status = self._found(pk), 200
            _show(form, row)
        return self._review_page(form, self._found(pk)), status

    @expose("/arrange/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def arrange(self, pk: UUID) -> Answer:
        """安排設備室及時間 of an approved visit."""
        row, form = self._found(pk), _form(_device_fields())
        if row.kind not in DEVICE_KINDS:
            raise NotFound()

        def act() -> None:
            asked = Arrangement(form["room"].data or "", form["minutes"].data or "")
            is_told = device_visits.arrange(row.id, asked, version_of(form), scope.agency_ids(), _actor())
            flash(_("已儲存。接見時間已變更，通知信件已排入寄送。") if is_told else _("已儲存。"), "success")

        if request.method != "POST":
            form["room"].data, form["minutes"].data = row.room or "", str(row.minutes or "")
        return self._act(form, row, _("安排設備室及時間"), act, rooms=device_visits.rooms_beside(row))

    @expose("/complete/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def complete(self, pk: UUID) -> Answer:
        """接見完成, with the times."""
        row = self._found(pk)
        fields = {
            "began": text(_l("實際開始時間"), 8, kind="time"),
            "ended": text(_l("實際結束時間"), 8, kind="time"),
            "note": note(_l("補充說明（機關內部）"), _l("例如連線中斷及處理情形。")),
        }
        form = _form(fields)

        def act() -> None:
            began, ended = (time_of(form[name].data or "") for name in ("began", "ended"))
            words, version = form["note"].data or "", version_of(form)
            visit_outcomes.complete(row.id, began, ended, words, version, scope.agency_ids(), _actor())
            flash(_("已登記為「%(state)s」。", state=ReservationState.COMPLETED.label), "success")

        if request.method != "POST":
            form["began"].data = f"{row.arrives_local:%H:%M}"
            form["ended"].data = f"{clock.local(end_of(row.arrives_at, row.minutes)):%H:%M}"
        return self._act(form, row, _("登記「%(state)s」", state=ReservationState.COMPLETED.label), act)

    @expose("/mark/<move>/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def mark(self, move: str, pk: UUID) -> Answer:
        """未到, 收容人拒絕接見, 收容人不在監（所）."""
        if move not in MARKS:
            raise NotFound()
        row, form = self._found(pk), _form({"note": note(_l("補充說明（機關內部）"))})

        def act() -> None:
            words, version = form["note"].data or "", version_of(form)
            desk_moves.mark(row.id, move, words, version, scope.agency_ids(), _actor(), by_session=True)
            flash(_("已登記為「%(state)s」。", state=MARKS[move]) + _("通知信件已排入寄送。"), "success")

        return self._act(form, row, _("登記「%(state)s」", state=MARKS[move]), act)

    @expose("/cancel/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def cancel(self, pk: UUID) -> Answer:
        """取消預約 by the agency, also where the connection failed: the visit does not count."""
        row, form = self._found(pk), _form(_reason_fields(_l("原因")))

        def act() -> None:
            why, version = Reason(form["reason"].data or "", form["note"].data or ""), version_of(form)
            desk_changes.cancel(row.id, why, version, scope.agency_ids(), _actor(), by_session=True)
            flash(_("預約已取消。") + _("通知信件已排入寄送。"), "success")

        return self._act(form, row, _("取消預約"), act)

    @expose("/clear/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("maintain")
    def clear(self, pk: UUID) -> Answer:
        """清除注意事項, with what was found."""
        row, form = self._found(pk), _form({"note": note(_l("處理情形"))})

        def act() -> None:
            words, version = form["note"].data or "", version_of(form)
            desk_moves.clear_attention(row.id, words, version, scope.agency_ids(), _actor(), by_session=True)
            flash(_("注意事項已清除。"), "success")

        return self._act(form, row, _("清除注意事項"), act)

    def _act(self, form: RecordForm, row: Reservation, title: str, act: Callable[[], None], **values: Any) -> Answer:
        pk, status = UUID(row.id), 200
        if request.method == "POST":
            refused = self._tried(form, act)
            if refused is None:
                return redirect(url_for(f"{self.screen.__name__}.show", pk=pk))
            row, status = self._found(pk), refused
        else:
            form.version.data = str(row.version)
        template, screen = "backoffice/desk/device_act.html", self.screen.__name__
        page = self.render_template(
            template, title=title, view=self, form=form, row=row, show=device_visit_facts, screen=screen, **values
        )
        return str(page), status

    def _tried(self, form: RecordForm, act: Callable[[], None]) -> int | None:
        """Do it and return None, or put the sentence into the form and return the status."""
        try:
            if not form.validate():
                return 422
            act()
        except RuleError as error:
            refuse(form, error)
            return error.status
        return None

    def _found(self, pk: UUID) -> Reservation:
        """A visit of this screen, through the officer's scope; raises ``NotFound``."""
        ours = (Reservation.kind.in_(self.screen.kinds), scope.within(Reservation.agency_id))
        row = booking_facts.session().scalar(select(Reservation).where(Reservation.id == str(pk), *ours))
        if row is None:
            raise NotFound()
        return row

    def _review_page(self, form: RecordForm, row: Reservation) -> str:
        return str(
            self.render_template(
                "backoffice/desk/device_review.html",
                title=_("審核接見預約"),
                view=self,
                form=form,
                row=row,
                show=device_visit_facts,
                is_open=row.state is ReservationState.PENDING,
                remarks=device_visit_facts.remarks(row),
                rooms=device_visits.rooms_beside(row) if row.kind in DEVICE_KINDS else [],
                verdicts=Verdict.choices(),
                list_url=url_for(f"{self.screen.__name__}.list"),
                screen=self.screen.__name__,
            )
        )


class FamilyVisitActView(DeviceVisitActView):
    """The same acts on relatives' visits on site."""

    route_base = FamilyVisitView.route_base
    screen = FamilyVisitView


def _actor() -> Actor:
    return Actor.staff(current_user)


def _form(fields: dict[str, Any]) -> RecordForm:
    form: RecordForm = type("Form", (RecordForm,), fields)()
    return form


def _device_fields() -> dict[str, Any]:
    return {
        "room": text(_l("設備室"), 40, _ROOM_HINT),
        "minutes": text(_l("接見時間(分)"), 4, _l("1至60分鐘；預設為系統參數「行動接見時間(分)」。")),
    }


def _reason_fields(label: Any) -> dict[str, Any]:
    is_english = case_facts.locale() == "en"
    offered = [(r.text, r.text_en if is_english else r.text) for r in reasons.offered(ReasonScope.BOOKING)]
    choices = [("", _l("--請選擇--")), *offered]
    return {
        "reason": ChoiceField(label, choices=choices, validate_choice=False),
        "note": note(_l("補充說明（申請人可見）")),
    }


def _show(form: RecordForm, row: Reservation) -> None:
    form.version.data = str(row.version)
    if "room" in form:
        form["room"].data, form["minutes"].data = row.room or "", str(joining.usual_minutes(row))


def _reviewed(form: RecordForm, pk: str) -> None:
    device = Arrangement(form["room"].data or "", form["minutes"].data or "") if "room" in form else None
    verdict, reason, words = (str(form[name].data or "") for name in ("verdict", "reason", "note"))
    asked = DeviceVerdict(verdict, version_of(form), reason, words, device)
    device_visits.review(pk, asked, scope.agency_ids(), current_user.id, _actor())
