"""The command line for accounts: the first of staff, and the operator's help where no screen is left to give it."""

from __future__ import annotations

from datetime import date, datetime

import click
from flask.cli import with_appcontext

from app.errors import RuleError
from app.rules.vocabulary import StaffRole

#: Who does it and why: both stand in the trail.
by_option = click.option("--by", required=True, prompt="Your own name", help="Your own name, for the trail.")
note_option = click.option(
    "--note", required=True, prompt="Who asked, seen with which paper", help="On what ground, for the trail."
)


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


@staff.command("rescue")
@click.argument("username")
@click.option("--lost-telephone", is_flag=True, help="Forget the second factor, too.")
@by_option
@note_option
@with_appcontext
def rescue_staff(username: str, lost_telephone: bool, by: str, note: str) -> None:
    """Let the only account of headquarters in again, with a starting password that is told once."""
    from app.security import Actor
    from app.services import staff_rescue

    try:
        password = staff_rescue.rescue(username, lost_telephone, note, Actor("system", name=by))
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{username}: {password}")
    click.echo("works for one sign-in, where it has to be changed")


@click.group()
def applicant() -> None:
    """Applicants' accounts from the command line."""


@applicant.command("second-factor-off")
@by_option
@note_option
@click.option("--mail", prompt="The account's verified e-mail", help="Better typed at the prompt: no shell keeps it.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@with_appcontext
def second_factor_off(by: str, note: str, mail: str, yes: bool) -> None:
    """Switch off a second factor whose telephone and recovery codes are lost; its owner is told by mail."""
    from app.rules import masking
    from app.security import Actor
    from app.services import accounts

    try:
        owner = accounts.with_address(mail)
        owner_id, name = owner.id, masking.name_circle(owner.name)
        if not yes:
            click.confirm(f"{name} ({masking.mail(mail.strip())}): switch the second factor off?", abort=True)
        accounts.forget_lost_telephone(owner_id, note, Actor("system", name=by))
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name}: second factor off, all sessions ended, the owner is told by mail")
