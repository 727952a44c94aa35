"""A worker process of its own: ``python -m tests.concurrency.deliverer PORT MOMENT`` delivers until nothing is due.

It says ``ready`` and waits for a line first, so that several of them start together.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app import clock
from app.services import delivery
from tests.databases import build_app
from tests.stillness import taiwan


def main(port: str, moment: str) -> None:
    """Deliver through the server at this port, at this moment in Taiwan."""
    clock.stop_everywhere(taiwan(moment))
    address = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": int(port)}
    app = build_app(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]), **address)
    with app.app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        while delivery.deliver_due(limit=20):
            pass
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
