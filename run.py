"""Starts the program on the embedded default; exposes ``app`` for a WSGI server."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from app.launcher import main

    sys.exit(main())

from app.factory import create_app  # noqa: E402  (the launcher starts processes of its own and needs no app)

app = create_app()
