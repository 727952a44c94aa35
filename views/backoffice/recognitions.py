"""辨識結果查看: how faces at mobile visits compare with the photographs of the applications; decided by an officer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from wtforms import TextAreaField

from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.rules.masking import name_circle
from app.rules.office_vocabulary import RecognitionVerdict
from app.rules.recognition import Standing
from app.security import Actor
from app.services import recognitions
from models import Inmate, RecognitionResult, Reservation
from views.backoffice import looks, scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, TextFilter
from views.backoffice.forms import ChoiceField, CleanText, RecordForm, refuse
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.person_forms import version_of
from views.backoffice.posted import status_of

_DECIDED = (RecognitionVerdict.MATCH, RecognitionVerdict.MISMATCH)


class InmateNumberFilter(TextFilter):
    """呼號 of the inmate who was visited."""

    def _condition(self, model: Any, typed: str) -> Any:
        visits = select(Reservation.id).join(Inmate, Inmate.id == Reservation.inmate_id).where(Inmate.number == typed)
        return model.reservation_id.in_(visits)


class StandingFilter(ChoiceFilter):
    """結果 as it stands: what an officer has decided is 人工認定, whatever was measured."""

    def meant(self, model: Any, typed: str) -> list[Any]:
        if typed in ("", Standing.OVERRIDE.value):
            return [model.override.is_not(None)] if typed else []
        return [model.override.is_(None), model.verdict == RecognitionVerdict(typed)]


class OverrideForm(RecordForm):
    """人工認定."""

    verdict = ChoiceField(
        _l("人工認定結果"), choices=[("", _l("請選擇")), *((w.value, w.label) for w in _DECIDED)], validate_choice=False
    )
    reason = TextAreaField(_l("理由"), [CleanText()], render_kw={"rows": 3})


def standing(row: RecognitionResult) -> Markup:
    """The badge of a result; one that an officer has decided says so."""
    badge = Markup('<span class="ab-state ab-state-{}">{}</span>')
    if row.override is not None:
        return badge.format("override", _("人工認定：%(verdict)s", verdict=row.override.label))
    return badge.format(row.verdict.value, row.verdict.label)


def share(value: float | None) -> str:
    """A score or threshold as it is read: two places, in a hundred."""
    return f"{value * 100:.2f}" if value is not None else "－"


def _inmate(row: RecognitionResult) -> str:
    return f"{row.reservation.inmate.number}{name_circle(row.reservation.inmate.name)}"


class RecognitionView(AgencyScopedModelView):
    """辨識結果查看."""

    route_base = "/backoffice/recognitions"
    datamodel = UnitOfWorkInterface(RecognitionResult)
    base_permissions = ["can_list", "can_show", "can_decide"]
    list_title = _l("辨識結果查看")
    show_title = _l("辨識結果")
    list_template = "backoffice/recognitions/list.html"
    show_template = "backoffice/recognitions/show.html"

    filters = (
        AgencyFilter(),
        InmateNumberFilter("number", _l("呼號"), name="inmate"),
        StandingFilter("verdict", Standing, _l("結果")),
        DateRangeFilter("captured_at", _l("日期")),
    )
    order = ("captured_at",)
    descending = True
    load = ("agency", "reservation.inmate")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("預約編號"), "reservation.number"),
        Column(_l("收容人資訊"), _inmate),
        Column(_l("申請人資訊"), lambda row: name_circle(row.reservation.visitor_name)),
        Column(_l("拍攝時間"), "captured_at", sort=("captured_at",)),
        Column(_l("分數"), lambda row: share(row.score), kind="number"),
        Column(_l("門檻"), lambda row: share(row.threshold), kind="number"),
        Column(_l("結果"), standing),
        Column(_l("來源"), "source"),
    )
    details = (
        *columns[:2],
        Column(_l("收容人"), lambda row: f"{row.reservation.inmate.number}{row.reservation.inmate.name}"),
        Column(_l("申請人"), "reservation.visitor_name"),
        Column(_l("接見類型"), "reservation.kind"),
        Column(_l("接見時間"), "reservation.arrives_at"),
        *columns[4:7],
        Column(_l("系統比對結果"), "verdict"),
        *columns[7:],
        Column(_l("人工認定理由"), "override_reason", kind="wide"),
        Column(_l("認定人員"), "overridden_by.full_name"),
        Column(_l("認定時間"), "overridden_at"),
    )

    def name_of(self, row: RecognitionResult) -> str:
        return row.reservation.number

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> Answer:
        """Portrait and capture side by side, and what was found; the look is written down."""
        return self._shown(self.find(pk), OverrideForm(formdata=None), None)

    @expose("/decide/<uuid:pk>", methods=["POST"])
    @permitted
    @permission_name("decide")
    def decide(self, pk: UUID) -> Answer:
        """人工認定, with a reason."""
        row, form, refused = self.find(str(pk)), OverrideForm(), None
        if form.validate():
            try:
                verdict, reason = form.verdict.data or "", form.reason.data or ""
                by = Actor.staff(current_user)
                ids = scope.agency_ids()
                recognitions.override(row.id, version_of(form), verdict, reason, current_user.id, ids, by)
                flash(_("已完成人工認定。"), "success")
                return redirect(url_for(".show", pk=pk, back=form.back.data or None))
            except RuleError as error:
                refused = error
                refuse(form, error)
        return self._shown(self.find(str(pk)), form, refused)

    def _shown(self, row: RecognitionResult, form: OverrideForm, refused: RuleError | None) -> Answer:
        reader, result_id = Actor.staff(current_user), row.id
        looks.note(row, reader, looks.lately(RecognitionResult, result_id))
        row = self.find(result_id)
        if request.method != "POST":
            form.version.data, form.back.data = row.version, request.args.get("back", "")
        status = status_of(form, refused)
        values = {"row": row, "form": form, "is_stale": isinstance(refused, Stale)}
        return self.render(self.show_template, self.show_title, **values), status
