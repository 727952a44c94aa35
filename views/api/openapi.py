"""The description of this door (OpenAPI 3.1), built from one declaration and from the columns of a delivery."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask_babel import get_locale

from app.i18n import _l, html_lang
from app.rules import inmate_columns
from app.rules.office_vocabulary import ImportState
from views.api import openapi_recognition
from views.api.door import door

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
_COUNTS = ("lines", "checked", "faults", "added", "changed", "left", "unchanged", "restrictions", "touched")
_PROBLEMS = {
    "400": _l("JSON不符規格"),
    "401": _l("金鑰缺漏、不正確、已到期或已廢止"),
    "403": _l("金鑰用途不符，或不得傳送該機關之資料"),
    "404": _l("查無此資料，或不屬於金鑰之機關"),
    "409": _l("目前狀態不允許；或檢核後資料已有異動，系統重新比對中"),
    "413": _l("內容過大（至多30MB）"),
    "415": _l("Content-Type不是text/csv或application/json"),
    "422": _l("內容不符規則；標題列有誤時附faults（行、欄、內容、應為）"),
    "429": _l("次數已達上限"),
}


@door.get("/openapi.json")
def describe() -> Response:
    """The description in the language of ``Accept-Language``; it holds no secret."""
    answer = jsonify(_spoken(DOCUMENT))
    answer.headers["Content-Language"] = html_lang(str(get_locale()))
    answer.vary.add("Accept-Language")
    return answer


def _spoken(part: Any) -> Any:
    """The same with its sentences in words."""
    if isinstance(part, dict):
        return {name: _spoken(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_spoken(value) for value in part]
    return part if part is None or isinstance(part, str | int) else str(part)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(done: Any, *codes: str, status: str = "200", schema: str = "Delivery") -> dict[str, Any]:
    found: dict[str, Any] = {status: {"description": done, "content": {"application/json": {"schema": _ref(schema)}}}}
    for code in codes:
        content = {"application/problem+json": {"schema": _ref("Problem")}}
        found[code] = {"description": _PROBLEMS[code], "content": content}
    return found


def _inmate() -> dict[str, Any]:
    columns = (*inmate_columns.REQUIRED, *inmate_columns.OPTIONAL, *inmate_columns.RESTRICTION_COLUMNS)
    return {
        "type": "object",
        "required": list(inmate_columns.REQUIRED),
        "additionalProperties": False,
        "properties": {name: {"type": ["string", "null"]} for name in columns},
    }


_FAULT = {
    "type": "object",
    "properties": {
        "line": {**_WHOLE, "description": _l("CSV之行號；以JSON傳送時，第2行為第1筆")},
        "column": {"type": ["string", "null"]},
        "found": _TEXT,
        "expected": _TEXT,
    },
}
_DELIVERY = {
    "type": "object",
    "properties": {
        "id": {**_TEXT, "format": "uuid"},
        "agency": {"type": ["string", "null"], "description": _l("機關代碼")},
        "state": {**_TEXT, "enum": ImportState.values()},
        "percent": _WHOLE,
        **{name: _WHOLE for name in _COUNTS},
        "received_at": {**_TEXT, "format": "date-time"},
        "applied_at": {"type": ["string", "null"], "format": "date-time"},
        "fault_list": {"type": "array", "items": _ref("Fault"), "description": _l("state為faulty時")},
        "next_after": {"type": ["integer", "null"], "description": _l("下一頁之after；最後一頁為null")},
    },
}
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": _WHOLE,
        "detail": _TEXT,
        "field": _TEXT,
        "faults": {"type": "array", "items": _ref("Fault")},
    },
}
_ID = {"name": "import_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_AFTER = {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0}}
_AGENCY = {
    "name": "agency",
    "in": "query",
    "schema": _TEXT,
    "description": _l("機關代碼，例如2477；金鑰限單一機關時可省略"),
}
_BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string", "description": _l("UTF-8或Big5；欄位同範本")}},
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["inmates"],
                "properties": {"agency": _TEXT, "inmates": {"type": "array", "items": _ref("Inmate")}},
            }
        },
    },
}

#: One declaration of everything that this door offers; a test holds it against the routes.
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": _l("便民服務介接API"),
        "version": "1.0.0",
        "description": _l(
            "傳送後由系統檢核；state為ready時以apply確認，全部匯入或全部不匯入。文字依Accept-Language以中文或英文回覆。"
        ),
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"key": []}],
    "paths": {
        "/inmates/imports": {
            "post": {
                "operationId": "receive_inmates",
                "summary": _l("傳送一個機關之收容人資料"),
                "parameters": [_AGENCY],
                "requestBody": _BODY,
                "responses": _answers(
                    _l("已收存，檢核中"), "400", "401", "403", "413", "415", "422", "429", status="202"
                ),
            }
        },
        "/inmates/imports/{import_id}": {
            "get": {
                "operationId": "show_inmates",
                "summary": _l("查詢進度、結果及錯誤"),
                "parameters": [_ID, _AFTER],
                "responses": _answers(_l("目前狀態"), "401", "403", "404", "429"),
            },
            "delete": {
                "operationId": "abandon_inmates",
                "summary": _l("放棄這份資料"),
                "parameters": [_ID],
                "responses": _answers(_l("已放棄"), "401", "403", "404", "409", "429"),
            },
        },
        "/inmates/imports/{import_id}/apply": {
            "post": {
                "operationId": "apply_inmates",
                "summary": _l("確認匯入"),
                "parameters": [_ID],
                "responses": _answers(_l("已匯入"), "401", "403", "404", "409", "429"),
            }
        },
        "/recognition-results": {
            "post": {
                "operationId": "receive_result",
                "summary": _l("傳送一筆行動接見之辨識結果；external_id相同者視為同一筆"),
                "requestBody": openapi_recognition.BODY,
                "responses": {
                    **_answers(
                        _l("先前已收存之同一筆"), "400", "401", "403", "413", "415", "422", "429", schema="Recognition"
                    ),
                    **_answers(_l("已收存"), status="201", schema="Recognition"),
                },
            }
        },
        "/openapi.json": {
            "get": {
                "operationId": "describe",
                "summary": _l("本規格"),
                "security": [],
                "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}}},
            }
        },
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            **{"Inmate": _inmate(), "Delivery": _DELIVERY, "Fault": _FAULT, "Problem": _PROBLEM},
            "Recognition": openapi_recognition.RESULT,
        },
    },
}
