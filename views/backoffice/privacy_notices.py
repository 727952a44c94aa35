"""個資聲明版本維護: every version, a new one from the last with preview and a day; headquarters only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.security import Actor
from app.services import privacy_notices
from app.services.privacy_notices import NoticeData
from models import PrivacyNotice
from views.backoffice.access import may, permitted
from views.backoffice.forms import CleanText, DayField, Needed, refuse

#: The button that shows what was typed and saves nothing.
PREVIEW = "preview"
Answer = str | Response | tuple[str, int]


class VersionForm(FlaskForm):
    """One version; ``seen`` is what its editor has opened."""

    seen = HiddenField()
    title = StringField(_l("標題"), [Needed(), CleanText()])
    body = TextAreaField(
        _l("內文"), [Needed(), CleanText()], description=_l("空一行為新段落。"), render_kw={"rows": 16}
    )
    title_en = StringField(
        _l("英文標題"), [CleanText()], description=_l("英文標題與內文請一併填寫；均留空者，英文版顯示中文。")
    )
    body_en = TextAreaField(_l("英文內文"), [CleanText()], render_kw={"rows": 10})
    from_on = DayField(_l("公告日期"), [Optional()], description=_l("自該日零時起適用，最早為明日；公告後不得變更。"))

    def show(self, notice: PrivacyNotice, is_own: bool) -> None:
        """Fill in a version; its day only where it is its own, not where it is the model for a new one."""
        self.title.data, self.body.data = notice.title, notice.body
        self.title_en.data, self.body_en.data = notice.title_en, notice.body_en
        if is_own:
            self.from_on.data = clock.local(notice.published_at).date()
            self.seen.data = privacy_notices.seen(notice)

    @property
    def version(self) -> NoticeData:
        """What was typed."""
        return NoticeData(
            self.title.data or "",
            self.body.data or "",
            self.title_en.data or "",
            self.body_en.data or "",
            self.from_on.data,
        )


class PrivacyNoticeView(BaseView):
    """List, page of a version, prepare, edit and take back what is not published yet."""

    route_base = "/backoffice/privacy-notices"
    default_view = "list"
    base_permissions = ["can_list", "can_change"]

    @expose("/")
    @permitted
    def list(self) -> str:
        """Every version with who has agreed to it, counted."""
        return self._page("list", _("個資聲明版本維護"), rows=privacy_notices.listed(), **self._offers())

    @expose("/<uuid:pk>")
    @permitted
    @permission_name("list")
    def show(self, pk: UUID) -> str:
        """One version as applicants read it."""
        row = privacy_notices.get(str(pk))
        return self._page("show", _("第%(number)s版個資聲明", number=row.number), row=row, **self._offers())

    @expose("/add", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def add(self) -> Answer:
        """A new version, from the words of the last."""
        form, refused = VersionForm(), None
        last = privacy_notices.newest()
        if request.method != "POST":
            if last is not None:
                form.show(last, is_own=False)
        elif form.validate():
            try:
                if PREVIEW in request.form:
                    form.version.checked()
                else:
                    pk = privacy_notices.prepare(form.version, Actor.staff(current_user))
                    flash(_("已儲存，將於公告日期生效。"), "success")
                    return redirect(url_for(".show", pk=pk))
            except RuleError as error:
                refused = error
        return self._form_page(form, _("擬訂新版個資聲明"), refused)

    @expose("/<uuid:pk>/edit", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def edit(self, pk: UUID) -> Answer:
        """Other words or another day, until it is published."""
        row, form = privacy_notices.get(str(pk)), VersionForm()
        refused: RuleError | None = None
        if privacy_notices.is_published(row):
            refused = privacy_notices.AlreadyPublished(number=row.number)
            form.show(row, is_own=True)
        elif request.method != "POST":
            form.show(row, is_own=True)
        elif form.validate():
            try:
                if PREVIEW in request.form:
                    form.version.checked()
                else:
                    typed = form.seen.data or ""
                    privacy_notices.change(str(pk), form.version, typed, Actor.staff(current_user))
                    flash(_("已儲存，將於公告日期生效。"), "success")
                    return redirect(url_for(".show", pk=pk))
            except RuleError as error:
                refused = error
        return self._form_page(form, _("編輯個資聲明"), refused)

    @expose("/<uuid:pk>/discard", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def discard(self, pk: UUID) -> Answer:
        """Take back a version that is not published: asked about first."""
        row, refused = privacy_notices.get(str(pk)), None
        if request.method == "POST":
            try:
                privacy_notices.discard(str(pk), Actor.staff(current_user))
                flash(_("已刪除。"), "success")
                return redirect(url_for(".list"))
            except RuleError as error:
                refused = error
                row = privacy_notices.get(str(pk))
        page = self._page("discard", _("刪除未公告之版本"), row=row, refused=refused)
        return page, refused.status if refused else 200

    def _offers(self) -> dict[str, Any]:
        return {"is_published": privacy_notices.is_published, "may_change": may(self, "can_change")}

    def _form_page(self, form: VersionForm, title: str, refused: RuleError | None) -> Answer:
        if refused is not None:
            refuse(form, refused)
        is_preview = PREVIEW in request.form and refused is None and not form.errors
        page = self._page("form", title, form=form, is_preview=is_preview, is_stale=isinstance(refused, Stale))
        return page, refused.status if refused else 422 if form.errors else 200

    def _page(self, name: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/privacy/{name}.html", title=title, view=self, **values))
