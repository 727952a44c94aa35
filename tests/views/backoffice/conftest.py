"""Officers at their browsers, and a screen that offers everything a screen can offer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters import captcha
from models import Officer
from tests import factories
from tests.conftest import BrowserClient
from tests.doors import Office
from tests.views.backoffice.office_door import CODE, HOME, OfficeDoor
from tests.views.backoffice.probe import GRANTS, InmateProbe, acted_on


@pytest.fixture(autouse=True)
def _known_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captcha, "new_code", lambda: CODE)


@pytest.fixture
def door(client: FlaskClient) -> OfficeDoor:
    """A browser in front of the back office, nobody signed in."""
    return OfficeDoor(client)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Officer], OfficeDoor]:
    """Opens a browser in which this officer has signed in."""

    def enter(officer: Officer) -> OfficeDoor:
        door = OfficeDoor(Office(app.test_client()).is_signed_in_as(officer).client)
        door.get(HOME)
        return door

    return enter


@pytest.fixture
def officer_door(signed_in: Callable[[Officer], OfficeDoor]) -> OfficeDoor:
    """A browser of an officer of one agency."""
    return signed_in(factories.officer())


@pytest.fixture
def probed(built: Callable[..., Flask]) -> Flask:
    """The program with the probe hung in."""
    app = built()
    with app.app_context():
        builder = app.extensions["appbuilder"]
        builder.add_view_no_menu(InmateProbe)
        roles = builder.sm.builtin_roles
        builder.sm._builtin_roles = {name: [*grants, GRANTS.get(name, ["^$", "^$"])] for name, grants in roles.items()}
    app.test_client_class = BrowserClient
    acted_on.clear()
    return app


@pytest.fixture
def at_probe(probed: Flask) -> Callable[[Officer], OfficeDoor]:
    """Opens a browser at the program with the probe."""

    def enter(officer: Officer) -> OfficeDoor:
        door = OfficeDoor(Office(probed.test_client()).is_signed_in_as(officer).client)
        door.get(HOME)
        return door

    return enter
