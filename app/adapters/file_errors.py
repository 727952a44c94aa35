"""Why a file was refused: one error per reason, each with the sentence that the applicant reads."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l

#: What the manuals accept, as it is written beside every file field.
DOCUMENT_TYPES = "PDF/JPG/JPEG/PNG"
IMAGE_TYPES = "JPG/JPEG/PNG"


class FileRefused(RuleError):
    """A file cannot be taken; every subclass has the value ``file``, the name as shown."""


class NotAcceptable(FileRefused):
    """The content, or the ending of the name, is none of ``types``, or the two disagree."""

    sentence = _l("「%(file)s」不是可接受的檔案，請改用%(types)s。")


class FileDamaged(FileRefused):
    """The content begins like an accepted type and cannot be read to its end."""

    sentence = _l("「%(file)s」無法開啟，檔案可能不完整，請重新拍攝或掃描。")


class FileEmpty(FileRefused):
    """Nothing arrived: zero bytes."""

    sentence = _l("「%(file)s」是空白檔案，請重新選擇檔案。")


class ImageTooLarge(FileRefused):
    """The picture has more pixels than the server will unpack; ``megapixels`` is the limit."""

    sentence = _l("「%(file)s」的影像過大，超過上限%(megapixels)s百萬像素，請縮小後再上傳。")


class FileLocked(FileRefused):
    """A PDF with a password, or one that its author closed to changes; neither can be checked and rebuilt."""

    sentence = _l("「%(file)s」設有密碼或保護，系統無法檢查內容，請解除保護或改以掃描檔上傳。")


class TooManyPages(FileRefused):
    """A PDF with more pages than ``limit``; ``pages`` is what it has."""

    sentence = _l("「%(file)s」共%(pages)s頁，超過上限%(limit)s頁，請分成數個檔案上傳。")


class FileTooHeavy(FileRefused):
    """A PDF whose content would unpack to far more than paper can hold: a bomb, or a drawing nobody can show."""

    sentence = _l("「%(file)s」的內容過於龐大，系統無法顯示，請改以掃描或拍照方式上傳。")
