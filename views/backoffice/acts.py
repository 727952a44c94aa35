"""Acts on rows, declared: one row from its page, or many chosen ones from the list, each through its service.

An act is one function of a service with a transaction and a trail row of its own, so of many chosen rows each is done
or refused for itself, and the officer is told which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_login import current_user

from app.errors import NotAllowed, RuleError
from app.i18n import _, _l
from app.security import Actor
from views.backoffice.access import may, to_sign_in

LONGEST_NOTE = 200


class NoteInvalid(RuleError):
    """What the act asks for was not said, or at too great a length."""

    sentence = _l("請填寫「%(label)s」（至多%(most)s字）。")


@dataclass(frozen=True)
class Act:
    """One act: ``does(key, note, actor)`` is the service's function, ``asks`` the label of the note that it needs."""

    name: str
    text: Any
    does: Callable[[str, str, Actor], object]
    confirmation: Any
    permission: str = "can_review"
    asks: Any = None
    when: Callable[[Any], bool] = lambda row: True
    #: Whether it can be done to chosen rows of the list.
    in_bulk: bool = False

    def note(self) -> str:
        """What was written; raises :class:`NoteInvalid`."""
        typed = request.form.get("note", "").strip()
        if self.asks is not None and not 0 < len(typed) <= LONGEST_NOTE:
            raise NoteInvalid("note", label=self.asks, most=LONGEST_NOTE)
        return typed


@dataclass(frozen=True)
class Result:
    """What became of one chosen row."""

    name: str
    refused: RuleError | None


class RowActs:
    """The two ways to an act; rows are found through the scope, before anything is asked."""

    acts: tuple[Act, ...] = ()
    act_template = "backoffice/act.html"
    acted_template = "backoffice/acted.html"

    @expose("/act/<pk>/<name>", methods=["GET", "POST"])
    def act(self: Any, pk: str, name: str) -> Any:
        """Ask (GET), then do it (POST); a refusal is said above the question, and what was typed stays."""
        if not current_user.is_authenticated:
            return to_sign_in()
        chosen = next((one for one in self.acts if one.name == name), None)
        if chosen is None:
            abort(404)
        if not may(self, chosen.permission):
            raise NotAllowed()
        row, refused = self.find(pk), None
        if request.method == "POST":
            try:
                chosen.does(self.key_of(row), chosen.note(), Actor.staff(current_user))
                flash(_("%(act)s：已完成。", act=chosen.text), "success")
                return redirect(self.back_url())
            except RuleError as error:
                refused, row = error, self.find(pk)
        page = self.render(self.act_template, chosen.text, row=row, act=chosen, refused=refused)
        return page, refused.status if refused else 200

    def offered_acts(self: Any, row: Any) -> list[Act]:
        """What this officer may do with a row now; for templates."""
        return [one for one in self.acts if one.when(row) and may(self, one.permission)]

    def _act_on_all(self: Any, chosen: Act, keys: list[str]) -> Any:
        """Do it to each chosen row by itself, and tell what became of each."""
        rows, refused = [self.find(key) for key in keys], None
        try:
            note = chosen.note() if request.form.get("confirmed") == "1" else None
        except RuleError as error:
            note, refused = None, error
        if note is None:
            page = self.render(self.confirm_template, chosen.text, rows=rows, action=chosen, refused=refused)
            return page, refused.status if refused else 200
        named = [(self.key_of(row), self.name_of(row)) for row in rows]
        results = [Result(name, self._tried(chosen, key, note)) for key, name in named]
        return self.render(self.acted_template, chosen.text, results=results)

    def _tried(self: Any, chosen: Act, key: str, note: str) -> RuleError | None:
        try:
            chosen.does(key, note, Actor.staff(current_user))
        except RuleError as error:
            return error
        return None
