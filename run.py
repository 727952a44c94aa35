"""Starts the program on the embedded default; exposes ``app`` for a WSGI server."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from app.launcher import main

    sys.exit(main())

# The launcher above starts processes of its own and needs no app.
from app.factory import create_app

app = create_app()
