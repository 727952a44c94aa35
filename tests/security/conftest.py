"""The whole program with rows and people in it, walked once: every address that can be read, as every role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

from app import clock
from tests.databases import Databases, build_app
from tests.guards.test_routes import address, places
from tests.guards.world import ROLES, World
from tests.stillness import USUAL_TIME, taiwan


@dataclass(frozen=True)
class Answer:
    """What one role was answered at one address."""

    role: str
    rule: str
    response: TestResponse

    def __str__(self) -> str:
        return f"{self.rule} as {self.role} ({self.response.status_code} {self.response.mimetype})"

    @property
    def is_page(self) -> bool:
        return self.response.mimetype == "text/html" and bool(self.response.data)

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.get_data(as_text=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "answers" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)  # every page of every door is asked for first


@pytest.fixture(scope="session")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two agencies, and a browser for every role."""
    clock.stop_everywhere(taiwan(USUAL_TIME))
    folder = tmp_path_factory.mktemp("security")
    app = build_app(databases.fresh("sqlite", "security", seeded=True), folder / "data")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return World(app, folder / "snapshot.db")


@pytest.fixture(scope="session")
def answers(world: World) -> list[Answer]:
    """Every address that can be read, as every role; sign-in pages first, so that there is a code to be drawn."""
    clock.stop_everywhere(taiwan(USUAL_TIME))
    rules = sorted((rule for place, rule in places(world.app) if place[0] == "GET"), key=_sign_in_first)
    found = []
    for role in ROLES:
        world.restore()
        client = world.visitors[role].client
        for rule in rules:
            found.append(Answer(role, str(rule), client.get(address(world.app, rule, world.own))))
        found.append(Answer(role, "(nowhere)", client.get("/nowhere")))
        for door in ("/portal/nowhere", "/backoffice/nowhere", "/auditor/nowhere"):
            found.append(Answer(role, "(nowhere)", client.get(door)))
    world.restore()
    return found


def _sign_in_first(rule: object) -> tuple[bool, str]:
    return "/login" not in str(rule), str(rule)


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Flask]:
    """Breaks a page: ``broken("portal.home")``; what it raises must not be shown."""

    def fall(*args: object, **values: object) -> None:
        raise RuntimeError("password=hunter2 in /srv/secret.py")

    def break_page(endpoint: str) -> Flask:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        monkeypatch.setitem(app.view_functions, endpoint, fall)
        return app

    return break_page
