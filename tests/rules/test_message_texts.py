"""What a text of a message may and must say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleErrors
from app.rules import message_events
from app.rules.message_events import EVENTS, Event
from app.rules.message_texts import check, filled, samples
from app.rules.vocabulary import Channel
from app.services.notifications import HIDDEN_LINK

VERIFY, REMINDER = EVENTS["verify"], EVENTS["reminder"]
RIGHT = "%(date)s%(time)s %(agency)s"


def refused(event: Event, subject: str, body: str, channel: Channel = Channel.MAIL) -> list[tuple[str, str]]:
    with pytest.raises(RuleErrors) as caught:
        check(event, channel, subject, body)
    assert all(str(error) for error in caught.value.errors)
    return [(str(error.field), type(error).__name__) for error in caught.value.errors]


def test_a_right_text_passes() -> None:
    check(REMINDER, Channel.MAIL, "提醒", f"{RIGHT} 100％ 或 100%%")
    check(VERIFY, Channel.MAIL, "註冊", "%(link)s")
    check(REMINDER, Channel.SMS, "", "%(date)s")
    check(REMINDER, Channel.MAIL, "提" * 100, RIGHT + "提" * (4000 - len(RIGHT)))


@pytest.mark.parametrize(
    ("subject", "body", "errors"),
    [
        ("提醒", f"{RIGHT} %(nobody)s", [("body", "PlaceUnknown")]),
        ("%(link)s", RIGHT, [("subject", "LiveInSubject")]),
        ("提醒", f"{RIGHT} %(link)s", [("body", "PlaceUnknown")]),
        ("提醒", "%(date)s %(time)s", [("body", "PlaceMissing")]),
        ("提醒", f"{RIGHT} 50%", [("body", "PercentStray")]),
        ("提醒", f"{RIGHT} %(agency)d", [("body", "PercentStray")]),
        ("提醒", f"{RIGHT} %s", [("body", "PercentStray")]),
        ("5%", RIGHT, [("subject", "PercentStray")]),
        (" ", RIGHT, [("subject", "TextMissing")]),
        ("提" * 101, RIGHT, [("subject", "TextTooLong")]),
        ("提醒", RIGHT + "提" * (4001 - len(RIGHT)), [("body", "TextTooLong")]),
        ("提醒", f"{RIGHT} 請勿前往", [("body", "TurnsAway")]),
        ("提醒", f"{RIGHT} {HIDDEN_LINK}", [("body", "HiddenWritten")]),
    ],
)
def test_a_wrong_text_is_refused(subject: str, body: str, errors: list[tuple[str, str]]) -> None:
    assert refused(REMINDER, subject, body) == errors


def test_an_sms_is_shorter() -> None:
    check(REMINDER, Channel.SMS, "", "%(date)s" + "提" * 292)
    assert refused(REMINDER, "", "%(date)s" + "提" * 293, Channel.SMS) == [("body", "TextTooLong")]


def test_only_lawyers_are_never_turned_away() -> None:
    """監獄行刑法 §72 speaks of them; a family's visit may well depend on its booking."""
    check(Event("x", "x", (), is_lawyers=False), Channel.MAIL, "提醒", "請勿前往")


def test_a_link_has_to_stay() -> None:
    assert refused(VERIFY, "註冊", "請點選連結") == [("body", "PlaceMissing")]


def test_an_sms_names_no_inmate() -> None:
    assert refused(REMINDER, "", "%(inmate)s", Channel.SMS) == [("body", "PlaceUnknown")]


def test_the_stray_sign_is_shown_as_it_has_to_be_written() -> None:
    with pytest.raises(RuleErrors) as caught:
        check(REMINDER, Channel.MAIL, "提醒", f"{RIGHT} 折扣50%現在")
    sentence = str(caught.value.errors[0])
    assert "折扣50%現在" in sentence and "「%%」" in sentence


def test_the_words_for_a_hidden_link_are_the_outboxs() -> None:
    assert message_events.HIDDEN_LINK == HIDDEN_LINK


@given(st.text(alphabet="%()sdagency 中\n", max_size=40))
def test_what_passes_can_be_filled_by_the_outbox(typed: str) -> None:
    event = Event("x", "x", ("agency",))
    try:
        check(event, Channel.MAIL, "x", typed)
    except RuleErrors:
        return
    values = {"agency": "桃園女子監獄"}
    assert typed % values == filled(typed, values)


def test_every_declared_place_has_a_sample_in_each_language() -> None:
    for event in EVENTS.values():
        assert set(event.places) <= set(samples("zh_Hant_TW")), event.name
        assert set(event.needed) <= set(event.places), event.name
        assert all(samples("en")[place] for place in event.places)
