"""訊息公告及申辦流程維護: what headquarters and agencies publish on the portal, with days, preview, both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_login import current_user
from markupsafe import Markup

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.office_vocabulary import NoticeKind
from app.security import Actor
from app.services import notices
from models import Notice
from views.backoffice import scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter
from views.backoffice.forms import RecordForm, values_of
from views.backoffice.interface import UnitOfWorkInterface

#: The button that shows what was typed and saves nothing.
PREVIEW = "preview"


class NoticeInterface(UnitOfWorkInterface):
    """Only headquarters publishes for everybody, others for their own agencies."""

    def add(self, item: Any, commit: bool = True) -> None:
        """Refused: a notice comes in through ``notices.add``, which knows the scope."""
        raise RuntimeError("notices are added by the service that checks the scope")


def _publisher(row: Notice) -> str:
    return row.agency.name if row.agency else _("法務部矯正署")


def _state(row: Notice) -> Markup:
    today = clock.today()
    if row.until_on is not None and row.until_on < today:
        css, word = "cancelled", _("已結束")
    else:
        css, word = ("approved", _("刊登中")) if row.published_on <= today else ("pending", _("尚未刊登"))
    return Markup('<span class="ab-state ab-state-{}">{}</span>').format(css, word)


def _publishers(row: Notice | None) -> Sequence[tuple[str, Any]]:
    """Headquarters first for headquarters; nobody else may choose it."""
    everybody = [("", _("法務部矯正署（全部機關）"))] if scope.agency_ids() is None else []
    return [*everybody, *scope.agencies()]


class NoticeView(AgencyScopedModelView):
    """訊息公告及申辦流程維護."""

    route_base = "/backoffice/notices"
    datamodel = NoticeInterface(Notice)
    base_permissions = ["can_list", "can_show", "can_add", "can_edit", "can_delete"]
    list_title = _l("訊息公告及申辦流程維護")
    show_title = _l("檢視公告")
    add_title = _l("新增公告")
    edit_title = _l("編輯公告")
    delete_title = _l("刪除公告")
    show_template = "backoffice/notices/show.html"
    add_template = edit_template = "backoffice/notices/form.html"
    filters = (
        AgencyFilter(),
        ChoiceFilter("kind", NoticeKind, _l("類別")),
        DateRangeFilter("published_on", _l("刊登起日")),
    )
    order = ("published_on",)
    descending = True
    load = ("agency", "made_by")
    columns = (
        Column(_l("發佈機關"), _publisher),
        Column(_l("類別"), "kind"),
        Column(_l("標題"), "title", kind="wide"),
        Column(_l("刊登起日"), "published_on"),
        Column(_l("刊登迄日"), "until_on"),
        Column(_l("狀態"), _state),
    )
    details = (
        *columns[:2],
        *columns[3:],
        Column(_l("登記人員"), "made_by.full_name"),
        Column(_l("最後更新"), "updated_at"),
    )
    context = columns[:1]
    label_columns = {
        "agency_id": _l("發佈機關"),
        "kind": _l("類別"),
        "title": _l("標題"),
        "body": _l("內文"),
        "title_en": _l("英文標題"),
        "body_en": _l("英文內文"),
        "published_on": _l("刊登起日"),
        "until_on": _l("刊登迄日"),
    }
    description_columns = {
        "body": _l("純文字：空一行為新段落，行首「1. 」或「- 」為條列，https://網址自動成為連結。"),
        "title_en": _l("英文標題與內文請一併填寫；均留空者，英文版顯示中文。"),
        "published_on": _l("自該日起顯示於入口網「訊息及流程公告」及首頁。"),
        "until_on": _l("最後顯示之日；留空為持續刊登。"),
    }
    edit_columns = ["kind", "title", "body", "title_en", "body_en", "published_on", "until_on"]
    add_columns = ["agency_id", *edit_columns]
    options = {"agency_id": _publishers}

    def name_of(self, row: Notice) -> str:
        return row.title

    def prepare(self, form: RecordForm, row: Any) -> None:
        if "agency_id" in form:
            form["agency_id"].choices = _publishers(row)
        if request.method != "POST" and row is None:
            form["published_on"].data = clock.today()

    @expose("/add", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """A new notice; the preview button shows it and saves nothing."""
        form, refused = self._form(self.add_form, None), None
        if request.method == "POST" and form.validate():
            try:
                values = values_of(form, self._fields["add"])
                if PREVIEW in request.form:
                    notices.check(values)
                else:
                    notices.add(values, scope.agency_ids(), current_user.id, Actor.staff(current_user))
                    return self._done(_("已新增。"))
            except RuleError as error:
                refused = error
        return self._answer(self.add_template, self.add_title, form, refused)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @permitted
    def edit(self, pk: str) -> Answer:
        """Change a notice; the preview button shows it and saves nothing."""
        if request.method != "POST" or PREVIEW not in request.form:
            return super().edit(pk)
        row, refused = self.find(pk), None
        form = self._form(self.edit_form, row)
        if form.validate():
            try:
                self.check(form, row)
            except RuleError as error:
                refused = error
        return self._answer(self.edit_template, self.edit_title, form, refused, row=row)

    def check(self, form: RecordForm, row: Any) -> None:
        notices.check(values_of(form, self._fields["edit"]))

    def _answer(
        self, template: str, title: Any, form: RecordForm, refused: RuleError | None, **values: Any
    ) -> tuple[str, int]:
        values["is_preview"] = PREVIEW in request.form and not form.errors and refused is None
        return super()._answer(template, title, form, refused, **values)
