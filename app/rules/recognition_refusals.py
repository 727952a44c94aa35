"""Why a result of comparing faces is not taken."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l


class NoSuchVisit(RuleError):
    """The number is nobody's, another agency's, or of a visit on site: the answer is the same."""

    sentence = _l("查無此預約編號之行動接見，請核對後重新輸入。")


class CaptureMissing(RuleError):
    """No file was chosen."""

    sentence = _l("請選擇接見照片（JPG、JPEG或PNG）。")


class CaptureTooLarge(RuleError):
    """More than a photograph needs."""

    sentence = _l("照片至多%(most)s MB，請縮小後再上傳。")
    status = 413


class TimeWrong(RuleError):
    """A capture that was taken in the future, or at no time at all."""

    sentence = _l("拍攝時間須為含時區之ISO 8601時間，且不晚於現在。")


class ExternalMissing(RuleError):
    """Without a name of its own a result cannot be told from its repetition."""

    sentence = _l("請提供外部識別碼external_id（1至%(most)s個字元）。")


class OverrideWrong(RuleError):
    """An officer decides 相符 or 不相符."""

    sentence = _l("請選擇人工認定之結果。")


class ReasonMissing(RuleError):
    """What a person decides against a machine has a reason."""

    sentence = _l("請填寫人工認定之理由（至多%(most)s字）。")
