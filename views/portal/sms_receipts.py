"""Where the SMS gateway reports what became of an SMS: signed, without a session and without a token of a form."""

from __future__ import annotations

import logging

from flask import Response, request

from app.services import sms_receipts
from views.portal.door import door

log = logging.getLogger(__name__)


@door.post("/sms-receipts")
def sms_receipt() -> Response | tuple[Response, int]:
    """Take a receipt in; whatever is wrong with it, the answer is the same."""
    body = request.stream.read(sms_receipts.LARGEST + 1)
    headers = request.headers
    try:
        found = sms_receipts.take_in(body, headers.get("X-Sms-Timestamp", ""), headers.get("X-Sms-Signature", ""))
    except sms_receipts.ReceiptRefused:
        status = 403 if sms_receipts.may_try_on(request.remote_addr) else 429
        return Response("refused\n", mimetype="text/plain"), status
    log.info("SMS receipt: %s", found)
    return Response("ok\n", mimetype="text/plain")
