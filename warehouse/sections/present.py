"""The joint meeting on a projector: one question a screen, big type, nothing to scroll; arrow keys go on and back."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from warehouse import meetings
from warehouse.charts import funnel
from warehouse.charts import theme as charts
from warehouse.charts.theme import look, set_look
from warehouse.i18n import fmt_date, fmt_month, language, t
from warehouse.sections.decide import decision_form, tell_what_was_done
from warehouse.sections.meeting_shown import Shown
from warehouse.sections.screens import Big, Screen, screens
from warehouse.session import empty_state, snapshot
from warehouse.stats.funnel import share_limits
from warehouse.words import evaluation as metrics
from warehouse.words.markup import grid, items, strong
from warehouse.words.metric import unit

# The drawing is made for this many pixels and grows with the screen; its type is as big as the words beside it.
_WIDTH, _HEIGHT, _SIZE = 1640, 480, 32
_FEW_FIGURES, _FEW_LINES = 4, 7
_DIGITS = 9
# A line of a cell or sentence, and of a title, holds about so many letters; a Chinese sign takes two.
_CELL, _LINE, _TITLE = 56, 84, 56
_NUMBER = re.compile(r"[\d,./%]+")
_KEYS = {"back": ("Left", "PageUp"), "next": ("Right", "PageDown")}


def present(shown: Shown) -> None:
    """The screen that the URL names, and the ways on, back and out."""
    st.html(f"<style>{_css()}</style>")
    if shown.meeting.metrics.is_empty():
        empty_state("no_rows")
        _leave()
        return
    found = screens(shown)
    at = _at(len(found))
    screen = found[at - 1]
    matter = screen.matter
    if matter and meetings.may_decide(shown.scope) and not shown.is_settled_now(matter):
        left, right = st.columns([5, 4], gap="large")
        left.html(_screen(shown, screen, is_half=True))
        with right.container(key="present_form"):
            decision_form(shown, matter, key=matter.key, is_wide=False)
    else:
        st.html(_screen(shown, screen))
    _ways(at, len(found))


def _at(last: int) -> int:
    """The number of the screen in the URL, within what there is."""
    asked = st.query_params.get("screen", "1")
    # A link may ask for a number of any length, and Python reads none of thousands of digits.
    is_number = asked.isdecimal() and len(asked) < _DIGITS
    return min(max(int(asked) if is_number else 1, 1), last)


def _ways(at: int, last: int) -> None:
    with st.container(key="present_ways", horizontal=True, vertical_alignment="center", gap="small"):
        for way, to, is_over in (("back", at - 1, at == 1), ("next", at + 1, at == last)):
            for key, shortcut in zip((way, f"{way}_page"), _KEYS[way], strict=True):
                st.button(
                    t(f"present.{way}"),
                    key=f"present_{key}",
                    on_click=_go,
                    args=(to,),
                    disabled=is_over,
                    shortcut=shortcut,
                )
            if way == "back":
                st.html(f'<span class="kanhu-at">{at} / {last}</span>')
        _leave()
    with st.container(key="present_said"):
        tell_what_was_done()


def _leave() -> None:
    st.button(t("present.leave"), key="present_leave", on_click=_end, shortcut="Esc", type="tertiary")


def _go(screen: int) -> None:
    st.query_params["screen"] = str(screen)


def _end() -> None:
    for name in ("present", "screen"):
        st.query_params.pop(name, None)


# -- what is on a screen ----------------------------------------------------------------------------------------------


def _screen(shown: Shown, screen: Screen, *, is_half: bool = False) -> str:
    """A screen as HTML, all of it escaped. is_half: the form stands beside it."""
    parts = [
        f"<header><span>{escape(t(f'present.part.{screen.part}'))}</span>"
        f"<span>{escape(shown.place)} · {escape(shown.filters.label)}</span></header>",
        f"<h1>{strong(screen.title)}</h1>",
    ]
    if screen.figures:
        many = " kanhu-many" if len(screen.figures) > _FEW_FIGURES else ""
        parts.append(f'<div class="kanhu-figures{many}">{"".join(map(_figure, screen.figures))}</div>')
    if screen.metric:
        parts.append(_picture(shown, screen.metric, screen.title))
    if screen.grid:
        drawn = grid(screen.grid.heads, screen.grid.rows, numbers=screen.grid.numbers)
        parts.append(f'<div class="kanhu-narrow">{drawn}</div>' if screen.grid.is_narrow else drawn)
    if screen.points:
        parts.append(items(screen.points))
    if screen.notes:
        parts.append(f'<div class="kanhu-notes">{"".join(f"<p>{strong(note)}</p>" for note in screen.notes)}</div>')
    room = " kanhu-roomy" if _is_roomy(screen) and not is_half else ""
    foot = f"<footer>{escape(_source(shown, screen))}</footer>"
    return f'<section class="kanhu-screen{room}">{"".join(parts)}{foot}</section>'


def _is_roomy(screen: Screen) -> bool:
    """Whether there is so little on the screen that its type may be bigger still."""
    rows = screen.grid.rows if screen.grid else ()
    lines = _lines(screen.title, _TITLE) + sum(max(_lines(cell, _CELL) for cell in row) for row in rows)
    lines += sum(_lines(point, _LINE) for point in screen.points)
    return not screen.metric and len(screen.figures) <= _FEW_FIGURES and lines <= _FEW_LINES


def _lines(text: str, letters: int) -> int:
    """How many lines a text takes, about."""
    return -(-sum(1 if sign.isascii() else 2 for sign in text) // letters)


def _figure(big: Big) -> str:
    main = " kanhu-main" if big.is_main else ""
    number = _NUMBER.match(big.value)
    value, unit_of_it = (number[0], big.value[number.end() :]) if number else ("", big.value)
    under = f"<p>{escape(big.words)}</p>" if big.words else ""
    code = f"<small>{escape(big.code)}</small>" if big.code else ""
    said = f"<b>{escape(value)}<i>{escape(unit_of_it)}</i></b><span>{escape(big.name)}</span>"
    return f'<div class="kanhu-figure{main}">{said}{under}{code}</div>'


def _source(shown: Shown, screen: Screen) -> str:
    """Where the figures come from: month and day of the data, rules, code of the figure; and that it is a sample."""
    told = [
        t("shell.fresh.month", month=fmt_month(shown.filters.month)),
        t("present.as_of", day=fmt_date(shown.today.fromisoformat(snapshot().as_of))),
        t("shell.fresh.rules", version=snapshot().rules_version[:8]),
    ]
    if screen.code:
        told.append(screen.code)
    if snapshot().sample_data:
        told.append(t("present.sample"))
    return " · ".join(told)


def _picture(shown: Shown, metric: str, title: str) -> str:
    """The funnel of a metric as an image that fills its box."""
    frame = shown.compared.filter(metric=metric).select(
        "area_code", "name", "numerator", "denominator", "value", "verdict", "p0"
    )
    drawn = _svg(frame, metric, shown.place, look().mode, language())
    image = b64encode(drawn.encode()).decode()
    return f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{image}">'


@st.cache_resource(show_spinner=False, max_entries=300, hash_funcs={pl.DataFrame: lambda frame: frame.write_json()})
def _svg(frame: pl.DataFrame, metric: str, place: str, mode: charts.Mode, spoken: str) -> str:
    """The funnel as SVG; `mode` and `spoken` are part of what it is remembered by."""
    # Loaded with the first drawing: who presents nothing does not pay for it.
    import vl_convert

    from warehouse.exports.paper import fonts_folder

    set_look(mode, _SIZE)
    p0 = frame["p0"][0]
    limits = share_limits(p0, frame["denominator"])
    counted = t("present.counted", unit=unit(metric))
    spec = charts.spec(
        funnel(frame.drop("p0"), limits, p0, place=place, counted=counted, better=metrics.better(metric))
    )
    set_look(mode)
    vl_convert.register_font_directory(str(fonts_folder()))
    drawn: str = vl_convert.vegalite_to_svg(spec | {"width": _WIDTH, "height": _HEIGHT})
    return drawn


def _css() -> str:
    return (Path(charts.__file__).parent / "present.css").read_text(encoding="utf-8")
