"""Our own addresses beside Streamlit's: sign in and out, language, one-time downloads, the demo's choice of role."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from urllib.parse import parse_qs, quote

from anyio import CapacityLimiter, to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from warehouse import gate
from warehouse.app_db import audit, sessions, users
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.sessions import SignedIn
from warehouse.charts.theme import PALETTES
from warehouse.errors import SnapshotError
from warehouse.i18n import LANGUAGES, in_language, set_language, t
from warehouse.scope import ALL, Role, build_scope
from warehouse.server.downloads import Missing, downloads
from warehouse.server.guard import LANGUAGE_COOKIE, LOOK_COOKIE, SESSION_COOKIE, chosen_language
from warehouse.server.html import SCRIPTS, message_page, password_page, signin_page
from warehouse.settings import Settings

FORM_COOKIE = "kanhu_form"
FORM_BYTES = 8_192
PASSWORDS_AT_ONCE = 2
Handler = Callable[[Request], Awaitable[Response]]


def own_routes(settings: Settings, db: AppDb, *, demo: bool) -> list[Route]:
    """Every route that is ours. Checking a password takes a core and 64 MiB, so only a few are checked at once."""
    limiter = CapacityLimiter(PASSWORDS_AT_ONCE)
    routes = [
        Route("/health", _health),
        Route("/signin", _signin_form, methods=["GET"]),
        Route("/signin", partial(_signin, db, limiter), methods=["POST"]),
        Route("/signout", partial(_signout, db), methods=["GET", "POST"]),
        Route("/password", _password_form, methods=["GET"]),
        Route("/password", partial(_password, db, limiter), methods=["POST"]),
        Route("/language/{language}", partial(_choose_language, db)),
        Route("/look/{look}", _choose_look),
        *(Route(path, _script) for path in SCRIPTS),
        Route("/export/{token}", partial(_export, db)),
    ]
    if demo:
        routes += [
            Route("/demo", partial(_demo_list, settings)),
            Route("/demo/as/{role}", partial(_demo_as, settings, db)),
        ]
    return routes


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


def _user(request: Request) -> SignedIn | None:
    user: SignedIn | None = request.scope.get("kanhu.user")
    return user


def own_path(text: str | None) -> str:
    """A path on this server to go on to; anything that could lead elsewhere becomes the start page."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(c in text for c in "\r\n\t\\"):
        return "/"
    return text


def _set_cookie(request: Request, response: Response, name: str, value: str, **options: int | str) -> None:
    response.set_cookie(
        name,
        value,
        httponly=True,
        samesite="lax" if options.get("lax") else "strict",
        secure=request.url.scheme == "https",
        path=str(options.get("path", "/")),
        max_age=int(options["max_age"]) if "max_age" in options else None,
    )


async def _signin_form(request: Request) -> Response:
    return _form(request, own_path(request.query_params.get("next")), has_failed=False)


def _form(request: Request, next_path: str, *, has_failed: bool) -> Response:
    token = secrets.token_urlsafe(24)
    language = chosen_language(None, request.headers)
    page = signin_page(language, form_token=token, next_path=next_path, has_failed=has_failed)
    response = HTMLResponse(page, status_code=401 if has_failed else 200)
    _set_cookie(request, response, FORM_COOKIE, token, path="/signin")
    return response


async def _signin(db: AppDb, limiter: CapacityLimiter, request: Request) -> Response:
    form = await _small_form(request)
    if form is None:
        return PlainTextResponse("Too much", 413)
    next_path = own_path(form.get("next"))
    given, expected = form.get("form_token", ""), request.cookies.get(FORM_COOKIE, "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        return _form(request, next_path, has_failed=False)
    check = partial(users.check_password, db, form.get("name", "").strip(), form.get("password", ""))
    user_id = await to_thread.run_sync(check, limiter=limiter)
    if user_id is None:
        return _form(request, next_path, has_failed=True)
    response = await _start(request, db, user_id, next_path)
    response.delete_cookie(FORM_COOKIE, path="/signin")
    return response


async def _password_form(request: Request) -> Response:
    return _new_password_form(request, ())


def _new_password_form(request: Request, faults: tuple[str, ...]) -> Response:
    """The form to change one's own password. faults: why the last try was refused."""
    user = _user(request)
    if user is None or user.is_demo:
        return PlainTextResponse("Not found", 404)
    token = secrets.token_urlsafe(24)
    language = chosen_language(user, request.headers)
    page = password_page(language, form_token=token, faults=faults, must_change=user.must_change_password)
    response = HTMLResponse(page, status_code=400 if faults else 200)
    _set_cookie(request, response, FORM_COOKIE, token, path="/password")
    return response


async def _password(db: AppDb, limiter: CapacityLimiter, request: Request) -> Response:
    """Change one's own password, then go on in a new session: every other one of theirs has ended."""
    user, form = _user(request), await _small_form(request)
    if form is None:
        return PlainTextResponse("Too much", 413)
    given, expected = form.get("form_token", ""), request.cookies.get(FORM_COOKIE, "")
    if user is None or not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        return _new_password_form(request, ())
    old, new = form.get("old", ""), form.get("new", "")
    if new != form.get("again", ""):
        return _new_password_form(request, ("password_twice",))
    try:
        await to_thread.run_sync(partial(users.change_password, db, user.user_name, old, new), limiter=limiter)
    except users.AccountRefusedError as refused:
        return _new_password_form(request, refused.faults)
    response = await _start(request, db, user.user_id, "/")
    response.delete_cookie(FORM_COOKIE, path="/password")
    return response


async def _start(request: Request, db: AppDb, user_id: int, next_path: str, *, lax: bool = False) -> Response:
    """Begin a session under a new token; one that this browser held before ends.

    lax: a demo signs in by redirects, which a strict cookie would not survive when a link elsewhere led here.
    """
    old = _user(request)
    if old is not None:
        await to_thread.run_sync(sessions.end_session, db, old.session_id)
    token = await to_thread.run_sync(sessions.start_session, db, user_id)
    response = RedirectResponse(next_path, 303)
    _set_cookie(request, response, SESSION_COOKIE, token, lax=lax)
    return response


async def _small_form(request: Request) -> dict[str, str] | None:
    """The fields of a small form; null if it is larger than any form of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return None
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items()}


async def _signout(db: AppDb, request: Request) -> Response:
    user = _user(request)
    if user is not None:
        await to_thread.run_sync(sessions.end_session, db, user.session_id)
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


async def _choose_language(db: AppDb, request: Request) -> Response:
    name = request.path_params["language"]
    response = RedirectResponse(own_path(request.query_params.get("next")), 303)
    if name not in LANGUAGES:
        return PlainTextResponse("Not found", 404)
    user = _user(request)
    if user is not None:
        await to_thread.run_sync(sessions.set_user_language, db, user.user_id, name)
    _set_cookie(request, response, LANGUAGE_COOKIE, name, max_age=365 * 24 * 3600)
    return response


async def _choose_look(request: Request) -> Response:
    """Light or dark, kept in this browser."""
    if request.path_params["look"] not in PALETTES:
        return PlainTextResponse("Not found", 404)
    response = RedirectResponse(own_path(request.query_params.get("next")), 303)
    _set_cookie(request, response, LOOK_COOKIE, request.path_params["look"], max_age=365 * 24 * 3600)
    return response


async def _script(request: Request) -> Response:
    return FileResponse(SCRIPTS[request.url.path], media_type="text/javascript")


async def _export(db: AppDb, request: Request) -> Response:
    """A file that a page offered to this user: once."""
    user = _user(request)
    if user is None:
        return PlainTextResponse("Sign in first", 401)
    found = downloads().take(request.path_params["token"], user.user_id)
    if isinstance(found, Missing):
        language = chosen_language(user, request.headers)
        set_language(language)
        page = message_page(language, t("shell.export.gone"), t("shell.export.again"), [("/", t("shell.back"))])
        return HTMLResponse(page, found.value)
    entry = partial(audit.record, db, user.user_name, Action.EXPORTED, found.file_name, bytes=found.bytes)
    await to_thread.run_sync(entry)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"}
    if found.path is not None:
        gone = BackgroundTask(found.path.unlink, missing_ok=True)
        return FileResponse(found.path, media_type=found.mime, headers=headers, background=gone)
    return Response(found.data, media_type=found.mime, headers=headers)


async def _demo_list(settings: Settings, request: Request) -> Response:
    """Every role, the contact of every department and the cadre of every village, to look through."""
    language = chosen_language(_user(request), request.headers)
    villages, departments = await to_thread.run_sync(_named, settings)
    set_language(language)
    links = [(f"/demo/as/{role}", t(f"shell.role.{role}")) for role in (Role.OFFICE, Role.LEADER, Role.ADMINISTRATOR)]
    contact, cadre = t("shell.role.department"), t("shell.role.cadre")
    links += [
        (f"/demo/as/department?department={code}", f"{contact} · {in_language(name, name_en)}")
        for code, name, name_en in departments
    ]
    links += [(f"/demo/as/cadre?area={code}", f"{cadre} · {name}") for code, name in villages]
    return HTMLResponse(message_page(language, t("shell.demo.title"), t("shell.demo.text"), links))


def _named(settings: Settings) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Of the served snapshot: villages (code, name), and departments that owe lists (code, name, English name)."""
    door = gate.current_gate(settings)
    everyone = build_scope(
        user_id=0,
        user_name="demo",
        role=Role.OFFICE,
        granted_areas=[ALL],
        granted_departments=[],
        granted_households=False,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )
    villages = door.query("shell/areas", everyone, {}).select("area_code", "name")
    return villages.rows(), door.query("shell/departments", everyone, {}).rows()


async def _demo_as(settings: Settings, db: AppDb, request: Request) -> Response:
    """Sign in as a role of the demo, without a password: its database knows no other users."""
    try:
        role = Role(request.path_params["role"])
        villages, departments = await to_thread.run_sync(_named, settings)
    except (ValueError, SnapshotError):
        return PlainTextResponse("Not found", 404)
    # A cadre is of one village and a contact of one department: the first, unless one was chosen.
    chosen: dict[Role, tuple[str, Sequence[tuple[str, ...]]]] = {
        Role.CADRE: ("area", villages),
        Role.DEPARTMENT: ("department", departments),
    }
    granted = [ALL] if role in (Role.OFFICE, Role.LEADER) else []
    if role in chosen:
        name, rows = chosen[role]
        known = [row[0] for row in rows]
        own = request.query_params.get(name) or known[0]
        if own not in known:
            return PlainTextResponse("Not found", 404)
        granted = [own]
    areas, lists = ([], granted) if role is Role.DEPARTMENT else (granted, [])
    user_id = await to_thread.run_sync(users.add_demo_user, db, role, areas, lists)
    return await _start(request, db, user_id, own_path(request.query_params.get("next")), lax=True)
