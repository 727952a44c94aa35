"""Which characters and words do not belong into the Chinese of Taiwan."""

from __future__ import annotations

import re

#: Simplified forms that Big5 happens to hold too, as rare characters of another meaning; nobody writes those here.
_SIMPLIFIED_IN_BIG5 = frozenset("与个优价体听尔宁尽无旧术机灵礼网肤胜虫钟")
#: 台 is right in 中央台, 平台, 櫃台; place names are written with 臺 by agencies.
_PLACES = re.compile(r"台(?=北|灣|中市|中監|中看|中女|中戒|南|東|幣)")
#: Words of the mainland, with what is said here.
_WORDS = {
    "用戶": "使用者",
    "信息": "訊息",
    "數據": "資料",
    "默認": "預設",
    "搜索": "搜尋",
    "激活": "啟用",
    "郵箱": "電子郵件信箱",
    "短信": "簡訊",
    "網絡": "網路",
    "視頻": "視訊",
    "登陸": "登入",
    "屏幕": "螢幕",
    "菜單": "選單",
    "字段": "欄位",
    "服務器": "伺服器",
    "打印": "列印",
}


def is_simplified(character: str) -> bool:
    """Whether a character is written on the mainland and not here: GB 2312 has it and Big5 has not."""
    if not "\u3400" <= character <= "\u9fff":
        return False
    return character in _SIMPLIFIED_IN_BIG5 or (_encodes(character, "gb2312") and not _encodes(character, "big5"))


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def foreign(text: str) -> list[str]:
    """What in a text is not the Chinese of Taiwan, each with its surroundings."""
    places = [match.start() for match in _PLACES.finditer(text)]
    places += [place for place, character in enumerate(text) if is_simplified(character)]
    found = [_around(text, place) for place in sorted(places)]
    found += [f"{word} (say {better})" for word, better in _WORDS.items() if word in text]
    return found


def _around(text: str, place: int) -> str:
    return f"{text[place]} in {text[max(0, place - 6) : place + 7]!r}"
