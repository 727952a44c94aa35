"""審核律師接見服務項目, 審核家屬服務項目: the lists; the review page of one case stands beside each."""

from __future__ import annotations

from markupsafe import Markup

from app.i18n import _l
from app.rules.masking import name_circle
from app.rules.vocabulary import ApplicationState, ServiceItem
from models import ServiceApplication
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, Filter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface

#: A lawyer's application is approved or not: one item, never in parts.
_STATES = tuple(state for state in ApplicationState if state is not ApplicationState.PARTLY_APPROVED)


def _inmate(row: ServiceApplication) -> str:
    return f"{row.inmate.number}{name_circle(row.inmate.name)}"


def _applicant(row: ServiceApplication) -> Markup:
    return Markup('{} <span class="ab-quiet">{}</span>').format(name_circle(row.applicant.name), row.relation.label)


def _is_pending(row: ServiceApplication) -> bool:
    return row.state is ApplicationState.PENDING


def _filters(states: tuple[ApplicationState, ...] = ()) -> tuple[Filter, ...]:
    """The manual's filters: what has not been reviewed, unless another state is asked for."""
    return (
        AgencyFilter(),
        TextFilter("inmate.number", _l("呼號")),
        ChoiceFilter("state", ApplicationState, _l("審核狀態"), default=ApplicationState.PENDING, among=states),
        DateRangeFilter("submitted_at", _l("申請日期")),  # the day of that instant: the list's index carries it
        DateRangeFilter("decided_at", _l("審核日期"), ("decided_from", "decided_until"), when_asked=True),
    )


class ApplicationListView(AgencyScopedModelView):
    """What the lists of applications share; each says which ``item`` it is about."""

    item: ServiceItem
    datamodel = UnitOfWorkInterface(ServiceApplication)
    base_permissions = ["can_list", "can_review", "can_paper", "can_undo", "can_export"]
    order = ("submitted_at",)  # the oldest first
    load = ("agency", "inmate", "applicant")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("收容人資訊"), _inmate),
        Column(_l("申請人資訊"), _applicant),
        Column(_l("申請日期"), "applied_on", sort=("submitted_at",)),
        Column(_l("審核狀態"), "state", kind="state"),
    )
    links = (
        RowLink(_l("審核"), "review", "can_review", when=_is_pending),
        RowLink(_l("檢視"), "review", "can_review", when=lambda row: not _is_pending(row), is_main=False),
    )

    def name_of(self, row: ServiceApplication) -> str:
        return _inmate(row)


class LawyerApplicationView(ApplicationListView):
    """律師接見服務項目審核."""

    route_base = "/backoffice/applications"
    item = ServiceItem.LAWYER_VISIT
    only = {"item": item}
    list_title = _l("律師接見服務項目審核")
    filters = _filters(_STATES)


class FamilyApplicationView(ApplicationListView):
    """審核家屬服務項目."""

    route_base = "/backoffice/family-applications"
    item = ServiceItem.FAMILY
    only = {"item": item}
    list_title = _l("家屬服務項目審核")
    filters = _filters()
