"""What staff may do stands in code, anchored: Flask-AppBuilder matches by prefix."""

from __future__ import annotations

import re

from app.rules.vocabulary import StaffRole
from views.backoffice.roles import ROLES


def test_each_kind_of_staff_has_its_role_and_there_is_no_other() -> None:
    assert set(ROLES) == set(StaffRole.values()), "roles are StaffRole's values: headquarters assigns from that list"


def test_every_expression_is_anchored_at_both_ends() -> None:
    for role, grants in ROLES.items():
        for expression in (part for grant in grants for part in grant):
            assert expression.endswith("$"), f"{role}: {expression} also grants every longer name; end it with $"
            assert expression.startswith("^"), f"{role}: begin {expression} with ^"
            re.compile(expression)


def test_nobody_may_do_everything() -> None:
    for role, grants in ROLES.items():
        for view, permission in grants:
            assert not re.match(view, "AnyOtherView"), f"{role}: {view} grants screens that are not written yet"
            assert not re.match(permission, "menu_access_everything"), f"{role}: {permission} is too wide"


def test_an_auditor_may_nothing_in_the_back_office_but_their_own_account() -> None:
    views = "|".join(view for view, _ in ROLES[StaffRole.AUDITOR.value])
    for screen in ("HomeView", "LawyerApplicationView", "ParameterView", "AgencyView", "BookingReviewView"):
        assert not re.match(views, screen), f"an auditor opens {screen}; /auditor/ is their door"
