"""家庭聯絡簿 (SPEC §5): how long, how many pictures, how often, and what too many refusals do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.errors import RuleError
from app.i18n import _l
from app.rules.documents import MEGABYTE
from app.rules.parameters import ParameterCode, number

#: All attachments of one entry together, in either book (manual).
FILES_LIMIT_BYTES = 20 * MEGABYTE
MOST_FILES = 3
LONGEST_TITLE = 50
#: What is kept of a draft at most, however long it was typed: the agency's own limit is far below.
LONGEST_DRAFT = 20_000


class TitleMissing(RuleError):
    """An entry has a title."""

    sentence = _l("請填寫標題。")


class TextMissing(RuleError):
    """An entry has a text."""

    sentence = _l("請填寫內文。")


class TitleTooLong(RuleError):
    """The title is one line in lists and on paper."""

    sentence = _l("標題%(count)s字，超過上限%(limit)s字。")


class EntryTooLong(RuleError):
    """The agency reads so many characters of an entry and no more."""

    sentence = _l("內文%(count)s字，超過上限%(limit)s字。")


class TooManyPictures(RuleError):
    """The agency takes so many pictures with an entry."""

    sentence = _l("照片%(count)s張，超過該機關上限%(limit)s張。請移除多餘的照片。")


class TooManyBookFiles(RuleError):
    """An entry has three places for attachments."""

    sentence = _l("附件最多%(limit)s個，目前已有%(count)s個。請先移除不需要的附件。")


class EntryInterval(RuleError):
    """The last entry was published too short a while ago."""

    sentence = _l("距上次發佈未滿%(days)s天，您可於%(next)s起再次發佈。內容已存為草稿。")
    status = 409


class EntrySuspended(RuleError):
    """Too many entries were refused lately."""

    sentence = _l("近期有%(n)s則內容審核未通過，暫停發佈至%(until)s。內容已存為草稿。")
    status = 409


@dataclass(frozen=True)
class BookRules:
    """One agency's rules for entries to one inmate; ``strikes`` 0 closes nobody's book."""

    characters: int
    pictures: int
    interval_days: int
    strikes: int
    stop_days: int

    @classmethod
    def from_parameters(cls, values: Mapping[str, str], *, is_juvenile: bool) -> BookRules:
        """The rules that an agency's parameters say; a juvenile's interval of 0 days is the usual one."""
        interval = number(values, ParameterCode.FAMILY_BOOK_INTERVAL_DAYS)
        if is_juvenile:
            interval = number(values, ParameterCode.JUVENILE_INTERVAL_DAYS) or interval
        return cls(
            number(values, ParameterCode.BOOK_CHARACTERS),
            number(values, ParameterCode.BOOK_PICTURES),
            interval,
            number(values, ParameterCode.BOOK_STRIKES),
            number(values, ParameterCode.BOOK_STOP_DAYS),
        )

    def next_day(self, last: date | None) -> date | None:
        """The day from which the next entry may be published, where ``last`` is that of the one before."""
        return last + timedelta(days=self.interval_days) if last else None

    def stopped_until(self, refusals: Iterable[date]) -> date | None:
        """The last day on which the book is closed, where so many refusals fell into one span of ``stop_days``."""
        if not self.strikes:
            return None
        days = sorted(refusals)
        ends = [
            day + timedelta(days=self.stop_days)
            for first, day in zip(days, days[self.strikes - 1 :], strict=False)
            if (day - first).days < self.stop_days
        ]
        return max(ends, default=None)


def length(text: str) -> int:
    """How many characters a text has, as people count them: line breaks are none."""
    return len("".join(text.splitlines()))


def check_words(rules: BookRules, title: str, text: str) -> list[RuleError]:
    """What is wrong about title and text, in the order of the form."""
    errors: list[RuleError] = []
    if not title.strip():
        errors.append(TitleMissing("title"))
    elif len(title) > LONGEST_TITLE:
        errors.append(TitleTooLong("title", count=len(title), limit=LONGEST_TITLE))
    if not text.strip():
        errors.append(TextMissing("text"))
    elif length(text) > rules.characters:
        errors.append(EntryTooLong("text", count=length(text), limit=rules.characters))
    return errors


def check_pictures(rules: BookRules, pictures: int) -> list[RuleError]:
    """Whether there are more pictures than the agency takes."""
    if pictures <= rules.pictures:
        return []
    return [TooManyPictures("file", count=pictures, limit=rules.pictures)]
