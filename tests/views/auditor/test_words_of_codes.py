"""An auditor reads words, not code: every stored code of a plain list and every value of the trail has a label."""

from __future__ import annotations

import ast
from pathlib import Path

from flask.testing import FlaskClient

from app import services
from app.rules.message_events import EVENTS as MESSAGES
from app.security import Actor
from app.services import audit
from app.transaction import transaction
from tests import factories
from tests.doors import Page
from views import backoffice
from views.auditor import plain_cells
from views.auditor.facts import label_of

FOLDERS = [Path(str(package.__file__)).parent for package in (services, backoffice)]


def trees() -> list[ast.AST]:
    return [ast.parse(path.read_text()) for folder in FOLDERS for path in folder.rglob("*.py")]


def test_every_value_that_is_written_into_the_trail_has_a_label() -> None:
    names = set()
    for node in (node for tree in trees() for node in ast.walk(tree)):
        value = node.value if isinstance(node, ast.keyword) and node.arg == "facts" else None
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value = node.value if isinstance(target, ast.Name) and target.id == "facts" else None
        if isinstance(value, ast.Dict):
            names |= {key.value for key in value.keys if isinstance(key, ast.Constant)}
    assert {"purpose", "bookings", "restored"} <= names
    assert not [name for name in sorted(names) if label_of(name) == name], "give these a word in fact_words.FACTS"


def test_every_limit_has_a_word() -> None:
    calls = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    limits = [node for node in calls if getattr(node.func, "attr", getattr(node.func, "id", "")) == "Limit"]
    purposes = {one.value for node in limits for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert len(purposes) > 15 and purposes == plain_cells.ATTEMPTS.keys()


def test_codes_are_shown_as_words(auditor: FlaskClient) -> None:
    inmate = factories.inmate()
    actor = Actor("system", None, None, None)
    case = factories.application(about=inmate)
    with transaction() as session:
        row = session.get_one(type(case), case.id)
        before = row.move("withdraw")
        audit.moved(session, row, "withdraw", before, actor)
    page = Page(auditor.get("/auditor/state-moves/"))
    assert page.rows()[0][1:5] == ["申請案件", "撤回申請", "未審核", "已撤回"]
    factories.message_template("booking_approved")
    template = Page(auditor.get("/auditor/templates/")).rows()[0]
    assert (template[0], template[2]) == (str(MESSAGES["booking_approved"].label), "中文（臺灣）")
