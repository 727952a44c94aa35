"""Limits on the ways in: exactly so many, the same for what is known and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.extensions import db
from app.security import Actor
from app.services import inmates, registration, throttle, verification
from models import Notification
from tests import factories
from tests.services.conftest import ANYBODY
from tests.services.test_registration import PASSWORD, filled
from tests.stillness import StoppedClock


def times(act: Callable[[int], object], error: type[Exception], most: int) -> Exception:
    """Do something ``most`` times, and see the next one refused."""
    for n in range(most):
        act(n)
    with pytest.raises(error) as refused:
        act(most)
    return refused.value


def sender(n: int = 0) -> Actor:
    return Actor("anonymous", remote_address=f"192.0.2.{n}")


def test_one_sender_registers_so_often_in_an_hour(
    seeded: None, clock_at: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "hash_password", lambda password: "scrypt:" + password)

    def one(n: int) -> None:
        registration.register(filled(mail=f"a{n}@example.com"), ANYBODY)

    error = times(one, throttle.TooMany, throttle.SENDER_REGISTER.most)
    assert "10:00" in str(error)
    registration.register(filled(mail="elsewhere@example.com"), sender(9))
    clock_at.passes(hours=1)
    one(99)


def test_a_slip_in_the_form_is_not_counted(seeded: None) -> None:
    for _ in range(throttle.SENDER_REGISTER.most + 1):
        with pytest.raises(registration.RuleErrors):
            registration.register(filled(mail="x"), ANYBODY)
    assert registration.register(filled(), ANYBODY).applicant_id


@pytest.mark.parametrize("is_known", [True, False])
def test_one_address_gets_so_many_mails_of_strangers(seeded: None, is_known: bool) -> None:
    if is_known:
        factories.applicant(mail="chen@example.com")
    times(lambda n: registration.register(filled(), sender(n)), throttle.TooMany, throttle.RECIPIENT_MAIL.most)
    assert db.session.query(Notification).count() == throttle.RECIPIENT_MAIL.most


def test_the_owner_of_a_bound_number_is_not_flooded_and_nobody_is_told(seeded: None, clock_at: StoppedClock) -> None:
    from app import clock

    factories.applicant(mail="owner@example.com", id_number="A123456789", id_bound_at=clock.now())
    for n in range(8):
        assert registration.register(filled(mail=f"m{n}@example.com"), sender(n)).applicant_id is None
    assert db.session.query(Notification).count() == throttle.RECIPIENT_MAIL.most


@pytest.mark.parametrize("is_known", [True, False])
def test_sending_again_waits_and_ends(seeded: None, clock_at: StoppedClock, is_known: bool) -> None:
    if is_known:
        factories.applicant(mail="chen@example.com")
    receipt = registration.register(filled(), ANYBODY)

    def again(n: int) -> None:
        with pytest.raises(verification.ResendTooSoon):
            verification.resend(receipt, sender(n))
        clock_at.passes(minutes=3)
        verification.resend(receipt, sender(n))

    times(again, throttle.TooMany, throttle.RECIPIENT_MAIL.most - 1)


@pytest.mark.parametrize("is_known", [True, False])
def test_correcting_is_counted_per_sender(seeded: None, is_known: bool) -> None:
    if is_known:
        factories.applicant(mail="chen@example.com")
    receipt = registration.register(filled(), ANYBODY)

    def correct(n: int) -> None:
        nonlocal receipt
        receipt = verification.correct_mail(receipt, f"c{n}@example.com", ANYBODY)
        with pytest.raises(verification.ResendTooSoon):
            verification.resend(receipt, ANYBODY)

    times(correct, throttle.TooMany, throttle.SENDER_MAIL.most)


def test_one_applicant_looks_up_so_many_inmates(app: object, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    inmate = factories.inmate(agency)
    me, agency_id, number = Actor("applicant", factories.applicant().id), agency.id, inmate.number

    def look(n: int) -> None:
        with pytest.raises(inmates.InmateNotFound):
            inmates.find(agency_id, f"x{n}", me)

    error = times(look, inmates.TooManyLookups, inmates.BY_ACCOUNT.most)
    assert str(error) == "查詢次數已達上限，請於10:00後再試，或洽收容機關。"
    assert isinstance(error, inmates.TooManyLookups) and error.field == "number"
    with pytest.raises(inmates.TooManyLookups):
        inmates.find(agency_id, number, me)
    inmates.find(agency_id, number, Actor("applicant", factories.applicant().id))
    clock_at.passes(hours=1)
    inmates.find(agency_id, number, me)


def test_one_number_is_looked_up_so_often_by_everybody(app: object) -> None:
    agency = factories.agency()
    agency_id = agency.id

    def look(n: int) -> None:
        with pytest.raises(inmates.InmateNotFound):
            inmates.find(agency_id, "0609", Actor("applicant", f"person {n // 10}"))

    times(look, inmates.TooManyLookups, inmates.BY_NUMBER.most)
    with pytest.raises(inmates.InmateNotFound):
        inmates.find(agency_id, "0610", Actor("applicant", "person 0"))


def test_officers_look_up_as_often_as_they_must(app: object) -> None:
    inmate = factories.inmate()
    agency_id, number = inmate.agency_id, inmate.number
    for _ in range(inmates.BY_NUMBER.most + 1):
        inmates.find(agency_id, number, Actor("staff", "1"))


def test_the_password_is_not_kept_by_a_receipt(seeded: None) -> None:
    assert PASSWORD not in repr(registration.register(filled(), ANYBODY))
