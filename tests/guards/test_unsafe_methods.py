"""What may change something: a GET never, a form only with the token of its own session (DESIGN §6.7, SPEC §3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app import clock
from tests.databases import Databases, build_app
from tests.doors import Page
from tests.guards.test_routes import WITHOUT_TOKEN, address, answer, places
from tests.guards.world import ROLES, World
from tests.stillness import USUAL_TIME, taiwan

#: They open every address, and look at the whole database after each.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

Contents = dict[str, list[tuple[object, ...]]]

#: What looking at a page may write, and why.
A_LOOK_WRITES = {
    "audit_entry": "reading a person's record is itself an entry of the trail",
    "audit_values": "the facts of such an entry",
    "audit_counter": "the number of such an entry",
    "browser_session": "when this browser was last seen, the token of its forms, the code of a picture",
    "agency_book_reading": "that a message was opened is what its mark 未讀 tells",
    "attempt_counter": "that somebody came without a good access key is counted",
}
#: What a refused post may write, and why.
A_REFUSAL_WRITES = {"browser_session": "when this browser was last seen"}


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The program with rows and people."""
    clock.stop_everywhere(taiwan(USUAL_TIME))
    folder = tmp_path_factory.mktemp("unsafe")
    app = build_app(databases.fresh("sqlite", "unsafe", seeded=True), folder / "data")
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    return World(app, folder / "snapshot.db")


def contents(world: World) -> Contents:
    """Every row of every table, and every stored file."""
    with closing(sqlite3.connect(f"file:{world._file}?mode=ro", uri=True)) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    folder = Path(world.app.config["DATA_DIR"])
    stored: list[tuple[object, ...]] = [(str(f), f.read_bytes()) for f in sorted(folder.rglob("*")) if f.is_file()]
    return {**rows, "files of DATA_DIR": stored}


def changed(before: Contents, after: Contents, allowed: dict[str, str]) -> list[str]:
    """The tables that are no longer as they were."""
    return [name for name in sorted({*before, *after}) if name not in allowed and before.get(name) != after.get(name)]


def test_a_get_changes_nothing(world: World) -> None:
    wrong = []
    world.restore()
    before = contents(world)  # what is restored is the same each time
    for (method, path), rule in places(world.app):
        if method == "GET":
            for role in ROLES:
                world.restore()
                status = world.visitors[role].client.get(address(world.app, rule, world.own)).status_code
                names = changed(before, contents(world), A_LOOK_WRITES)
                if names:
                    wrong.append(f"GET {path} as {role} ({status}) changes {names}")
    assert not wrong, "Let a form with a token do this, or say in A_LOOK_WRITES why not:\n" + "\n".join(wrong)


def test_the_comparison_sees_a_change(world: World) -> None:
    """The control: the same world, and a post that is allowed."""
    world.restore()
    before = contents(world)
    assert changed(before, contents(world), {}) == []
    world.app.config.update(WTF_CSRF_ENABLED=False)
    draft = f"/portal/applications/draft/{world.own['draft']}"
    world.visitors["applicant"].client.post(f"{draft}/papers/{world.own['draft_attachment']}/remove")
    world.app.config.update(WTF_CSRF_ENABLED=True)
    assert changed(before, contents(world), A_REFUSAL_WRITES) == ["attachment"]


def foreign_token(app: Flask) -> Iterator[str]:
    """No token, a made-up one, and a good one of somebody else's session."""
    yield ""
    yield "IjAwMDAi.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"
    client = app.test_client()
    client.get("/portal/login")
    page = client.get("/portal/login").get_data(as_text=True)
    yield page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def test_a_form_without_its_own_token_changes_nothing(world: World) -> None:
    wrong = []
    world.restore()
    tokens = list(foreign_token(world.app))
    world.restore()
    before = contents(world)
    for (method, path), rule in places(world.app):
        if method != "GET" and rule.endpoint not in WITHOUT_TOKEN:
            for role in ROLES:
                world.restore()
                place = address(world.app, rule, world.own)
                for token in tokens:
                    fields = {"csrf_token": token} if token else {}
                    response = world.visitors[role].client.open(place, method=method, data=fields)
                    if answer(response) not in ("400", "login", "403"):
                        wrong.append(f"{method} {path} as {role} with {token[:8]!r}: {response.status_code}")
                names = changed(before, contents(world), A_REFUSAL_WRITES)
                if names:
                    wrong.append(f"{method} {path} as {role} changes {names}")
    assert not wrong, "CSRFProtect must see every form before anything else does:\n" + "\n".join(wrong)


def exempt(endpoint: str) -> set[str]:
    """The field that a form may do without."""
    return {"csrf_token"} if endpoint in WITHOUT_TOKEN else set()


def test_every_form_on_a_page_carries_a_token(world: World) -> None:
    """A form without the field would be dead: the refusal above would meet people, not attackers."""
    routes, wrong = world.app.url_map.bind("localhost"), []
    for (method, path), rule in places(world.app):
        if method == "GET":
            for role in ROLES:
                world.restore()
                response = world.visitors[role].client.get(address(world.app, rule, world.own))
                if response.status_code == 200 and response.mimetype == "text/html":
                    for form in Page(response).forms():
                        target = urlsplit(form.action).path
                        # Flask-AppBuilder's lists hold the shell of a form for actions; without one it leads nowhere.
                        leads = form.method == "POST" and routes.test(target, "POST")
                        if leads and "csrf_token" not in form.names | exempt(routes.match(target, "POST")[0]):
                            wrong.append(f"{path} as {role}: {form.action}")
    assert not wrong, "These forms have no token:\n" + "\n".join(wrong)
