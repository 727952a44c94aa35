"""The real mailer: Flask-Mail with time limits, checked certificates, and the truth about what was accepted."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from email.charset import BASE64, Charset
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.policy import SMTP
from typing import Any
from urllib.parse import quote

import flask_mail
from flask import Flask, has_app_context

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure, UnknownOutcome, refuse_unsendable

CONNECT_SECONDS = 10.0
DATA_SECONDS = 30.0
_REASON_LIMIT = 200


class SmtpMailer:
    """Sends through the server in the app's ``MAIL_*`` settings, one connection per mail.

    ``connect_seconds`` holds for each step up to DATA, ``data_seconds`` for handing over and for the final answer.
    Raises ``ValueError`` where ``MAIL_SUPPRESS_SEND`` is on: a mail that nobody carried must not count as sent.
    """

    def __init__(
        self, app: Flask, connect_seconds: float = CONNECT_SECONDS, data_seconds: float = DATA_SECONDS
    ) -> None:
        if "mail" not in app.extensions:
            flask_mail.Mail(app)
        if app.extensions["mail"].suppress:
            raise ValueError("MAIL_SUPPRESS_SEND is on (it follows TESTING): use OutboxFolder")
        self._app = app
        self._mail = _PatientMail(app, connect_seconds, data_seconds)

    def send(self, mail: Mail) -> None:
        """Hand the mail to the server; see :class:`app.adapters.mailer.Mailer` for what is raised."""
        refuse_unsendable(mail)
        connection = self._mail.connect()
        try:
            with contextlib.nullcontext() if has_app_context() else self._app.app_context(), connection:
                connection.send(_message(mail))
        except (smtplib.SMTPException, OSError) as error:
            _explain(error, connection.talk, mail)
        except UnicodeError:
            raise PermanentFailure("an address or a header cannot be encoded") from None


class _Talk:
    """What an SMTP conversation has come to; mixed into smtplib's two clients."""

    sock: Any
    data_seconds = DATA_SECONDS
    handed_over = False
    accepted = False

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        # Only the text of a mail is sent as bytes, in one piece with its closing dot. When sending it fails, the dot
        # has not left and the server may not deliver; once it returns, only the server knows.
        self.handed_over = self.handed_over or isinstance(s, bytes)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.sock.settimeout(self.data_seconds)
        code, answer = super().data(msg)  # type: ignore[misc]
        self.accepted = code == 250
        return code, answer


class _Smtp(_Talk, smtplib.SMTP):
    pass


class _SmtpOverTls(_Talk, smtplib.SMTP_SSL):
    pass


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection sets no timeout, checks no certificate, and prints the talk when the app debugs."""

    talk: _Talk | None = None
    connect_seconds = CONNECT_SECONDS
    data_seconds = DATA_SECONDS

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        settings = self.mail
        where = {"host": settings.server, "port": settings.port or 0, "timeout": self.connect_seconds}
        host: Any = _SmtpOverTls(**where, context=ssl.create_default_context()) if settings.use_ssl else _Smtp(**where)
        self.talk = host
        host.data_seconds = self.data_seconds
        try:
            if settings.use_tls:
                host.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                host.login(settings.username, settings.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *_error: object) -> None:
        # A farewell that fails says nothing about the mail.
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()


class _PatientMail(flask_mail.Mail):
    def __init__(self, app: Flask, connect_seconds: float, data_seconds: float) -> None:
        super().__init__()  # without the app: it would register itself over the product's Mail
        self.app = app
        self._limits = connect_seconds, data_seconds

    def connect(self) -> _Connection:
        connection = _Connection(self.app.extensions["mail"])  # type: ignore[union-attr]
        connection.connect_seconds, connection.data_seconds = self._limits
        return connection


class _Message(flask_mail.Message):
    def _message(self) -> MIMEBase:
        # Flask-Mail's policy folds what is folded already, and spaces get into long Chinese names.
        written = super()._message()
        written.policy = SMTP.clone(refold_source="none")
        return written

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        # Flask-Mail sends eight-bit lines of any length; not every server announces that it takes them.
        encoding = Charset("utf-8")
        encoding.body_encoding = BASE64
        return MIMEText(re.sub(r"\r\n|\r|\n", "\r\n", text or ""), subtype, encoding)  # type: ignore[arg-type]


def _message(mail: Mail) -> _Message:
    message = _Message(
        subject=mail.subject,
        sender=mail.sender,
        recipients=[mail.recipient],
        body=mail.text,
        html=mail.html,
        reply_to=mail.reply_to,
        date=clock.now().timestamp(),
        attachments=[
            flask_mail.Attachment(None, item.media_type, item.content, headers=dict(_disposition(item.file_name)))
            for item in mail.attachments
        ],
        extra_headers={"Auto-Submitted": "auto-generated"},  # so that no holiday notice comes back (RFC 3834)
    )
    message.msgId = mail.message_id
    return message


def _disposition(file_name: str) -> Iterator[tuple[str, str]]:
    # Flask-Mail labels the name "UTF8", which is no registered charset.
    yield "Content-Disposition", f"attachment; filename*=utf-8''{quote(file_name, safe='')}"


def _explain(error: Exception, talk: _Talk | None, mail: Mail) -> None:
    """Return when the mail was accepted after all, else raise what its sender needs to know."""
    if talk is not None and talk.accepted:
        return
    code, answer = _reply(error)
    reason = _reason(error, code, answer, mail)
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and 400 <= code < 600:
        raise (PermanentFailure if code >= 500 else TemporaryFailure)(reason) from None
    if isinstance(error, smtplib.SMTPSenderRefused) and code == 552:  # announced as bigger than the server takes
        raise PermanentFailure(reason) from None
    if talk is not None and talk.handed_over:
        raise UnknownOutcome(reason) from None
    # What is left is not this mail's fault: no connection, no login, a certificate, our own address refused.
    raise TemporaryFailure(reason, is_channel=not isinstance(error, smtplib.SMTPRecipientsRefused)) from None


def _reply(error: Exception) -> tuple[int, Any]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return 0, str(error)


def _reason(error: Exception, code: int, answer: Any, mail: Mail) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    # Servers like to repeat the address; it has no business in a log.
    said = re.sub(re.escape(mail.recipient), "<recipient>", said, flags=re.IGNORECASE)
    said = "".join(c if c.isprintable() else " " for c in said)
    return f"{code or type(error).__name__} {said}".strip()[:_REASON_LIMIT]
