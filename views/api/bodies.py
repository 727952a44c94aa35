"""What other systems send as JSON, read so that nothing in it can break whoever looks at it later."""

from __future__ import annotations

import json
from typing import Any

from flask import request


def json_object() -> dict[str, Any] | None:
    """The JSON object of this call; None for whatever else came, brackets without end and half characters included."""
    try:
        told = request.get_json(silent=True)
        json.dumps(told, ensure_ascii=False).encode()  # "\ud800" is JSON, and no text that can be kept
    except (RecursionError, UnicodeEncodeError):
        return None
    return told if isinstance(told, dict) else None
