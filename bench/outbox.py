"""The worker against a bare loop: ``.venv/bin/python -m bench.outbox``.

Both deliver the same mails to the same local sink over one connection each, with the same letters (opened, written as
text and HTML, MIME) and as many commits: one that counts the attempt before each mail and notes the one before as
sent. The bare loop knows no leases, no order, no replacing, no back-off and no second worker. Ours and theirs take
turns; processor seconds, the sink's among them on both sides (both wait for as many commits, which on a shared disk
varies more than all the rest). Afterwards the statements are counted that queueing a message adds to an act.
"""

from __future__ import annotations

import os
import socketserver
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event, select, text, update

from app import clock
from app.adapters.smtp_mailer import _message
from app.extensions import db
from app.rules.vocabulary import MessageState
from app.services import delivery, letters, notifications
from app.transaction import end_reading, transaction
from models import Notification, new_id
from tests import factories
from tests.databases import build_app, migrate, seed
from tests.postgres import RUN_FOLDER

MAILS = 2_000
REPEATS = 3
_BODY = (
    "您好：\n您於【便民服務入口網】申請預約接見審核結果為審核通過。\n接見機關：桃園女子監獄\n預約編號：L260303-ABC\n"
    * 3
)


class Sink(socketserver.StreamRequestHandler):
    """Takes every mail and keeps none."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while command := self.rfile.readline().upper():
            if command.startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.wfile.write(b"250 OK\r\n")
            if command.startswith(b"QUIT"):
                return


@contextmanager
def sink():  # type: ignore[no-untyped-def]
    """The sink's port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def filled(number: int) -> None:
    """Queue so many mails, each about a matter of its own."""
    with transaction() as session:
        session.execute(text("DELETE FROM notification"))
        people = [factories.applicant() for _ in range(20)]
        for turn in range(number):
            factories.notification(
                people[turn % 20], subject_id=new_id(), subject_kind="reservation", event="booking_approved", body=_BODY
            )
    end_reading()


def ours(_mailer: Any) -> None:
    """The worker."""
    while delivery.deliver_due():
        pass


def bare(mailer: Any) -> None:
    """A loop that reads what is queued and sends it."""
    table: Any = Notification.__table__
    ids = list(db.session.scalars(select(Notification.id).where(Notification.state == MessageState.QUEUED)))
    end_reading()
    last = None
    with mailer._mail.connect() as connection:
        for message_id in [*ids, None]:
            with transaction() as session:
                if last is not None:
                    values = {"state": MessageState.SENT, "sent_at": clock.now()}
                    session.execute(update(table).where(table.c.id == last).values(values))
                if message_id is None:
                    break
                mine = table.c.id == message_id
                session.execute(
                    update(table).where(mine).values(state=MessageState.SENDING, attempts=table.c.attempts + 1)
                )
                letter = letters.letter(session.get_one(Notification, message_id), "zh_Hant_TW")
            connection.host.sendmail("no-reply@portal.example", [letter.recipient], _message(letter).as_bytes())
            last = message_id


def seconds(way: Any, mailer: Any, number: int) -> float:
    """How much processor time one way takes for so many mails; all of them must be marked as sent."""
    filled(number)
    start = time.process_time()
    way(mailer)
    took = time.process_time() - start
    left = db.session.query(Notification).filter(Notification.state != MessageState.SENT).count()
    end_reading()
    assert left == 0, f"{left} mails were not sent"
    return took


def statements() -> int:
    """How many statements one more message adds to an act."""
    seen: list[str] = []
    person = factories.applicant()
    with transaction() as session:
        mine = session.get_one(type(person), person.id)
        notifications.enqueue(session, "password_changed", mine, mine, version=1)
        session.flush()
        event.listen(db.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: seen.append(statement))
        notifications.enqueue(session, "password_changed", mine, mine, version=2)
        session.flush()
    return len(seen)


def main(repeats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        os.environ[RUN_FOLDER] = folder
        url = f"sqlite:///{folder}/bench.db"
        app = build_app(url, Path(folder) / "data", MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        migrate(app)
        seed(app)
        with app.app_context():
            mailer = app.extensions["mailer"]
            for way in (ours, bare):
                seconds(way, mailer, 50)
            runs = [(seconds(ours, mailer, MAILS), seconds(bare, mailer, MAILS)) for _ in range(repeats)]
            mine, theirs = (median(column) for column in zip(*runs, strict=True))
            print("| mails | ours s | bare loop s | ours, mails a processor second | speed against the bare loop |")
            print("|---:|---:|---:|---:|---:|")
            print(f"| {MAILS} | {mine:.2f} | {theirs:.2f} | {MAILS / mine:.0f} | {theirs / mine:.2f} |")
            print(f"Queueing a message adds {statements()} statement to an act.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
