"""Acts on chosen rows: declared ones, row by row, and Flask-AppBuilder's ``@action`` on all or none; never by GET."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from flask_appbuilder import expose
from flask_login import current_user

from app.errors import NotAllowed
from views.backoffice.access import may, to_sign_in
from views.backoffice.acts import Act

#: More rows than a page has cannot be chosen on it.
MOST_CHOSEN = 100


class ScopedActions:
    """Runs acts on chosen rows; Flask-AppBuilder's own runner looks rows up without any filter."""

    actions: dict[str, Any]
    acts: tuple[Act, ...]

    @expose("/action_post", methods=["POST"])
    def action_post(self: Any) -> Any:
        """Do a declared act to each chosen row, or run an ``@action`` on all of them; what asks is asked about first.

        Raises ``NotAllowed`` without the action's permission, ``NotFound`` when one of the rows is out of scope.
        """
        if not current_user.is_authenticated:
            return to_sign_in()
        name, keys = request.form.get("action", ""), request.form.getlist("rowid")
        action = self._bulk(name) or self.actions.get(name)
        if action is None or not 0 < len(keys) <= MOST_CHOSEN:
            abort(404)
        if not may(self, self._permission_of(action)):
            raise NotAllowed()
        if isinstance(action, Act):
            return self._act_on_all(action, keys)
        rows = [self.find(key) for key in keys]
        if action.confirmation and request.form.get("confirmed") != "1":
            return self.render(self.confirm_template, action.text, rows=rows, action=action)
        return action.func(rows) or redirect(self.back_url())

    def offered_actions(self: Any) -> list[Any]:
        """The actions that this officer may run on the rows of a list."""
        offered = [*(act for act in self.acts if act.in_bulk), *self.actions.values()]
        return [action for action in offered if may(self, self._permission_of(action))]

    def _bulk(self: Any, name: str) -> Act | None:
        return next((act for act in self.acts if act.name == name and act.in_bulk), None)

    def _permission_of(self: Any, action: Any) -> str:
        return action.permission if isinstance(action, Act) else str(self.get_action_permission_name(action.name))
