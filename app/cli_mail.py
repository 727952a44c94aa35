"""``flask mail``: does the mail server work, and which mails came back."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask import Flask, current_app
from flask.cli import with_appcontext


def install(app: Flask) -> None:
    """Add the commands about mail to ``flask``."""
    app.cli.add_command(mail)


@click.group()
def mail() -> None:
    """The mail server, and mails that come back."""


@mail.command()
@click.option("--to", "address", help="Also send a test mail to this address.")
@with_appcontext
def check(address: str | None) -> None:
    """Connect, secure the line and sign in as the worker would, and say how each step went; exit code 1: it failed."""
    from app.adapters.mailer import DeliveryFailure, Mail
    from app.adapters.smtp_check import steps
    from app.services.channels import mailer
    from app.services.letters import html_of, message_id
    from models import new_id

    if not current_app.config["MAIL_SERVER"]:
        raise click.ClickException("MAIL_SERVER is empty: mails go to the local outbox folder, no server is used")
    for step in steps(current_app._get_current_object()):
        click.echo(f"{'ok  ' if step.is_fine else 'FAIL'} {step.name}: {step.said}")
        if not step.is_fine:
            raise click.ClickException("the worker could not deliver; see docs/operations.md, Mail")
    if address is None:
        click.echo("No mail was sent; --to ADDRESS sends one.")
        return
    subject, text = "便民服務入口網 測試郵件", "您好：\n這是便民服務入口網之測試郵件（𠮷），收到即表示郵件設定正確。"
    letter = Mail(
        message_id=message_id(new_id()),
        sender=current_app.config["MAIL_SENDER"],
        recipient=address,
        subject=subject,
        text=text,
        html=html_of(subject, text, "zh_Hant_TW"),
    )
    try:
        mailer().send(letter)
    except DeliveryFailure as failure:
        raise click.ClickException(f"the test mail was not accepted: {failure.reason}") from failure
    click.echo(f"ok   test mail: accepted by the server under {letter.message_id}; now look into the mailbox")


@mail.command()
@click.argument("file", type=click.File("rb"), default="-")
@with_appcontext
def bounces(file: BinaryIO) -> None:
    """Take in delivery reports: an mbox FILE, or one mail or an mbox on standard input."""
    from app.adapters.bounce_reports import mails
    from app.services.bounces import take_in

    tally = take_in(mails(file))
    for kind, meaning in {
        "returned": "did not arrive; see 未送達通知處理",
        "not final": "delayed or delivered; nothing changed",
        "known": "about messages that were dealt with already",
        "unknown": "about no message of this installation",
        "unreadable": "no delivery report that can be read; passed over",
    }.items():
        click.echo(f"{tally[kind]:>5} {kind}: {meaning}")
