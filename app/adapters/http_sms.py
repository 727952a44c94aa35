"""SMS over the HTTP interface of a gateway: one request, certificate checked, no redirect, a bound on every wait."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from urllib.parse import urlencode, urlsplit

from app.adapters.mailer import PermanentFailure, TemporaryFailure, UnknownOutcome
from app.adapters.sms_gateway import Sms, refuse_unsendable
from app.adapters.sms_settings import SmsSettings

#: An answer is some words; no more than this is read.
LARGEST_ANSWER = 64 * 1024
#: Longest number of a message that is kept.
_LONGEST_ID = 100


class HttpSmsGateway:
    """The real gateway, as ``settings`` describe it."""

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings

    def send(self, message: Sms) -> str | None:
        """Ask once; what is not known for certain is an :class:`UnknownOutcome`."""
        refuse_unsendable(message)
        status, answer = self._asked(message)
        return self._judged(status, answer)

    def connection(self) -> http.client.HTTPConnection:
        """A line to the gateway that is open and, on https, trusted; raises ``OSError``."""
        parts = urlsplit(self.settings.url)
        host, seconds = str(parts.hostname), self.settings.connect_seconds
        line: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            line = http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=context)
        else:
            line = http.client.HTTPConnection(host, parts.port, timeout=seconds)
        try:
            line.connect()
        except BaseException:
            line.close()
            raise
        return line

    def _asked(self, message: Sms) -> tuple[int, str]:
        try:
            line = self.connection()
        except OSError as error:
            raise TemporaryFailure(f"no connection: {type(error).__name__}", is_channel=True) from None
        watch = _Watch(line, self.settings.answer_seconds)
        try:
            with watch:
                return self._talk(line, message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # The request may be through: only the gateway knows.
            why = "no answer in time" if watch.is_over or isinstance(error, TimeoutError) else type(error).__name__
            raise UnknownOutcome(f"after the request: {why}") from None
        finally:
            line.close()

    def _talk(self, line: http.client.HTTPConnection, message: Sms) -> tuple[int, str]:
        method, target, body, headers = self.request(message)
        line.request(method, target, body, headers)
        response = line.getresponse()
        raw = response.read(LARGEST_ANSWER + 1)
        if len(raw) > LARGEST_ANSWER:
            raise UnknownOutcome("after the request: the answer is too large")
        return response.status, raw.decode("utf-8", "replace")

    def request(self, message: Sms) -> tuple[str, str, bytes | None, dict[str, str]]:
        """Method, target, body and headers of the request for a message."""
        settings, parts = self.settings, urlsplit(self.settings.url)
        known = {"to": _written(message.number, settings.numbers), "text": message.text, "id": message.message_id}
        values = {**settings.fixed, **{name: known[what] for what, name in settings.fields.items()}}
        target = parts.path or "/"
        query = [parts.query] if parts.query else []
        headers = {"Accept": "*/*", "Connection": "close", **settings.headers}
        if settings.method == "GET":
            return "GET", f"{target}?{'&'.join([*query, urlencode(values)])}", None, headers
        target = "?".join([target, *query])
        if settings.method == "JSON":
            headers["Content-Type"] = "application/json; charset=utf-8"
            return "POST", target, json.dumps(values, ensure_ascii=False).encode(), headers
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        return "POST", target, urlencode(values).encode(), headers

    def _judged(self, status: int, answer: str) -> str | None:
        settings = self.settings
        if settings.refused is not None and settings.refused.search(answer):
            raise PermanentFailure(f"{status} refused by the gateway")
        if 200 <= status < 300:
            found = settings.success.search(answer)
            if found is None:
                # Accepted or not: the answer is in none of the words that we were told.
                raise UnknownOutcome(f"{status} after the request: the answer does not say that it was accepted")
            number = found.groupdict().get("id")
            return number[:_LONGEST_ID] if number else None
        if status == 504:
            raise UnknownOutcome("504 after the request: a gateway behind the gateway did not answer")
        # 400 and 422 are about this message; everything else about the gateway, or about us.
        raise TemporaryFailure(f"{status} from the gateway", is_channel=status not in (400, 422))


class _Watch:
    """Ends a talk that takes too long in all, however steadily it drips."""

    def __init__(self, line: http.client.HTTPConnection, seconds: float) -> None:
        self.is_over = False
        # The response takes the socket over from its connection.
        self._socket: socket.socket = line.sock
        self._socket.settimeout(seconds)
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):  # it is closed already
            self._socket.shutdown(socket.SHUT_RDWR)


def _written(number: str, how: str) -> str:
    abroad = f"886{number[1:]}"
    return {"national": number, "international": abroad, "e164": f"+{abroad}"}[how]
