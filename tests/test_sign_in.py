"""Signing in: locks, second factor, sessions, passwords, and the way out of each."""

import re
import threading
import time

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.choices import Role
from accounts.models import ActivityEntry, User
from accounts.services.second_factor import set_second_factor

from .conftest import PASSWORD, make_user

KEY = "00112233445566778899aabbccddeeff00112233"
NEW = "어려운-비밀번호-2026"
LOGIN, CODE = reverse("accounts:login"), reverse("accounts:second_factor")


def sign_in(client, username, password=PASSWORD, address="192.0.2.1", **extra):
    return client.post(LOGIN, {"username": username, "password": password, **extra}, REMOTE_ADDR=address)


def code_at(steps=0, key=KEY):
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


@pytest.fixture
def protected(coordinator):
    """A coordinator with a second factor; the code of the moment before was used for setting it up."""
    _device, codes = set_second_factor(actor=coordinator, key=KEY, code=code_at(-1))
    coordinator.codes = codes
    return coordinator


def is_in(client):
    return "_auth_user_id" in client.session


def actions(user=None):
    entries = ActivityEntry.objects.order_by("pk")
    return list((entries.about(user) if user else entries).values_list("action", flat=True))


# --- locks


def test_an_account_is_held_off_at_one_address_alone_and_the_page_says_until_when(client, owner, colleague):
    for _try in range(10):
        response = sign_in(client, "owner", "wrong")
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3601
    assert re.search(r"\d+월 \d+일 \d+시 \d+분 이후에 다시", response.text)
    assert "잠금 해제를 요청" in response.text
    assert sign_in(client, "owner").status_code == 429
    assert sign_in(client, "owner", address="192.0.2.2").status_code == 302
    assert sign_in(Client(), "colleague").status_code == 302
    assert actions(owner) == ["sign_in_locked", "signed_in"]


def test_trying_on_does_not_prolong_a_lock_or_fill_tables(client, owner, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _try in range(8):
        sign_in(client, "owner", "wrong")
    assert AccessAttempt.objects.count() == 3
    assert actions() == ["sign_in_locked"]


@pytest.mark.parametrize("known", [True, False])
def test_one_account_from_many_addresses(client, owner, settings, known):
    settings.LOGIN_FAILURE_LIMIT_ACCOUNT = 6
    if known:
        sign_in(Client(), "owner", address="192.0.2.200")
    for number in range(6):
        sign_in(client, "owner", "wrong", address=f"198.51.100.{number}")
    assert sign_in(client, "owner", "wrong", address="198.51.100.77").status_code == 429
    assert sign_in(Client(), "owner", address="192.0.2.200").status_code == (302 if known else 429)


@pytest.mark.parametrize("known", [True, False])
def test_many_accounts_from_one_address(client, owner, settings, known):
    settings.LOGIN_FAILURE_LIMIT_ADDRESS = 6
    if known:
        sign_in(Client(), "owner")
    for number in range(6):
        response = sign_in(client, f"nobody{number}", "wrong")
    assert response.status_code == 429
    assert "이 접속 주소에서" in response.text
    assert sign_in(Client(), "owner").status_code == (302 if known else 429)
    assert not ActivityEntry.objects.filter(subject_label__contains="nobody").exists()


def test_behind_a_proxy_the_address_is_what_the_proxy_noted(client, owner, settings):
    settings.BEHIND_PROXY, settings.AXES_FAILURE_LIMIT = True, 3
    for number in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.1"}
        response = client.post(LOGIN, {"username": "owner", "password": "wrong"}, headers=headers)
    assert response.status_code == 429
    assert {attempt.ip_address for attempt in AccessAttempt.objects.all()} == {"192.0.2.1"}
    other = client.post(LOGIN, {"username": "owner", "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.9"})
    assert other.status_code == 302


def test_what_is_typed_is_not_kept(client, owner):
    sign_in(client, "owner", "a-secret-word")
    assert "a-secret-word" not in AccessAttempt.objects.get().post_data


@pytest.mark.parametrize("door", ["page", "action", "command"])
def test_an_administrator_opens_a_lock(client, owner, administrator, as_user, settings, door):
    settings.AXES_FAILURE_LIMIT = 2
    for _try in range(2):
        sign_in(client, "owner", "wrong")
    keeper = as_user(administrator)
    assert "owner" in keeper.get(reverse("accounts:locks")).text
    if door == "page":
        keeper.post(reverse("accounts:locks"), {"username": "owner"})
    elif door == "action":
        data = {"action": "unlock", "_selected_action": [owner.pk]}
        keeper.post(reverse("admin:accounts_user_changelist"), data)
    else:
        call_command("axes_reset_username", "owner")
    assert sign_in(client, "owner").status_code == 302
    assert ("sign_in_unlocked" in actions(owner)) == (door != "command")


def test_locks_are_for_those_who_keep_accounts(as_user, owner, committee, coordinator):
    page = reverse("accounts:locks")
    assert [as_user(user).get(page).status_code for user in (None, owner, committee, coordinator)] == [
        302,
        403,
        403,
        200,
    ]


# --- passwords


def test_an_older_hash_is_replaced_at_sign_in(client, owner, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    User.objects.filter(pk=owner.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert sign_in(client, "owner").status_code == 302
    owner.refresh_from_db()
    assert owner.password.startswith("argon2$")
    assert client.get(reverse("accounts:account")).status_code == 200


def test_a_password_that_was_handed_out_is_changed_first(client, as_user, administrator, owner):
    address = reverse("admin:auth_user_password_change", args=[owner.pk])
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert as_user(administrator).post(address, form).status_code == 302
    sign_in(client, "owner", NEW)
    assert client.get(reverse("start")).url == reverse("accounts:password")
    same = {"old_password": NEW, "new_password1": NEW, "new_password2": NEW}
    assert "다른 비밀번호" in client.post(reverse("accounts:password"), same).text
    own = {"old_password": NEW, "new_password1": NEW + "x", "new_password2": NEW + "x"}
    assert client.post(reverse("accounts:password"), own).status_code == 302
    assert client.get(reverse("start")).url != reverse("accounts:password")
    assert actions(owner)[-3:] == ["password_set", "signed_in", "password_changed"]


def test_a_change_of_password_ends_other_sessions(as_user, owner):
    here, there = as_user(owner), as_user(owner)
    own = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    here.post(reverse("accounts:password"), own)
    page = reverse("accounts:account")
    assert (here.get(page).status_code, there.get(page).status_code) == (200, 302)


def asked_for(client, email):
    response = client.post(reverse("accounts:reset"), {"email": email}, follow=True)
    for thread in threading.enumerate():
        if thread.name == "reset-mail":
            thread.join()
    return response


def test_a_forgotten_password_is_reset_once_by_mail(client, as_user, owner, settings):
    settings.RESET_BY_MAIL = True
    User.objects.filter(pk=owner.pk).update(email="owner@x.test")
    there = as_user(owner)
    nobody, somebody = asked_for(client, "no@x.test"), asked_for(client, "OWNER@x.test")
    assert nobody.text == somebody.text
    assert [m.to for m in mail.outbox] == [["owner@x.test"]]
    assert "(아이디 owner)" in mail.outbox[0].body
    link = re.search(r"/accounts/reset/\S+", mail.outbox[0].body)[0]
    page = client.get(link, follow=True)
    form = {"new_password1": NEW, "new_password2": NEW}
    assert client.post(page.redirect_chain[-1][0], form).status_code == 302
    assert there.get(reverse("accounts:account")).status_code == 302
    assert sign_in(client, "owner", NEW).status_code == 302
    assert "이미 썼거나" in Client().get(link, follow=True).text


def test_reset_is_closed_where_no_mail_goes_out(client, db):
    assert client.get(reverse("accounts:reset")).status_code == 404


# --- second factor


def test_sign_in_has_two_steps_and_nobody_is_in_between(client, protected):
    client.get(LOGIN)
    response = sign_in(client, "coordinator", next="https://elsewhere.example/")
    assert response.url == CODE
    assert not is_in(client)
    key = client.session.session_key
    page = client.get(CODE).text
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    code = code_at()
    response = client.post(CODE, {"code": code})
    assert response.url == reverse("start")
    assert is_in(client)
    assert client.session.session_key != key
    again = Client()
    sign_in(again, "coordinator")
    assert "이미 쓴 코드" in again.post(CODE, {"code": code}).text
    assert not is_in(again)


def test_wrong_codes_wait_and_count(client, protected, settings):
    settings.AXES_FAILURE_LIMIT = 2
    sign_in(client, "coordinator")
    post = {"code": "000000" if code_at() != "000000" else "000001"}
    assert client.post(CODE, post, REMOTE_ADDR="192.0.2.1").status_code == 422
    assert "초 뒤에" in client.post(CODE, {"code": code_at()}, REMOTE_ADDR="192.0.2.1").text
    TOTPDevice.objects.update(throttling_failure_timestamp=None)
    assert client.post(CODE, post, REMOTE_ADDR="192.0.2.1").status_code == 429
    TOTPDevice.objects.update(throttling_failure_timestamp=None)
    assert client.post(CODE, {"code": code_at()}, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert sign_in(Client(), "coordinator").status_code == 429


def test_a_recovery_code_works_once(client, protected):
    for expected in (302, 422):
        sign_in(client, "coordinator")
        assert client.post(CODE, {"code": protected.codes[0]}).status_code == expected
        client.post(reverse("accounts:logout"))
    assert StaticToken.objects.count() == 9
    assert protected.codes[1].replace("-", "") not in StaticToken.objects.values_list("token", flat=True)


def test_the_second_step_is_not_reached_without_or_long_after_the_first(client, protected):
    assert client.get(CODE).url == LOGIN
    sign_in(client, "coordinator")
    session = client.session
    session["half_way"] = session["half_way"] | {"at": int(time.time()) - 601}
    session.save()
    assert client.post(CODE, {"code": code_at()}).url == LOGIN


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_keepers_set_it_up_before_they_reach_anything(client, plan, settings, role):
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_user("keeper", role)
    sign_in(client, "keeper")
    set_up = reverse("accounts:second_factor_set")
    for page in ("/admin/", reverse("start"), f"{plan.get_absolute_url()}work/", reverse("accounts:account")):
        assert client.get(page).url == set_up
    page = client.get(set_up)
    assert 'src="data:image/svg+xml' in page.text
    assert not TOTPDevice.objects.exists()
    secret = page.context["form"]["secret"].value()
    key = page.context["form"].key_of(user, secret)
    assert page.context["text"].replace(" ", "") in TOTPDevice(user=user, key=key).config_url
    typed = {"secret": secret, "password": "wrong", "code": code_at(key=key)}
    assert client.post(set_up, typed).status_code == 422
    done = client.post(set_up, typed | {"password": PASSWORD})
    assert len(re.findall(r"\d{5}-\d{5}", done.text)) == 10
    assert "no-store" in done["Cache-Control"]
    assert client.get("/admin/").status_code == 200
    assert "second_factor_set" in actions(user)


def test_officers_need_none(client, owner, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client, "owner")
    assert client.get(reverse("accounts:account")).status_code == 200


def test_a_secret_made_for_somebody_else_is_not_taken(as_user, owner, colleague):
    set_up = reverse("accounts:second_factor_set")
    secret = as_user(colleague).get(set_up).context["form"]["secret"].value()
    key = "11" * 20
    as_user(owner).post(set_up, {"secret": secret, "password": PASSWORD, "code": code_at(key=key)})
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("name", ["second_factor_remove", "recovery_codes"])
def test_weakening_asks_for_password_and_code(as_user, protected, name):
    client, page = as_user(protected), reverse(f"accounts:{name}")
    assert client.post(page, {"password": "wrong", "code": code_at()}).status_code == 422
    assert TOTPDevice.objects.exists()
    client.post(page, {"password": PASSWORD, "code": code_at()})
    if name == "second_factor_remove":
        assert not TOTPDevice.objects.exists()
        assert actions(protected)[-1] == "second_factor_removed"
    else:
        assert actions(protected)[-1] == "recovery_codes_renewed"


def test_an_administrator_resets_the_device_of_another_and_a_coordinator_does_not(
    client, as_user, protected, administrator
):
    data = {"action": "reset_devices", "_selected_action": [protected.pk]}
    people = reverse("admin:accounts_user_changelist")
    other = make_user("second", Role.COORDINATOR)
    as_user(other).post(people, data)
    assert TOTPDevice.objects.exists()
    as_user(administrator).post(people, data)
    assert not TOTPDevice.objects.exists()
    assert "second_factor_reset" in actions(protected)
    assert sign_in(client, "coordinator").url == reverse("start")


def test_the_drill_for_the_only_administrator_who_lost_the_phone(client, administrator, settings, capsys):
    settings.REQUIRE_SECOND_FACTOR, settings.AXES_FAILURE_LIMIT = True, 2
    set_second_factor(actor=administrator, key=KEY, code=code_at(-1))
    for _try in range(2):
        sign_in(client, "administrator", "wrong")
    call_command("reset_second_factor", "administrator")
    assert "초기화" in capsys.readouterr().out
    sign_in(client, "administrator")
    assert client.get("/admin/").url == reverse("accounts:second_factor_set")
    assert ActivityEntry.objects.get(action="second_factor_reset").actor_name == "시스템"
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody")


def test_secrets_are_not_in_the_admin(as_user, administrator, protected):
    assert as_user(administrator).get("/admin/otp_totp/totpdevice/").status_code == 404


# --- sessions and traces


@pytest.mark.parametrize(("name", "ago"), [("seen_at", 3601), ("signed_in_at", 8 * 3600 + 1)])
def test_a_session_ends_when_idle_or_old(as_user, owner, name, ago):
    client = as_user(owner)
    session = client.session
    session[name] = int(time.time()) - ago
    session.save()
    assert client.get(reverse("accounts:account")).status_code == 302
    assert not is_in(client)


def test_signing_out_elsewhere_keeps_this_session(as_user, owner):
    here, there = as_user(owner), as_user(owner)
    assert here.get(reverse("accounts:logout_elsewhere")).status_code == 405
    here.post(reverse("accounts:logout_elsewhere"))
    page = reverse("accounts:account")
    assert (here.get(page).status_code, there.get(page).status_code) == (200, 302)


def test_signing_in_and_out_leave_a_trace_with_the_failures_before(client, owner):
    sign_in(client, "owner", "wrong")
    sign_in(client, "owner")
    client.post(reverse("accounts:logout"))
    assert actions(owner) == ["signed_in", "signed_out"]
    assert ActivityEntry.objects.get(action="signed_in").changes == [["앞선 실패", "", "1회"]]
    assert AccessLog.objects.get(username="owner").logout_time


def test_a_change_of_role_is_a_change_of_permissions(as_user, administrator, owner):
    address = reverse("admin:accounts_user_change", args=[owner.pk])
    data = {"username": "owner", "name": "owner", "role": "head", "department": owner.department_id, "is_active": "on"}
    assert as_user(administrator).post(address, data).status_code == 302
    assert actions(owner) == ["permissions_changed"]


def test_the_admin_has_no_entrance_of_its_own(client, as_user, owner):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{LOGIN}?next=%2Fadmin%2F"
    assert as_user(owner).get("/admin/login/").status_code == 403
