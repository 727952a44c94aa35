"""Every address as every role: ``routes.txt`` says what each may expect; an address that is not in it is a failure.

Closed by default, and silent (DESIGN §6.7): what is somebody else's reads as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import clock
from tests.databases import Databases, build_app
from tests.doors import Page
from tests.guards.chinese import foreign
from tests.guards.world import ROLES, World, stand_in
from tests.stillness import USUAL_TIME, taiwan

#: Every address as every role, own and foreign: minutes.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

TABLE = Path(__file__).with_name("routes.txt")
#: Roles that see only what is their own.
SCOPED = ("applicant", "officer", "desk")
#: Posts that are checked in another way than by a token, and which.
WITHOUT_TOKEN = {
    "portal.language": "checks the Origin: it is offered to readers without a session",
    "api.receive_inmates": "checks the key of another system, which has no session",
    "api.apply_inmates": "checks the key of another system, which has no session",
    "api.abandon_inmates": "checks the key of another system, which has no session",
    "api.receive_result": "checks the key of another system, which has no session",
    "portal.sms_receipt": "checks the signature of the SMS gateway, which has no session",
}
#: Posts of the auditors' door: they read, and a password is sent along; tests/views/auditor shows that they only read.
READ_BY_POST = {
    ("POST", f"/auditor/{address}/")
    for address in ("unmask/<kind>/<record_id>", "export/<of>", "trail/export", "mass-viewing/export")
}
#: An answer that lets a role in; anything else has shown nothing of the row.
LET_IN = {"200", "302", "303", "422", "409"}

Place = tuple[str, str]


@dataclass
class Visits:
    """What the program answered: place -> role -> answer, for own rows and for those of others."""

    own: dict[Place, dict[str, str]]
    others: dict[Place, dict[str, str]]
    #: Words on pages that are not the Chinese of Taiwan.
    words: dict[str, list[str]]


def places(app: Flask) -> Iterator[tuple[Place, Rule]]:
    """Every method and address of the program, GET before POST."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for rule in sorted(app.url_map.iter_rules(), key=str):
            if method in (rule.methods or ()):
                yield (method, str(rule)), rule


def address(app: Flask, rule: Rule, rows: dict[str, str]) -> str:
    """The address of a rule, with these rows in it."""
    values = {}
    for argument in rule.arguments:
        kind = stand_in(rule.endpoint, argument)
        values[argument] = kind.removeprefix("plain:") if kind.startswith("plain:") else rows[kind]
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False))


def names_a_row(rule: Rule) -> bool:
    """Whether an address leads to somebody's row."""
    return any(not stand_in(rule.endpoint, argument).startswith("plain:") for argument in rule.arguments)


def answer(response: Any) -> str:
    """A status, with ``login`` for a redirect to a sign-in page."""
    if response.status_code in (301, 302, 303) and "/login" in response.headers["Location"]:
        return "login"
    return str(response.status_code)


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The program with rows and people."""
    clock.stop_everywhere(taiwan(USUAL_TIME))
    folder = tmp_path_factory.mktemp("routes")
    app = build_app(databases.fresh("sqlite", "routes", seeded=True), folder / "data")
    return World(app, folder / "snapshot.db")


@pytest.fixture(scope="module")
def visits(world: World) -> Visits:
    """Every place visited by every role; posts carry an empty form, and what they changed is undone."""
    found = Visits({}, {}, {})
    clock.stop_everywhere(taiwan(USUAL_TIME))
    # A broken page is an answer like any other here; posts pass without a token, to see who else may send them.
    world.app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    for place, rule in places(world.app):
        for role in ROLES:
            client = world.visitors[role].client
            for rows, kept in ((world.own, found.own), (world.foreign, found.others)):
                if kept is found.others and not names_a_row(rule):
                    continue
                world.restore()
                response = client.open(address(world.app, rule, rows), method=place[0])
                kept.setdefault(place, {})[role] = answer(response)
                if response.status_code == 200 and response.mimetype == "text/html":
                    found.words.setdefault(place[1], []).extend(foreign(Page(response).text))
    world.app.config.update(WTF_CSRF_ENABLED=True)
    return found


def expected() -> dict[Place, dict[str, str]]:
    """The table: one line for each method and address, one column for each role."""
    table = {}
    for line in TABLE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            method, rule, *answers = line.split()
            assert len(answers) == len(ROLES), f"routes.txt: {line!r} needs {len(ROLES)} answers"
            table[(method, rule)] = dict(zip(ROLES, answers, strict=True))
    return table


def line(place: Place, answers: dict[str, str]) -> str:
    """A line as it stands in the table."""
    return f"{place[0]:<5} {place[1]:<64} " + " ".join(f"{answers[role]:<12}" for role in ROLES).rstrip()


def test_every_address_is_in_the_table(visits: Visits) -> None:
    missing = [line(place, answers) for place, answers in visits.own.items() if place not in expected()]
    gone = [" ".join(place) for place in expected() if place not in visits.own]
    assert not missing, (
        "Who may open these? Judge each answer (this is what the program says today), then add the lines to "
        "tests/guards/routes.txt:\n" + "\n".join(missing)
    )
    assert not gone, f"These are gone from the program; take them out of tests/guards/routes.txt: {gone}"


def test_every_address_answers_every_role_as_the_table_says(visits: Visits) -> None:
    wrong = [
        f"{' '.join(place)} answers {role} with {visits.own[place][role]}, the table says {wanted}"
        for place, row in expected().items()
        for role, wanted in row.items()
        if place in visits.own and visits.own[place][role] != wanted
    ]
    assert not wrong, "Close the door, or change tests/guards/routes.txt if it was wrong:\n" + "\n".join(wrong)


def test_no_address_breaks(visits: Visits) -> None:
    both = [*visits.own.items(), *visits.others.items()]
    broken = [f"{' '.join(p)} as {role}: {a}" for p, row in both for role, a in row.items() if a.startswith("5")]
    assert not broken, "Bad input never gives a 500:\n" + "\n".join(broken)


def test_what_belongs_to_others_does_not_exist(visits: Visits) -> None:
    seen = [
        f"{' '.join(place)} answers {role} with {row[role]}, for one's own row {visits.own[place][role]}"
        for place, row in visits.others.items()
        for role in SCOPED
        if visits.own[place][role] in LET_IN and row[role] != "404"
    ]
    assert not seen, "Look the row up through the scope (another agency's, another applicant's: 404):\n" + "\n".join(
        seen
    )


def test_an_auditor_writes_nothing(visits: Visits) -> None:
    doors = [
        place
        for place in visits.own
        if place[0] != "GET" and place[1].startswith("/auditor") and place not in READ_BY_POST
    ]
    assert not doors, f"便民服務稽核查詢系統 is read-only: {doors}"


def test_pages_are_written_in_the_chinese_of_taiwan(visits: Visits) -> None:
    wrong = {rule: sorted(set(words)) for rule, words in visits.words.items() if words}
    assert not wrong, f"Words on rendered pages (mind Flask-AppBuilder's own): {wrong}"


def test_no_post_is_taken_without_a_token(world: World) -> None:
    taken = []
    for place, rule in places(world.app):
        if place[0] != "GET" and rule.endpoint not in WITHOUT_TOKEN:
            for role in ROLES:
                world.restore()
                response = world.visitors[role].client.open(address(world.app, rule, world.own), method=place[0])
                if answer(response) not in ("400", "login", "403"):
                    taken.append(f"{' '.join(place)} as {role}: {response.status_code}")
    assert not taken, "CSRFProtect must see every POST before anything else does:\n" + "\n".join(taken)
