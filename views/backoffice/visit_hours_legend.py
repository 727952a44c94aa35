"""What may stand in the text of an agency's rules for visits by session, for the officer who writes it."""

from __future__ import annotations

from app.i18n import _l

#: Field, what it means and how it is written, in the order of the text.
LEGEND = (
    ("offered", _l("是否開放線上預約：true 或 false")),
    (
        "booking.opens / closes",
        _l("開放及截止：days 接見日前幾日、at 幾時、count 以日曆天（calendar）或工作日（working）計"),
    ),
    ("cancel", _l("取消期限，寫法同上")),
    (
        "timetable",
        _l(
            "時段表，每行一個時段：name 名稱、weekdays 星期（1為星期一，7為星期日）、"
            "start 起始時間、minutes 分鐘數、places 組數"
        ),
    ),
    ("timetable: from / until", _l("適用起迄日，例如 2026-03-10")),
    ("timetable: every_weeks / nth_of_month", _l("每幾週一次；每月第幾個，例如 [1, 3]")),
    ("timetable: make_up_saturdays", _l("補行上班之星期六是否辦理：true 或 false")),
    ("who", _l('接見對象限制：custody 處分種類、grades 教化等級（"1"至"4"）、relations 關係')),
    (
        "relations",
        _l(
            "anyone 親友均可、family 最近親屬及家屬、relatives 親屬、nearest_relatives 最近親屬、"
            "lineal 直系血親、spouse 配偶等"
        ),
    ),
    (
        "quota",
        _l(
            "接見次數：times 次數、per 期間（day、calendar_week、calendar_month、rolling_days 另填 days 日數）、"
            "counts 合併計算之接見類型"
        ),
    ),
    ("quota: nth_only_in", _l("第 nth 次僅限 sessions 所列時段名稱")),
    ("persons", _l("most 每次至多人數、free_under 未滿幾歲不計")),
    ("earlier_visit", _l("是否須曾至機關辦理接見：true 或 false")),
    ("one_open_booking_per_inmate", _l("每位收容人同時是否僅能有一件預約：true 或 false")),
    ("no_shows", _l("未到之處置：months 個月內 times 次未到，停止預約 closed_months 個月；不停止者填 null")),
    ("report_minutes_before", _l("幾分鐘前報到")),
    ("notes", _l("備註，公開顯示，至多500字")),
)
