"""Refusals as other systems read them (RFC 9457, ``application/problem+json``)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response

from app.errors import RuleError


def problem(error: RuleError, **more: Any) -> Response:
    """A rule's sentence with its status; ``more`` are further members."""
    told = {"type": "about:blank", "title": HTTPStatus(error.status).phrase, "status": error.status}
    told |= {"detail": str(error), **({"field": error.field} if error.field else {}), **more}
    text = json.dumps(told, ensure_ascii=False)
    return Response(text, error.status, mimetype="application/problem+json")
