"""Results of face comparisons by other systems: one POST each, as JSON with base64 or as a form with a file."""

from __future__ import annotations

import base64
import binascii
import math
from datetime import datetime
from typing import Any

from flask import Response, jsonify, request

from app.errors import RuleError
from app.i18n import _l
from app.rules.office_vocabulary import ApiScope
from app.rules.recognition import Result, ScoreWrong, judged
from app.services import recognitions, throttle
from app.services.recognitions import Delivered
from models import RecognitionResult
from views.api.bodies import json_object
from views.api.door import caller, door, keyed

_TEXTS = ("reservation", "external_id", "captured_at", "verdict")


class BodyWrong(RuleError):
    """Neither the JSON nor the form that the description asks for."""

    sentence = _l("內容不符規格：請以JSON（image為base64）或multipart/form-data（image為檔案）傳送，各欄位見OpenAPI。")
    status = 400


@door.post("/recognition-results")
@keyed(ApiScope.RECOGNITION)
def receive_result() -> Response:
    """Keep one result; the same ``external_id`` sent again is answered with what was kept first."""
    key = caller()
    throttle.claim(recognitions.RESULTS, key.key_id)
    told, image = _told()
    result_id, is_new = recognitions.receive(_delivered(told), image, key.agency_ids, key.key_id, key.actor)
    answer = jsonify(_shown(recognitions.get(result_id, key.agency_ids)))
    answer.status_code = 201 if is_new else 200
    return answer


def _told() -> tuple[dict[str, Any], bytes]:
    if request.mimetype == "multipart/form-data":
        file = request.files.get("image")
        if file is None:
            raise BodyWrong("image")
        return dict(request.form.items()), file.stream.read(recognitions.LARGEST_BYTES + 1)
    told = json_object() if request.is_json else None
    if told is None or not isinstance(told.get("image"), str):
        raise BodyWrong("image")
    try:
        return told, base64.b64decode(told["image"], validate=True)
    except (binascii.Error, ValueError):
        raise BodyWrong("image") from None


def _delivered(told: dict[str, Any]) -> Delivered:
    texts = {name: told.get(name) or "" for name in _TEXTS}
    if not all(isinstance(value, str) for value in texts.values()):
        raise BodyWrong()
    score, threshold = _number(told.get("score")), _number(told.get("threshold"))
    says_nothing = not texts["verdict"] and score is None and threshold is None
    result: Result | None = None if says_nothing else judged(texts["verdict"], score, threshold)
    return Delivered(texts["reservation"], texts["external_id"].strip(), _instant(texts["captured_at"]), result)


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ScoreWrong("score")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ScoreWrong("score") from None
    if not math.isfinite(number):
        raise ScoreWrong("score")
    return number


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is not None and 2000 < found.year < 9999 else None
    except ValueError:
        return None


def _shown(row: RecognitionResult) -> dict[str, Any]:
    return {
        "id": row.id,
        "reservation": row.reservation.number,
        "external_id": row.external_id,
        "captured_at": row.captured_at.isoformat(),
        "verdict": row.verdict.value,
        "score": row.score,
        "threshold": row.threshold,
    }
