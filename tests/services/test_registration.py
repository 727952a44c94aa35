"""Registration and the one-time link, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.errors import RuleErrors
from app.extensions import db
from app.rules.vocabulary import AccountState
from app.services import accounts, registration, verification
from app.services.notifications import HIDDEN_LINK
from models import Applicant, Consent, Notification, OneTimeToken
from tests import factories
from tests.services.conftest import ANYBODY

PASSWORD = "一個很長的密碼 7"


def filled(**changes: str) -> registration.Registration:
    """A form as a person would fill it in."""
    form = registration.Registration(
        name="陳𠮷豪",
        id_kind="national_id",
        id_number="A123456789",
        id_country="",
        birth=("50", "3", "10"),
        birth_calendar="roc",
        mail="chen@example.com",
        mobile="0912-345-678",
        landline="",
        address="桃園市桃園區縣府路1號",
        occupation="律師",
        password=PASSWORD,
        password_again=PASSWORD,
        notice_id=registration.current_notice().id,
        locale="zh_Hant_TW",
    )
    return replace(form, **changes)  # type: ignore[arg-type]


def link_of(message: Notification) -> str:
    """The token in a queued mail."""
    return str(message.secret["link"]).rpartition("/")[2]


def only_message() -> Notification:
    return db.session.scalars(select(Notification)).one()


def test_a_person_registers_verifies_and_signs_in(each_database: str, seeded: None) -> None:
    receipt = registration.register(filled(), ANYBODY)
    applicant = db.session.get_one(Applicant, receipt.applicant_id)
    assert (applicant.name, applicant.id_number, applicant.mobile) == ("陳𠮷豪", "A123456789", "0912345678")
    assert applicant.birth_date.isoformat() == "1961-03-10"
    assert applicant.state is AccountState.UNVERIFIED
    assert db.session.scalars(select(Consent)).one().remote_address == "192.0.2.7"
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in("A123456789", PASSWORD, ANYBODY)

    raw = link_of(only_message())
    assert verification.link_is_live(raw)
    verification.verify(raw, ANYBODY)
    assert not verification.link_is_live(raw)
    for identifier in ("A123456789", "a123456789", "chen@example.com"):
        assert accounts.sign_in(identifier, PASSWORD, ANYBODY).id == receipt.applicant_id


def test_the_log_never_holds_the_link(seeded: None) -> None:
    registration.register(filled(), ANYBODY)
    message = only_message()
    assert HIDDEN_LINK in message.body
    assert link_of(message) not in message.body + message.subject


def test_a_link_works_once_and_for_a_day(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    registration.register(filled(), ANYBODY)
    raw = link_of(only_message())
    clock_at.passes(hours=24)
    with pytest.raises(verification.LinkInvalid):
        verification.verify(raw, ANYBODY)
    clock_at.passes(hours=-1)
    verification.verify(raw, ANYBODY)
    with pytest.raises(verification.LinkInvalid):
        verification.verify(raw, ANYBODY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"id_number": "A123456780"}, "id_number"),
        ({"id_kind": "passport", "id_number": "X1234567"}, "country"),
        ({"birth": ("120", "1", "1")}, "birth"),
        ({"birth": ("50", "2", "30")}, "birth"),
        ({"mail": "chen@"}, "mail"),
        ({"mobile": "12"}, "mobile"),
        ({"address": " "}, "address"),
        ({"occupation": ""}, "occupation"),
        ({"occupation": "業" * 51}, "occupation"),
        ({"address": "路" * 201}, "address"),
        ({"landline": "0" * 31}, "landline"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "another one"}, "password_again"),
    ],
)
def test_each_bad_field_is_named_and_nothing_is_half_done(seeded: None, change: dict[str, str], field: str) -> None:
    with pytest.raises(RuleErrors) as refused:
        registration.register(filled(**change), ANYBODY)
    assert [error.field for error in refused.value.errors] == [field]
    assert all(str(error) for error in refused.value.errors)
    assert db.session.scalar(select(func.count()).select_from(Applicant)) == 0


def test_a_form_with_several_errors_names_all_of_them(seeded: None) -> None:
    with pytest.raises(RuleErrors) as refused:
        registration.register(filled(name="", mail="x", mobile="1"), ANYBODY)
    assert [error.field for error in refused.value.errors] == ["name", "mail", "mobile"]


def test_a_known_address_is_told_only_by_mail(each_database: str, seeded: None) -> None:
    owner = factories.applicant(mail="chen@example.com")
    receipt = registration.register(filled(), ANYBODY)
    assert receipt.mail_masked == "ch*****@example.com"
    assert (only_message().event, only_message().applicant_id) == ("address_known", owner.id)
    assert db.session.get_one(Applicant, receipt.applicant_id).state is AccountState.UNVERIFIED
    assert not db.session.scalars(select(OneTimeToken)).all(), "nobody gets a link to what is somebody else's"


def test_who_mistyped_into_a_known_address_corrects_it_and_gets_the_link(each_database: str, seeded: None) -> None:
    owner = factories.applicant(mail="cehn@example.com")
    owner_id = owner.id
    receipt = registration.register(filled(mail="cehn@example.com"), ANYBODY)
    verification.correct_mail(receipt, "chen@example.com", ANYBODY)
    told = {message.recipient: message for message in db.session.scalars(select(Notification))}
    assert told["cehn@example.com"].event == "address_known" and told["cehn@example.com"].applicant_id == owner_id
    assert told["chen@example.com"].event == "verify" and len(told) == 2
    verification.verify(link_of(told["chen@example.com"]), ANYBODY)
    assert accounts.sign_in("chen@example.com", PASSWORD, ANYBODY).id == receipt.applicant_id
    assert db.session.get_one(Applicant, owner_id).mail == "cehn@example.com"


def test_corrected_into_a_known_address_its_owner_is_told_and_told_again(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    owner = factories.applicant(mail="owner@example.com")
    receipt = registration.register(filled(), ANYBODY)
    link = link_of(only_message())
    receipt = verification.correct_mail(receipt, "owner@example.com", ANYBODY)
    assert not verification.link_is_live(link)
    clock_at.passes(minutes=3)
    verification.resend(receipt, ANYBODY)
    told = list(db.session.scalars(select(Notification).where(Notification.applicant_id == owner.id)))
    assert [message.event for message in told] == ["address_known", "address_known"]
    live = [token for token in db.session.scalars(select(OneTimeToken)) if token.used_at is None]
    assert not live, "sending again sends no link to somebody else's address either"


def test_unverified_accounts_do_not_crowd_out_the_owner_of_an_address(each_database: str, seeded: None) -> None:
    owner_id = factories.applicant(mail="chen@example.com").id
    for _time in range(11):
        factories.unverified_applicant(mail="chen@example.com")
    assert accounts.sign_in("chen@example.com", factories.PASSWORD, ANYBODY).id == owner_id


def test_a_bound_id_number_is_told_to_its_owner(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    from app import clock

    owner = factories.applicant(mail="owner@example.com", id_number="A123456789", id_bound_at=clock.now())
    registration.register(filled(), ANYBODY)
    assert (only_message().event, only_message().recipient) == ("registered_before", "owner@example.com")
    assert only_message().applicant_id == owner.id
    assert db.session.scalars(select(Applicant.id)).all() == [owner.id]


def test_rivals_for_an_unbound_id_number_both_get_an_account(seeded: None) -> None:
    first = registration.register(filled(), ANYBODY)
    second = registration.register(filled(mail="rival@example.com"), ANYBODY)
    assert first.applicant_id and second.applicant_id and first.applicant_id != second.applicant_id


def test_of_two_accounts_with_one_address_the_first_verified_keeps_it(each_database: str, seeded: None) -> None:
    registration.register(filled(), ANYBODY)
    registration.register(filled(id_number=factories.id_number(7)), ANYBODY)
    first, second = (link_of(m) for m in db.session.scalars(select(Notification).order_by(Notification.queued_at)))
    verification.verify(first, ANYBODY)
    with pytest.raises(verification.LinkInvalid):
        verification.verify(second, ANYBODY)


def test_sending_again_waits_and_kills_the_older_link(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    receipt = registration.register(filled(), ANYBODY)
    old = link_of(only_message())
    with pytest.raises(verification.ResendTooSoon):
        verification.resend(receipt, ANYBODY)
    clock_at.passes(minutes=3)
    verification.resend(receipt, ANYBODY)
    assert not verification.link_is_live(old)
    newest = db.session.scalars(select(Notification).order_by(Notification.queued_at.desc())).first()
    assert newest is not None and verification.link_is_live(link_of(newest))


def test_sending_again_for_nobody_says_nothing(seeded: None) -> None:
    verification.resend(verification.Receipt("nobody@example.com", None), ANYBODY)
    assert db.session.scalar(select(func.count()).select_from(OneTimeToken)) == 0


def test_a_mistyped_address_is_corrected_before_it_is_verified(seeded: None) -> None:
    receipt = registration.register(filled(mail="cehn@example.com"), ANYBODY)
    old = link_of(only_message())
    verification.correct_mail(receipt, "chen@example.com", ANYBODY)
    assert not verification.link_is_live(old)
    assert db.session.get_one(Applicant, receipt.applicant_id).mail == "chen@example.com"


def test_a_passport_number_keeps_its_country_apart(seeded: None) -> None:
    for country in ("VN", "JP"):
        form = filled(id_kind="passport", id_number="C1234567", id_country=country, mail=f"{country}@example.com")
        registration.register(form, ANYBODY)
    assert len(set(db.session.scalars(select(Applicant.id_number_index)))) == 2
