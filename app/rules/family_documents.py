"""Papers of a family's application (SPEC §3): who it is, that they are related, and the face for mobile visits."""

from __future__ import annotations

from collections.abc import Iterable

from app.i18n import _l
from app.rules.documents import Requirement, slots_of
from app.rules.vocabulary import AttachmentKind, Relationship, ServiceItem


def required_papers(relationship: Relationship, items: Iterable[ServiceItem]) -> tuple[Requirement, ...]:
    """The papers on the form, in the manual's order.

    A friend has no paper of kinship; the photograph is what a mobile visitor's face is compared with.
    """
    is_friend, is_mobile = relationship is Relationship.FRIEND, ServiceItem.MOBILE_VISIT in set(items)
    kinship_hint = (
        _l("朋友或其他關係者，如有足以說明往來關係之文件，請一併上傳。")
        if is_friend
        else _l("請上傳足以證明您與收容人關係之文件，例如戶籍謄本、戶口名簿。")
    )
    return (
        Requirement(AttachmentKind.IDENTITY, 1, hint=_l("請上傳身分證、居留證或護照。")),
        Requirement(AttachmentKind.KINSHIP, 0 if is_friend else 1, hint=kinship_hint),
        Requirement(
            AttachmentKind.PORTRAIT,
            1 if is_mobile else 0,
            slots_of(AttachmentKind.PORTRAIT),
            _l("辦理行動接見必填"),
        ),
    )
