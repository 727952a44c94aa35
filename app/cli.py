"""The command line: set-up, staff accounts, keys, the trail; the worker stands in ``app.cli_jobs``."""

from __future__ import annotations

from datetime import date, datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from app.cli_jobs import jobs, worker
from app.errors import RuleError
from app.rules.vocabulary import StaffRole


def install(app: Flask) -> None:
    """Add the program's commands to ``flask``."""
    for command in (seed, demo, worker, jobs, staff, keys, trail, lapse):
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
@with_appcontext
def lapse() -> None:
    """Clear away what has lapsed: unverified accounts, drafts, sessions, counters (safe to run twice)."""
    from app.services import lapses

    for what, number in lapses.clear_away().items():
        click.echo(f"{what}: {number}")


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
    try:
        accounts.create(username, family_name, given_name, password, map(StaffRole, roles), ids, SYSTEM, last_day)
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{username}: made; the password has to be changed at the first sign-in")


@staff.command("code")
@click.argument("username")
@with_appcontext
def staff_code(username: str) -> None:
    """Tell the code that an officer's telephone would show now (never in production)."""
    from flask import current_app
    from sqlalchemy import select

    from app.extensions import db
    from app.services import second_factor
    from models import Officer, SessionKind

    if not current_app.config["TELL_CODES"]:
        raise click.ClickException("this installation does not tell codes")
    officer = db.session.scalar(select(Officer).where(Officer.username == username))
    code = second_factor.current_code(SessionKind.STAFF, str(officer.id)) if officer else None
    if code is None:
        raise click.ClickException("no such account, or no second factor yet")
    click.echo(code)


@click.group()
def keys() -> None:
    """Encryption keys."""


@keys.command("status")
@with_appcontext
def keys_status() -> None:
    """Tell the active key and how many values still wait for it."""
    from app import crypto
    from app.services import key_rotation

    click.echo(f"active key {crypto.current().active}; {key_rotation.remaining()} values under older keys")


@keys.command("rotate")
@with_appcontext
def keys_rotate() -> None:
    """Seal everything again under the active key; may be stopped and run again, people may work."""
    from app.services import key_rotation

    click.echo(f"{key_rotation.rotate()} values and files sealed again")
    left = key_rotation.remaining()
    if left:
        raise click.ClickException(f"{left} values are still under older keys: run it again")


@click.group("audit")
def trail() -> None:
    """The trail of changes and reads."""


@trail.command("seal")
@with_appcontext
def trail_seal() -> None:
    """Chain the newest rows and write the signed head outside the database."""
    from app.services import trail as kept

    click.echo(f"{kept.seal()} rows sealed")


@trail.command("verify")
@with_appcontext
def trail_verify() -> None:
    """Name the first changed, missing or inserted row; exit code 1 if there is one."""
    from app.services import trail as kept

    fault = kept.verify()
    if fault is not None:
        raise click.ClickException(f"row {fault.seq}: {fault.what}")
    click.echo(f"{kept.size()} rows, all as they were written")


@trail.command("export")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]))
@with_appcontext
def trail_export(since: datetime | None, until: datetime | None) -> None:
    """Write the trail as JSON lines (days in Taiwan; the end is not included)."""
    from app.clock import TAIPEI
    from app.services import trail as kept

    begin, end = (day.replace(tzinfo=TAIPEI) if day else None for day in (since, until))
    for line in kept.export(begin, end):
        click.echo(line)
