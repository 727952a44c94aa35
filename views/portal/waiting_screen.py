"""The screen in an agency's waiting room: numbers only, under an address that nobody guesses.

No session: a screen that has to sign in is dark in the morning. Who learns the address learns no more than whoever
sits in the room, until the desk changes it.
"""

from __future__ import annotations

from flask import render_template

from app import clock
from app.services import waiting_board, waiting_screens
from views.portal.door import door

#: As many as can be read from the last row of chairs.
MOST_SHOWN = 10


@door.get("/screen/<token>")
def waiting_screen(token: str) -> str:
    """Who is in a visit and who waits, as numbers."""
    agency = waiting_screens.agency_of(token)
    return render_template(
        "portal/waiting_screen.html",
        agency=agency,
        board=waiting_board.board(agency.id, clock.today()),
        most=MOST_SHOWN,
    )
