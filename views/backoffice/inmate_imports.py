"""收容人資料匯入: a file is delivered, the worker checks it, somebody looks at the differences and confirms."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app.errors import RuleError
from app.i18n import _, _l
from app.rules import inmate_columns
from app.rules.inmate_deliveries import MOST_FAULTS
from app.rules.office_vocabulary import ImportSource, ImportState, StagedAct
from app.security import Actor
from app.services import inmate_applying, inmate_imports
from models import InmateImport
from views.backoffice import import_facts, looks, scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter
from views.backoffice.forms import refuse
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.paging import size_of
from views.backoffice.posted import status_of, version_seen


def made_by(row: InmateImport) -> str | None:
    """Who delivered it: an officer, or another system."""
    if row.made_by is not None:
        return str(row.made_by.full_name)
    return row.access_key.name if row.access_key is not None else None


def progress(row: InmateImport) -> str:
    """How far the check is, and of how many lines."""
    if inmate_imports.is_moving(row):
        return f"{inmate_imports.percent(row)}%（{row.checked}／{row.lines or '－'}）"
    return _("%(n)s筆", n=row.lines)


class InmateImportView(AgencyScopedModelView):
    """收容人資料匯入."""

    route_base = "/backoffice/inmate-imports"
    datamodel = UnitOfWorkInterface(InmateImport)
    base_permissions = ["can_list", "can_show", "can_add", "can_decide"]
    list_title = _l("收容人資料匯入")
    show_title = _l("收容人資料匯入內容")
    add_title = _l("上傳收容人資料檔")
    show_template = "backoffice/inmates/delivery.html"
    add_template = "backoffice/inmates/deliver.html"

    filters = (
        AgencyFilter(),
        ChoiceFilter("state", ImportState, _l("狀態")),
        DateRangeFilter("created_at", _l("送達日期")),
    )
    order = ("created_at",)
    descending = True
    load = ("agency", "made_by", "access_key")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("送達時間"), "created_at"),
        Column(_l("來源"), "source"),
        Column(_l("送件者"), made_by),
        Column(_l("進度"), progress),
        Column(_l("錯誤"), "faults", kind="number"),
        Column(_l("新增"), "added", kind="number"),
        Column(_l("異動"), "changed", kind="number"),
        Column(_l("離開"), "left", kind="number"),
        Column(_l("狀態"), "state", kind="state"),
    )
    details = (
        *(Column(_l("矯正機關"), "agency.name"), Column(_l("送達時間"), "created_at"), Column(_l("來源"), "source")),
        *(Column(_l("送件者"), made_by), Column(_l("檔名"), "file_name"), Column(_l("狀態"), "state", kind="state")),
        *(Column(_l("進度"), progress), Column(_l("錯誤"), "faults"), Column(_l("新增"), "added")),
        *(Column(_l("異動"), "changed"), Column(_l("離開本機關"), "left"), Column(_l("無異動"), "unchanged")),
        *(Column(_l("接見限制"), "restrictions"), Column(_l("匯入時間"), "applied_at")),
        *(Column(_l("匯入人員"), "applied_by.full_name"), Column(_l("列入待辦事項"), "touched")),
    )
    add_columns = ["agency_id"]
    label_columns = {"agency_id": _l("機關名稱")}
    options = {"agency_id": lambda row: scope.agencies()}

    def name_of(self, row: InmateImport) -> str:
        return f"{row.agency.name} {self.columns[1].of(row)}"

    @expose("/add", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """Deliver a file of one agency."""
        form, refused = self._form(self.add_form, None), None
        if request.method == "POST" and form.validate():
            try:
                content, name = _uploaded()
                by = Actor.staff(current_user)
                import_id = inmate_imports.receive(
                    form["agency_id"].data, content, name, ImportSource.FILE, by, officer_id=current_user.id
                )
                flash(_("檔案已收存，系統正在檢核。"), "success")
                return redirect(url_for(".show", pk=import_id))
            except RuleError as error:
                refused = error
        if refused is not None:
            refuse(form, refused)
        status = status_of(form, refused)
        about = {"required": inmate_columns.REQUIRED, "optional": inmate_columns.OPTIONAL}
        return self.render(self.add_template, self.add_title, form=form, refused=refused, **about), status

    @expose("/template")
    @permitted
    @permission_name("add")
    def template(self) -> Response:
        """The pattern of a file; the people in it are invented."""
        file = BytesIO(inmate_columns.template())
        name = _("收容人資料範本") + ".csv"
        return send_file(file, "text/csv; charset=utf-8", as_attachment=True, download_name=name, max_age=0)

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """How far it is; then the report, or the differences."""
        return self._page(pk)

    @expose("/apply/<pk>", methods=["POST"])
    @permitted
    @permission_name("decide")
    def apply(self, pk: str) -> Answer:
        """確認匯入."""

        def act(import_id: str, by: Actor) -> str:
            version = version_seen(request.form.get("version"))
            ids = scope.agency_ids()
            touched = inmate_applying.apply(import_id, version, ids, current_user.id, by)
            return _("已完成匯入。") + (_("另有%(n)s件事項列入待辦事項。", n=touched) if touched else "")

        return self._decide(pk, act)

    @expose("/abandon/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("decide")
    def abandon(self, pk: str) -> Answer:
        """放棄這份資料 (GET asks)."""

        def act(import_id: str, by: Actor) -> str:
            inmate_imports.abandon(import_id, scope.agency_ids(), by)
            return _("已放棄這份資料，檔案及檢核內容將由系統清除。")

        if request.method == "POST":
            return self._decide(pk, act)
        sentence = _("放棄後，這份資料之檔案及檢核內容將予清除，無法恢復；收容人資料不變更。確認放棄？")
        return self.render("backoffice/staff_confirm.html", _("放棄這份資料"), row=self.find(pk), sentence=sentence)

    def _decide(self, pk: str, act: Callable[[str, Actor], str]) -> Answer:
        import_id = self.find(pk).id
        try:
            flash(act(import_id, Actor.staff(current_user)), "success")
        except RuleError as error:
            return self._page(pk, error), error.status
        return redirect(url_for(".show", pk=import_id))

    def _page(self, pk: str, refused: RuleError | None = None) -> str:
        row = self.find(pk)
        # The page of progress shows nobody; the differences and the report do.
        if row.state in (ImportState.READY, ImportState.FAULTY):
            looks.note(row, Actor.staff(current_user), looks.lately(InmateImport, row.id))
        part = next((act for act in import_facts.PARTS if act.value == request.args.get("part")), StagedAct.ADD)
        size = size_of(request.args)
        faults = differences = page = None
        if row.state is ImportState.FAULTY:
            page = import_facts.faults(row).page(request.args, size, self.datamodel.parse_key)
            faults = page.rows
        elif row.state is ImportState.READY:
            page = import_facts.staged(row, part).page(request.args, size, self.datamodel.parse_key)
            differences = import_facts.differences(row, list(page.rows))
        return self.render(
            self.show_template,
            self.show_title,
            row=row,
            refused=refused,
            page=page,
            faults=faults,
            differences=differences,
            part=part,
            parts=tuple(zip(import_facts.PARTS, (row.added, row.changed, row.left), strict=True)),
            is_moving=inmate_imports.is_moving(row),
            percent=inmate_imports.percent(row),
            is_open=row.state in inmate_imports.OPEN_STATES,
            may_decide=self.may("can_decide"),
            most_faults=MOST_FAULTS,
        )


def _uploaded() -> tuple[bytes, str]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return b"", ""
    # One byte more than the most that is taken: the service says that it is too much.
    return upload.stream.read(inmate_imports.LARGEST_BYTES + 1), upload.filename
