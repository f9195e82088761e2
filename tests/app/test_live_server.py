"""The server as it runs: what a visitor without a session gets (nothing), what headers say, what a link gives twice."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.app.conftest import DEPARTMENTS, PASSWORD, VILLAGES, Live, Tiny, start_server, write_snapshot
from warehouse.app_db import audit
from warehouse.errors import UsageError
from warehouse.scope import PAGES
from warehouse.server import serve
from warehouse.settings import Settings

HTML = {"accept": "text/html"}
LEAKS = re.compile("孙疃|杨柳|代庙|canary|王小勇|" + "|".join(VILLAGES))


class Form(HTMLParser):
    """The hidden fields of a form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[str(found["name"])] = str(found["value"])


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    page = client.get("/signin", headers=HTML)
    return client.post("/signin", data={**Form(page.text).fields, "name": name, "password": password, **fields})


@pytest.fixture
def visitor(live: Live) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=live.url, timeout=30) as client:
        yield client


def stream(live: Live, cookie: str | None = None, **headers: str) -> int:
    """Open the page's websocket; 101 if it opened, else what the server answered."""
    sent = {**({"Cookie": cookie} if cookie else {}), **headers}
    try:
        with connect(live.url.replace("http", "ws") + "/_stcore/stream", additional_headers=sent, open_timeout=20):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("page", ["", *(page.name for page in PAGES), "no_such_page"])
def test_a_signed_out_first_visit_to_a_page_gets_the_sign_in_form(visitor: httpx.Client, page: str) -> None:
    """Streamlit would run pages/x.py for the first visitor of /x; the guard does not let it come so far."""
    answer = visitor.get(f"/{page}", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/signin?next=/{page}"
    assert not LEAKS.search(visitor.get(answer.headers["location"], headers=HTML).text)
    assert visitor.get(f"/{page}", headers={"accept": "*/*"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_stcore/health", 401),
        ("/_stcore/host-config", 401),
        ("/_stcore/metrics", 404),
        ("/_stcore/script-health-check", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/upload_file/a/b", 401),
        ("/_stcore/stream", 401),
        ("/_stcore/bidi-components/x", 401),
        ("/media/0123456789abcdef.csv", 401),
        ("/component/x/index.html", 401),
        ("/export/token", 401),
        ("/signout", 401),
        ("/password", 401),
        ("/app/static/x", 401),
        ("/demo", 401),
        ("/demo/as/office", 401),
        ("/auth/login", 404),
        ("/oauth2callback", 404),
        ("/coverage/_stcore/health", 401),
        ("/%5fstcore/health", 401),
    ],
)
def test_a_signed_out_visitor_gets_nothing_else(visitor: httpx.Client, path: str, status: int) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = visitor.request(method, path)
        assert answer.status_code == status, method
        assert not LEAKS.search(answer.text)


@pytest.mark.parametrize(
    "path", ["//_stcore/health", "/static/../_stcore/health", "/static/%2e%2e/_stcore/health", "*"]
)
def test_no_spelling_of_a_path_gets_round_the_guard(live: Live, path: str) -> None:
    """Sent as written: a client library would tidy the path first."""
    connection = http.client.HTTPConnection(live.url.removeprefix("http://"), timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status in (400, 401, 404)
    assert not LEAKS.search(answer.read().decode())
    connection.close()


def test_the_websocket_opens_only_for_a_session_of_ours(live: Live, visitor: httpx.Client, tiny: Tiny) -> None:
    assert stream(live) == 403, "nobody"
    assert stream(live, cookie="kanhu_session=made-up") == 403, "a made-up token"
    sign_in(visitor, "office")
    cookie = f"kanhu_session={visitor.cookies['kanhu_session']}"
    assert stream(live, cookie) == 101
    assert stream(live, cookie, Origin="http://evil.example") == 403, "another site's page"
    visitor.get("/signout")
    assert stream(live, cookie) == 403, "the same cookie after signing out"


def test_a_header_of_the_client_is_not_an_identity(live: Live, tiny: Tiny, visitor: httpx.Client) -> None:
    """The header by which the guard names a session is taken off whatever comes in."""
    sign_in(visitor, "office")
    from warehouse.app_db.sessions import session_id_of

    session_id = session_id_of(visitor.cookies["kanhu_session"])
    assert stream(live, **{"X-Kanhu-Session": session_id}) == 403
    assert httpx.get(live.url + "/_stcore/health", headers={"x-kanhu-session": session_id}).status_code == 401


def test_the_static_bundle_is_open_and_says_nothing(visitor: httpx.Client) -> None:
    sign_in(visitor, "office")
    script = re.search(r'src="\./(static/js/[^"]+)"', visitor.get("/", headers=HTML).text)
    assert script is not None
    visitor.cookies.clear()
    assert visitor.get(f"/{script[1]}").status_code == 200
    assert visitor.get("/health").text == "ok"


def test_signing_in_and_out(visitor: httpx.Client, tiny: Tiny) -> None:
    answer = sign_in(visitor, "office", next="/coverage?period=2025-12")
    assert (answer.status_code, answer.headers["location"]) == (303, "/coverage?period=2025-12")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    page = visitor.get("/coverage", headers=HTML)
    assert page.status_code == 200
    assert "service-desc" not in page.text
    assert visitor.get("/_stcore/health").status_code == 200
    visitor.get("/signout")
    assert visitor.get("/_stcore/health").status_code == 401
    assert audit.entries(tiny.db)["action"].to_list()[0] == "signed_out"


@pytest.mark.parametrize(
    "next_path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nb: c"]
)
def test_signing_in_never_leads_elsewhere(visitor: httpx.Client, next_path: str) -> None:
    assert sign_in(visitor, "office", next=next_path).headers["location"] == "/"


def test_a_wrong_password_says_no_more_than_an_unknown_name(visitor: httpx.Client) -> None:
    wrong, unknown = sign_in(visitor, "chief", "wrong password"), sign_in(visitor, "nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 401
    hidden = re.compile(r'name="form_token" value="[^"]+"')
    assert hidden.sub("", wrong.text) == hidden.sub("", unknown.text)
    assert "wrong password" not in wrong.text


def test_a_form_from_elsewhere_does_not_sign_in(live: Live, visitor: httpx.Client) -> None:
    """Without the token that this browser was given, or from another site, right words open nothing."""
    right = {"name": "office", "password": PASSWORD}
    assert "kanhu_session" not in visitor.post("/signin", data=right).cookies
    assert "kanhu_session" not in visitor.post("/signin", data={**right, "form_token": ""}).cookies
    page = visitor.get("/signin", headers=HTML)
    fields = {**Form(page.text).fields, **right}
    assert visitor.post("/signin", data=fields, headers={"Origin": "http://evil.example"}).status_code == 400
    assert visitor.post("/signin", data={**fields, "pad": "x" * 9000}).status_code == 413


def test_a_new_sign_in_ends_the_old_session(visitor: httpx.Client, live: Live) -> None:
    sign_in(visitor, "office")
    old = visitor.cookies["kanhu_session"]
    sign_in(visitor, "yangliu")
    assert visitor.cookies["kanhu_session"] != old
    assert httpx.get(live.url + "/_stcore/health", cookies={"kanhu_session": old}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "user@127.0.0.1:x"])
def test_the_server_answers_to_its_own_names_only(visitor: httpx.Client, host: str) -> None:
    assert visitor.get("/signin", headers={"host": host}).status_code == 400


def test_headers_keep_a_page_to_itself(visitor: httpx.Client) -> None:
    headers = visitor.get("/signin", headers=HTML).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert re.search(r"script-src 'self' 'sha256-[^']+'(;| )", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("asked", "lang", "words"), [("zh-CN,zh;q=0.9", "zh-CN", "登录"), ("en-GB,en", "en", "Sign in")]
)
def test_the_sign_in_form_speaks_the_browsers_language(
    visitor: httpx.Client, asked: str, lang: str, words: str
) -> None:
    page = visitor.get("/signin", headers={**HTML, "accept-language": asked}).text
    assert f'<html lang="{lang}">' in page
    assert words in page


def test_the_frameworks_own_words_come_in_chinese(live: Live, visitor: httpx.Client) -> None:
    """The page brings each of its English words with ours, and the script that sets them; in English it needs none."""
    sign_in(visitor, "office")
    page = visitor.get("/coverage", headers={**HTML, "accept-language": "zh-CN"}).text
    found = re.search(r'<script type="application/json" id="kanhu-words">(.*?)</script><script src="/words.js">', page)
    assert found
    words = dict(json.loads(found.group(1)))
    assert words["Sort ascending"] == "从小到大"
    assert words["No results"] == "没有符合的选项"
    assert words["{size} per file"] == "每个文件不超过 {size}"
    script = visitor.get("/words.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "kanhu-words" in script.text
    visitor.get("/language/en")
    assert "kanhu-words" not in visitor.get("/coverage", headers=HTML).text


def test_a_chosen_language_stays_with_the_user(live: Live, visitor: httpx.Client) -> None:
    sign_in(visitor, "yangliu")
    answer = visitor.get("/language/en?next=/village")
    assert (answer.status_code, answer.headers["location"]) == (303, "/village")
    assert '<html lang="en">' in visitor.get("/village", headers={**HTML, "accept-language": "zh-CN"}).text
    assert visitor.get("/language/xx").status_code == 404
    with httpx.Client(base_url=live.url, timeout=30) as other_browser:
        sign_in(other_browser, "yangliu")
        assert '<html lang="en">' in other_browser.get("/village", headers={**HTML, "accept-language": "zh-CN"}).text


def test_settings_hold_from_another_working_directory(live: Live, visitor: httpx.Client) -> None:
    """The server was started elsewhere with STREAMLIT_SERVER_MAX_UPLOAD_SIZE=900: 20 MB all the same."""
    sign_in(visitor, "office")
    cookies = visitor.get("/_stcore/health").cookies
    assert "_streamlit_xsrf" in cookies, "cross-site protection is on"
    answer = visitor.put(
        "/_stcore/upload_file/none/x",
        content=b"x" * (21 * 1024 * 1024),
        headers={"X-Xsrftoken": cookies["_streamlit_xsrf"]},
    )
    assert answer.status_code in (400, 413)
    assert visitor.put("/_stcore/upload_file/none/x", content=b"x").status_code == 403, "no token"


# -- the demo


def test_the_demo_signs_in_by_itself_and_changes_roles(live_demo: Live) -> None:
    with httpx.Client(base_url=live_demo.url, timeout=30) as client:
        first = client.get("/coverage", headers=HTML)
        assert first.headers["location"] == "/demo/as/office?next=/coverage"
        assert client.get(first.headers["location"]).headers["location"] == "/coverage"
        assert client.get("/coverage", headers=HTML).status_code == 200
        roles = client.get("/demo", headers={**HTML, "accept-language": "zh-CN"}).text
        assert [code in roles for code in VILLAGES] == [True] * 3
        assert client.get(f"/demo/as/cadre?area={VILLAGES[1]}").status_code == 303
        assert client.get("/demo/as/cadre?area=999999").status_code == 404
        assert client.get("/demo/as/emperor").status_code == 404
        for code in DEPARTMENTS:
            assert f"/demo/as/department?department={code}" in roles
            assert client.get(f"/demo/as/department?department={code}").status_code == 303
        assert client.get("/demo/as/department?department=treasury").status_code == 404
    assert httpx.get(live_demo.url + "/media/x").status_code == 401, "also in the demo nothing without a session"


def test_a_demo_session_opens_nothing_on_a_real_server(live: Live, live_demo: Live) -> None:
    with httpx.Client(base_url=live_demo.url, timeout=30) as client:
        client.get("/demo/as/office")
        token = client.cookies["kanhu_session"]
    assert httpx.get(live.url + "/_stcore/health", cookies={"kanhu_session": token}).status_code == 401


def test_a_demo_of_real_data_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_snapshot(tmp_path, sample_data=False)
    with pytest.raises(UsageError, match="sample data only"):
        serve(Settings(data_dir=tmp_path), host="127.0.0.1", port=1, demo=True)


def test_a_server_without_an_administrator_does_not_start(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_snapshot(tmp_path)
    with pytest.raises(AssertionError, match="kanhu users add"):
        start_server(Settings(data_dir=tmp_path), demo=False, cwd=tmp_path)
