"""What is said of a file before it is imported, and of an import and a build afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from warehouse.build_progress import DONE, STEPS, BuildProgress
from warehouse.contracts import CANONICAL, load_contracts
from warehouse.i18n import fmt_month, fmt_number, fmt_share, fmt_signed, language, t, t_n
from warehouse.intake import Against, Beside, DryRun, ImportReport, LoadRecord, record_refusal
from warehouse.words.markup import literal

State = Literal["ready", "confirm", "again", "refused"]
# Whom two files share so many of, they are two versions of one list.
SAME_LIST = 0.5


@dataclass(frozen=True)
class Verdict:
    """One sentence on a file. state: ready to import, to be confirmed first, nothing new in it, or not to be taken."""

    state: State
    words: str

    @property
    def may_import(self) -> bool:
        return self.state in ("ready", "confirm")


def verdict(found: DryRun, own: Mapping[str, str]) -> Verdict:
    """Whether the file can be imported, and why not or what will be sent back. own: the lists of the user."""
    record = found.record
    if refusal := found.refusal_text(language()):
        return Verdict("refused", t("upload.verdict.refused", reason=literal(refusal)))
    if record.extract not in own:
        return Verdict("refused", t("upload.verdict.not_own", list=_title(record)))
    if record.unchanged or any(one.is_same for one in found.beside):
        return Verdict("again", t("upload.verdict.again"))
    if record.rows_read and not record.rows_accepted:
        return Verdict("refused", t_n("upload.verdict.none_left", record.rows_read))
    change = found.against
    if change and (change.is_drop or change.is_jump):
        numbers = {
            "month": fmt_month(change.month),
            "before": fmt_number(change.rows_before),
            "now": fmt_number(change.rows_now),
        }
        drop = t("upload.verdict.drop", **numbers) if change.is_drop else t("upload.verdict.jump", **numbers)
        return Verdict("confirm", drop)
    if found.copies:
        other = found.copies[0]
        return Verdict("confirm", t("upload.verdict.copy", list=_title(other), month=fmt_month(other.month[:7])))
    if not record.rows_read:
        return Verdict("ready", t("upload.verdict.zero"))
    if record.rows_quarantined:
        return Verdict("ready", t_n("upload.verdict.some", record.rows_quarantined))
    return Verdict("ready", t("upload.verdict.all"))


def _title(record: LoadRecord) -> str:
    contract = load_contracts()[record.extract]
    return contract.title if language() == "zh_CN" else contract.title_en


def summary(verdicts: list[Verdict]) -> str:
    """How many of the files can be imported."""
    able = sum(one.may_import for one in verdicts)
    return t_n("upload.summary", len(verdicts), able=fmt_number(able), not_able=fmt_number(len(verdicts) - able))


def taken_for(found: DryRun) -> str:
    """Which list and month the file was taken for, why, and where its header stands."""
    record = found.record
    contract = load_contracts()[record.extract]
    layouts = {one.layout: one.title for one in contract.layouts}
    said = t(
        "upload.taken_for",
        list=_title(record),
        month=fmt_month(record.month[:7]),
        why=t(f"upload.told_by.{found.told_by}"),
    )
    layout = (
        t("upload.layout_own")
        if record.layout == CANONICAL
        else t("upload.layout", layout=layouts.get(record.layout, record.layout))
    )
    if record.sheet.strip("、"):
        layout += t("upload.where", sheet=literal(record.sheet), row=fmt_number(record.header_row))
    else:
        layout += t("upload.where_text", row=fmt_number(record.header_row))
    return said + layout


def changes(found: DryRun) -> list[str]:
    """What the import would change: against the list of the month before, beside what came of this month."""
    said = [t("upload.was_annotated")] if found.was_annotated else []
    said += [_against(found.against)] if found.against else [t("upload.first")]
    for one in found.beside:
        if one.is_same:
            said.append(t("upload.same", file=literal(one.file_name), on=one.received_on))
        elif one.has_same_name:
            said.append(t("upload.replaces", on=one.received_on, rows=fmt_number(one.rows_accepted)))
        else:
            key = "upload.beside" if one.shared is None else "upload.beside_shared"
            shared = fmt_number(one.shared) if one.shared is not None else ""
            said.append(t(key, file=literal(one.file_name), rows=fmt_number(one.rows_accepted), shared=shared))
    return said


def _against(change: Against) -> str:
    numbers = {
        "month": fmt_month(change.month),
        "before": fmt_number(change.rows_before),
        "now": fmt_number(change.rows_now),
        "change": t("upload.change", change=_signed_share(change.change)) if change.change is not None else "",
    }
    said = t("upload.against", **numbers)
    if change.is_whole and change.gone is not None and change.new is not None:
        said += t("upload.gone_new", gone=fmt_number(change.gone), new=fmt_number(change.new))
    return said


def _signed_share(share: float | None) -> str:
    sign = "+" if share is not None and share > 0 else ""
    return f"{sign}{fmt_share(share)}"


def likely_replaced(found: DryRun) -> str | None:
    """The file of another name that this one is a new version of, to judge by whom both name; null if none is."""
    others = [one for one in found.beside if not one.has_same_name and not one.is_same]
    accepted = max(1, found.record.rows_accepted)
    near = [one for one in others if one.shared is not None and one.shared >= SAME_LIST * accepted]
    return max(near, key=lambda one: one.shared or 0).file_name if near else None


def others(found: DryRun) -> list[Beside]:
    """Files of the same list and month under other names: they are read together with this one."""
    return [one for one in found.beside if not one.has_same_name and not one.is_same]


def imported(report: ImportReport) -> list[str]:
    """What became of each file of an import."""
    said = []
    for record in report.loads:
        if refusal := record_refusal(record, language()):
            said.append(t("upload.verdict.refused", reason=literal(refusal)))
            continue
        names = ("rows_read", "rows_accepted", "rows_quarantined")
        counts = {name: fmt_number(getattr(record, name)) for name in names}
        said.append(t("upload.landed", file=literal(record.file_name), list=_title(record), **counts))
    return said


def at_work(progress: BuildProgress | None, seconds: int) -> str:
    """What a build is doing now."""
    step = progress.step if progress and progress.step != DONE else ""
    doing = t(f"upload.step.{step}") if step in STEPS else t("upload.step.starting")
    if progress and step == "models" and progress.all_models:
        done = min(progress.models, progress.all_models)
        doing += t("upload.step_count", done=fmt_number(done), all=fmt_number(progress.all_models))
    share = fmt_share(progress.share if step in STEPS and progress else 0.0, 0)
    return t("upload.at_work", share=share, doing=doing, seconds=fmt_number(seconds))


def stopped(progress: BuildProgress | None) -> str:
    """In which step a build ended that did not come to its end."""
    step = progress.step if progress and progress.step in STEPS else "starting"
    return t(f"upload.step.{step}")


def brought(files: int, rows: int, findings: tuple[int, int] | None, households: int | None) -> list[str]:
    """What a build changed: files and rows new in the figures, open findings before and after, households touched."""
    if not files and not households and (findings is None or findings[0] == findings[1]):
        return [t("upload.brought.nothing")]
    said = [t_n("upload.brought.files", files, rows=fmt_number(rows))]
    if findings is not None:
        before, after = findings
        said.append(
            t(
                "upload.brought.findings",
                before=fmt_number(before),
                after=fmt_number(after),
                change=fmt_signed(after - before),
            )
        )
    if households is not None:
        said.append(t_n("upload.brought.households", households))
    return said
