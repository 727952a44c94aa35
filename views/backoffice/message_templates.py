"""通知範本維護: the texts of mails and SMS by event, channel and language; headquarters only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import RuleError, Stale
from app.i18n import LOCALES, _
from app.rules import message_events
from app.rules import message_texts as rules
from app.rules.vocabulary import Channel
from app.security import Actor
from app.services import message_texts
from models import MessageTemplate
from views.backoffice.access import permitted

#: The button that shows the text with samples and saves nothing.
PREVIEW = "preview"
Answer = str | Response | tuple[str, int]


class MessageTemplateView(BaseView):
    """List, edit with a preview, history."""

    route_base = "/backoffice/templates"
    default_view = "list"

    @expose("/")
    @permitted
    def list(self) -> str:
        """Every text, message by message."""
        rows = message_texts.listed()
        return self._page("list", _("通知範本維護"), rows=rows, event_of=message_texts.event_of)

    @expose("/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def edit(self, pk: UUID) -> Answer:
        """Change a text; the preview button shows what was typed and saves nothing."""
        template = message_texts.get(str(pk))
        if request.method != "POST":
            return self._edit_page(template, template.subject, template.body)
        subject, body = request.form.get("subject", ""), request.form.get("body", "")
        try:
            if PREVIEW in request.form:
                rules.check(message_texts.event_of(template), template.channel, " ".join(subject.split()), body)
                return self._edit_page(template, subject, body)
            message_texts.change(str(pk), subject, body, _version(), current_user.id, Actor.staff(current_user))
        except RuleError as error:
            # A preview is shown with its mistakes named; nothing was to be saved, so it is no refusal.
            status = 200 if PREVIEW in request.form else error.status
            return self._edit_page(message_texts.get(str(pk)), subject, body, error), status
        flash(_("已儲存。"), "success")
        return redirect(url_for(".edit", pk=pk))

    @expose("/<uuid:pk>/history")
    @permitted
    @permission_name("list")
    def history(self, pk: UUID) -> str:
        """Every wording, who saved it and when."""
        template = message_texts.get(str(pk))
        return self._history_page(template)

    @expose("/<uuid:pk>/restore/<int:number>", methods=["POST"])
    @permitted
    @permission_name("edit")
    def restore(self, pk: UUID, number: int) -> Answer:
        """Take up an old wording again."""
        template = message_texts.get(str(pk))
        try:
            message_texts.restore(template.id, number, _version(), current_user.id, Actor.staff(current_user))
        except RuleError as error:
            if error.status == 404:
                raise
            return self._history_page(message_texts.get(str(pk)), error), error.status
        flash(_("已還原第%(number)s版。", number=number), "success")
        return redirect(url_for(".history", pk=pk))

    def _edit_page(self, template: MessageTemplate, subject: str, body: str, error: RuleError | None = None) -> str:
        event = message_texts.event_of(template)
        places = [
            (name, message_events.PLACES[name].label if name in message_events.PLACES else "")
            for name in event.offered(template.channel)
        ]
        return self._page(
            "edit",
            _("編輯通知範本"),
            text=template,
            event=event,
            subject=subject,
            body=body,
            has_subject=template.channel is Channel.MAIL and template.event not in message_events.TAILS,
            places=places,
            needed=event.needed if template.channel is Channel.MAIL else (),
            preview=message_texts.preview(template, subject, body),
            errors=list(getattr(error, "errors", [error])) if error else [],
            is_stale=isinstance(error, Stale),
        )

    def _history_page(self, template: MessageTemplate, error: RuleError | None = None) -> str:
        editions = message_texts.history(template.id)
        event = message_texts.event_of(template)
        errors = list(getattr(error, "errors", [error])) if error else []
        return self._page(
            "history", _("通知範本歷次版本"), text=template, event=event, editions=editions, errors=errors
        )

    def _page(self, name: str, title: str, **values: Any) -> str:
        page = f"backoffice/templates/{name}.html"
        return str(self.render_template(page, title=title, view=self, tongues=LOCALES, **values))


def _version() -> int:
    return request.form.get("version", 0, type=int)
