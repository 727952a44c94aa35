"""Start-up, in order; the only file that knows every part."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from flask import Flask, redirect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

import config as configuration
from app import assets, cli, cli_mail, cli_sms, crypto, error_pages, incoming, security, session
from app.adapters.face_comparison import NotCompared
from app.adapters.file_store import EncryptedFolder
from app.adapters.http_sms import HttpSmsGateway
from app.adapters.mailer import OutboxFolder
from app.adapters.sms_gateway import NoGateway, SmsFolder, SmsGateway
from app.adapters.sms_settings import LOCAL, SettingsWrong, settings_from
from app.adapters.smtp_mailer import SmtpMailer
from app.adapters.virus_scan import scanner_at
from app.extensions import csrf, db, migrate, tune
from app.i18n import use_own_chinese_in_forms
from app.oversize import Drained
from views import api, auditor, backoffice, portal

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def create_app(settings: configuration.Base | None = None) -> Flask:
    """The program, ready to serve; raises ``RuntimeError`` on a configuration it may not run with."""
    settings = settings or configuration.chosen()
    app = Flask("app", root_path=str(configuration.ROOT / "app"))
    incoming.install(app)
    app.config.from_mapping({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
    logging.getLogger("flask_appbuilder").setLevel(logging.WARNING)
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), format=LOG_FORMAT)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    app.wsgi_app = Drained(app.wsgi_app)  # type: ignore[method-assign]

    _use_keys(app)
    _use_adapters(app)
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    migrate.init_app(app, db)
    session.install(app)
    security.install(app)
    use_own_chinese_in_forms()
    csrf.init_app(app)  # before Flask-AppBuilder: without it, rows are deleted by GET
    with app.app_context():
        backoffice.register(app)
        portal.register(app)
        auditor.register(app)
        api.register(app)
    assets.serve_compressed(app)
    error_pages.install(app)
    cli.install(app)
    cli_mail.install(app)
    cli_sms.install(app)

    @app.get("/")
    def _front_door() -> Response:
        return redirect("/portal/")

    return app


def _use_keys(app: Flask) -> None:
    if os.environ.get("KEYRING"):
        crypto.use(crypto.keyring_from(json.loads(os.environ["KEYRING"])))
    else:
        crypto.use(crypto.keyring_from_file(app.config["KEY_FILE"], create=app.config["CREATE_KEYS"]))


def _use_adapters(app: Flask) -> None:
    """The outside world: real where it is configured, harmless where it is not."""
    folder = Path(app.config["DATA_DIR"])
    app.extensions["file_store"] = EncryptedFolder(folder / "files")
    app.extensions["scanner"] = scanner_at(app.config["CLAMD"])
    app.extensions["face_comparison"] = NotCompared()
    real = bool(app.config["MAIL_SERVER"])
    app.extensions["mailer"] = SmtpMailer(app) if real else OutboxFolder(folder / "outbox")
    app.extensions["sms_gateway"] = _sms_gateway(app, folder)


def _sms_gateway(app: Flask, folder: Path) -> SmsGateway:
    if not app.config["SMS_URL"]:
        return NoGateway()
    if app.config["SMS_URL"] == LOCAL:
        return SmsFolder(folder / "outbox")
    try:
        return HttpSmsGateway(settings_from(app.config))
    except SettingsWrong as error:
        raise RuntimeError(str(error)) from error
