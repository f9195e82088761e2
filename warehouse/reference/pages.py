"""Which pages are made, and where they are written."""

from __future__ import annotations

from pathlib import Path

from warehouse.reference.extracts import extracts_page
from warehouse.reference.findings import findings_page
from warehouse.reference.metrics import metrics_page
from warehouse.reference.parameters import parameters_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def pages() -> dict[str, str]:
    """File name -> Markdown, from the catalogues, contracts and profiles as they are now."""
    return {
        "metrics.md": metrics_page(),
        "extracts.md": extracts_page(),
        "findings.md": findings_page(),
        "parameters.md": parameters_page(),
    }


def write_pages(folder: Path) -> list[Path]:
    """Write every page into the folder. Returns: the files whose text is another one than before."""
    changed = []
    for name, text in pages().items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
