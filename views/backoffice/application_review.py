"""律師接見服務項目審核, 家屬服務項目審核: papers beside the data, the decision, the next case."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.errors import RuleError
from app.i18n import _
from app.rules.vocabulary import ApplicationState, ReasonScope, Verdict
from app.security import Actor
from app.services import application_review, application_undo, item_verdicts, reasons
from models import ServiceApplication
from models.application import APPLICATION_MOVES
from views.backoffice import case_facts, case_messages, criteria, looks, papers
from views.backoffice.access import may, permitted
from views.backoffice.applications import ApplicationListView, FamilyApplicationView, LawyerApplicationView
from views.backoffice.case_decisions import Typed
from views.backoffice.cases import MOST_COUNTED, Cases

#: What the button 審核並處理下一件 sends.
SAVE_AND_NEXT = "next"


class CaseReviewView(BaseView):
    """One case of a list of applications; each review says which ``list_view`` it belongs to."""

    list_view: type[ApplicationListView]
    default_view = "review"

    @property
    def cases(self) -> Cases:
        """The applications that this review is about."""
        return Cases(self.list_view.item)

    @expose("/review/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def review(self, pk: UUID) -> AnyResponse | tuple[str, int] | str:
        """The case and the form; a decision that is refused comes back with the sentence and all that was typed."""
        application_id, reader = self.cases.known(str(pk)), Actor.staff(current_user)
        if request.method != "POST":
            return self._page(application_id, Typed.fresh())
        typed = Typed.sent(request.form)
        try:
            application_review.review(application_id, typed.decision(), current_user.id, reader)
        except RuleError as error:
            is_double = isinstance(error, application_review.AlreadyDecided)
            if not (is_double and typed.is_kept_by(current_user.id, self.cases.find(application_id))):
                return self._page(application_id, typed, error), error.status
        return self._saved(application_id)

    @expose("/undo/<uuid:pk>", methods=["POST"])
    @permitted
    def undo(self, pk: UUID) -> AnyResponse | tuple[str, int]:
        """撤銷審核結果: the case waits again."""
        application_id = self.cases.known(str(pk))
        typed = Typed(undo_reason=request.form.get("undo_reason", ""), version=request.form.get("version", 0, type=int))
        try:
            flagged = application_undo.undo(application_id, typed.undo_reason, typed.version, Actor.staff(current_user))
        except RuleError as error:
            return self._page(application_id, typed, error), error.status
        inmate = self.cases.find(application_id).inmate
        flash(
            _("%(case)s之審核結果已撤銷，本件回到未審核，通知信件已排入寄送。", case=f"{inmate.number}{inmate.name}"),
            "success",
        )
        if flagged:
            flash(_("該服務項目另有%(n)s件預約接見，已標示待處理。", n=flagged), "warning")
        return redirect(url_for(".review", pk=application_id, back=self._back() or None))

    @expose("/paper/<uuid:pk>/<int:page>")
    @permitted
    def paper(self, pk: UUID, page: int) -> Response:
        """One page of a paper as a picture; no browser keeps it (``app.security`` sends ``no-store``)."""
        found = self.cases.find_paper(str(pk))
        assert found.application is not None  # cases finds papers of applications only
        seen = looks.lately(ServiceApplication, found.application_id)
        looks.note(found.application, Actor.staff(current_user), seen)
        return Response(papers.picture(found, page, papers.Sight.asked(request.args)), mimetype="image/jpeg")

    def _page(self, application_id: str, typed: Typed, error: RuleError | None = None) -> str:
        application, sight = self.cases.find(application_id), papers.Sight.asked(request.args)
        reader, lately = Actor.staff(current_user), looks.lately(ServiceApplication, application_id)
        looks.note(application, reader, lately)
        is_open, among = application.state == ApplicationState.PENDING, self._among()
        grants = self.cases.grants_of_pair(application)
        return str(
            self.render_template(
                "backoffice/review/case.html",
                title=self.list_view.list_title,
                case=application,
                is_open=is_open,
                may_undo=APPLICATION_MOVES.allows("undo", application.state) and may(self, "can_undo"),
                typed=typed,
                error=error,
                papers=papers.shown(application, sight, case_facts.locale(), f"{self.endpoint}.paper"),
                items=item_verdicts.ordered(application),
                sight=sight,
                zooms=papers.ZOOMS,
                facts=case_facts,
                restrictions=case_facts.restrictions(application, clock.today()),
                grants=grants,
                running=case_facts.still_valid(grants, application, clock.today()),
                previous=self.cases.previous_of(application),
                previews=case_messages.previews(application, typed) if is_open else [],
                earlier=self.cases.earlier_of_pair(application),
                colleague=lately.colleague(reader),
                reasons=reasons.offered(ReasonScope.APPLICATION),
                verdicts=Verdict.choices(),
                waiting=self.cases.count_waiting(among),
                is_narrowed=bool(among),
                most_counted=MOST_COUNTED,
                next_id=self.cases.next_waiting(application, among),
                back=self._back(),
                list_url=self._list_url(),
                today=clock.today(),
            )
        )

    def _saved(self, application_id: str) -> AnyResponse:
        """Tell what was saved, and go on to the next case where that was asked for."""
        application = self.cases.find(application_id)
        label, number = application.state.label, f"{application.inmate.number}{application.inmate.name}"
        flash(_("%(case)s已審核為「%(state)s」，通知信件已排入寄送。", case=number, state=label), "success")
        goes_on = request.form.get("then") == SAVE_AND_NEXT
        next_id = self.cases.next_waiting(application, self._among()) if goes_on else application_id
        if next_id is None:
            flash(_("清單條件內已無未審核案件。") if self._among() else _("已無未審核案件。"), "info")
            return redirect(self._list_url())
        return redirect(url_for(".review", pk=next_id, back=self._back() or None))

    def _list_arguments(self) -> dict[str, Any]:
        """The list's own filters and place, which travel along: "back" must not jump to its first page."""
        typed = dict(parse_qsl(request.values.get("back", "")[:2000], keep_blank_values=True))
        return criteria.list_arguments(self.list_view.filters, typed)

    def _among(self) -> list[Any]:
        """Whoever reviews one agency's cases, or those of some days, goes on among these."""
        return criteria.going_on(ServiceApplication, self.list_view.filters, self._list_arguments())

    def _back(self) -> str:
        return urlencode(self._list_arguments())

    def _list_url(self) -> str:
        return url_for(f"{self.list_view.__name__}.list", **self._list_arguments())


class ApplicationReviewView(CaseReviewView):
    """One case of 律師接見服務項目審核."""

    list_view = LawyerApplicationView
    route_base = list_view.route_base
    class_permission_name = list_view.__name__


class FamilyReviewView(CaseReviewView):
    """One case of 家屬服務項目審核: a verdict for each item."""

    list_view = FamilyApplicationView
    route_base = list_view.route_base
    class_permission_name = list_view.__name__
