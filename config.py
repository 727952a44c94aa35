"""Configuration, read from the environment; every key is documented where it stands.

``APP_CONFIG`` chooses ``development`` (default), ``testing`` or ``production``. Production refuses to start on a
missing secret.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


class Base:
    """What all environments share."""

    def __init__(self) -> None:
        env = os.environ
        #: Folder for the embedded database, keys, uploads, the local outbox and logs. Never committed.
        self.DATA_DIR = Path(env.get("DATA_DIR", ROOT / "var"))
        #: Signs CSRF tokens. Sessions themselves live in the database.
        self.SECRET_KEY = env.get("SECRET_KEY", "")
        #: File with the encryption keys (JSON, mode 0600), kept apart from database backups.
        self.KEY_FILE = Path(env.get("KEY_FILE", self.DATA_DIR / "keys.json"))
        #: File to which the signed heads of the trail are appended; copy it to another machine.
        self.TRAIL_HEADS = Path(env.get("TRAIL_HEADS", self.DATA_DIR / "trail_heads.jsonl"))
        #: Whether `flask staff code` may tell a current second factor (demonstrations and tests only).
        self.TELL_CODES = False
        #: clamd to which uploads are shown (``host:port`` or a socket's path); empty means no virus scan.
        self.CLAMD = env.get("CLAMD", "")
        #: Whether a missing key file is made (never in production: lost keys are lost data).
        self.CREATE_KEYS = True
        #: ``sqlite:///…`` or ``postgresql+psycopg://user:password@host/name``.
        self.SQLALCHEMY_DATABASE_URI = env.get("DATABASE_URL", f"sqlite:///{self.DATA_DIR / 'portal.db'}")
        # A failed statement is logged; what people typed stays out of it.
        self.SQLALCHEMY_ENGINE_OPTIONS: dict[str, object] = {"pool_pre_ping": True, "hide_parameters": True}
        #: Where the program is reached: links in mails are built from it, never from the request's Host.
        self.BASE_URL = env.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        #: Host names that are answered; others get 400.
        self.TRUSTED_HOSTS = [h for h in env.get("TRUSTED_HOSTS", "127.0.0.1,localhost").split(",") if h]
        #: Number of reverse proxies whose X-Forwarded-* headers are believed (0: none).
        self.TRUSTED_PROXIES = int(env.get("TRUSTED_PROXIES", "0"))

        #: SMTP server; empty means the local outbox folder. With MAIL_PORT, MAIL_USE_TLS, MAIL_USE_SSL,
        #: MAIL_USERNAME, MAIL_PASSWORD as Flask-Mail knows them.
        self.MAIL_SERVER = env.get("MAIL_SERVER", "")
        self.MAIL_PORT = int(env.get("MAIL_PORT", "25"))
        self.MAIL_USE_TLS = _flag("MAIL_USE_TLS")
        self.MAIL_USE_SSL = _flag("MAIL_USE_SSL")
        self.MAIL_USERNAME = env.get("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = env.get("MAIL_PASSWORD") or None
        #: Sender of all mails; its domain is also the domain of Message-IDs.
        self.MAIL_SENDER = env.get("MAIL_SENDER", "no-reply@portal.example")
        self.MAIL_SUPPRESS_SEND = False  # Flask-Mail's default follows TESTING: a mail would count as sent
        #: HTTP address of the SMS gateway (https); ``local``: the local outbox folder; empty: no SMS is sent at all.
        self.SMS_URL = env.get("SMS_URL", "")
        #: ``POST`` (fields of a form), ``GET`` (in the address) or ``JSON``.
        self.SMS_METHOD = env.get("SMS_METHOD", "POST")
        #: JSON: what the gateway calls number, text and our own number of the message, ``{"to":…,"text":…,"id":…}``.
        self.SMS_FIELDS = env.get("SMS_FIELDS", '{"to": "to", "text": "text", "id": "id"}')
        #: JSON: fields and headers that go with every SMS, the account's password among them.
        self.SMS_FIXED = env.get("SMS_FIXED", "{}")
        self.SMS_HEADERS = env.get("SMS_HEADERS", "{}")
        #: How numbers are written: ``national`` 0912345678, ``international`` 886912345678, ``e164`` +886912345678.
        self.SMS_NUMBERS = env.get("SMS_NUMBERS", "national")
        #: Expressions for the answer to an accepted SMS (group ``id``: its number), and to one refused for ever.
        self.SMS_SUCCESS = env.get("SMS_SUCCESS", "")
        self.SMS_REFUSED = env.get("SMS_REFUSED", "")
        self.SMS_CONNECT_SECONDS = float(env.get("SMS_CONNECT_SECONDS", "10"))
        self.SMS_ANSWER_SECONDS = float(env.get("SMS_ANSWER_SECONDS", "30"))
        #: Secret with which the gateway signs delivery receipts (/portal/sms-receipts); empty: none are taken.
        self.SMS_RECEIPT_SECRET = env.get("SMS_RECEIPT_SECRET", "")
        #: What receipts call the message's number and its state, and the words (expressions) of the two final states.
        self.SMS_RECEIPT_FIELDS = env.get("SMS_RECEIPT_FIELDS", '{"id": "id", "status": "status"}')
        self.SMS_RECEIPT_DELIVERED = env.get("SMS_RECEIPT_DELIVERED", "delivered")
        self.SMS_RECEIPT_FAILED = env.get("SMS_RECEIPT_FAILED", "failed|undeliverable|expired|rejected")
        #: Whether the page /portal/outbox shows the local outbox in full (development and demonstration only).
        self.SHOW_OUTBOX = _flag("SHOW_OUTBOX")
        #: Seconds the worker rests when nothing is due.
        self.WORKER_PAUSE_SECONDS = float(env.get("WORKER_PAUSE_SECONDS", "2"))

        #: Sessions: minutes without a request, hours in all.
        self.STAFF_IDLE = timedelta(minutes=int(env.get("STAFF_IDLE_MINUTES", "15")))
        self.PORTAL_IDLE = timedelta(minutes=int(env.get("PORTAL_IDLE_MINUTES", "30")))
        self.SESSION_ABSOLUTE = timedelta(hours=int(env.get("SESSION_ABSOLUTE_HOURS", "8")))
        #: Cookies with the Secure flag and the ``__Host-`` prefix; needs TLS in front.
        self.SESSION_COOKIE_SECURE = _flag("SECURE_COOKIES")

        #: An upload request is read up to here; the budget of all papers of an application is 30 MB.
        self.MAX_CONTENT_LENGTH = 32 * 1024 * 1024
        self.MAX_FORM_MEMORY_SIZE = 1024 * 1024
        self.MAX_FORM_PARTS = 500

        self.BABEL_DEFAULT_LOCALE = "zh_Hant_TW"
        self.BABEL_DEFAULT_TIMEZONE = "Asia/Taipei"
        self.BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
        self.WTF_CSRF_TIME_LIMIT = None  # a token lives as long as its session: long forms must not die
        self.SEND_FILE_MAX_AGE_DEFAULT = 3600

        # Flask-AppBuilder: permissions are made once by `flask set-up`, nothing of its API or registration is used.
        self.APP_NAME = "便民服務後臺管理系統"
        self.FAB_UPDATE_PERMS = False
        self.FAB_CREATE_DB = False
        self.FAB_ADD_SECURITY_VIEWS = False
        self.FAB_ADD_SECURITY_API = False
        self.FAB_ADD_OPENAPI_VIEWS = False
        self.FAB_API_SWAGGER_UI = False
        self.FAB_API_KEY_ENABLED = False
        self.FAB_ALLOW_GET_UNSAFE_MUTATIONS = False
        self.AUTH_USER_REGISTRATION = False
        self.AUTH_ROLE_ADMIN = "Nobody"
        self.AUTH_ROLE_PUBLIC = "Public"
        self.RATELIMIT_ENABLED = False
        self.LANGUAGES = {
            "zh_Hant_TW": {"flag": "", "name": "中文（臺灣）"},
            "en": {"flag": "", "name": "English"},
        }
        self.check()

    def check(self) -> None:
        """Refuse to start on a configuration that this environment may not have; raises ``RuntimeError``."""


class Development(Base):
    """A developer's machine and the demonstration: makes its own secrets, shows the local outbox."""

    DEBUG = False

    def __init__(self) -> None:
        os.environ.setdefault("SHOW_OUTBOX", "1")
        os.environ.setdefault("SMS_URL", "local")
        super().__init__()
        self.TELL_CODES = True

    def check(self) -> None:
        self.DATA_DIR.mkdir(parents=True, exist_ok=True)
        secret_file = self.DATA_DIR / "secret_key"
        if not self.SECRET_KEY:
            if not secret_file.exists():
                secret_file.touch(mode=0o600)
                secret_file.write_text(secrets.token_urlsafe(48))
            self.SECRET_KEY = secret_file.read_text()


class Testing(Base):
    """Tests: their own data folder, their own keys, no pause."""

    TESTING = True

    def check(self) -> None:
        self.SECRET_KEY = self.SECRET_KEY or "testing"
        self.SHOW_OUTBOX = self.TELL_CODES = True
        self.WORKER_PAUSE_SECONDS = 0.05


class Production(Base):
    """The real thing: refuses defaults."""

    def check(self) -> None:
        wrong = []
        if len(self.SECRET_KEY) < 32 or self.SECRET_KEY == "testing":
            wrong.append("SECRET_KEY must be set to at least 32 random characters")
        if not os.environ.get("KEY_FILE") and not os.environ.get("KEYRING"):
            wrong.append("KEY_FILE (or KEYRING) must name the encryption keys")
        if not os.environ.get("BASE_URL", "").startswith("https://"):
            wrong.append("BASE_URL must be the public https:// address")
        if not os.environ.get("TRUSTED_HOSTS"):
            wrong.append("TRUSTED_HOSTS must list the host names that are answered")
        if not self.MAIL_SERVER:
            wrong.append("MAIL_SERVER must be set: the local outbox is for demonstrations")
        if self.SMS_URL == "local":
            wrong.append("SMS_URL must be the gateway's https:// address, or empty for no SMS")
        if self.SMS_RECEIPT_SECRET and len(self.SMS_RECEIPT_SECRET) < 32:
            wrong.append("SMS_RECEIPT_SECRET must be at least 32 random characters, or empty")
        if self.SHOW_OUTBOX:
            wrong.append("SHOW_OUTBOX must be off")
        self.SESSION_COOKIE_SECURE = True
        self.CREATE_KEYS = False
        if wrong:
            raise RuntimeError("Production refuses to start:\n- " + "\n- ".join(wrong))


ENVIRONMENTS = {"development": Development, "testing": Testing, "production": Production}


def chosen() -> Base:
    """The configuration that ``APP_CONFIG`` names."""
    return ENVIRONMENTS[os.environ.get("APP_CONFIG", "development")]()
