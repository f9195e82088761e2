"""The guard around everything the server answers: requests and websockets without a session of ours get nothing.

Streamlit itself gives /media, /_stcore and uploads to anyone who asks. Source: 07-trust, 09-facts "Streamlit 1.67".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlparse

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from warehouse.app_db.database import AppDb
from warehouse.app_db.sessions import SignedIn, session_id_of, signed_in
from warehouse.charts.theme import PALETTES, Mode
from warehouse.i18n import LANGUAGES, Language, language_for
from warehouse.server.html import SCRIPTS, app_page, content_security_policy

SESSION_COOKIE = "kanhu_session"
LANGUAGE_COOKIE = "kanhu_language"
LOOK_COOKIE = "kanhu_look"
SESSION_HEADER = b"x-kanhu-session"
OWN_HEADERS = b"x-kanhu-"
# Open to anyone: the framework's own script and style files, the sign-in form, and whether the server lives.
OPEN_PREFIXES = ("/static/",)
OPEN_PATHS = frozenset({"/signin", "/health", "/favicon.ico", "/favicon.png", *SCRIPTS})
OPEN_CHOICES = ("/language/", "/look/")
# Closed to everyone: nothing of ours uses them.
CLOSED_PREFIXES = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
# What stands behind the guard: Streamlit's own addresses and ours. Anything else is a page, or nothing.
SERVED_PREFIXES = ("/_stcore/", "/media/", "/component/", "/export/", "/demo")
SERVED_PATHS = frozenset({"/signout", "/password"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Pure ASGI. db: where sessions are. allowed_hosts: names this server answers to. demo: visitors sign in alone."""

    def __init__(self, app: ASGIApp, *, db: AppDb, allowed_hosts: Iterable[str], demo: bool) -> None:
        self.app = app
        self.db = db
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.demo = demo

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if not pair[0].lower().startswith(OWN_HEADERS)]}
        headers = Headers(scope=scope)
        if not self._is_host_allowed(headers.get("host")) or not _is_same_origin(scope, headers):
            await _refuse(scope, receive, send, PlainTextResponse("Bad request", 400))
            return
        user = await self._user(scope, headers)
        if user is not None:
            scope["headers"] = [*scope["headers"], (SESSION_HEADER, user.session_id.encode())]
        scope["kanhu.user"] = user
        answer = self._answer(scope, headers, user)
        if answer is not None:
            await _refuse(scope, receive, send, answer)
        else:
            await self.app(scope, receive, _with_headers(scope, send))

    def _is_host_allowed(self, host: str | None) -> bool:
        found = _HOST.fullmatch((host or "").lower())
        return found is not None and found["name"].strip("[]") in self.allowed_hosts

    async def _user(self, scope: AsgiScope, headers: Headers) -> SignedIn | None:
        if scope["path"].startswith(OPEN_PREFIXES):
            return None
        token = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        if not token:
            return None
        return await to_thread.run_sync(signed_in, self.db, session_id_of(token))

    def _answer(self, scope: AsgiScope, headers: Headers, user: SignedIn | None) -> Response | None:
        """What the guard answers itself; null if the app behind it may."""
        path: str = scope["path"]
        if path.startswith(CLOSED_PREFIXES):
            return PlainTextResponse("Not found", 404)
        if path in OPEN_PATHS or path.startswith((*OPEN_PREFIXES, *OPEN_CHOICES)):
            return None
        is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_page(path)
        if user is None:
            if self.demo and path.startswith("/demo"):
                return None
            if is_page and "text/html" in headers.get("accept", ""):
                wanted = quote(path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""))
                return RedirectResponse(f"{'/demo/as/office' if self.demo else '/signin'}?next={wanted}", 303)
            return PlainTextResponse("Sign in first", 401)
        if user.must_change_password and path not in SERVED_PATHS:
            return (
                RedirectResponse("/password", 303) if is_page else PlainTextResponse("Change the password first", 403)
            )
        if is_page:
            return HTMLResponse(app_page(chosen_language(user, headers), chosen_look(headers)))
        return None if _is_served(path) else PlainTextResponse("Not found", 404)


def chosen_language(user: SignedIn | None, headers: Headers) -> Language:
    """The language the user chose, else the one chosen in this browser, else the one the browser asks for."""
    cookie = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    for name in (user.language if user else None, cookie):
        if name in LANGUAGES:
            return name  # type: ignore[return-value]
    return language_for(headers.get("accept-language"))


def chosen_look(headers: Headers) -> Mode | None:
    """Light or dark as chosen in this browser; null if nothing was."""
    cookie = cookie_parser(headers.get("cookie", "")).get(LOOK_COOKIE)
    return cookie if cookie in PALETTES else None  # type: ignore[return-value]


def _is_served(path: str) -> bool:
    return path in SERVED_PATHS or path.startswith(SERVED_PREFIXES)


def _is_page(path: str) -> bool:
    """Whether a path is one that Streamlit answers with its one HTML page: one word, no file.

    Not more: the page asks `/coverage/_stcore/health` to learn where its server is, and must hear no.
    """
    return path.count("/") == 1 and "." not in path and not _is_served(path)


def _is_same_origin(scope: AsgiScope, headers: Headers) -> bool:
    """Websockets and requests that change something come from our own pages; a client without Origin is no browser."""
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return True
    origin = headers.get("origin")
    return origin is None or urlparse(origin).netloc == headers.get("host")


async def _refuse(scope: AsgiScope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    await answer(scope, receive, _with_headers(scope, send))


def _with_headers(scope: AsgiScope, send: Send) -> Send:
    """Add the headers that keep a page to itself; what is not the framework's own bundle is never stored."""
    if scope["type"] != "http":
        return send

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = content_security_policy()
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "DENY"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            if not scope["path"].startswith(OPEN_PREFIXES):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return guarded
