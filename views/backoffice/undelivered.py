"""未送達通知處理: send again, propose another address, or note that the person was told by telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules import masking
from app.rules.dates import sentence_time
from app.security import Actor
from app.services import audit, mail_changes, undelivered
from app.services.undelivered_reasons import reason_in_words
from models import Notification
from views.backoffice import message_rows, scope
from views.backoffice.access import permitted
from views.backoffice.acts import Act
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.case_facts import locale
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter
from views.backoffice.interface import UnitOfWorkInterface


def visit_of(message: Notification) -> Any:
    """接見日期 and arrival of the visit that a message is about; asked once per request for the whole page."""
    if "visits_of_messages" not in g or message.id not in g.visits_of_messages[0]:
        rows = getattr(g, "messages_on_page", None) or [message]
        g.visits_of_messages = ({row.id for row in rows} | {message.id}, undelivered.visits([*rows, message]))
    visit = g.visits_of_messages[1].get(message.id)
    return sentence_time(clock.local(visit.arrives_at), locale()) if visit else None


def other_channel(message: Notification) -> Any:
    """What became of the same news by the other channel; asked once per request for the whole page."""
    if "messages_beside" not in g or message.id not in g.messages_beside[0]:
        rows = [*(getattr(g, "messages_on_page", None) or []), message]
        g.messages_beside = ({row.id for row in rows}, undelivered.beside(rows))
    other = g.messages_beside[1].get(message.id)
    if other is None:
        return None
    where = {"channel": other.channel.label, "state": other.state.label, "time": message_rows.sent(other)}
    return _("%(channel)s：%(state)s（%(time)s）", **where)


def _send_again(key: str, _note: str, actor: Actor) -> None:
    undelivered.send_again(key, scope.agency_ids(), actor)


class UndeliveredView(AgencyScopedModelView):
    """未送達通知處理."""

    route_base = "/backoffice/undelivered"
    datamodel = UnitOfWorkInterface(Notification)
    base_permissions = ["can_list", "can_handle", "can_export"]
    list_title = _l("未送達通知處理")
    note = _l(
        "未送達或結果不明之通知，請再次寄送、提出新的電子郵件，或以電話告知後登記。接見日期將屆者請優先處理。"
        "同一通知之簡訊經業者回報送達者，不再列出。"
    )

    filters = (AgencyFilter(),)
    order = ("queued_at",)
    load = ("agency", "applicant")
    links = (RowLink(_l("處理"), "handle", "can_handle"),)
    columns = (
        Column(_l("機關"), message_rows.agency),
        Column(_l("收件人"), message_rows.person),
        Column(_l("分類"), "channel"),
        Column(_l("傳送時間"), message_rows.sent),
        Column(_l("傳送目的"), message_rows.recipient),
        Column(_l("主旨"), "subject", kind="wide"),
        Column(_l("接見日期"), visit_of),
        Column(_l("未送達原因"), reason_in_words, kind="wide"),
        Column(_l("另一管道"), other_channel),
        Column(_l("傳送狀態"), "state", kind="state"),
    )

    acts = (
        Act("resend", _l("再次寄送"), _send_again, _l("確認再次寄送下列通知？"), permission="can_handle", in_bulk=True),
    )

    def conditions(self) -> list[Any]:
        return [undelivered.condition()]

    def name_of(self, row: Notification) -> str:
        return row.subject

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        g.messages_on_page = rows

    @expose("/handle/<pk>")
    @permitted
    def handle(self, pk: str) -> str:
        """One message, how to reach its reader, and what can be done."""
        message = self._message(pk)
        audit.read("notification.opened", Actor.staff(current_user), message, agency_id=message.agency_id)
        return self._page(self._message(pk))

    @expose("/resend/<pk>", methods=["POST"])
    @permitted
    @permission_name("handle")
    def resend(self, pk: str) -> Answer:
        """再次寄送."""
        return self._act(
            pk, lambda actor: undelivered.send_again(self._key(pk), scope.agency_ids(), actor), _("已排入再次寄送。")
        )

    @expose("/told/<pk>", methods=["POST"])
    @permitted
    @permission_name("handle")
    def told(self, pk: str) -> Answer:
        """已電話告知."""
        note = request.form.get("note", "")

        def act(actor: Actor) -> None:
            undelivered.tell_by_phone(self._key(pk), note, scope.agency_ids(), current_user.id, actor)

        return self._act(pk, act, _("已登記電話告知。"))

    @expose("/propose/<pk>", methods=["POST"])
    @permitted
    @permission_name("handle")
    def propose(self, pk: str) -> Answer:
        """Another e-mail address, which its owner has to confirm."""
        mail = request.form.get("mail", "")

        def act(actor: Actor) -> None:
            message = undelivered.check_open(self._key(pk), scope.agency_ids())
            if message.applicant_id is not None:
                mail_changes.propose(message.applicant_id, mail, message.agency_id, actor)

        sentence = _("確認連結已寄至新信箱。申請人以密碼確認後，本則通知將自動重新寄送；確認前仍列於本清單。")
        return self._act(pk, act, sentence)

    def _key(self, pk: str) -> str:
        return str(self.datamodel.parse_key(pk))

    def _message(self, pk: str) -> Notification:
        return undelivered.get(self._key(pk), scope.agency_ids())

    def _act(self, pk: str, act: Callable[[Actor], None], done: str) -> Response | tuple[str, int]:
        self._message(pk)
        try:
            act(Actor.staff(current_user))
        except RuleError as error:
            return self._page(self._message(pk), error), error.status
        flash(done, "success")
        return redirect(self.back_url())

    def _page(self, message: Notification, refused: RuleError | None = None) -> str:
        waiting = mail_changes.waiting_for(message.applicant_id) if message.applicant_id else None
        return self.render(
            "backoffice/undelivered.html",
            _("處理未送達通知"),
            message=message,
            is_open=undelivered.is_open(message),
            arrived=undelivered.arrived_by_sms(message),
            proposed=(masking.mail(waiting.value), sentence_time(clock.local(waiting.expires_at), locale()))
            if waiting
            else None,
            refused=refused,
        )
