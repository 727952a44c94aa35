"""Which agency a roster is of: the one chosen, one's own, or the only one there is."""

from __future__ import annotations

from flask_login import current_user

from app.errors import NotFound
from views.backoffice import scope
from views.backoffice.scope import AgencyChoice


def chosen(wanted: str) -> AgencyChoice | None:
    """The wanted agency of the officer's scope; without a wish his own one, None where there are several.

    Raises ``NotFound`` for an agency outside the scope.
    """
    choices = scope.agencies()
    if wanted:
        found = next((choice for choice in choices if choice.id == wanted), None)
        if found is None:
            raise NotFound()
        return found
    # A host agency's desk sees the sub-units too, but begins at home.
    own = {agency.id for agency in current_user.agencies} or {choice.id for choice in choices}
    at_home = [choice for choice in choices if choice.id in own]
    return at_home[0] if len(at_home) == 1 else None
