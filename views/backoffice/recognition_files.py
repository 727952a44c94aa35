"""Pictures of 辨識結果查看: the portrait and the capture, and a capture that an officer uploads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from wtforms import StringField

from app.errors import NotFound, RuleError
from app.i18n import _, _l
from app.security import Actor
from app.services import recognitions
from views.backoffice import book_pictures, scope
from views.backoffice.access import permitted
from views.backoffice.forms import CleanText, Needed, RecordForm, refuse
from views.backoffice.posted import status_of


class CaptureForm(RecordForm):
    """Of which visit a capture is; the file stands beside the form."""

    number = StringField(
        _l("預約編號"), [Needed(), CleanText()], description=_l("行動接見之預約編號，例如M260310-4K7PQT。")
    )


class RecognitionFileView(BaseView):
    """Pictures go through the officer's scope and are drawn anew; no file of an application is ever sent."""

    route_base = "/backoffice/recognition-files"
    default_view = "add"
    base_permissions = ["can_add", "can_picture"]

    @expose("/picture/<uuid:pk>/<which>")
    @permitted
    def picture(self, pk: UUID, which: str) -> Response:
        """One of the two pictures as JPEG."""
        row = recognitions.get(str(pk), scope.agency_ids())
        shown: Any = {"portrait": row.portrait, "capture": row if row.storage_key else None}.get(which)
        if shown is None:
            raise NotFound()
        return book_pictures.response(shown, 1)

    @expose("/add", methods=["GET", "POST"])
    @permitted
    @permission_name("add")
    def add(self) -> Any:
        """上傳接見照片."""
        form, refused = CaptureForm(), None
        if request.method == "POST" and form.validate():
            try:
                file_name, content = _file()
                by = Actor.staff(current_user)
                result_id = recognitions.upload(form.number.data, file_name, content, scope.agency_ids(), by)
                flash(_("照片已收存。"), "success")
                return redirect(url_for("RecognitionView.show", pk=result_id))
            except RuleError as error:
                refused = error
                refuse(form, error)
        status = status_of(form, refused)
        title = _("上傳接見照片")
        page = self.render_template(
            "backoffice/recognitions/add.html", title=title, view=self, form=form, refused=refused
        )
        return page, status


def _file() -> tuple[str, bytes]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return "", b""
    return upload.filename, upload.stream.read(recognitions.LARGEST_BYTES + 1)
