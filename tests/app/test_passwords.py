"""A password that somebody else set opens nothing but its change; a user's own change ends every other sign-in."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.app.conftest import PASSWORD, VILLAGES, Live, Tiny
from tests.app.test_live_server import HTML, Form, sign_in, stream
from warehouse.app_db import AppDb, audit, users
from warehouse.app_db.sessions import session_id_of, signed_in, start_session
from warehouse.app_db.users import AccountRefusedError
from warehouse.scope import ALL, Role

OWN = "barley-field-43"


def change(client: httpx.Client, old: str, new: str, again: str | None = None) -> httpx.Response:
    form = Form(client.get("/password", headers=HTML).text)
    return client.post("/password", data={**form.fields, "old": old, "new": new, "again": again or new})


def test_a_temporary_password_opens_only_its_change(live: Live, tiny: Tiny) -> None:
    users.add_user(tiny.db, "newcomer", Role.CADRE, PASSWORD, areas=[VILLAGES[0]])
    temporary = users.set_temporary_password(tiny.db, "newcomer", by="chief")
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", temporary)
    with httpx.Client(base_url=live.url, timeout=30) as client:
        assert sign_in(client, "newcomer").status_code == 401, "the old one is gone"
        tiny_user = next(user for user in users.list_users(tiny.db) if user.name == "newcomer")
        assert tiny_user.must_change_password
        users.unlock(tiny.db, "newcomer")
        assert sign_in(client, "newcomer", temporary).status_code == 303
        for path in ("/", "/village", "/household"):
            answer = client.get(path, headers=HTML)
            assert (answer.status_code, answer.headers["location"]) == (303, "/password")
        cookie = f"kanhu_session={client.cookies['kanhu_session']}"
        assert stream(live, cookie) == 403, "the page's websocket neither"
        assert client.get("/_stcore/health").status_code == 403
        assert client.get("/export/token").status_code == 403
        form = client.get("/password", headers=HTML)
        assert "您用的是临时密码" in form.text
        assert "temporary password" in client.get("/password", headers={**HTML, "accept-language": "en"}).text
        for old, new, again, said in (
            (temporary, "short", "short", "10 至 256"),
            (temporary, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "4 种不同"),
            (temporary, OWN, OWN + "x", "不一致"),
            (temporary, temporary, temporary, "不能与现在的密码相同"),
            ("not-the-password", OWN, OWN, "现在的密码不正确"),
        ):
            refused = change(client, old, new, again)
            assert (refused.status_code, said in refused.text) == (400, True)
            assert old not in refused.text
        done = change(client, temporary, OWN)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert client.get("/village", headers=HTML).status_code == 200
        assert f"kanhu_session={client.cookies['kanhu_session']}" != cookie
        assert stream(live, cookie) == 403, "the session of the temporary password ended"
        assert sign_in(client, "newcomer", temporary).status_code == 401
        users.unlock(tiny.db, "newcomer")
        assert sign_in(client, "newcomer", OWN).status_code == 303


def test_a_form_of_another_site_changes_nothing(live: Live, tiny: Tiny) -> None:
    users.add_user(tiny.db, "careful", Role.OFFICE, PASSWORD, areas=[ALL])
    with httpx.Client(base_url=live.url, timeout=30) as client:
        sign_in(client, "careful")
        client.post("/password", data={"old": PASSWORD, "new": OWN, "again": OWN})
        client.post("/password", data={"old": PASSWORD, "new": OWN, "again": OWN, "form_token": "guessed"})
        sent = {**Form(client.get("/password", headers=HTML).text).fields, "old": PASSWORD, "new": OWN, "again": OWN}
        assert client.post("/password", data=sent, headers={"origin": "http://evil.example"}).status_code == 400
    assert users.check_password(tiny.db, "careful", PASSWORD) is not None


def test_ones_own_change_ends_other_sign_ins(accounts: AppDb) -> None:
    user = users.add_user(accounts, "office", Role.OFFICE, PASSWORD, areas=[ALL])
    elsewhere = session_id_of(start_session(accounts, user))
    users.change_password(accounts, "office", PASSWORD, OWN)
    assert signed_in(accounts, elsewhere) is None
    assert users.check_password(accounts, "office", OWN) == user
    with pytest.raises(AccountRefusedError) as refused:
        users.change_password(accounts, "office", PASSWORD, OWN + "x")
    assert refused.value.faults == ("password_wrong",)
    assert users.list_users(accounts)[0].failures == 1, "a guess at the old one counts as a wrong try"


def test_the_last_administrator_stays(accounts: AppDb) -> None:
    users.add_user(accounts, "chief", Role.ADMINISTRATOR, PASSWORD)
    users.add_user(accounts, "second", Role.ADMINISTRATOR, PASSWORD)
    users.disable(accounts, "second")
    for attempt in (
        lambda: users.disable(accounts, "chief"),
        lambda: users.set_access(accounts, "chief", Role.LEADER, areas=[ALL], by="chief"),
    ):
        with pytest.raises(AccountRefusedError, match="last administrator"):
            attempt()
    assert users.has_administrator(accounts)
    users.enable(accounts, "second")
    users.set_access(accounts, "chief", Role.LEADER, areas=[ALL], households=True, by="second")
    chief = users.list_users(accounts)[0]
    assert (chief.role, chief.households, [row.area_code for row in chief.areas]) == ("leader", True, [ALL])
    assert audit.entries(accounts)["detail"][0].startswith('{"areas": ["*"], "change": "access"')
