"""The command line: set-up, worker, staff accounts."""

from __future__ import annotations

import signal
import threading
from datetime import date, datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from app.rules.vocabulary import StaffRole


def install(app: Flask) -> None:
    """Add the program's commands to ``flask``."""
    for command in (seed, demo, worker, staff):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def seed() -> None:
    """Put the reference data in where they are missing (safe to run twice)."""
    from app.seeds import reference
    from app.services import maintenance

    reference.seed()
    maintenance.refresh_statistics()
    click.echo("reference data: ready")


@click.command()
@with_appcontext
def demo() -> None:
    """Fill the demonstration agency (refused in production; safe to run twice)."""
    from app.seeds import demo as demonstration

    demonstration.fill()


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Deliver queued messages until stopped (SIGTERM finishes the message at hand)."""
    from flask import current_app

    from app.services import delivery

    stop = threading.Event()
    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    while True:
        tried = delivery.deliver_due()
        if once:
            click.echo(f"{tried} messages tried")
            return
        if stop.wait(0 if tried else current_app.config["WORKER_PAUSE_SECONDS"]):
            return


@click.group()
def staff() -> None:
    """Staff accounts from the command line."""


@staff.command("create")
@click.argument("username")
@click.argument("family_name")
@click.argument("given_name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(StaffRole.values()))
@click.option("--agency", "agencies", multiple=True, help="Short name of an agency, such as 桃園女子監獄.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which the account works.")
@click.password_option()
@with_appcontext
def create_staff(
    username: str,
    family_name: str,
    given_name: str,
    roles: tuple[str, ...],
    agencies: tuple[str, ...],
    until: datetime | None,
    password: str,
) -> None:
    """Make a staff account; the first one is made here, later ones by headquarters."""
    from sqlalchemy import select

    from app.extensions import db
    from app.security import SYSTEM
    from app.services import staff as accounts
    from models import Agency

    ids = list(db.session.scalars(select(Agency.id).where(Agency.name.in_(agencies))))
    if len(ids) != len(agencies):
        raise click.ClickException("an agency of this name is not known")
    last_day: date | None = until.date() if until else None
    accounts.create(username, family_name, given_name, password, map(StaffRole, roles), ids, SYSTEM, last_day)
    click.echo(f"{username}: made")
