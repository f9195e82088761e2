"""The ASGI app: guard -> our routes -> Streamlit. Warmed up before the first visitor."""

from __future__ import annotations

import datetime as dt
import errno
import gc
import importlib
import logging
import socket
import tomllib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from anyio import to_thread
from sqlalchemy.exc import OperationalError
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from warehouse import gate
from warehouse.app_db.database import AppDb
from warehouse.errors import KanhuError
from warehouse.i18n import LANGUAGES, catalogue
from warehouse.scope import ALL, Role, build_scope
from warehouse.server.guard import Guard
from warehouse.server.html import app_page, content_security_policy
from warehouse.server.routes import own_routes
from warehouse.settings import ROOT, Settings
from warehouse.snapshots import current_snapshot

APP = ROOT / "app.py"
CONFIG = ROOT / ".streamlit" / "config.toml"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What pages import, and what Streamlit and Altair import at their first table or chart.
WARM_MODULES = (
    "pandas",
    "pyarrow.pandas_compat",
    "warehouse.build",
    "streamlit.components.v2",
    "streamlit.dataframe_util",
    "streamlit.elements.arrow",
    "streamlit.emojis",
)
WARM_PACKAGES = ("charts", "exports", "queries", "stats", "words")
log = logging.getLogger("kanhu")


def build_app(
    settings: Settings, db: AppDb, *, host: str = "127.0.0.1", allowed_hosts: Iterable[str] = (), demo: bool = False
) -> st.App:
    """The whole application, ready for an ASGI server. It answers to `host`, this machine's names and allowed_hosts."""
    names = names_answered(host, allowed_hosts)
    app = st.App(
        APP,
        lifespan=_lifespan(settings),
        routes=own_routes(settings, db, demo=demo),
        middleware=[Middleware(Guard, db=db, allowed_hosts=names, demo=demo)],
        on_script_error=_on_script_error,
    )
    # Without this the first visitor of /coverage gets pages/coverage.py without app.py around it: no menu, no banner.
    PagesManager.uses_pages_directory = False
    # Streamlit logs an error of a page with its message, which may quote a row: _on_script_error logs it without.
    logging.getLogger("streamlit.error_util").addFilter(lambda _record: False)
    config.get_config_options(force_reparse=True, options_from_flags=streamlit_options(names))
    return app


def names_answered(host: str, allowed_hosts: Iterable[str]) -> tuple[str, ...]:
    """Host names a request may ask for. An address that means all addresses is no name."""
    own = () if host in ("0.0.0.0", "::") else (host,)  # noqa: S104
    return tuple(sorted({*LOOPBACK, *own, *allowed_hosts, socket.gethostname().lower()}))


def streamlit_options(names: Iterable[str]) -> dict[str, Any]:
    """Every option of .streamlit/config.toml by its full name, with the host names."""
    sections = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    return dict(_options(sections)) | {"server.allowedHosts": list(names)}


def _options(sections: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in sections.items():
        if isinstance(value, dict):
            yield from _options(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _on_script_error(error: Exception) -> bool:
    """Log what went wrong without its values, for a message may quote a row. The page says that it failed."""
    from warehouse.session import empty_state  # the pages' module: warm-up imports it after this one

    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "unknown"
    text = str(error) if isinstance(error, KanhuError) else ""
    log.error("page failed: %s at %s %s", type(error).__name__, place, text)
    kind = "disk_full" if is_of_full_disk(error) else "failed"
    empty_state(kind, time=f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}")
    return True


def is_of_full_disk(error: BaseException) -> bool:
    """Whether something could not be written for want of room: a file, or the application database."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    # SQLite tells a full disk as either; what PostgreSQL says of one is in its own log.
    return isinstance(error, OperationalError) and any(
        words in str(error.orig) for words in ("disk is full", "disk I/O error")
    )


def _lifespan(settings: Settings):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[Mapping[str, Any] | None]:
        await to_thread.run_sync(warm_up, settings)
        yield None
        gc.unfreeze()  # so that what warm-up made is taken down in order, not found lying at the end of the process

    return lifespan


def warm_up(settings: Settings) -> None:
    """Pay for imports, the first look into the snapshot and the catalogues now, then freeze what they made.

    The collector would walk those objects at every full pass; frozen, they cost nothing.
    """
    for module in (*WARM_MODULES, "warehouse.session", *_page_modules()):
        importlib.import_module(module)
    from warehouse.charts.theme import warm_charts

    warm_charts()
    for language in LANGUAGES:
        catalogue(language)
    content_security_policy()
    app_page("zh_CN"), app_page("en")
    door = gate.current_gate(settings)
    scope = build_scope(
        user_id=0,
        user_name="warm-up",
        role=Role.LEADER,
        granted_areas=[ALL],
        granted_departments=[],
        granted_households=False,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )
    for name in ("shell/snapshot", "shell/areas"):
        door.query(name, scope, {})
    door.query("shell/freshness", scope, {"month": current_snapshot(settings).last_month})
    gc.collect()
    gc.freeze()


def _page_modules() -> list[str]:
    """Every module that only pages use."""
    return [
        f"warehouse.{package}.{path.stem}"
        for package in WARM_PACKAGES
        for path in sorted((ROOT / "warehouse" / package).glob("*.py"))
    ]
