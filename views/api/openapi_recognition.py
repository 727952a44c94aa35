"""The part of the description about results of face comparisons."""

from __future__ import annotations

from typing import Any

from app.i18n import _l
from app.rules.office_vocabulary import RecognitionVerdict
from app.rules.recognition import LONGEST_EXTERNAL

_TEXT = {"type": "string"}
_SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_FIELDS: dict[str, Any] = {
    "reservation": {**_TEXT, "description": _l("行動接見之預約編號")},
    "external_id": {**_TEXT, "minLength": 1, "maxLength": LONGEST_EXTERNAL, "description": _l("傳送系統之識別碼")},
    "captured_at": {**_TEXT, "format": "date-time", "description": _l("拍攝時間，含時區")},
    "score": _SHARE,
    "threshold": _SHARE,
    "verdict": {
        **_TEXT,
        "enum": RecognitionVerdict.values(),
        "description": _l("省略時依score及threshold判定；三者均省略時由本系統比對，未設比對服務者為not_compared"),
    },
}
_NEEDED = ["reservation", "external_id", "captured_at", "image"]


def _schema(image: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"type": "object", "required": _NEEDED, "properties": {**_FIELDS, "image": image}}}


BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": _schema({**_TEXT, "contentEncoding": "base64", "description": _l("JPEG或PNG，至多10MB")}),
        "multipart/form-data": _schema({**_TEXT, "format": "binary", "description": _l("JPEG或PNG，至多10MB")}),
    },
}
RESULT: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {**_TEXT, "format": "uuid"}, **_FIELDS},
}
