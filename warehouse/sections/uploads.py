"""Files of a month: dropped, checked, told what would happen, corrected or confirmed, imported. Nothing is silent."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.errors import BusyError
from warehouse.i18n import UnitWords, fmt_month, fmt_number, language, t, t_n
from warehouse.intake import UPLOAD, DryRun, annotated, dry_run, import_files, template
from warehouse.intake.precheck import MB
from warehouse.profiles import Profile, load_profile
from warehouse.queries import intake as asks
from warehouse.scope import Scope
from warehouse.sections.aliases import unknown_names
from warehouse.sections.upload_box import upload_box
from warehouse.session import XLSX, note, offer_download, snapshot, table
from warehouse.settings import Settings, load_settings
from warehouse.words import intake as words
from warehouse.words import uploads as said
from warehouse.words.markup import literal
from warehouse.words.uploads import Verdict

_SENT, _FOUND, _DONE = "uploads_sent", "uploads_found", "uploads_done"
# Files that wait in a session: one month of a county.
_WAITING_BYTES = 200 * MB


@dataclass(frozen=True)
class Sent:
    """A file as it was dropped. The bytes that are checked are the bytes that are imported."""

    name: str
    content: bytes

    @property
    def key(self) -> str:
        return hashlib.sha256(self.name.encode() + self.content).hexdigest()[:16]


@dataclass(frozen=True)
class Ready:
    """A file with the name it is imported under, and what the check found."""

    sent: Sent
    name: str
    month: dt.date
    found: DryRun
    verdict: Verdict


def uploads_section(scope: Scope, titles: Mapping[str, str]) -> None:
    """All of it. titles: the lists of the user by code."""
    settings = load_settings()
    profile = load_profile(settings.profile)
    for kind, line in st.session_state.pop(_DONE, ()):
        (st.success if kind == "landed" else st.warning if kind == "refused" else st.info)(line)
    left, right = st.columns([1, 3], gap="large")
    days = (dt.date.fromisoformat(day) for day in (snapshot().first_month, snapshot().last_month))
    month = left.selectbox(t("upload.month"), words.months(*days), index=1, format_func=fmt_month, key="uploads_month")
    with right:
        dropped = upload_box(t("upload.label"), key="intake_file")
        st.caption(t("upload.first_check"))
    waiting: dict[str, Sent] = st.session_state.setdefault(_SENT, {})
    if dropped:
        for name, content in dropped:
            waiting[name] = Sent(name, content)
        while sum(len(one.content) for one in waiting.values()) > _WAITING_BYTES and len(waiting) > 1:
            waiting.pop(next(iter(waiting)))
        st.rerun()
    if waiting:
        _checked(scope, settings, profile, titles, list(waiting.values()), month)


def _checked(
    scope: Scope, settings: Settings, profile: Profile, titles: Mapping[str, str], waiting: list[Sent], month: dt.date
) -> None:
    bar = st.empty()
    files = []
    for place, sent in enumerate(waiting):
        bar.progress(place / len(waiting), t("upload.checking", file=literal(sent.name)))
        files.append(_read(settings, profile, titles, sent, month))
    bar.empty()
    st.markdown(f"**{said.summary([one.verdict for one in files])}**")
    chosen = [one for one in files if _card(scope, settings, profile, titles, one, is_open=len(files) <= 2)]
    left, right = st.columns([1, 3])
    if right.button(t("upload.clear"), key="uploads_clear"):
        st.session_state[_SENT] = {}
        st.rerun()
    label = t_n("upload.import", len(chosen))
    if left.button(label, type="primary", key="intake_import", disabled=not chosen):
        _land(scope, settings, profile, titles, chosen)
    if not chosen:
        st.caption(t("upload.nothing_chosen"))


def _read(settings: Settings, profile: Profile, titles: Mapping[str, str], sent: Sent, month: dt.date) -> Ready:
    """The file as it would be imported: as the list and in the place that the user chose, else as it says itself."""
    listed = st.session_state.get(f"uploads_list_{sent.key}", "")
    name = Path(sent.name).name
    if listed in titles and not name.startswith(f"{listed}__"):
        name = f"{listed}__{name}"
    found = _dry_run(settings, profile, sent, name, month)
    if found.record.extract not in titles:
        alone = replace(found, against=None, beside=(), copies=())
        return Ready(sent, name, month, alone, said.verdict(alone, titles))
    instead = st.session_state.get(f"uploads_place_{sent.key}", said.likely_replaced(found))
    if instead and any(one.file_name == instead for one in said.others(found)):
        name = instead
        found = _dry_run(settings, profile, sent, name, month)
    return Ready(sent, name, month, found, said.verdict(found, titles))


def _dry_run(settings: Settings, profile: Profile, sent: Sent, name: str, month: dt.date) -> DryRun:
    """What an import would do, remembered until a file lands or a name is confirmed."""
    kept: dict[object, DryRun] = st.session_state.setdefault(_FOUND, {})
    key = (sent.key, name, month, asks.landing_stamp(settings, profile))
    if key not in kept:
        kept[key] = dry_run(sent.content, name, month, settings, profile)
        for outdated in [other for other in kept if other[3] != key[3]]:  # type: ignore[index]
            del kept[outdated]
    return kept[key]


_MARK = {"ready": "✓", "confirm": "！", "again": "＝", "refused": "✕"}


def _card(
    scope: Scope, settings: Settings, profile: Profile, titles: Mapping[str, str], one: Ready, *, is_open: bool
) -> bool:
    """Everything that is said of one file. Returns: whether it is to be imported."""
    found, verdict, key = one.found, one.verdict, one.sent.key
    is_chosen = False
    head = f"{_MARK[verdict.state]} {literal(one.sent.name)}　—　{verdict.words}"
    with st.expander(head, expanded=is_open or verdict.state in ("confirm", "refused")):
        if verdict.may_import:
            ask = t("upload.choose_confirm" if verdict.state == "confirm" else "upload.choose")
            is_chosen = st.checkbox(ask, value=verdict.state == "ready", key=f"uploads_take_{key}_{verdict.state}")
        # Of the list of another department nothing is compared: who is new on it and what came of it is not theirs.
        if found.record.status != "refused" and found.record.extract in titles:
            st.markdown(said.taken_for(found))
            for sentence in [*words.outcome(found.record), *said.changes(found)]:
                st.markdown(f"- {sentence}")
            _rows(found, profile, key)
            if not found.quarantined.is_empty():
                unknown_names(scope, settings, profile, found.quarantined, key)
        _tools(scope, settings, profile, titles, one)
    return is_chosen and verdict.may_import


def _rows(found: DryRun, profile: Profile, key: str) -> None:
    if found.quarantined.height:
        st.markdown(f"**{t('upload.rows_held')}**")
        if found.quarantined.height > asks.LISTED:
            counts = {"n": fmt_number(found.quarantined.height), "shown": fmt_number(asks.LISTED)}
            st.caption(t("upload.rows_first", **counts))
        rows = words.explained_here(found.quarantined.head(asks.LISTED))
        table(rows, words.columns("row_no", "column_title", "shown", "reason", "fix"), key=f"uploads_held_{key}")
    if found.fixes.height:
        st.markdown(f"**{t('upload.rows_fixed')}**")
        villages = {area.area_code: area.name for area in profile.villages}
        names = ("column_title", "what", "cells", "row_no", "before", "after")
        table(words.fixes(found.fixes, villages), words.columns(*names), key=f"uploads_fixed_{key}")


def _tools(scope: Scope, settings: Settings, profile: Profile, titles: Mapping[str, str], one: Ready) -> None:
    """The copy to send back, another list, another place beside what came, and away with it."""
    found, key = one.found, one.sent.key
    if found.record.status != "refused" and found.record.extract in titles:
        stem = Path(one.sent.name).stem
        offer_download(
            scope,
            t("upload.copy"),
            partial(annotated, one.sent.content, one.name, one.month, settings, profile, language=language()),
            f"{stem}_{t('upload.copy_file')}.xlsx",
            XLSX,
            key=f"uploads_copy_{key}",
        )
        st.caption(t("upload.copy_note"))
    first, second, third = st.columns([3, 3, 1], vertical_alignment="bottom")
    first.selectbox(
        t("upload.not_this_list"),
        ["", *titles],
        format_func=lambda name: titles.get(name) or t("upload.by_itself"),
        key=f"uploads_list_{key}",
    )
    names = [other.file_name for other in said.others(found)] + ([one.name] if one.name != one.sent.name else [])
    files = [name for name in dict.fromkeys(names) if any(name == other.file_name for other in found.beside)]
    if files:
        likely = said.likely_replaced(found)
        options = ["", *files]
        place = f"uploads_place_{key}"
        if place not in st.session_state:
            st.session_state[place] = one.name if one.name in files else likely or ""
        second.selectbox(
            t("upload.together"),
            options,
            format_func=lambda name: t("upload.instead", file=name) if name else t("upload.side_by_side"),
            key=place,
        )
    if third.button(t("upload.remove"), key=f"uploads_remove_{key}"):
        st.session_state[_SENT].pop(one.sent.name, None)
        st.rerun()


def _land(scope: Scope, settings: Settings, profile: Profile, titles: Mapping[str, str], chosen: list[Ready]) -> None:
    """Import the files that were checked: the same bytes under the same names, each only if the user may send it."""
    lines: list[tuple[str, str]] = []
    bar = st.progress(0.0, t("intake.importing"))
    for place, one in enumerate(chosen):
        bar.progress(place / len(chosen), t("upload.checking", file=literal(one.sent.name)))
        if not scope.may_upload or one.found.record.extract not in titles:
            lines.append(("refused", t("upload.refused_role")))
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / one.name
                path.write_bytes(one.sent.content)
                report = import_files([path], settings, profile, month=one.month, limits=UPLOAD)
        except BusyError:
            st.warning(t("intake.busy"))
            return
        (load,) = report.loads
        note(scope, Action.UPLOADED, load.load_id, file=one.name, month=f"{one.month:%Y-%m}", summary=report.summary)
        kind = "refused" if load.outcome == "refused" else "landed"
        lines += [(kind, line) for line in said.imported(report)]
        st.session_state[_SENT].pop(one.sent.name, None)
    if any(one.found.record.rows_quarantined for one in chosen):
        lines.append(("next", t("upload.next_returned")))
    lines.append(("next", t("upload.next_office" if scope.may_build else "upload.next_department")))
    st.session_state[_DONE] = lines
    st.session_state.pop(_FOUND, None)
    st.rerun()


def templates_section(scope: Scope, titles: Mapping[str, str]) -> None:
    """An empty workbook of any list of the user."""
    st.markdown(f"## {t('intake.section.template')}")
    wanted = st.selectbox(
        t("intake.list"), list(titles), format_func=lambda name: titles[name], key="intake_template_list"
    )
    profile = load_profile(load_settings().profile)
    file_name = f"{titles[wanted]}_{t('intake.template_file')}.xlsx"
    units = profile.words_of(profile.unit_level)
    make = partial(template, wanted, UnitWords(*units))
    offer_download(scope, t("intake.template"), make, file_name, XLSX, key="intake_template")
