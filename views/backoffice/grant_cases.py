"""The case behind a grant that has followed its inmate, read only: the agency that must confirm it sees its papers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from sqlalchemy import select

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _
from app.rules import grants as rules
from app.security import Actor
from app.services import followed_cases
from models import Attachment, ServiceApplication, ServiceGrant
from views.backoffice import case_facts, papers, scope
from views.backoffice.access import permitted
from views.backoffice.base import Answer
from views.backoffice.forms import refuse
from views.backoffice.grants import GrantView
from views.backoffice.person_forms import PurposeForm


class GrantCaseView(BaseView):
    """A purpose opens the case for a quarter of an hour; whoever decides on the grant may give one."""

    route_base = f"{GrantView.route_base}/case"
    class_permission_name = GrantView.__name__
    default_view = "show"

    @expose("/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def show(self, pk: UUID) -> Answer:
        """Ask for what (GET), write it down (POST), then show papers and facts."""
        grant, reader = _followed(ServiceGrant.id == str(pk)), Actor.staff(current_user)
        form = PurposeForm() if request.method == "POST" else PurposeForm(formdata=None)
        if request.method == "POST":
            try:
                followed_cases.open_case(grant, form.chosen(), current_user, reader)
                return redirect(url_for(".show", pk=pk))
            except RuleError as error:
                refuse(form, error)
                return self._page("ask", _followed(ServiceGrant.id == str(pk)), form=form), error.status
        if not followed_cases.is_open(grant, reader):
            return self._page("ask", grant, form=form)
        sight = papers.Sight.asked(request.args)
        case = grant.application
        return self._page(
            "case",
            grant,
            papers=papers.shown(case, sight, case_facts.locale(), f"{self.endpoint}.paper"),
            sight=sight,
            zooms=papers.ZOOMS,
            restrictions=case_facts.restrictions(case, clock.today()),
        )

    @expose("/paper/<uuid:pk>/<int:page>")
    @permitted
    @permission_name("change")
    def paper(self, pk: UUID, page: int) -> Response:
        """One page of a paper as a picture, while the look lasts."""
        found = db.session.get(Attachment, str(pk))
        if found is None or found.application_id is None:
            raise NotFound()
        grant = _followed(ServiceGrant.application_id == found.application_id)
        if not followed_cases.is_open(grant, Actor.staff(current_user)):
            raise NotFound()
        return Response(papers.picture(found, page, papers.Sight.asked(request.args)), mimetype="image/jpeg")

    def _page(self, template: str, grant: ServiceGrant, **values: object) -> str:
        return str(
            self.render_template(
                f"backoffice/grants/{template}.html",
                title=_("原申請案件"),
                view=self,
                row=grant,
                case=grant.application,
                facts=case_facts,
                **values,
            )
        )


def _followed(asked: object) -> ServiceGrant:
    """A running grant in scope whose case lies with another agency; raises ``NotFound``."""
    found = db.session.scalars(
        select(ServiceGrant)
        .join(ServiceApplication, ServiceGrant.application_id == ServiceApplication.id)
        .where(
            asked,  # type: ignore[arg-type]
            scope.within(ServiceGrant.agency_id),
            ServiceGrant.state.in_(rules.RUNNING),
            ServiceApplication.agency_id != ServiceGrant.agency_id,
        )
        .limit(1)
    ).first()
    if found is None:
        raise NotFound()
    return found
