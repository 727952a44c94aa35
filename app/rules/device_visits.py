"""Visits by telephone or computer: the room with the device on the agency's side, and how long they last."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import RuleError
from app.i18n import _l
from app.rules.characters import are_typed
from app.rules.vocabulary import VisitKind

#: Visits for which the agency prepares a device.
DEVICE_KINDS = (VisitKind.FAMILY_MOBILE, VisitKind.LAWYER_MOBILE, VisitKind.FAMILY_REMOTE)
#: Those on one's own telephone, as long as parameter A says.
MOBILE_KINDS = (VisitKind.FAMILY_MOBILE, VisitKind.LAWYER_MOBILE)
LONGEST_ROOM = 40
LONGEST_MINUTES = 60


class RoomUnreadable(RuleError):
    """The name of a room is one short line."""

    sentence = _l("「設備室」至多%(n)s個字，且不可含換行或控制字元。請重新輸入。")


class MinutesOutOfRange(RuleError):
    """A visit lasts between one minute and one hour."""

    sentence = _l("「接見時間(分)」須為1至%(most)s之整數。請重新輸入。")


class RoomTaken(RuleError):
    """Another visit has this room at that time."""

    sentence = _l(
        "設備室「%(room)s」於%(start)s至%(end)s已安排預約%(number)s，時間重疊。請改用其他設備室，或縮短接見時間。"
    )
    status = 409


class TimesUnreadable(RuleError):
    """When the visit really began and ended."""

    sentence = _l("請填寫實際開始及結束時間（24小時制，例如14:00、14:20），開始須早於結束，且不得晚於現在。")


@dataclass(frozen=True)
class RoomUse:
    """A visit in a room: its number, when it begins, when it ends."""

    number: str
    room: str
    starts_at: datetime
    ends_at: datetime


def end_of(starts_at: datetime, minutes: int | None) -> datetime:
    """When a visit ends; one without a length lasts half an hour."""
    return starts_at + timedelta(minutes=minutes or 30)


def clean_room(typed: str) -> str:
    """The name of a room as it is kept, empty for none; raises :class:`RoomUnreadable`."""
    name = " ".join(unicodedata.normalize("NFKC", typed).split(" ")).strip()
    if len(name) > LONGEST_ROOM or not are_typed(name):
        raise RoomUnreadable("room", n=LONGEST_ROOM)
    return re.sub(" +", " ", name)


def clean_minutes(typed: str) -> int:
    """A length in minutes; raises :class:`MinutesOutOfRange`."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= LONGEST_MINUTES):
        raise MinutesOutOfRange("minutes", most=LONGEST_MINUTES)
    return int(text)


def first_clash(wanted: RoomUse, others: Iterable[RoomUse]) -> RoomUse | None:
    """The first of the others in the same room at the same time; a room's name in capitals is the same room."""
    room = wanted.room.casefold()
    for other in sorted(others, key=lambda use: (use.starts_at, use.number)):
        overlaps = other.starts_at < wanted.ends_at and wanted.starts_at < other.ends_at
        if room and other.room.casefold() == room and overlaps:
            return other
    return None
