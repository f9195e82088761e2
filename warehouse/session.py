"""What every page needs of its session: the scope, the language, cached queries, filters in the URL, and the frame
around a page. The only module beside pages and app.py that imports Streamlit.

`scope = require_scope()` is the first statement of every page: Streamlit can run a file of pages/ before app.py ran.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlparse

import altair as alt
import polars as pl
import streamlit as st
from altair.utils.schemapi import debug_mode
from streamlit.dataframe_util import convert_anything_to_arrow_bytes
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from warehouse import gate, i18n
from warehouse.app_db import app_db, audit
from warehouse.app_db.audit import Action
from warehouse.app_db.sessions import SignedIn, signed_in
from warehouse.app_db.users import DEMO_NAME
from warehouse.areas import AreaTree, tree_of
from warehouse.charts.theme import PALETTES, PICK, Chart, Mode, finish, look, set_look
from warehouse.errors import AccessDeniedError, SnapshotError, SnapshotFormatError
from warehouse.i18n import LANGUAGES, Language, fmt_date, fmt_month, fmt_period, in_language, t
from warehouse.periods import PeriodKind, kind_of, period_before, period_days, period_of
from warehouse.printed import made_and_kept
from warehouse.scope import PAGE_GROUPS, PAGES, Role, Scope, build_scope, may_open, pages_for
from warehouse.server.downloads import downloads
from warehouse.server.guard import LANGUAGE_COOKIE, LOOK_COOKIE
from warehouse.settings import load_settings
from warehouse.snapshots import Snapshot, current_snapshot, snapshot_path

FILTERS = ("period", "area", "population")
POPULATIONS = ("all", "watch", "monitored", "covered")
_USER_KEY = "kanhu_session"
_CACHED_FRAMES = 3_000
# How long the names of a household stay whole in a browser session.
REVEALED_FOR = dt.timedelta(minutes=15)
_snapshot: ContextVar[Snapshot | None] = ContextVar("kanhu_snapshot", default=None)
_page: ContextVar[str] = ContextVar("kanhu_page", default="app")
# The row of filters of this run, where there is one: what the figures rest on stands at its end.
_bar: ContextVar[DeltaGenerator | None] = ContextVar("kanhu_bar", default=None)
# Pixels of a box in the row of filters: the longest quarter or village is read whole.
_BOX_WIDTH = 176
# Pixels in which a day is read whole.
_DATE_WIDTH = 104
# In the row a box says what it is by what it holds; its label is there for those who hear the page.
_SLIM: dict[str, Any] = {"label_visibility": "collapsed", "width": _BOX_WIDTH}
# Where a village leads back to.
_OVERVIEW = "coverage"
ColumnKind = Literal["text", "number", "decimal", "money", "share", "date", "month", "yes_no"]


# -- who asks ---------------------------------------------------------------------------------------------------------


def require_scope(page: str | None = None) -> Scope:
    """The scope of the signed-in user; without one, or when the page is not for the role, the page ends here.

    page: name of the page, taken from the calling file if not given; `app` is the frame around all of them.
    """
    page = page or Path(sys._getframe(1).f_code.co_filename).stem
    user = signed_in(app_db(), _session_id())
    i18n.set_language(_language_of(user))
    set_look(_chosen_look())
    _bar.set(None)
    if user is None:
        empty_state("signed_out")
        st.html(_anchor("/signin", t("shell.signin.button")))
        st.stop()
    if user.must_change_password:
        empty_state("must_change")
        st.html(_anchor("/password", t("shell.password.button")))
        st.stop()
    try:
        snapshot = current_snapshot(load_settings())
        door = gate.open_gate(snapshot_path(load_settings(), snapshot.snapshot_id))
    except SnapshotFormatError:
        empty_state("old_snapshot")
        st.stop()
    except SnapshotError:
        empty_state("no_snapshot")
        st.stop()
    if user.is_demo and not snapshot.sample_data:
        empty_state("signed_out")
        st.stop()
    _snapshot.set(snapshot)
    scope = build_scope(
        user_id=user.user_id,
        user_name=user.user_name,
        role=user.role,
        granted_areas=user.granted_areas,
        granted_departments=user.granted_departments,
        granted_households=user.granted_households,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )
    if page != "app":
        _refuse_unless_open(scope, page)
    _page.set(page)
    tree = area_tree(scope)
    i18n.set_units(tree.words(st.query_params.get("area")), tree.lowest)
    return scope


def _session_id() -> str | None:
    """The session the guard found in the cookie. It reaches us by a header that no client can send."""
    found = st.user.get(_USER_KEY)
    return found if isinstance(found, str) else None


def _language_of(user: SignedIn | None) -> Language:
    """What the user chose, else what was chosen in this browser, else what the browser speaks."""
    for chosen in (user.language if user else None, st.context.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return chosen  # type: ignore[return-value]
    return i18n.language_for(st.context.locale)


def _chosen_look() -> Mode:
    """Light or dark as chosen in this browser; else as the browser shows the page."""
    chosen = st.context.cookies.get(LOOK_COOKIE)
    if chosen in PALETTES:
        return chosen  # type: ignore[return-value]
    return "dark" if st.context.theme.type == "dark" else "light"


def language() -> Language:
    """The language of the page: the user's choice, else the browser's."""
    return i18n.language()


def snapshot() -> Snapshot:
    """The snapshot this run of the page reads from: the same for all its queries."""
    found = _snapshot.get()
    if found is None:
        raise AccessDeniedError("page: got no scope, expected one. Begin the page with require_scope().")
    return found


def note(scope: Scope, action: Action, target: str = "", **detail: object) -> None:
    """Put into the audit trail what the user did, once per session and target in half an hour."""
    seen = st.session_state.setdefault("_noted", {})
    key, now = (action, target), dt.datetime.now(dt.UTC)
    if key not in seen or now - seen[key] > dt.timedelta(minutes=30):
        seen[key] = now
        audit.record(app_db(), scope.user_name, action, target, **detail)


# -- what it reads ----------------------------------------------------------------------------------------------------


def cached(name: str, scope: Scope, /, **params: object) -> pl.DataFrame:
    """`gate.query`, remembered per query, reach of the scope, snapshot and parameters."""
    path = snapshot_path(load_settings(), snapshot().snapshot_id)
    return _cached(name, scope.reach, path, tuple(sorted(params.items())))


def cached_in(path: Path, name: str, scope: Scope, /, **params: object) -> pl.DataFrame:
    """The same of another file that never changes: a frozen release, or what changed since it."""
    return _cached(name, scope.reach, path, tuple(sorted(params.items())))


def revealed(name: str, scope: Scope, /, *, reason: str, target: str, **params: object) -> pl.DataFrame:
    """`gate.query` with names whole. The reason stands in the audit trail before a row is read, once per target in
    REVEALED_FOR; the rows are never remembered. target: what it is about, a household's key or an area's code.

    Raises: AccessDeniedError without a reason, or for a scope that may not reveal.
    """
    if not scope.may_reveal or not reason.strip():
        raise AccessDeniedError(
            f"reveal: got role {scope.role} and {len(reason.strip())} letters of a reason, expected a role that sees "
            "households, and a reason. Names stay masked."
        )
    _audit_reveal(scope, reason, target)
    door = gate.open_gate(snapshot_path(load_settings(), snapshot().snapshot_id))
    return door.query(name, scope, params, is_revealed=True)


def _audit_reveal(scope: Scope, reason: str, target: str) -> None:
    seen = st.session_state.setdefault("_revealed", {})
    key, now = (scope.user_name, target, reason), dt.datetime.now(dt.UTC)
    if key not in seen or now - seen[key] >= REVEALED_FOR:
        audit.record(app_db(), scope.user_name, Action.REVEALED, target, reason=reason, snapshot=snapshot().snapshot_id)
        seen[key] = now


# As a resource: frames are never changed in place, so every session may hold the same one, and nothing is copied.
@st.cache_resource(show_spinner=False, max_entries=_CACHED_FRAMES, hash_funcs={Scope: repr})
def _cached(name: str, scope: Scope, path: Path, params: tuple[tuple[str, object], ...]) -> pl.DataFrame:
    return gate.open_gate(path).query(name, scope, dict(params))


def areas(scope: Scope) -> dict[str, str]:
    """The villages of the scope: code -> name, in the order of their codes."""
    return {code: area.name for code, area in area_tree(scope).areas.items() if area.is_unit}


def area_tree(scope: Scope) -> AreaTree:
    """The villages of the scope and the areas above them."""
    return _area_tree(scope.reach, snapshot_path(load_settings(), snapshot().snapshot_id))


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs={Scope: repr})
def _area_tree(scope: Scope, path: Path) -> AreaTree:
    door = gate.open_gate(path)
    return tree_of(door.query("shell/area_tree", scope, {}), door.whole_groups(scope))


def area_name(scope: Scope, code: str) -> str:
    """The name of an area of any level that the scope knows."""
    return area_tree(scope).areas[code].name


def is_village(scope: Scope, code: str | None) -> bool:
    """Whether the code is a village's: an area of the lowest level, which has a page of its own."""
    area = area_tree(scope).areas.get(code or "")
    return area is not None and area.is_unit


# -- filters ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What the bar is set to. period: `2025-12`, `2025Q4` or `2025`, from start to end (a day, inclusive).

    month: the newest month with data in the period. area: the chosen one of any level; null for all of the scope's.
    compared: codes of the areas set side by side, the parts of the chosen one: villages of a town, towns of a county.
    within: code of the area they are parts of; null for the whole place. It is the chosen one, for a village the one
    above.
    """

    period: str
    kind: PeriodKind
    start: dt.date
    end: dt.date
    month: dt.date
    area: str | None = None
    population: str = "all"
    compared: tuple[str, ...] = ()
    within: str | None = None

    @property
    def label(self) -> str:
        return fmt_period(self.period)

    def before(self) -> Filters:
        """The same for the period before."""
        earlier = _period_filters(period_before(self.period), None, self.area, self.population)
        return replace(earlier, compared=self.compared, within=self.within)


def periods(kind: PeriodKind, first: dt.date, last: dt.date) -> list[str]:
    """Every period of that kind with a month from `first` to `last`, newest first."""
    found: dict[str, None] = {}
    month = last.replace(day=1)
    while month >= first:
        found[period_of(kind, month)] = None
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return list(found)


def _period_filters(period: str, last_month: dt.date | None, area: str | None, population: str) -> Filters:
    start, end = period_days(period)
    month = end.replace(day=1) if last_month is None else min(end.replace(day=1), last_month)
    return Filters(period, kind_of(period), start, end, month, area, population)


def filters_bar(
    scope: Scope,
    *,
    kinds: Sequence[PeriodKind] = ("month", "quarter"),
    area: Literal["any", "one", "none"] = "any",
    population: bool = False,
    newest_only: bool = False,
) -> Filters:
    """The bar of every page, kept in the URL: period, village, population. The first of `kinds` is the default.

    newest_only: the page speaks of the newest month alone, and the period is not asked for.

    area: `any` offers all villages together first, `one` asks for a single one, `none` leaves the box out.
    What a link asks for beyond the scope or the snapshot is ignored.
    """
    first, last = (dt.date.fromisoformat(day) for day in (snapshot().first_month, snapshot().last_month))
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters")
    _bar.set(bar)
    asked = st.query_params.get("period", "")
    kind = next((k for k in kinds if asked in periods(k, first, last)), kinds[0])
    if newest_only:
        period = period_of("month", last)
    else:
        if len(kinds) > 1:
            with bar:
                kind = _kind_box(kind, kinds, first, last)
        with bar:
            period = _choice("period", periods(kind, first, last), t(f"shell.filter.{kind}"), fmt_period, **_SLIM)
    tree, chosen = area_tree(scope), None
    if area != "none":
        if not tree.villages:
            empty_state("no_areas")
            st.stop()
        chosen = _area_boxes(tree, bar, is_one=area == "one")
    who = "all"
    if population:
        with bar:
            who = _choice(
                "population", POPULATIONS, t("shell.filter.population"), lambda p: t(f"shell.population.{p}"), **_SLIM
            )
    i18n.set_units(tree.words(chosen), tree.lowest)
    line = tree.line(chosen)
    if line and not tree.areas[line[0]].is_unit:
        _way_up(scope, tree, line, _page.get() if area == "any" else _OVERVIEW)
    within = tree.within(chosen)
    filters = _period_filters(period, last, chosen, who)
    return replace(filters, compared=tree.compared(chosen), within=None if within == tree.top else within)


def filters_in_url(scope: Scope, *, kinds: Sequence[PeriodKind] = ("month", "quarter")) -> Filters:
    """What the bar would be set to for the whole place, without showing it: for what fills the screen by itself."""
    first, last = (dt.date.fromisoformat(day) for day in (snapshot().first_month, snapshot().last_month))
    asked = st.query_params.get("period", "")
    kind = next((k for k in kinds if asked in periods(k, first, last)), kinds[0])
    known = periods(kind, first, last)
    tree = area_tree(scope)
    i18n.set_units(tree.words(None), tree.lowest)
    filters = _period_filters(asked if asked in known else known[0], last, None, "all")
    return replace(filters, compared=tree.compared(None))


def _area_boxes(tree: AreaTree, bar: DeltaGenerator, *, is_one: bool) -> str | None:
    """A box for each level: towns, then the villages of the chosen one. The URL holds the code of the lowest chosen.

    is_one: each level has its first area chosen, down to a village. Returns: the chosen area; null for all.
    """
    line = tree.line(st.query_params.get("area"))
    chosen: str | None = None
    depth = 0
    while options := tree.children(chosen or tree.top):
        asked = line[depth] if depth < len(line) else ""
        value = asked or (options[0] if is_one else "")
        key = "filter_area" if depth == 0 else f"filter_area_{depth}"
        if st.session_state.get(key) != value:
            st.session_state[key] = value
        words = tree.areas[options[0]].words
        named = i18n.unit_words(language(), words, words)
        label = _area_label(tree, t("shell.filter.all_areas", **named))
        with bar:
            st.selectbox(
                t("shell.filter.area", **named),
                options if is_one else ["", *options],
                format_func=label,
                key=key,
                on_change=_write_area,
                args=(key, chosen),
                **_SLIM,
            )
        if not value:
            break
        chosen, depth = value, depth + 1
    return chosen


def _area_label(tree: AreaTree, all_of_them: str) -> Callable[[str], str]:
    return lambda code: tree.areas[code].name if code else all_of_them


def _write_area(key: str, above: str | None) -> None:
    """The area of a box into the URL; with all of them chosen, the area above."""
    if code := st.session_state[key] or above:
        st.query_params["area"] = code
    else:
        st.query_params.pop("area", None)


def _way_up(scope: Scope, tree: AreaTree, line: list[str], page: str) -> None:
    """The areas above the chosen one, each a link that chooses it on `page`."""
    if not may_go_to(scope, page):
        return
    with st.container(horizontal=True, gap="small"):
        for code in (None, *line[:-1]):
            link(page, f"↑ {tree.areas[code or tree.top or ''].name}", area=code)


def go_down(scope: Scope, key: str, picked: dict[str, Any] | None) -> None:
    """What a click on an area does: a village opens its page, a town is chosen on this page.

    picked: the mark or row that was clicked, with area_code. key: of the charts and tables that it may come from.
    """
    if newly_picked(key, picked) and picked is not None:
        open_area(scope, picked["area_code"])


def open_area(scope: Scope, code: str) -> None:
    """The page of a village; a town is chosen on this page."""
    if is_village(scope, code) and may_go_to(scope, "village"):
        go_to("village", area=code)
    st.query_params["area"] = code
    st.rerun()


def _choice(name: str, options: Sequence[str], words: str, label: Callable[[str], str], **how: Any) -> str:
    """A select box whose value lives in the URL: the URL decides, a click writes the URL."""
    key = f"filter_{name}"
    asked = st.query_params.get(name, options[0])
    value = asked if asked in options else options[0]
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.selectbox(words, options, format_func=label, key=key, on_change=_write_url, args=(name, key), **how)
    return value


def _kind_box(kind: PeriodKind, kinds: Sequence[PeriodKind], first: dt.date, last: dt.date) -> PeriodKind:
    key = "filter_kind"
    st.session_state[key] = kind

    def changed() -> None:
        chosen = st.session_state[key]
        if chosen:
            st.query_params["period"] = periods(chosen, first, last)[0]

    words = t("shell.filter.kind")
    how: dict[str, Any] = {"key": key, "on_change": changed, "label_visibility": "collapsed"}
    st.segmented_control(words, kinds, format_func=lambda k: t(f"shell.filter.{k}"), **how)
    return kind


def _write_url(name: str, key: str) -> None:
    value = st.session_state[key]
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def box_in_url(name: str, options: Sequence[str], words: str, label: Callable[[str], str]) -> str | None:
    """A select box whose choice lives in the URL as `name`; nothing chosen, the default, is the first option."""
    return _choice(name, ("", *options), words, lambda code: label(code) if code else t("shell.filter.any")) or None


def choice_in_url(name: str, options: Sequence[str], words: str, label: Callable[[str], str]) -> str:
    """A row of buttons, one of them always chosen; the choice lives in the URL as `name`, the first is the default."""
    key = f"choice_{name}"
    asked = st.query_params.get(name, options[0])
    value = asked if asked in options else options[0]
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    how: dict[str, Any] = {"label_visibility": "collapsed", "on_change": _write_url, "args": (name, key), "wrap": True}
    st.pills(words, options, format_func=label, key=key, **how)
    return value


def current_query(**query: str | None) -> dict[str, str]:
    """The filters of the URL as they stand, changed by `query` (null takes one away): they go along to other pages."""
    kept: dict[str, str | None] = {name: st.query_params[name] for name in FILTERS if name in st.query_params}
    return {name: value for name, value in (kept | query).items() if value}


# -- the frame of a page ----------------------------------------------------------------------------------------------


def frame(scope: Scope) -> None:
    """Menu and sidebar around every page, then the page that was asked for."""
    pages = {page.name: st.Page(page.file, title=t(page.title_key)) for page in PAGES if _exists(page.name)}
    own = {page.name: pages[page.name] for page in pages_for(scope) if page.name in pages}
    if not own:
        empty_state("refused")
        st.stop()
    # The start page is none of them: Streamlit knows its default page by `/` alone and calls `/coverage` not found.
    start = st.Page(lambda: go_to(next(iter(own))), title=t("shell.product"), url_path="start", default=True)
    chosen = st.navigation([start, *pages.values()], position="hidden")
    with st.sidebar:
        _who(scope)
        for group in PAGE_GROUPS:
            names = [page.name for page in PAGES if page.group == group and page.name in own]
            if names:
                st.html(f'<p class="kanhu-group">{escape(t(f"frame.group.{group}"))}</p>')
            for name in names:
                st.page_link(own[name], label=own[name].title, query_params=current_query())
        _switches(scope)
    if snapshot().sample_data:
        st.html(f'<div class="kanhu-sample" role="note">{escape(t("shell.sample_data"))}</div>')
    if chosen is not start:
        _refuse_unless_open(scope, chosen.url_path)
        _keep_address(chosen.url_path)
    chosen.run()


def _keep_address(page: str) -> None:
    """The browser is told what the page is asked for whenever that is new. A link to the page one is on changes what
    is asked, but the framework leaves the address as it was, and the next click would lead back."""
    asked = (page, st.query_params.to_dict())
    if st.session_state.get("_address") != asked:
        st.session_state["_address"] = asked
        st.query_params.from_dict(asked[1])


def _refuse_unless_open(scope: Scope, page: str) -> None:
    if may_open(scope, page):
        return
    audit.record(app_db(), scope.user_name, Action.REFUSED, page)
    empty_state("refused")
    st.stop()


def _exists(page: str) -> bool:
    return any(page == known.name and (Path(gate.__file__).parents[1] / known.file).is_file() for known in PAGES)


def _who(scope: Scope) -> None:
    place = cached("shell/snapshot", scope).row(0, named=True)
    role = t(f"shell.role.{scope.role}")
    own = _own(scope)
    name = [] if scope.user_name.startswith(DEMO_NAME) else [scope.user_name]
    who = " · ".join([*name, role, *(own if len(own) <= 3 else ())])
    st.html(
        f'<div class="kanhu-who"><strong>{escape(t("shell.product"))}</strong> '
        f"{escape(in_language(place['profile_name'], place['profile_name_en']))}<br><span>{escape(who)}</span></div>"
    )


def _own(scope: Scope) -> list[str]:
    """What a cadre or a department contact stands for: the names of the villages, or of the departments."""
    if scope.role is Role.CADRE:
        return list(areas(scope).values())
    if scope.role is not Role.DEPARTMENT:
        return []
    owing = cached("shell/departments", scope).filter(pl.col("department_code").is_in(scope.departments))
    return [in_language(name, name_en) for _, name, name_en in owing.rows()]


def _switches(scope: Scope) -> None:
    """Language, look, sign-out, and in the demo the other roles, folded. Each reloads the page, so its `lang` is right
    too."""
    here = quote(_here(), safe="")
    other: Language = "en" if language() == "zh_CN" else "zh_CN"
    other_look: Mode = "light" if look().mode == "dark" else "dark"
    links = [
        _anchor(f"/language/{other}?next={here}", t(f"shell.language.{other}")),
        _anchor(f"/look/{other_look}?next={here}", t(f"shell.look.{other_look}")),
    ]
    folded = ""
    if scope.user_name.startswith(DEMO_NAME):
        roles = [
            _anchor(f"/demo/as/{role}", t(f"shell.role.{role}"))
            for role in (Role.OFFICE, Role.LEADER, Role.CADRE, Role.ADMINISTRATOR)
            if role is not scope.role
        ]
        roles.append(_anchor("/demo", t("shell.demo.more")))
        folded = f"<details><summary>{escape(t('frame.demo'))}</summary>{'<br>'.join(roles)}</details>"
    else:
        links.append(_anchor("/password", t("shell.password.button")))
        links.append(_anchor("/signout", t("shell.signout")))
    st.html(f'<div class="kanhu-switches"><p>{" ".join(links)}</p>{folded}</div>')


def _here() -> str:
    query = urlencode(st.query_params.to_dict())
    return (urlparse(st.context.url or "").path or "/") + (f"?{query}" if query else "")


def _anchor(address: str, words: str) -> str:
    return f'<a href="{escape(address)}" target="_self" class="kanhu-link">{escape(words)}</a>'


def header(title: str, question: str) -> None:
    """The question the page answers, with the page's name over it."""
    st.html(f'<p class="kanhu-page">{escape(title)}</p>')
    st.title(question, anchor=False)


def findings_box(sentences: Sequence[str], headline: str | None = None, caution: str | None = None) -> None:
    """What the page has found, at its head: one sentence above the others, and what to beware of."""
    lines = [f"- {sentence}" for sentence in sentences]
    with st.container(key="findings"):
        st.markdown("\n".join([f"**{headline}**\n", *lines] if headline else lines))
        if caution:
            st.caption(caution)


def freshness_line(scope: Scope, filters: Filters | None = None) -> None:
    """Data month, snapshot, rules, and the lists that are not there for the month, with since when."""
    month = filters.month if filters else dt.date.fromisoformat(snapshot().last_month)
    missing = cached("shell/freshness", scope, month=month)
    built_at = dt.datetime.fromisoformat(snapshot().built_at).astimezone()
    parts = [
        t("shell.fresh.month", month=fmt_month(month)),
        t("shell.fresh.snapshot", at=f"{fmt_date(built_at.date())} {built_at:%H:%M}"),
        t("shell.fresh.rules", version=snapshot().rules_version[:8]),
    ]
    with _bar.get() or st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if missing.is_empty():
            st.caption(" · ".join([*parts, t("shell.fresh.complete")]))
        else:
            st.caption(" · ".join(parts), width="content")
            with st.popover(i18n.t_n("shell.fresh.missing", missing.height), type="tertiary"):
                for row in missing.iter_rows(named=True):
                    st.markdown(_missing_list(row))
    if (older := cached("shell/rosters", scope, month=month)).height:
        named = [f"{row['name']} {fmt_month(row['roster_month'])}" for row in older.iter_rows(named=True)]
        st.caption(t("shell.fresh.rosters", names=i18n.join_words(named)))
    if failed := _failed_build():
        st.warning(t("shell.fresh.failed", at=fmt_date(dt.datetime.fromisoformat(failed).astimezone().date())))


def _missing_list(row: dict[str, Any]) -> str:
    """A list that is not there, or not from every town, and what holds instead."""
    title, since, towns = in_language(row["title"], row["title_en"]), row["last_month"], row["towns_missing"]
    if towns:
        key = "shell.fresh.row_part_warning" if row["kind"] == "warning" else "shell.fresh.row_part"
        return t(key, title=title, towns=i18n.join_words(towns.split("、")))
    key = "shell.fresh.row" if since else "shell.fresh.row_never"
    return t(key, title=title, due=fmt_date(row["due_on"]), since=fmt_month(since) if since else "")


def _failed_build() -> str | None:
    """When the newest build failed, if it did: the figures shown are older than what has landed."""
    from warehouse.build import last_failure

    failure = last_failure(load_settings())
    return failure["failed_at"] if failure else None


def link(page: str, label: str, **query: str | None) -> None:
    """A link to a page that keeps the filters, changed by `query`. Where the page is not open, the words alone."""
    try:
        st.page_link(f"pages/{page}.py", label=label, query_params=current_query(**query))
    except StreamlitAPIException:
        st.markdown(label)


def go_to(page: str, **query: str | None) -> None:
    """Open a page with the filters, changed by `query`: what a click on a chart or a row does."""
    st.switch_page(f"pages/{page}.py", query_params=current_query(**query))


def may_go_to(scope: Scope, page: str) -> bool:
    """Whether the page is there and opens for the scope."""
    return may_open(scope, page) and _exists(page)


def empty_state(kind: str, **values: object) -> None:
    """A designed nothing: what is not there, why, and what to do. Texts: shell.empty.<kind>, shell.empty.<kind>.why."""
    with st.container(border=True):
        st.markdown(f"**{t(f'shell.empty.{kind}', **values)}**")
        st.caption(t(f"shell.empty.{kind}.why", **values))


# -- tables, charts, files --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """How a column is shown. digits: for decimals, amounts and shares."""

    label: str
    kind: ColumnKind = "text"
    help: str | None = None
    width: Literal["small", "medium", "large"] | int | None = None
    digits: int | None = None


def whole_height(rows: int, most: int | None = None) -> int:
    """The height at which a table shows all its rows, or `most` of them."""
    return 35 * min(rows, most or rows) + 38


def table(
    frame: pl.DataFrame,
    columns: Mapping[str, Column | str],
    *,
    key: str,
    on_select: bool = False,
    height: int | None = None,
) -> dict[str, Any] | None:
    """The frame's `columns` in that order, and no others: a hidden column can be shown by the user.

    Returns the whole row of `frame` that was clicked, with `on_select`; null if none is.
    """
    shown = frame.select(list(columns))
    specs = {name: column if isinstance(column, Column) else Column(column) for name, column in columns.items()}
    event = st.dataframe(
        shown,
        hide_index=True,
        column_config={name: _column_config(column) for name, column in specs.items()},
        key=key,
        on_select="rerun" if on_select else "ignore",
        selection_mode="single-row",
        height=height or "auto",
        placeholder="",
    )
    if not on_select:
        return None
    rows = event["selection"]["rows"]  # type: ignore[index]
    return frame.row(rows[0], named=True) if rows and rows[0] < frame.height else None


def _column_config(column: Column) -> Any:
    options: dict[str, Any] = {"label": column.label, "help": column.help, "width": column.width}
    digits = column.digits
    if column.kind == "date":
        wide = {"width": column.width if isinstance(column.width, int) else _DATE_WIDTH}
        return st.column_config.DateColumn(**options | wide, format="YYYY-MM-DD")
    if column.kind == "month":
        return st.column_config.DateColumn(**options, format="YYYY-MM")
    if column.kind == "yes_no":
        return st.column_config.CheckboxColumn(**options)
    if column.kind == "share":
        return st.column_config.NumberColumn(**options, format="percent")
    if column.kind in ("number", "decimal", "money"):
        places = digits if digits is not None else {"number": 0, "decimal": 1, "money": 0}[column.kind]
        return st.column_config.NumberColumn(**options, format=f"%,.{places}f")
    return st.column_config.TextColumn(**options)


def chart(
    drawn: alt.Chart | alt.LayerChart | alt.FacetChart | Mapping[str, Any],
    *,
    key: str,
    on_select: bool = False,
    alt_text: str | None = None,
) -> dict[str, Any] | None:
    """Show a chart of warehouse.charts (or its spec). Returns the fields of the mark that was clicked, with
    `on_select`; null if none is."""
    how: dict[str, Any] = {
        "width": "stretch",
        "theme": None,
        "key": key,
        "on_select": "rerun" if on_select else "ignore",
        "alt": alt_text,
    }
    if on_select:
        how["selection_mode"] = PICK
    if isinstance(drawn, Mapping):
        event = st.vega_lite_chart(spec=dict(drawn), **how)
    else:
        event = st.altair_chart(finish(drawn), **how)
    if not on_select:
        return None
    picked = event["selection"].get(PICK) or []
    return dict(picked[0]) if picked else None


def spec(build: Callable[..., Chart], /, *frames: object, **options: object) -> dict[str, Any]:
    """The chart that `build` makes of the frames, as data for `chart`. It is remembered by everything that goes into
    it, the frames' rows included: building one costs 15 to 70 ms, and no scope can meet the chart of another."""
    how = (look().mode, look().size, language(), i18n.compared_words())
    return _spec(f"{build.__module__}.{build.__qualname__}", how, frames, tuple(sorted(options.items())), build)


def _content(rows: pl.DataFrame | pl.Series) -> bytes:
    """Every cell. What Streamlit itself takes of a polars frame leaves out the rows between the first and last few."""
    written = BytesIO()
    (rows if isinstance(rows, pl.DataFrame) else rows.to_frame()).write_ipc(written)
    return written.getvalue()


@st.cache_resource(
    show_spinner=False, max_entries=_CACHED_FRAMES, hash_funcs={pl.DataFrame: _content, pl.Series: _content}
)
def _spec(
    name: str, how: tuple[object, ...], frames: tuple[object, ...], options: tuple[tuple[str, object], ...], _build: Any
) -> dict[str, Any]:
    with debug_mode(False):  # no checks against the schema while building: tests have made every chart with them
        found: dict[str, Any] = finish(_build(*frames, **dict(options))).to_dict(validate=False)
    # The form in which Streamlit sends data: made here, it is made once, and by polars in a fifth of pandas' time.
    found["datasets"] = {
        key: convert_anything_to_arrow_bytes(pl.DataFrame(rows, infer_schema_length=None))
        for key, rows in found.get("datasets", {}).items()
    }
    return found


def newly_picked(key: str, picked: dict[str, Any] | None) -> bool:
    """Whether a click is new. A chart tells its last click on every run: without this no filter could be taken back."""
    before = st.session_state.get(f"{key}_picked")
    st.session_state[f"{key}_picked"] = picked
    return picked is not None and picked != before


def offer_download(scope: Scope, label: str, make: Callable[[], bytes], file_name: str, mime: str, *, key: str) -> None:
    """A button that makes the file, then a link that gives it once, to this user only. The download is audited."""
    if st.button(label, key=key):
        hand_over(scope, make, file_name, mime)


def hand_over(scope: Scope, make: Callable[[], bytes], file_name: str, mime: str) -> None:
    """Make the file now, and show the link that gives it once, to this user only. The download is audited, and the
    figures that the file prints under a code are kept."""
    with st.spinner(t("shell.export.making")):
        content = made_and_kept(app_db(), scope.user_name, file_name, make)
        token = downloads().offer(scope.user_id, content, file_name, mime)
    st.html(_anchor(f"/export/{token}", t("shell.export.ready", name=file_name)))
    st.caption(t("shell.export.once"))


def hand_over_file(scope: Scope, path: Path, *, key: str) -> None:
    """The link to a large file that was made. The file is deleted when it was given, or when the link is too old."""
    if st.session_state.get(key, ("", ""))[0] != str(path):
        token = downloads().offer_file(scope.user_id, path, path.name, "application/octet-stream")
        st.session_state[key] = (str(path), token)
    st.html(_anchor(f"/export/{st.session_state[key][1]}", t("shell.export.ready", name=path.name)))
    st.caption(t("shell.export.once"))


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@cache
def page_icon() -> str:
    """An emoji: any other icon would be fetched from elsewhere."""
    return "\N{HOUSE BUILDING}"
