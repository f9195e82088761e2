"""A demo begins anew: what an earlier one made is gone, and what no demo made is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.demo import MARK, clear
from warehouse.errors import UsageError
from warehouse.settings import Settings


def held(settings: Settings) -> None:
    for folder in (settings.landed, settings.raw, settings.data_dir / "sample"):
        folder.mkdir(parents=True)
        (folder / "rows").write_text("rows")


def test_lists_of_an_earlier_demo_do_not_count_beside_the_new_ones(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    clear(settings)
    held(settings)
    clear(settings)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_folder_that_no_demo_made_is_refused_whole(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    held(settings)
    with pytest.raises(UsageError, match="folder of its own"):
        clear(settings)
    assert (settings.landed / "rows").read_text() == "rows"
