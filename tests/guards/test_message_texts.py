"""One declaration of messages: held against every ``enqueue`` of the program and against the seeded texts.

A place that a text may use and no call fills would break the act that tells something; so would an event without text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import yaml

from app.i18n import LOCALES
from app.rules import sms
from app.rules.channels import BOTH, SMS_ONLY
from app.rules.message_events import EVENTS, TAILS
from app.rules.message_texts import check, filled, places_in, samples
from app.rules.vocabulary import Channel
from config import ROOT
from tests.guards.message_calls import Module, Source, program

SEEDS = ROOT / "app" / "seeds" / "data"


def seeded() -> Iterator[tuple[str, Channel, str, str, str]]:
    """Every seeded text: event, channel, language, subject, body."""
    for event, languages in yaml.safe_load((SEEDS / "message_texts.yaml").read_text()).items():
        for locale, text in languages.items():
            yield event, Channel.MAIL, locale, text["subject"], text["body"]
    for event, languages in yaml.safe_load((SEEDS / "sms_texts.yaml").read_text()).items():
        for locale, body in languages.items():
            yield event, Channel.SMS, locale, "", body


#: No mail tells these: the tails are parts of every mail, and some messages are nothing but an SMS.
QUIET = {*TAILS, *SMS_ONLY}


def test_every_message_of_the_program_is_declared_and_every_declared_one_is_queued() -> None:
    queued = {event: call.where for call in program().calls() for event in call.events}
    unknown = {event: where for event, where in queued.items() if event not in EVENTS}
    assert not unknown, f"Give these a line in app/rules/message_events.py: {unknown}"
    silent = EVENTS.keys() - queued.keys() - QUIET
    assert not silent, f"Nothing queues these: {silent}"


def test_every_declared_place_is_filled_by_every_call() -> None:
    empty = [
        f"{call.where}: {event} never fills %({place})s"
        for call in program().calls()
        for event in call.events & EVENTS.keys()
        for place in EVENTS[event].places
        if place not in call.fills
    ]
    assert not empty, f"A text that used these would break the act: {empty}"


def test_every_seeded_text_is_declared_and_right() -> None:
    undeclared = {event for event, *_ in seeded()} - EVENTS.keys()
    assert not undeclared, f"Give these a line in app/rules/message_events.py: {undeclared}"
    for event, channel, _locale, subject, body in seeded():
        check(EVENTS[event], channel, subject, body)


def test_every_declared_message_has_its_mail_in_every_language() -> None:
    mails = {(event, locale) for event, channel, locale, _subject, _body in seeded() if channel is Channel.MAIL}
    missing = sorted({(event, locale) for event in EVENTS.keys() - SMS_ONLY for locale in LOCALES} - mails)
    assert not missing, f"Write these into app/seeds/data/message_texts.yaml: {missing}"


def test_what_goes_by_both_channels_has_its_sms_in_every_language() -> None:
    texts = {(event, locale) for event, channel, locale, *_ in seeded() if channel is Channel.SMS}
    wanted = {(event, locale) for event in (BOTH | SMS_ONLY) & EVENTS.keys() for locale in LOCALES}
    assert not wanted - texts, f"Write these into app/seeds/data/sms_texts.yaml: {wanted - texts}"


def test_a_chinese_sms_is_one_part() -> None:
    long = {
        event: found.places
        for event, channel, locale, _subject, body in seeded()
        if channel is Channel.SMS and locale.startswith("zh")
        if (found := sms.length(filled(body, samples(locale)))).parts > 1
    }
    assert not long, f"More than 70 places with the samples: {long}"


def test_languages_use_the_same_places() -> None:
    places: dict[tuple[str, Channel], set[frozenset[str]]] = {}
    for event, channel, _locale, _subject, body in seeded():
        places.setdefault((event, channel), set()).add(frozenset(places_in(body)))
    assert not [key for key, sets in places.items() if len(sets) > 1 and key[0] not in TAILS]


def test_the_reading_of_calls_would_find_a_place_that_is_not_filled() -> None:
    source = """
KINDS = {"a": "kind_a", "b": "kind_b"}

def pass_on(session, row, event, **places):
    notifications.enqueue(session, event, row, values={"agency": 1, **described(row), **places})

def described(row):
    return {"date": 1}

def act(session, row, kind):
    pass_on(session, row, KINDS[kind], hours=1)
    enqueue(session, "plain" if row else "other", row, link="x")
"""
    here = Module.read("here", ast.parse(source))
    first, second = sorted(Source({"here": here}).calls(), key=lambda call: call.where)
    assert first.events == {"kind_a", "kind_b"} and {"hours", "agency", "date"} <= first.fills
    assert second.events == {"plain", "other"} and "link" in second.fills
    assert "minutes" not in first.fills
