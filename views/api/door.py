"""The blueprint of this door and its lock: a key of another system, for one purpose, of one agency or of all."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from app.rules.office_vocabulary import ApiScope
from app.security import Actor
from app.services import access_keys
from app.services.access_keys import KeyRefused
from views.api.problems import problem

door = Blueprint("api", __name__, url_prefix="/api/v1")


@dataclass(frozen=True)
class Caller:
    """The system behind a key: plain values, because rows lose theirs when an act ends."""

    key_id: str
    agency_id: str | None
    actor: Actor

    @property
    def agency_ids(self) -> frozenset[str] | None:
        """The agencies whose rows the system may see; None: all."""
        return None if self.agency_id is None else frozenset({self.agency_id})


def keyed(scope: ApiScope) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a call in only with ``Authorization: Bearer <key>`` of a key for this purpose; no cookie counts."""

    def lock(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def guarded(*args: Any, **values: Any) -> Any:
            kind, _blank, key = request.headers.get("Authorization", "").partition(" ")
            row = access_keys.holder(key.strip() if kind.lower() == "bearer" else "", scope, request.remote_addr)
            actor = Actor("api", row.id, row.name, request.remote_addr)
            g.caller = Caller(row.id, row.agency_id, actor)
            return method(*args, **values)

        return guarded

    return lock


def caller() -> Caller:
    """The system behind this call."""
    found: Caller = g.caller
    return found


@door.errorhandler(KeyRefused)
def _refused(error: KeyRefused) -> Response:
    answer = problem(error)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer
