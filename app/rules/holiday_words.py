"""Days off by name: the office calendar keeps the government's Chinese, a reader sees the day in his language."""

from __future__ import annotations

from typing import Any

from app.i18n import _l

#: Names that the official calendar uses; a name that an officer has written stays as it is.
NAMES = {
    "中華民國開國紀念日": _l("中華民國開國紀念日"),
    "農曆除夕": _l("農曆除夕"),
    "春節": _l("春節"),
    "和平紀念日": _l("和平紀念日"),
    "兒童節": _l("兒童節"),
    "民族掃墓節": _l("民族掃墓節"),
    "兒童節、民族掃墓節": _l("兒童節、民族掃墓節"),
    "勞動節": _l("勞動節"),
    "端午節": _l("端午節"),
    "中秋節": _l("中秋節"),
    "孔子誕辰紀念日": _l("孔子誕辰紀念日"),
    "國慶日": _l("國慶日"),
    "臺灣光復暨金門古寧頭大捷紀念日": _l("臺灣光復暨金門古寧頭大捷紀念日"),
    "行憲紀念日": _l("行憲紀念日"),
    "補行上班日": _l("補行上班日"),
    "調整放假": _l("調整放假"),
}
_IN_LIEU = "（補假）"


def worded(name: str) -> Any:
    """The name of a day off in the reader's language."""
    if name in NAMES:
        return NAMES[name]
    day = name.removesuffix(_IN_LIEU)
    return _l("%(name)s（補假）", name=NAMES[day]) if day != name and day in NAMES else name
