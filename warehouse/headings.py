"""How a heading or a code is compared. Standard library only: the parsing child process imports it too."""

from __future__ import annotations

import re
import unicodedata


def squeeze(text: str) -> str:
    """Half-width, upper case, without spaces, line breaks, asterisks, colons and quotes: ` 姓 名*` -> `姓名`."""
    return re.sub(r"[\s\u200b\ufeff*:'\"“”]+", "", unicodedata.normalize("NFKC", text)).upper()
