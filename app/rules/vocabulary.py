"""The product's closed sets of words: the value is stored, the label is shown (WORDING §3-5)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from app.i18n import _l


class Word(StrEnum):
    """A stored value with the label that readers see."""

    label: Any

    def __new__(cls, value: str, label: Any = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word

    @classmethod
    def choices(cls) -> list[tuple[str, Any]]:
        """Pairs of value and label in the order of the manual, for form fields."""
        return [(word.value, word.label) for word in cls]

    @classmethod
    def values(cls) -> list[str]:
        """The stored values, for CHECK constraints."""
        return [word.value for word in cls]


class Relationship(Word):
    """與收容人關係: of lawyers [S manual (三)], then of families with the degrees that visiting law asks for."""

    LAWYER = "lawyer", _l("律師")
    DEFENDER = "defender", _l("辯護人")
    TRAINEE_LAWYER = "trainee_lawyer", _l("學習律師")
    LITIGATION_AGENT = "litigation_agent", _l("訴訟代理人與其他")
    INTERPRETER = "interpreter", _l("通譯")
    SPOUSE = "spouse", _l("配偶")
    PARENT = "parent", _l("父母")
    CHILD = "child", _l("子女")
    GRANDPARENT = "grandparent", _l("（外）祖父母")
    GRANDCHILD = "grandchild", _l("（外）孫子女")
    SIBLING = "sibling", _l("兄弟姊妹")
    UNCLE_OR_AUNT = "uncle_or_aunt", _l("伯叔姑舅姨")
    NEPHEW_OR_NIECE = "nephew_or_niece", _l("姪甥")
    PARENT_IN_LAW = "parent_in_law", _l("配偶之父母")
    BLOOD_RELATIVE = "blood_relative", _l("其他三親等內血親")
    RELATIVE_BY_MARRIAGE = "relative_by_marriage", _l("其他二親等內姻親")
    HOUSEHOLD = "household", _l("家屬（同居共同生活）")
    OTHER_RELATIVE = "other_relative", _l("其他親戚")
    FRIEND = "friend", _l("朋友或其他")

    @property
    def is_lawyers(self) -> bool:
        """Whether it is a capacity in which somebody comes for a case, and not for the family."""
        return self in LAWYERS


#: The five capacities of a lawyer's application, in the manual's order.
LAWYERS = (
    Relationship.LAWYER,
    Relationship.DEFENDER,
    Relationship.TRAINEE_LAWYER,
    Relationship.LITIGATION_AGENT,
    Relationship.INTERPRETER,
)
#: The relations of a family's application.
FAMILY = tuple(relation for relation in Relationship if relation not in LAWYERS)


def choices_of(words: Iterable[Word]) -> list[tuple[str, Any]]:
    """Pairs of value and label of some words of a set, for form fields."""
    return [(word.value, word.label) for word in words]


class ServiceItem(Word):
    """服務項目: what an application asks for and a grant allows."""

    LAWYER_VISIT = "lawyer_visit", _l("律師接見服務項目")
    ON_SITE_VISIT = "on_site_visit", _l("預約現場接見")
    REMOTE_VISIT = "remote_visit", _l("預約遠距接見")
    MOBILE_VISIT = "mobile_visit", _l("預約行動接見")
    FAMILY_BOOK = "family_book", _l("家庭聯絡簿")
    #: What a relative's application asks for; its single items stand in ``application_item``.
    FAMILY = "family", _l("家屬服務項目")


class ApplicationState(Word):
    """Life of a service application."""

    PENDING = "pending", _l("未審核")
    APPROVED = "approved", _l("審核通過")
    PARTLY_APPROVED = "partly_approved", _l("部分通過")
    REJECTED = "rejected", _l("審核未通過")
    WITHDRAWN = "withdrawn", _l("已撤回")
    EXPIRED = "expired", _l("已過期")


class GrantState(Word):
    """Life of a granted service item."""

    ACTIVE = "active", _l("有效")
    TO_CHECK = "to_check", _l("待確認")
    SUSPENDED = "suspended", _l("暫停使用")
    REVOKED = "revoked", _l("已廢止")
    EXPIRED = "expired", _l("已過期")


class VisitKind(Word):
    """接見類型."""

    LAWYER_ON_SITE = "lawyer_on_site", _l("預約律師現場接見")
    LAWYER_MOBILE = "lawyer_mobile", _l("預約律師行動接見")
    FAMILY_ON_SITE = "family_on_site", _l("預約現場接見")
    FAMILY_REMOTE = "family_remote", _l("預約遠距接見")
    FAMILY_MOBILE = "family_mobile", _l("預約行動接見")


class ReservationState(Word):
    """Life of a reservation (SPEC §4.5)."""

    PENDING = "pending", _l("待審核")
    APPROVED = "approved", _l("審核通過")
    REJECTED = "rejected", _l("審核未通過")
    CANCELLED = "cancelled", _l("已取消")
    LAPSED = "lapsed", _l("逾期未審核")
    AWAITING_NEW_DATE = "awaiting_new_date", _l("待改期")
    CHECKED_IN = "checked_in", _l("已報到")
    IN_PROGRESS = "in_progress", _l("接見中")
    COMPLETED = "completed", _l("接見完成")
    NO_SHOW = "no_show", _l("未到")
    REFUSED_BY_INMATE = "refused_by_inmate", _l("收容人拒絕接見")
    INMATE_AWAY = "inmate_away", _l("收容人不在監（所）")


class CancelledBy(Word):
    """Who cancelled a reservation."""

    APPLICANT = "applicant", _l("申請人取消")
    AGENCY = "agency", _l("機關取消")


class Attention(Word):
    """What an officer has to look at before a booked visit."""

    GRANT_SUSPENDED = "grant_suspended", _l("服務項目暫停使用")
    GRANT_REVOKED = "grant_revoked", _l("服務項目已廢止")
    GRANT_UNDONE = "grant_undone", _l("服務項目審核結果已撤銷")
    INMATE_MOVED = "inmate_moved", _l("收容人已移監或出監")
    OUTSIDE_HOURS = "outside_hours", _l("預計到達時間已不在開放時段")
    DAY_OFF = "day_off", _l("接見日期已改為不辦理接見")
    INMATE_RESTRICTED = "inmate_restricted", _l("收容人受接見限制")


class SessionState(Word):
    """Whether a session (梯次) is held."""

    OPEN = "open", _l("可預約")
    SUSPENDED = "suspended", _l("停止辦理")


class EntryState(Word):
    """Life of an entry of the family contact book."""

    DRAFT = "draft", _l("草稿")
    PENDING = "pending", _l("待審核")
    APPROVED = "approved", _l("審核通過")
    REJECTED = "rejected", _l("審核未通過")
    EXPIRED = "expired", _l("已過期")


class Audience(Word):
    """發佈類型 of a message in the agency's contact book."""

    NOTICE = "notice", _l("公告")
    ONE_FAMILY = "one_family", _l("指定家屬")


class BookingSource(Word):
    """預約方式."""

    ONLINE = "online", _l("線上")
    PHONE = "phone", _l("電話")
    WALK_IN = "walk_in", _l("現場")


class Verdict(Word):
    """審核結果 of a review."""

    APPROVE = "approve", _l("審核通過")
    REJECT = "reject", _l("審核未通過")


class AttachmentKind(Word):
    """What a paper proves."""

    IDENTITY = "identity", _l("身分證明文件")
    KINSHIP = "kinship", _l("關係證明文件")
    MANDATE = "mandate", _l("訴訟委任文件")
    PORTRAIT = "portrait", _l("正面清晰照片")
    CONSENT = "consent", _l("法院或檢察官同意文件")
    COURT_LEAVE = "court_leave", _l("審判長許可文件")
    OTHER = "other", _l("其他文件")


class IdentityKind(Word):
    """Kinds of identity number an applicant registers with."""

    NATIONAL_ID = "national_id", _l("國民身分證統一編號")
    RESIDENT_ID = "resident_id", _l("統一證號（居留證）")
    PASSPORT = "passport", _l("護照號碼")


class AccountState(Word):
    """Life of an applicant's account."""

    UNVERIFIED = "unverified", _l("待驗證")
    ACTIVE = "active", _l("使用中")
    LOCKED = "locked", _l("鎖定中")
    DISABLED = "disabled", _l("已停用")


class InmateStatus(Word):
    """Where an inmate is, as the prison system tells it."""

    PRESENT = "present", _l("在監（所）")
    TRANSFERRED = "transferred", _l("已移監")
    RELEASED = "released", _l("已出監（所）")


class RestrictionKind(Word):
    """Restrictions on an inmate; shown to officers only, never to an applicant."""

    NO_CONTACT_ORDER = "no_contact_order", _l("禁止接見通信")
    JUDGES_RESTRICTION = "judges_restriction", _l("限制書")
    DISCIPLINARY = "disciplinary", _l("違規處分")
    PROTECTIVE_ISOLATION = "protective_isolation", _l("隔離保護")
    MEDICAL_ISOLATION = "medical_isolation", _l("疾病隔離")


class MessageState(Word):
    """Life of a queued message."""

    QUEUED = "queued", _l("待傳送")
    SENDING = "sending", _l("傳送中")
    SENT = "sent", _l("已傳送")
    RETRYING = "retrying", _l("重試中")
    FAILED = "failed", _l("未送達")
    UNKNOWN = "unknown", _l("結果不明")
    DELIVERED = "delivered", _l("已送達")
    REPLACED = "replaced", _l("已由較新通知取代")
    TOLD_BY_PHONE = "told_by_phone", _l("已電話告知")


class Channel(Word):
    """分類 of a message."""

    MAIL = "mail", _l("電子郵件")
    SMS = "sms", _l("簡訊")


class ReasonScope(Word):
    """Which review a 不通過原因 belongs to."""

    APPLICATION = "application", _l("服務項目申請")
    BOOKING = "booking", _l("預約接見")
    ENTRY = "entry", _l("家庭聯絡簿")
    GRANT = "grant", _l("服務項目暫停或廢止")


class StaffRole(Word):
    """What a member of staff may be; the allow-list from which headquarters assigns."""

    OFFICER = "Officer", _l("機關專責人員")
    VISIT_DESK = "VisitDesk", _l("接見室人員")
    HEADQUARTERS = "Headquarters", _l("矯正署")
    AUDITOR = "Auditor", _l("稽核")
