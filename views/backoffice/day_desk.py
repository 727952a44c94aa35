"""當日接見報到: the visits of today at one desk, a box that finds who stands there, the moves of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _
from app.rules.dates import Shown, sentence_date
from app.security import Actor
from app.services import audit, day_desk, day_moves, state_moves, walk_in_undo
from app.services.day_desk import Counts, Stage
from models import Reservation
from views.backoffice import booking_facts, day_desk_facts, desk_agencies, scope
from views.backoffice.access import may, permitted
from views.backoffice.posted import version_seen
from views.backoffice.scope import AgencyChoice

Answer = str | Response | tuple[str, int]


class DayDeskView(BaseView):
    """One page for the day, one page for one visit."""

    route_base = "/backoffice/desk/day"
    default_view = "list"
    base_permissions = ["can_list", "can_move"]

    @expose("/")
    @permitted
    def list(self) -> str:
        """Today's visits of one agency, by stage; the look is written down."""
        agency = desk_agencies.chosen(request.args.get("agency", ""))
        if agency:
            audit.read("reservation.day_desk", Actor.staff(current_user), "reservation", agency_id=agency.id)
        return self._page(agency)

    @expose("/find", methods=["GET", "POST"])
    @permitted
    @permission_name("list")
    def find(self) -> Answer:
        """Whoever stands at the desk, by what the scanner or the officer types; one hit leads to its page."""
        agency = desk_agencies.chosen(request.form.get("agency", ""))
        if request.method != "POST" or agency is None:
            return redirect(url_for(".list"))
        audit.read("reservation.day_find", Actor.staff(current_user), "reservation", agency_id=agency.id)
        typed = request.form.get("find", "")
        try:
            rows = day_desk.found(typed, agency.id)
        except RuleError as error:
            return self._page(agency, typed=typed, error=error), error.status
        if len(rows) == 1:
            return redirect(url_for(".visit", pk=rows[0].id))
        return self._page(agency, hits=rows)

    @expose("/visit/<uuid:pk>")
    @permitted
    @permission_name("list")
    def visit(self, pk: UUID) -> str:
        """One visit with what has to be checked, and the moves that it allows; the look is written down."""
        row = _found(pk)
        audit.read("reservation.opened", Actor.staff(current_user), row, agency_id=row.agency_id)
        return self._visit(_found(pk))

    @expose("/visit/<uuid:pk>/<move>", methods=["POST"])
    @permitted
    @permission_name("move")
    def move(self, pk: UUID, move: str) -> Answer:
        """Check in, start, end, note that it failed, or take the last of these back."""
        if move not in day_desk_facts.MOVES:
            raise NotFound()
        row = _found(pk)
        agency_id, name = row.agency_id, row.visitor_name
        try:
            told = _made(str(pk), move)
        except RuleError as error:
            if error.status == 404:
                raise
            return self._visit(_found(pk), error=error), error.status
        flash(_("%(name)s：%(told)s", name=name, told=told), "success")
        return redirect(url_for(".list", agency=agency_id if len(scope.agencies()) > 1 else None, _anchor="find"))

    def _page(
        self,
        agency: AgencyChoice | None,
        *,
        typed: str = "",
        error: RuleError | None = None,
        hits: Sequence[Reservation] | None = None,
    ) -> str:
        today = clock.today()
        by_stage = day_desk.visits(agency.id, today) if agency else {}
        return str(
            self.render_template(
                "backoffice/desk/day.html",
                title=_("當日接見報到"),
                view=self,
                agency=agency,
                choices=scope.agencies(),
                day=Shown(today, sentence_date),
                counts=day_desk.counts(frozenset({agency.id}), today) if agency else Counts(),
                stages=[(stage, _rows(by_stage.get(stage, []))) for stage in Stage],
                hits=_rows(hits) if hits is not None else None,
                typed=typed,
                error=error,
                may_move=may(self, "can_move"),
                may_enter="WalkInView" in {type(v).__name__ for v in self.appbuilder.baseviews}
                and bool(self.appbuilder.sm.has_access("can_add", "WalkInView")),
            )
        )

    def _visit(self, row: Reservation, *, error: RuleError | None = None) -> str:
        moves = state_moves.moves_of(booking_facts.session(), row)
        return str(
            self.render_template(
                "backoffice/desk/day_visit.html",
                title=_("接見報到作業"),
                view=self,
                row=row,
                error=error,
                blocks=day_desk_facts.blocks(row),
                guests=booking_facts.guests(row),
                remarks=booking_facts.remarks(row),
                reminders=day_desk_facts.reminders(row),
                moves=booking_facts.move_lines(moves),
                acts=day_desk_facts.offered(row) if may(self, "can_move") else [],
                back=url_for(".list", agency=row.agency_id if len(scope.agencies()) > 1 else None),
            )
        )


def _rows(rows: Sequence[Reservation]) -> list[Any]:
    return [day_desk_facts.line(row) for row in rows]


def _found(pk: UUID) -> Reservation:
    """A visit of any kind, through the officer's scope; raises ``NotFound``."""
    row = db.session.scalar(select(Reservation).where(Reservation.id == str(pk), scope.within(Reservation.agency_id)))
    if row is None:
        raise NotFound()
    return row


def _made(pk: str, move: str) -> str:
    """Make a move and return what is told about it."""
    at = (pk, version_seen(request.form.get("version")), scope.agency_ids(), Actor.staff(current_user))
    if move == "check_in":
        number = day_moves.check_in(*at)
        return _("已報到，候見號碼%(number)s。", number=number) if number else _("已報到。")
    if move == "start":
        day_moves.start(*at)
        return _("已開始接見。")
    if move == "finish":
        day_moves.finish(*at)
        return _("接見已結束。")
    if move == "undo":
        was_told = day_moves.undo(*at)
        more = _("通知已先寄出，請向接見人說明。") if was_told else ""
        return _("已復原上一步。") + more
    if move == "undo_entry":
        walk_in_undo.take_back(at[0], request.form.get("reason", ""), *at[1:])
        return _("現場登記已取消。")
    note = request.form.get("note", "")
    day_moves.fail(at[0], move, note, *at[1:])
    return _("已登記為「%(state)s」。", state=day_desk_facts.MOVES[move])
