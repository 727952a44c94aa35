"""``flask sms``: does the SMS gateway work."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext


def install(app: Flask) -> None:
    """Add the command about SMS to ``flask``."""
    app.cli.add_command(sms)


@click.group()
def sms() -> None:
    """The SMS gateway."""


@sms.command()
@click.option("--to", "number", help="Also send a test SMS to this mobile number (it costs what an SMS costs).")
@with_appcontext
def check(number: str | None) -> None:
    """Read the settings, connect as the worker would, and say how each step went; exit code 1: it failed."""
    from app.adapters.http_sms import HttpSmsGateway
    from app.rules.names import MobileInvalid, clean_mobile
    from app.services.short_messages import gateway

    way = gateway()
    if not isinstance(way, HttpSmsGateway):
        local = "SMS go to the local outbox folder" if current_app.config["SMS_URL"] else "SMS_URL is empty: no SMS"
        raise click.ClickException(f"{local}, no gateway is used")
    _ok("settings", f"{way.settings.method}, numbers {way.settings.numbers}, fields {', '.join(way.settings.fields)}")
    try:
        line = way.connection()
    except OSError as error:
        click.echo(f"FAIL connect: {_why(error)}")
        raise click.ClickException("the worker could not deliver; see docs/operations.md, SMS") from error
    _ok("connect", f"{line.host}:{line.port}{', certificate trusted' if hasattr(line.sock, 'getpeercert') else ''}")
    line.close()
    secret = current_app.config["SMS_RECEIPT_SECRET"]
    _ok("receipts", "taken at /portal/sms-receipts" if secret else "SMS_RECEIPT_SECRET is empty: none are taken")
    if number is None:
        click.echo("No SMS was sent; --to NUMBER sends one.")
        return
    try:
        mobile = clean_mobile(number)
    except MobileInvalid as error:
        raise click.BadParameter("not a mobile number", param_hint="--to") from error
    _send(way, mobile)


def _send(way: object, mobile: str) -> None:
    from app.adapters.http_sms import HttpSmsGateway
    from app.adapters.mailer import DeliveryFailure
    from app.adapters.sms_gateway import Sms
    from models import new_id

    assert isinstance(way, HttpSmsGateway)
    try:
        provider_id = way.send(Sms(new_id(), mobile, "【便民服務入口網】測試簡訊，收到即表示簡訊設定正確。"))
    except DeliveryFailure as failure:
        click.echo(f"FAIL test SMS: {failure.reason}")
        raise click.ClickException(f"the test SMS was not certainly accepted ({type(failure).__name__})") from failure
    told = f"number {provider_id}" if provider_id else "no number (SMS_SUCCESS has no group id: receipts find nothing)"
    _ok("test SMS", f"accepted by the gateway, {told}; now look at the telephone")


def _why(error: OSError) -> str:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__


def _ok(name: str, said: str) -> None:
    click.echo(f"ok   {name}: {said}")
