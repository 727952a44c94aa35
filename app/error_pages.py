"""Errors become pages: a sentence in the reader's language, never a stack trace."""

from __future__ import annotations

import json
import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, request
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.errors import NotAllowed, NotFound, RuleError
from app.i18n import DEFAULT_LOCALE, _, _l, html_lang
from app.security import page_of_form
from app.transaction import end_reading

_log = logging.getLogger(__name__)

_STALE_PAGE = _l("這個頁面已逾時或登入狀態已變更，資料未送出。請重新整理後再試一次。")
_SENTENCES = {
    400: _l("送出的資料不完整或格式不正確，資料未變更。請回上一頁重新操作。"),
    401: _l("請先登入後再使用這項功能。"),
    403: NotAllowed.sentence,
    404: NotFound.sentence,
    405: _l("這個網址不接受這種操作方式，資料未變更。請由畫面上的按鈕操作。"),
    409: _l("本件資料在您開啟後已有異動，您的內容未儲存。請重新整理後確認最新資料。"),
    410: NotFound.sentence,
    413: _l("送出的內容或檔案太大，未能儲存。請縮小檔案後再試。"),
    415: _l("送出的資料不完整或格式不正確，資料未變更。請回上一頁重新操作。"),
    429: _l("操作次數過於頻繁，請稍候幾分鐘後再試。"),
    503: _l("系統忙碌中或維護中，資料未變更。請稍後再試。"),
}
_SYSTEM_ERROR = _l("系統暫時無法處理，資料未變更。請稍後再試；如持續發生，請告知代碼%(code)s。")

#: Doors by path: the name above the page and the way home.
_DOORS = (
    ("/backoffice", _l("便民服務後臺管理系統"), "/backoffice/"),
    ("/auditor", _l("便民服務稽核查詢系統"), "/auditor/"),
    ("/", _l("便民服務入口網"), "/portal/"),
)


def install(app: Flask) -> None:
    """Answer named errors with their sentence and status, and everything else with a sentence of its kind."""
    app.register_error_handler(RuleError, _rule)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_page)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(InterfaceError, _busy)
    app.register_error_handler(InternalServerError, _unforeseen)


def _rule(error: RuleError) -> Any:
    return _page(str(error), error.status)


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error  # a redirect is no error
    sentence = _SENTENCES.get(error.code, _SENTENCES[400] if error.code < 500 else _SENTENCES[503])
    headers = [header for header in error.get_headers() if header[0].lower() not in ("content-type", "content-length")]
    # Too large: the page with the form is still there, and what it held already, too.
    page, status = _page(str(sentence), error.code, page_of_form() if error.code == 413 else None)
    return page, status, headers  # Allow and Retry-After stay


def _stale_page(error: CSRFError) -> Any:
    return _page(str(_STALE_PAGE), 400)


def _unstorable(error: DataError) -> Any:
    # A NUL in a line of text, a number beyond a column: nobody types it, PostgreSQL refuses it, and it is no fault of
    # ours. Forms refuse what people do type wrongly, each with its sentence.
    kind = type(error.orig).__name__  # its words may hold the value
    _log.warning("a value that the database cannot hold on %s %s: %s", request.method, request.path, kind)
    end_reading()
    return _page(str(_SENTENCES[400]), 400)


def _busy(error: OperationalError | InterfaceError) -> Any:
    # Waited too long for a row, given up so that another act can end, or no database there: the act was undone whole,
    # and trying again is the way out. The operator finds the reason in the log.
    reason = str(error.orig).partition("\n")[0]
    _log.error("database on %s %s: %s: %s", request.method, request.path, type(error.orig).__name__, reason)
    end_reading()
    return (*_page(str(_SENTENCES[503]), 503, page_of_form()), {"Retry-After": "30"})


def _unforeseen(error: InternalServerError) -> Any:
    # Short enough to be read out on the telephone; without the letters that are taken for digits.
    code = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRTUVWXY") for _place in range(8))
    _log.error("%s on %s %s", code, request.method, request.path, exc_info=error.original_exception or error)
    end_reading()  # what the broken act left in the session must not reach the next one
    return _page(str(_SYSTEM_ERROR) % {"code": code}, 500)


def _page(sentence: str, status: int, back: str | None = None) -> Any:
    """The page, drawn without session, user or database: any of them may be what is broken."""
    if request.path.startswith("/api/"):
        return _problem(sentence, status)
    door, home = next((name, home) for prefix, name, home in _DOORS if request.path.startswith(prefix))
    template = current_app.jinja_env.get_template("errors/page.html")
    lang = html_lang(str(get_locale() or DEFAULT_LOCALE))
    return template.render(sentence=sentence, status=status, door=door, home=home, lang=lang, back=back, _=_), status


def _problem(sentence: str, status: int) -> Any:
    """What other systems are told instead of a page (RFC 9457)."""
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    text = json.dumps(problem, ensure_ascii=False)
    return current_app.response_class(text, mimetype="application/problem+json"), status
