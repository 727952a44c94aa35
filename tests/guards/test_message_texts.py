"""One declaration of messages: held against every ``enqueue`` of the program and against the seeded texts.

A place that a text may use and no call fills would break the act that tells something; so would an event without text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from app.i18n import LOCALES
from app.rules.channels import SMS_ONLY
from app.rules.message_texts import EVENTS, TAILS, check, places_in
from app.rules.vocabulary import Channel
from config import ROOT
from tests.guards.sources import files, name_of, tree_of

SEEDS = ROOT / "app" / "seeds" / "data"


@dataclass(frozen=True)
class Call:
    """One call of ``enqueue``: where, which events it may queue, and which places it fills."""

    where: str
    events: frozenset[str]
    fills: frozenset[str]


def seeded() -> Iterator[tuple[str, Channel, str, str, str]]:
    """Every seeded text: event, channel, language, subject, body."""
    for event, languages in yaml.safe_load((SEEDS / "message_texts.yaml").read_text()).items():
        for locale, text in languages.items():
            yield event, Channel.MAIL, locale, text["subject"], text["body"]
    for event, languages in yaml.safe_load((SEEDS / "sms_texts.yaml").read_text()).items():
        for locale, body in languages.items():
            yield event, Channel.SMS, locale, "", body


def calls() -> list[Call]:
    """Every call of ``enqueue``, with what can be read off the function around it."""
    found = []
    for file in files("app", "views"):
        for function in (node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if getattr(call.func, "attr", getattr(call.func, "id", "")) == "enqueue":
                    found.append(_read(f"{name_of(file)}:{call.lineno}", function, call))
    return found


def _read(where: str, function: ast.FunctionDef, call: ast.Call) -> Call:
    fills = _keys(function) if any(keyword.arg == "values" for keyword in call.keywords) else set()
    if any(keyword.arg == "link" for keyword in call.keywords):
        fills |= {"link"}
    texts = (
        {node.value for node in ast.walk(call.args[1]) if isinstance(node, ast.Constant)} if call.args[1:] else set()
    )
    return Call(where, frozenset(text for text in texts if isinstance(text, str)), frozenset(fills))


def _keys(function: ast.FunctionDef) -> set[str]:
    """The names that a function gives to values, itself or through a function that describes a record."""
    keys: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            keys |= {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            keys |= {node.slice.value} if isinstance(node.slice.value, str) else set()
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            keys |= _described().get(name, set())
    return keys


def _described() -> dict[str, set[str]]:
    """Functions of the services that return a dictionary of places, by name."""
    found: dict[str, set[str]] = {}
    for file in files("app/services"):
        for function in (node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef)):
            for node in (node for node in ast.walk(function) if isinstance(node, ast.Return)):
                if isinstance(node.value, ast.Dict):
                    keys = {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
                    found.setdefault(function.name, set()).update(key for key in keys if isinstance(key, str))
    return found


def test_every_message_of_the_program_is_declared() -> None:
    queued = {event: call.where for call in calls() for event in call.events}
    assert {"verify", "booking_approved", "reminder"} <= set(queued)
    unknown = {event: where for event, where in queued.items() if event not in EVENTS}
    assert not unknown, f"Give these a line in app/rules/message_texts.py: {unknown}"


def test_every_declared_place_is_filled_by_every_call() -> None:
    empty = [
        f"{call.where}: {event} never fills %({place})s"
        for call in calls()
        for event in call.events & EVENTS.keys()
        for place in EVENTS[event].places
        if place not in call.fills
    ]
    assert not empty, f"A text that used these would break the act: {empty}"


def test_every_seeded_text_is_declared_and_right() -> None:
    undeclared = {event for event, *_ in seeded()} - EVENTS.keys()
    assert not undeclared, f"Give these a line in app/rules/message_texts.py: {undeclared}"
    for event, channel, _locale, subject, body in seeded():
        check(EVENTS[event], channel, subject, body)


def test_every_declared_message_has_its_mail_in_every_language() -> None:
    mails = {(event, locale) for event, channel, locale, _subject, _body in seeded() if channel is Channel.MAIL}
    missing = sorted({(event, locale) for event in EVENTS.keys() - SMS_ONLY for locale in LOCALES} - mails)
    assert not missing, f"Write these into app/seeds/data/message_texts.yaml: {missing}"


def test_languages_use_the_same_places() -> None:
    places: dict[tuple[str, Channel], set[frozenset[str]]] = {}
    for event, channel, _locale, _subject, body in seeded():
        places.setdefault((event, channel), set()).add(frozenset(places_in(body)))
    assert not [key for key, sets in places.items() if len(sets) > 1 and key[0] not in TAILS]


def test_the_reading_of_calls_would_find_a_place_that_is_not_filled() -> None:
    source = 'def tell():\n    enqueue(session, "verify", a, b, values={"hours": 1, **described(r)}, link="x")\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    call = next(node for node in ast.walk(function) if isinstance(node, ast.Call))
    read = _read("here", function, call)
    assert read.events == {"verify"} and {"hours", "link", "agency", "date"} <= read.fills
    assert "code" not in read.fills
