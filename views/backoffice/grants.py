"""已核准服務項目查詢: who may visit whom, until when; suspending, revoking and whatever else happens to a grant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.i18n import _, _l
from app.rules import grants as rules
from app.rules.family_items import FAMILY_ITEMS, applied_as
from app.rules.grants import GrantStanding
from app.rules.masking import name_circle
from app.rules.vocabulary import GrantState, ServiceItem
from app.security import Actor
from app.services import grants
from models import ServiceGrant
from views.backoffice import grant_facts, looks, scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.case_facts import standing
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, TextFilter
from views.backoffice.forms import RecordForm, refuse
from views.backoffice.grant_forms import ACTS, Act, offered
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.posted import status_of, version_seen


class StandingFilter(ChoiceFilter):
    """狀態 as readers see it: 即將到期 and 已過期 are a matter of the day."""

    def meant(self, model: Any, typed: str) -> list[Any]:
        return _standing(model, GrantStanding(typed)) if typed else []


def _standing(model: Any, asked: GrantStanding) -> list[Any]:
    """What ``rules.standing`` says, for the database."""
    today = clock.today()
    soon = today + timedelta(days=rules.WARN_AT[0])
    if asked is GrantStanding.ACTIVE:
        return [model.state == GrantState.ACTIVE, model.until_on > soon]
    if asked is GrantStanding.EXPIRING:
        return [model.state == GrantState.ACTIVE, model.until_on.between(today, soon)]
    if asked is GrantStanding.REVOKED:
        return [model.state == GrantState.REVOKED]
    if asked is GrantStanding.EXPIRED:
        return [(model.state == GrantState.EXPIRED) | (model.state.in_(rules.RUNNING) & (model.until_on < today))]
    return [model.state == GrantState(asked.value), model.until_on >= today]


def _inmate(row: ServiceGrant) -> str:
    return f"{row.inmate.number}{name_circle(row.inmate.name)}"


def _badge(row: ServiceGrant) -> Markup:
    word = standing(row)
    return Markup('<span class="ab-state ab-state-{}">{}</span>').format(word.value, word.label)


#: What a grant can be of; a family's application is granted item by item.
_GRANTED = (ServiceItem.LAWYER_VISIT, *FAMILY_ITEMS)


class GrantView(AgencyScopedModelView):
    """已核准服務項目查詢."""

    route_base = "/backoffice/grants"
    datamodel = UnitOfWorkInterface(ServiceGrant)
    base_permissions = ["can_list", "can_show", "can_change", "can_export"]
    list_title = _l("已核准服務項目查詢")
    show_title = _l("已核准服務項目")
    show_template = "backoffice/grants/show.html"
    act_template = "backoffice/grants/act.html"

    filters = (
        AgencyFilter(),
        TextFilter("inmate.number", _l("呼號")),
        ChoiceFilter("item", ServiceItem, _l("服務項目"), among=_GRANTED),
        StandingFilter("state", GrantStanding, _l("狀態")),
        DateRangeFilter("until_on", _l("到期日")),
    )
    order = ("until_on",)
    descending = True  # what has ended long ago is asked for least
    load = ("agency", "inmate", "applicant")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("收容人資訊"), _inmate),
        Column(_l("申請人資訊"), lambda row: name_circle(row.applicant.name)),
        Column(_l("關係"), "relation"),
        Column(_l("服務項目"), "item"),
        Column(_l("起"), "from_on"),
        Column(_l("迄"), "until_on", sort=("until_on",)),
        Column(_l("狀態"), _badge),
    )

    def name_of(self, row: ServiceGrant) -> str:
        return f"{_inmate(row)} {name_circle(row.applicant.name)}"

    def case_url(self, row: ServiceGrant) -> str | None:
        """The application behind a grant, where this officer may see it; for templates.

        It stays with the agency that decided it when the grant follows an inmate to another one.
        """
        own = scope.agency_ids()
        if own is not None and row.application.agency_id not in own:
            return None
        is_family = applied_as(row.item) is ServiceItem.FAMILY
        screen = "FamilyApplicationView" if is_family else "LawyerApplicationView"
        if not self.appbuilder.sm.has_access("can_review", screen):
            return None
        return url_for(f"{'FamilyReviewView' if is_family else 'ApplicationReviewView'}.review", pk=row.application_id)

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """One grant in full, with the visits that it carries and what has happened to it."""
        return self._page(self.show_template, self.show_title, self.find(pk))

    @expose("/change/<uuid:pk>/<act>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def change(self, pk: UUID, act: str) -> Answer:
        """Ask why (GET), then do it (POST)."""
        row, chosen = self.find(str(pk)), ACTS.get(act)
        if chosen is None:
            raise NotFound()
        form, refused = chosen.form(obj=None), None
        if hasattr(form, "offer"):
            form.offer()
        if request.method != "POST":
            form.version.data, form.back.data = row.version, request.args.get("back", "")
            if "until_on" in form:
                form["until_on"].data = row.until_on
        elif form.validate():
            try:
                return self._acted(row.id, form, chosen)
            except RuleError as error:
                refused = error
                refuse(form, error)
                row = self.find(str(pk))
        status = status_of(form, refused)
        values = {"form": form, "act": chosen, "is_stale": isinstance(refused, Stale)}
        return self._page(self.act_template, chosen.label, row, **values), status

    def _acted(self, grant_id: str, form: RecordForm, act: Act) -> Answer:
        version = version_seen(form.version.data)
        reason = form["reason"].data if "reason" in form else ""
        because = grants.Because(version, reason or "", form["note"].data or "")
        touched = act.does(grant_id, form, because, Actor.staff(current_user))
        flash(_("%(act)s已完成，通知信件已排入寄送。", act=act.label), "success")
        if touched and act.is_danger:
            flash(_("該服務項目另有%(n)s件預約接見，已標示待處理。", n=touched), "warning")
        elif touched:
            flash(_("%(n)s件預約接見已恢復正常。", n=touched), "success")
        return redirect(url_for(f"{self.endpoint}.show", pk=grant_id, back=form.back.data or None))

    def _page(self, template: str, title: Any, row: ServiceGrant, **values: Any) -> str:
        reader = Actor.staff(current_user)
        grant_id = row.id
        looks.note(row, reader, looks.lately(ServiceGrant, grant_id))
        row = self.find(grant_id)
        return self.render(
            template,
            title,
            row=row,
            facts=grant_facts,
            acts=offered(row) if self.may("can_change") else {},
            carried=grant_facts.carried(row),
            has_followed=grant_facts.has_followed(row) and self.may("can_change"),
            moves=grant_facts.moves(row),
            back=request.values.get("back", ""),
            **values,
        )
