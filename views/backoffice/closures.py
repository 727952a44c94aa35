"""停止辦理接見: closures of the agencies in scope, a new one with the bookings that it hits, answers, 恢復辦理."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.rules import closure_words
from app.rules import closures as rules
from app.rules.closure_words import Answer
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import closure_answers, closure_reopening, closures
from app.services.closures import HitsChanged
from models import VisitClosure
from views.backoffice import scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.base import Answer as Page
from views.backoffice.case_facts import locale
from views.backoffice.closure_forms import ClosureForm, ExtendForm
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, Filter, Reading
from views.backoffice.forms import RecordForm, refuse
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.posted import status_of, version_seen

#: How many bookings a page lists.
MOST_SHOWN = 500


def _state(row: VisitClosure) -> Markup:
    if row.reopened_at is not None:
        css, word = "cancelled", _("已恢復辦理")
    elif row.until_at <= clock.now():
        css, word = "completed", _("已結束")
    else:
        css, word = ("approved", _("停止中")) if row.from_at <= clock.now() else ("pending", _("即將停止"))
    return Markup('<span class="ab-state ab-state-{}">{}</span>').format(css, word)


def _kind(row: VisitClosure) -> Any:
    return row.kind.label if row.kind else _("全部接見類型")


def _period(row: VisitClosure) -> str:
    return closure_words.period(row, locale())


def _unanswered(row: VisitClosure) -> str:
    """How many bookings wait for their bookers; asked once per request for the whole page."""
    if row.id not in g.setdefault("unanswered", {}):
        g.unanswered[row.id] = closure_answers.waiting([row.id]).get(row.id, 0)
    return str(g.unanswered[row.id])


class UnansweredFilter(Filter):
    """待回覆: what 首頁 counts."""

    kind = "choice"
    label = _l("回覆情形")
    names = ("unanswered",)
    when_asked = True

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        """Closures of which some booking waits for its booker."""
        is_asked = bool(args.get("unanswered", "").strip())
        options = [("", _("全部")), ("1", _("有待申請人回覆者"))]
        reading = Reading(self, {"unanswered": "1" if is_asked else ""}, options=options)
        if is_asked:
            reading.conditions.append(closure_answers.has_waiting())
        return reading


class ClosureView(AgencyScopedModelView):
    """停止辦理接見."""

    route_base = "/backoffice/closures"
    datamodel = UnitOfWorkInterface(VisitClosure)
    base_permissions = ["can_list", "can_show", "can_change"]
    list_title = _l("停止辦理接見")
    show_title = _l("停止辦理接見：回覆情形")
    list_template = "backoffice/closures/list.html"
    filters = (
        AgencyFilter(),
        ChoiceFilter("kind", VisitKind, _l("接見類型")),
        DateRangeFilter("from_at", _l("起日")),
        UnansweredFilter(),
    )
    order = ("from_at",)
    descending = True
    load = ("agency",)
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("接見類型"), _kind),
        Column(_l("停止辦理期間"), _period),
        Column(_l("原因"), lambda row: closure_words.worded(row.reason), kind="wide"),
        Column(_l("回覆期限"), "answer_by"),
        Column(_l("待回覆件數"), _unanswered, kind="number"),
        Column(_l("狀態"), _state),
    )
    details = (*columns, Column(_l("登記人員"), "made_by.full_name"), Column(_l("登記時間"), "created_at"))

    def prepare_rows(self, rows: Sequence[VisitClosure]) -> None:
        g.unanswered = dict.fromkeys([row.id for row in rows], 0) | closure_answers.waiting([row.id for row in rows])

    def name_of(self, row: VisitClosure) -> str:
        return f"{row.agency.name} {_period(row)}"

    @expose("/new", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def new(self) -> Page:
        """A closure: the bookings that it hits are listed first, and it is saved when they have been seen."""
        form, refused, listed = ClosureForm(), None, None
        form.offer(scope.agencies())
        if request.method != "POST":
            form.answer_on.data = rules.default_answer_by(clock.now())
        elif form.validate():
            try:
                wanted = form.wanted()
                accepted = request.form.get("accepted", "")
                if not accepted:
                    listed = closures.preview(wanted, scope.agency_ids())
                else:
                    staff = Actor.staff(current_user)
                    made = closures.close(wanted, accepted, scope.agency_ids(), current_user.id, staff)
                    flash(_("已停止辦理，並已排入通知；受影響之預約如下。"), "success")
                    return redirect(url_for(f"{self.endpoint}.show", pk=made))
            except RuleError as error:
                refused = error
                refuse(form, error)
        if isinstance(refused, HitsChanged):
            listed = refused.hits, refused.mark
        hits, mark = listed or (None, "")
        status = status_of(form, refused)
        page = self.render(
            "backoffice/closures/new.html",
            _("停止辦理接見：新增"),
            form=form,
            hits=hits,
            mark=mark,
            most=MOST_SHOWN,
        )
        return page, status

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """One closure with the bookings that it stopped, and who has answered."""
        return self._page(self.find(pk))

    @expose("/extend/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def extend(self, pk: UUID) -> Page:
        """延長回覆期限."""
        row, form, refused = self.find(str(pk)), ExtendForm(), None
        if request.method != "POST":
            form.version.data = row.version
            form.answer_on.data = clock.local(row.answer_by).date() if row.answer_by else None
        elif form.validate():
            try:
                told = closure_reopening.extend(str(pk), form.answer_on.data, *self._asked(form))
                flash(_("已延長回覆期限；尚未回覆者%(n)s件。", n=told), "success")
                return redirect(url_for(f"{self.endpoint}.show", pk=pk))
            except RuleError as error:
                refused = error
                refuse(form, error)
        return self._act("extend", _("延長回覆期限"), str(pk), form, refused)

    @expose("/reopen/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def reopen(self, pk: UUID) -> Page:
        """恢復辦理: asked first, with what will happen."""
        row, form, refused = self.find(str(pk)), RecordForm(), None
        if request.method != "POST":
            form.version.data = row.version
        elif form.validate():
            try:
                done = closure_reopening.reopen(str(pk), *self._asked(form))
                sentence = _("已恢復辦理：%(n)s件預約回復並已排入通知。", n=done.restored)
                flash(sentence, "success")
                if done.left:
                    flash(
                        _("另有%(n)s件無法回復（時間已過、名額不足或仍停止辦理），仍待改期。", n=done.left), "warning"
                    )
                return redirect(url_for(f"{self.endpoint}.show", pk=pk))
            except RuleError as error:
                refused = error
                refuse(form, error)
        return self._act("reopen", _("恢復辦理"), str(pk), form, refused)

    def _asked(self, form: RecordForm) -> tuple[int, frozenset[str] | None, Actor]:
        version = version_seen(form.version.data)
        return version, scope.agency_ids(), Actor.staff(current_user)

    def _act(self, act: str, title: str, pk: str, form: RecordForm, refused: RuleError | None) -> Page:
        row = self.find(pk)
        status = status_of(form, refused)
        page = self.render(
            "backoffice/closures/act.html",
            title,
            row=row,
            form=form,
            act=act,
            waiting=closure_answers.waiting([row.id]).get(row.id, 0),
            is_stale=isinstance(refused, Stale),
        )
        return page, status

    def _page(self, row: VisitClosure) -> str:
        found = closure_answers.answers(row)
        chosen = next((answer for answer in Answer if answer.value == request.args.get("answer")), None)
        shown = [one for one in found if chosen in (None, one.answer)]
        return self.render(
            "backoffice/closures/show.html",
            self.show_title,
            row=row,
            counts=closure_answers.counts(found),
            total=len(found),
            chosen=chosen,
            shown=shown[:MOST_SHOWN],
            most=MOST_SHOWN,
            has_more=len(shown) > MOST_SHOWN,
            is_running=row.reopened_at is None,
            may_reopen=row.reopened_at is None and row.until_at > clock.now(),
        )
