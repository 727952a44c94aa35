"""The command line: set-up, keys, trail; accounts: ``app.cli_accounts``; worker and jobs: ``app.cli_jobs``."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from flask import Flask
from flask.cli import with_appcontext

from app.cli_accounts import applicant, staff
from app.cli_jobs import jobs, worker


def install(app: Flask) -> None:
    """Add the program's commands to ``flask``."""
    for command in (seed, demo, worker, jobs, staff, applicant, keys, trail, lapse):
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
    """Clear away what has lapsed: bookings, unverified accounts, drafts, sessions, counters (safe to run twice)."""
    from app.services import lapses

    for what, number in lapses.clear_away().items():
        click.echo(f"{what}: {number}")


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


@trail.command("watch")
@click.option("--minutes", type=click.IntRange(1), default=60, show_default=True)
@click.option("--most", type=click.IntRange(0), default=50, show_default=True, help="Of one event, without an alarm.")
@with_appcontext
def trail_watch(minutes: int, most: int) -> None:
    """Count refused sign-ins and looks past the masks; exit code 1 if one of them is above the bound."""
    from app.services import trail_watch as watch

    counts = watch.counts(timedelta(minutes=minutes))
    for event, number in counts.items():
        click.echo(f"{event}: {number}")
    loud = [event for event, number in counts.items() if number > most]
    if loud:
        raise click.ClickException(f"more than {most} within {minutes} minutes: {', '.join(loud)}")


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
