"""What the SQL linter needs to render the models without dbt: the project's variables."""

from pathlib import Path
from typing import Any

import yaml

_PROJECT = Path(__file__).parent.parent / "dbt_project.yml"
_VARIABLES: dict[str, Any] = yaml.safe_load(_PROJECT.read_text(encoding="utf-8"))["vars"]


def var(name: str) -> Any:
    """The variable of dbt_project.yml."""
    return _VARIABLES[name]
