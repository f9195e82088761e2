"""What reading costs: rows a second of an import with every check, beside the bare reader on the same files."""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from warehouse.bench.report import peak_memory_mb
from warehouse.errors import BenchError
from warehouse.intake import import_files, loads
from warehouse.profiles import Profile
from warehouse.settings import Settings

FORMATS = ("csv", "xlsx", "xls")
MANIFEST = "manifest.csv"


def measure_intake(settings: Settings, profile: Profile, months: Path) -> dict[str, object]:
    """Import the month folders of `months` format by format into folders that are thrown away.

    Returns: peak_mb, and formats: per format files, megabytes, rows (of all kinds), rows_accepted, bare and import
    seconds, their rows a second, and share_of_bare (1: as fast as the bare reader).
    Raises: BenchError if there is no file of any format.
    """
    rows = [found for ending in FORMATS if (found := _measure_format(settings, profile, months, ending))]
    if not rows:
        raise BenchError(f"{months}: got no file in month folders, expected some. Name the folder of a sample.")
    return {
        "peak_mb": peak_memory_mb(),
        "formats": rows,
    }


def _measure_format(settings: Settings, profile: Profile, months: Path, ending: str) -> dict[str, object] | None:
    files = [path for path in sorted(months.glob(f"20*/*.{ending}")) if path.name != MANIFEST]
    if not files:
        return None
    with tempfile.TemporaryDirectory(prefix="kanhu-bench-") as folder:
        aside = settings.with_(data_dir=Path(folder) / "data")
        copies = _copied(files, Path(folder) / "files")
        started = time.perf_counter()
        for path in copies:
            _read_bare(path)
        bare = time.perf_counter() - started
        started = time.perf_counter()
        import_files([Path(folder) / "files"], aside, profile)
        took = time.perf_counter() - started
        found = loads(aside).select("rows_total", "rows_read", "rows_accepted").sum().row(0, named=True)
    return {
        "format": ending,
        "files": len(files),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "rows": found["rows_total"],
        "rows_accepted": found["rows_accepted"],
        "bare_s": round(bare, 2),
        "import_s": round(took, 2),
        "bare_rows_s": round(found["rows_total"] / bare),
        "import_rows_s": round(found["rows_total"] / took),
        "share_of_bare": round(bare / took, 3),
    }


def _copied(files: Iterable[Path], folder: Path) -> list[Path]:
    """The files and their manifests in month folders of their own."""
    copies = []
    for path in files:
        month = folder / path.parent.name
        month.mkdir(parents=True, exist_ok=True)
        if (path.parent / MANIFEST).exists():
            shutil.copy(path.parent / MANIFEST, month)
        copies.append(Path(shutil.copy(path, month)))
    return copies


def _read_bare(path: Path) -> None:
    """Every cell of a file, as its bare reader gives it: polars for text, line by line, calamine for workbooks."""
    if path.suffix == ".csv":
        text = path.read_bytes().decode("utf-8-sig" if _is_utf8(path) else "gb18030", "replace")
        how = {"has_header": False, "infer_schema": False, "truncate_ragged_lines": True, "quote_char": None}
        pl.read_csv(io.BytesIO(text.encode()), **how)  # type: ignore[arg-type]
        return
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
