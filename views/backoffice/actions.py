"""Declared actions on chosen rows (Flask-AppBuilder's ``@action``), inside the scope and never by GET."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from flask_appbuilder import expose
from flask_login import current_user

from app.errors import NotAllowed
from views.backoffice.access import may, to_sign_in

#: More rows than a page has cannot be chosen on it.
MOST_CHOSEN = 100


class ScopedActions:
    """Runs actions; Flask-AppBuilder's own runner looks rows up without any filter."""

    actions: dict[str, Any]

    @expose("/action_post", methods=["POST"])
    def action_post(self: Any) -> Any:
        """Run an action on all of the chosen rows, or on none; one that asks to be confirmed is asked about first.

        Raises ``NotAllowed`` without the action's permission, ``NotFound`` when one of the rows is out of scope.
        """
        if not current_user.is_authenticated:
            return to_sign_in()
        action = self.actions.get(request.form.get("action", ""))
        keys = request.form.getlist("rowid")
        if action is None or not 0 < len(keys) <= MOST_CHOSEN:
            abort(404)
        if not may(self, self.get_action_permission_name(action.name)):
            raise NotAllowed()
        rows = [self.find(key) for key in keys]
        if action.confirmation and request.form.get("confirmed") != "1":
            return self.render(self.confirm_template, action.text, rows=rows, action=action)
        return action.func(rows) or redirect(self.back_url())

    def offered_actions(self: Any) -> list[Any]:
        """The actions that this officer may run on the rows of a list."""
        return [action for action in self.actions.values() if may(self, self.get_action_permission_name(action.name))]
