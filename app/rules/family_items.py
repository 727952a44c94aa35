"""服務項目 of a family's application: four items on one form, each with a verdict and a grant of its own."""

from __future__ import annotations

from collections.abc import Iterable

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import ServiceItem

#: What a relative may tick, in the manual's order.
FAMILY_ITEMS = (
    ServiceItem.ON_SITE_VISIT,
    ServiceItem.REMOTE_VISIT,
    ServiceItem.MOBILE_VISIT,
    ServiceItem.FAMILY_BOOK,
)


class ItemsMissing(RuleError):
    """An application asks for at least one item."""

    sentence = _l("請至少勾選一項申請服務項目。")


class ItemTaken(RuleError):
    """This item with this inmate is granted already, and for longer than the days in which it may be renewed."""

    sentence = _l("您對該收容人已有有效之「%(item)s」，無須重複申請。請取消勾選該項目。")
    status = 409


def applied_as(item: ServiceItem) -> ServiceItem:
    """The kind of application that asks for an item: a family's items stand together on one."""
    return ServiceItem.FAMILY if item in FAMILY_ITEMS else item


def in_order(items: Iterable[str]) -> list[ServiceItem]:
    """The family's items among these values, once each, in the manual's order; anything else is dropped."""
    asked = set(items)
    return [item for item in FAMILY_ITEMS if item.value in asked]


def check(asked: Iterable[str], taken: Iterable[ServiceItem]) -> list[RuleError]:
    """What is wrong with the ticks: none at all, or an item that is granted."""
    chosen, held = in_order(asked), set(taken)
    if not chosen:
        return [ItemsMissing("items")]
    return [ItemTaken("items", item=item.label) for item in chosen if item in held]


def named(items: Iterable[ServiceItem], locale: str) -> str:
    """Items in one line, as the manual prints them: 預約現場接見、預約遠距接見."""
    mark = ", " if locale.startswith("en") else "、"
    return mark.join(str(item.label) for item in items)
