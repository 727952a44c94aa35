"""Errors are pages with a sentence, in the words of the door, without a session and without a trace."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask, abort
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.errors import NotAllowed, NotFound, RuleErrors, Stale
from app.extensions import db
from models import BrowserSession
from tests.views.backoffice.office_door import words

#: Raised by the path's last part.
_RAISES: dict[str, Callable[[], object]] = {
    "stale": lambda: (_ for _ in ()).throw(Stale()),
    "both": lambda: (_ for _ in ()).throw(RuleErrors([NotFound(), NotAllowed()])),
    "big": lambda: abort(413),
    "often": lambda: abort(429),
    "teapot": lambda: abort(418),
    "broken": lambda: 1 / 0,
    "database": lambda: (_ for _ in ()).throw(OperationalError("SELECT x", {"name": "王小明"}, OSError("deadlock"))),
}


@pytest.fixture
def broken_app(built: Callable[..., Flask]) -> Flask:
    """The program with pages that fail, at two doors."""
    app = built(PROPAGATE_EXCEPTIONS=False)

    def fail(how: str) -> str:
        return str(_RAISES[how]())

    app.add_url_rule("/portal/fails/<how>", "fails_portal", fail)
    app.add_url_rule("/auditor/fails/<how>", "fails_auditor", fail)
    return app


@pytest.mark.parametrize(
    ("how", "status", "sentence"),
    [
        ("stale", 409, "本件資料在您開啟後已有異動"),
        ("both", 422, "查無此資料，或您無權查看。"),
        ("big", 413, "送出的內容或檔案太大"),
        ("often", 429, "操作次數過於頻繁"),
        ("teapot", 418, "資料未變更"),
        ("database", 503, "系統忙碌中或維護中，資料未變更。請稍後再試。"),
    ],
)
def test_an_error_is_a_sentence(broken_app: Flask, how: str, status: int, sentence: str) -> None:
    answer = broken_app.test_client().get(f"/portal/fails/{how}")
    assert answer.status_code == status and sentence in words(answer)
    assert "便民服務入口網" in answer.text and 'href="/portal/"' in answer.text


@pytest.mark.parametrize(("methods", "has_way_back"), [(["GET", "POST"], True), (["POST"], False)])
def test_what_was_too_large_leads_back_to_its_page(
    built: Callable[..., Flask], methods: list[str], has_way_back: bool
) -> None:
    app = built(WTF_CSRF_ENABLED=False)
    app.add_url_rule("/auditless/<path:what>", "big", lambda what: abort(413), methods=methods)
    headers = {"Referer": "https://elsewhere.example/"}
    answer = app.test_client().post('/auditless/">x?next=//elsewhere.example', headers=headers)
    assert answer.status_code == 413 and "elsewhere" not in answer.text
    assert ('href="/auditless/&#34;&gt;x"' in answer.text) == has_way_back
    assert ("回原頁面" in answer.text) == has_way_back


def test_each_door_has_its_own_name(broken_app: Flask) -> None:
    assert "便民服務稽核查詢系統" in broken_app.test_client().get("/auditor/fails/stale").text


def test_what_nobody_foresaw_has_a_code_that_is_logged(broken_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = broken_app.test_client().get("/portal/fails/broken")
    seen = words(answer)
    assert answer.status_code == 500
    assert "系統暫時無法處理，資料未變更。" in seen and "ZeroDivisionError" not in answer.text
    code = seen.partition("請告知代碼")[2].partition("。")[0]
    assert len(code) == 8 and code in caplog.text


def test_a_database_that_gives_up_is_told_to_the_operator_without_values(
    broken_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken_app.test_client().get("/auditor/fails/database")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "OSError: deadlock" in caplog.text and "王小明" not in caplog.text and "SELECT" not in caplog.text


def test_an_unknown_address_and_a_wrong_method(app: Flask) -> None:
    client = app.test_client()
    assert "查無此資料，或您無權查看。" in words(client.get("/nothing/here"))
    refused = client.get("/backoffice/logout/")
    assert refused.status_code == 405 and "POST" in refused.headers["Allow"] and "資料未變更" in words(refused)


def test_an_unknown_host_is_not_served(app: Flask) -> None:
    answer = app.test_client().get("/backoffice/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400 and "evil.example" not in answer.text


def test_an_error_opens_no_session(app: Flask) -> None:
    app.test_client().get("/backoffice/nothing")
    app.test_client().post("/backoffice/login/")
    assert db.session.scalar(select(func.count()).select_from(BrowserSession)) == 0
