"""What the operator says about the SMS gateway: where it is, what its fields are called, and how it answers."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

#: Instead of an address: a folder of this machine, for development and demonstrations.
LOCAL = "local"
METHODS = ("POST", "GET", "JSON")
#: How a number is written: 0912345678, 886912345678, +886912345678.
NUMBERS = ("national", "international", "e164")


class SettingsWrong(ValueError):
    """A setting that cannot be used; the text names it and says what it must be, without its value."""


@dataclass(frozen=True)
class SmsSettings:
    """A gateway as it is spoken to; ``success`` and ``refused`` are searched for in its answer."""

    url: str
    fields: Mapping[str, str]
    success: re.Pattern[str]
    refused: re.Pattern[str] | None = None
    method: str = "POST"
    fixed: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    numbers: str = "national"
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0


def settings_from(config: Mapping[str, Any]) -> SmsSettings:
    """The gateway that ``SMS_*`` describes; raises :class:`SettingsWrong`."""
    url = str(config["SMS_URL"])
    check_address(url)
    fields = _object(config, "SMS_FIELDS")
    if not {"to", "text"} <= fields.keys() <= {"to", "text", "id"}:
        raise SettingsWrong('SMS_FIELDS must name the fields, like {"to": "dstaddr", "text": "smbody", "id": "client"}')
    success = _pattern(config, "SMS_SUCCESS")
    if success is None:
        raise SettingsWrong("SMS_SUCCESS must be a regular expression that fits the answer to an accepted SMS")
    return SmsSettings(
        url=url,
        fields=fields,
        success=success,
        refused=_pattern(config, "SMS_REFUSED"),
        method=_one_of(config, "SMS_METHOD", METHODS),
        fixed=_object(config, "SMS_FIXED"),
        headers=_object(config, "SMS_HEADERS"),
        numbers=_one_of(config, "SMS_NUMBERS", NUMBERS),
        connect_seconds=float(config["SMS_CONNECT_SECONDS"]),
        answer_seconds=float(config["SMS_ANSWER_SECONDS"]),
    )


def check_address(url: str) -> None:
    """Raise :class:`SettingsWrong` unless the address is https, or http on this very machine."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        raise SettingsWrong("SMS_URL must be an address without user and password (those belong into SMS_FIXED)")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise SettingsWrong("SMS_URL must begin with https:// (http:// only on this machine itself)")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _object(config: Mapping[str, Any], name: str) -> dict[str, str]:
    try:
        found = json.loads(config[name] or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise SettingsWrong(f"{name} must be a JSON object of texts")
    if any(sign in text for pair in found.items() for text in pair for sign in "\r\n"):
        raise SettingsWrong(f"{name} must have no line breaks")
    return found


def _pattern(config: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    try:
        return re.compile(config[name], re.MULTILINE) if config[name] else None
    except re.error:
        raise SettingsWrong(f"{name} must be a regular expression") from None


def _one_of(config: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    if config[name] not in words:
        raise SettingsWrong(f"{name} must be one of {', '.join(words)}")
    return str(config[name])
