"""What is left of personal data on screens and in mails (SPEC §11): ○ (U+25CB) for names, * for numbers."""

from __future__ import annotations

import re
import unicodedata

CIRCLE = "\u25cb"
STAR = "*"
HIDDEN_ID_CHARACTERS = 4
_SURNAMES = (
    "歐陽 司馬 諸葛 上官 司徒 司空 皇甫 夏侯 東方 尉遲 公孫 長孫 慕容 宇文 令狐 鍾離 端木 獨孤 南宮 西門 申屠 太史 "
    "呼延 赫連 澹臺 軒轅 張簡 范姜"
)
COMPOUND_SURNAMES = frozenset(_SURNAMES.split())
_HAN = re.compile("[\u2e80-\u2fff\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BETWEEN = re.compile(r"[\s‧·・]")
_WORD = re.compile(r"[^\s‧·・]+")


def name_circle(name: str) -> str:
    """A name on screens, all but the surname hidden: 李○○, 歐陽○○; Latin names keep first letters, J○ S○."""
    if not _HAN.search(name):
        return _initials(name)
    return _hide(name, _surname_length(_letters(name)), 0)


def name_middle(name: str) -> str:
    """A name in mails, surname and last character shown: 陳○達, 歐陽○達, of two characters 陳○; Latin as on screens."""
    if not _HAN.search(name):
        return _initials(name)
    letters = _letters(name)
    kept = _surname_length(letters)
    return _hide(name, kept, 1 if len(letters) > kept + 1 else 0)


def id_number(number: str) -> str:
    """An ID or passport number without its last four characters: A12345****."""
    hidden = min(HIDDEN_ID_CHARACTERS, len(number))
    return number[: len(number) - hidden] + STAR * hidden


def mail(address: str) -> str:
    """An e-mail address for officers' lists: ty*****@example.com (the domain tells a typing error)."""
    domain = address.rpartition("@")[2] if "@" in address else ""
    return f"{mail_start(address)}@{domain}" if domain else mail_start(address)


def mail_start(address: str) -> str:
    """An e-mail address as the applicant's log shows it (manual): ty*****, always five stars, no domain."""
    local_part = address.rpartition("@")[0] or address
    return local_part[: min(2, len(local_part) - 1)] + STAR * 5 if local_part else ""


def mobile(number: str) -> str:
    """A telephone number, its middle hidden: 0912***678; a number too short to have a middle is hidden whole."""
    if len(number) < 10:
        return STAR * len(number)
    return number[:4] + STAR * (len(number) - 7) + number[-3:]


def _clusters(name: str) -> list[str]:
    """The name's characters, each with the marks and variation selectors that belong to it."""
    clusters: list[str] = []
    for character in name:
        if clusters and unicodedata.category(character).startswith("M"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _letters(name: str) -> list[str]:
    return [cluster for cluster in _clusters(name) if not _BETWEEN.fullmatch(cluster)]


def _surname_length(letters: list[str]) -> int:
    """How many characters the surname has; 0 when nothing else would be left to hide."""
    if len(letters) < 2:
        return 0
    return 2 if len(letters) > 2 and "".join(letters[:2]) in COMPOUND_SURNAMES else 1


def _hide(name: str, first: int, last: int) -> str:
    """The name with the first and last few letters kept and the separators in their places."""
    ends_at, place, shown = len(_letters(name)) - last, 0, ""
    for cluster in _clusters(name):
        if _BETWEEN.fullmatch(cluster):
            shown += cluster
        else:
            shown += cluster if place < first or place >= ends_at else CIRCLE
            place += 1
    return shown


def _initials(name: str) -> str:
    return _WORD.sub(lambda word: _clusters(word[0])[0] + CIRCLE, name)
