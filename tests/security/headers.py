"""The headers that every answer of the program carries."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NONCE = re.compile(r"'nonce-([A-Za-z0-9_-]{20,})'")
POLICY = {
    "default-src": {"'self'"},
    "script-src": {"nonce"},
    "style-src": {"'self'", "nonce"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "form-action": {"'self'"},
}


def nonce_of(response: TestResponse) -> str:
    """The nonce that this answer's policy names; the same in all its places."""
    found = set(_NONCE.findall(response.headers["Content-Security-Policy"]))
    assert len(found) == 1, response.headers["Content-Security-Policy"]
    return str(found.pop())


def policy(response: TestResponse) -> dict[str, set[str]]:
    """The content security policy, directive by directive, with the nonce told as a word."""
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    return {name: {_NONCE.sub("nonce", value) for value in values} for name, *values in parts}


def wanting(response: TestResponse) -> list[str]:
    """What this answer lacks of the headers that it should carry."""
    wrong = [
        f"{name}: {response.headers.get(name)}" for name, value in ALWAYS.items() if response.headers.get(name) != value
    ]
    if policy(response) != POLICY:
        wrong.append(response.headers["Content-Security-Policy"])
    return wrong
