"""The real mailer: Flask-Mail with time limits, checked certificates, and the truth about what was accepted."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.charset import BASE64, Charset
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.policy import SMTP
from typing import Any
from urllib.parse import quote

import flask_mail
from flask import Flask, current_app, has_app_context

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure, UnknownOutcome, refuse_unsendable
from app.adapters.smtp_connection import CONNECT_SECONDS, DATA_SECONDS, Connection, PatientMail, Talk

_REASON_LIMIT = 200
_ANSWERS = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused


class SmtpMailer:
    """Sends through the server in the app's ``MAIL_*`` settings.

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
        self._mail = PatientMail(app, connect_seconds, data_seconds)

    def send(self, mail: Mail) -> None:
        """Hand the mail to the server; see :class:`app.adapters.mailer.Mailer` for what is raised."""
        with self.session() as send:
            send(mail)

    @contextmanager
    def session(self) -> Iterator[Callable[[Mail], None]]:
        """:meth:`send` over one connection, made for the first mail and made anew when it broke."""
        line = _Line(self._app, self._mail)
        try:
            yield line.send
        finally:
            line.hang_up()


class _Line:
    """One connection at a time, for one mail after another."""

    def __init__(self, app: Flask, mail: PatientMail) -> None:
        self._app, self._mail = app, mail
        self._connection: Connection | None = None
        self._sent = 0

    def send(self, mail: Mail) -> None:
        refuse_unsendable(mail)
        if not has_app_context() or current_app._get_current_object() is not self._app:
            with self._app.app_context():
                return self._send(mail)
        return self._send(mail)

    def _send(self, mail: Mail) -> None:
        try:
            message = _message(mail)
            if self._sent == self._app.extensions["mail"].max_emails:
                self.hang_up()
            if self._connection is not None and self._went_over_again(message, mail):
                return
            self._hand_over(message, mail)
        except UnicodeError:
            raise PermanentFailure("an address or a header cannot be encoded") from None

    def _went_over_again(self, message: flask_mail.Message, mail: Mail) -> bool:
        """Try the line that is open; False where it had been closed meanwhile and nothing was handed over."""
        try:
            self._talk_about(message)
        except (smtplib.SMTPException, OSError) as error:
            talk = self._talk
            has_gone = not isinstance(error, _ANSWERS) or _reply(error)[0] == 421
            if has_gone and not (talk and talk.handed_over):
                self.drop()
                return False
            self._judge(error, mail)
        return True

    def _hand_over(self, message: flask_mail.Message, mail: Mail) -> None:
        self._connection = self._mail.connect()
        try:
            self._connection.__enter__()
            self._talk_about(message)
        except (smtplib.SMTPException, OSError) as error:
            self._judge(error, mail)

    def _talk_about(self, message: flask_mail.Message) -> None:
        assert self._connection is not None and self._talk is not None
        self._talk.begins(self._connection.connect_seconds)
        self._connection.send(message)
        self._sent += 1

    def _judge(self, error: Exception, mail: Mail) -> None:
        talk = self._talk
        is_answer = isinstance(error, _ANSWERS) and 400 <= _reply(error)[0] < 600
        if not is_answer or talk is None or talk.sock is None:
            self.drop()  # what the server would say next belongs to this mail, not to the next one
        _explain(error, talk, mail)

    @property
    def _talk(self) -> Talk | None:
        return self._connection.talk if self._connection is not None else None

    def hang_up(self) -> None:
        """Take leave of the server, if there is one."""
        if self._connection is not None:
            self._connection.__exit__()
        self._connection, self._sent = None, 0

    def drop(self) -> None:
        """Close without a word: a server that does not answer is not asked to take leave."""
        if self._connection is not None and self._connection.talk is not None:
            self._connection.talk.close()
        self._connection, self._sent = None, 0


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


def _explain(error: Exception, talk: Talk | None, mail: Mail) -> None:
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
