"""The one place that reads the environment. Paths, switches and keys, as one frozen object."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from warehouse.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PROFILE = "suntuan"


@dataclass(frozen=True)
class Settings:
    """Where things lie and which switches are on.

    data_dir: holds raw, landed, builds, snapshots, keys and app.db.
    profile: name of a folder in data/profiles, or a path to such a folder.
    sample_ids: IDs of the region 990100 are accepted (sample data only).
    """

    data_dir: Path
    profile: str = DEFAULT_PROFILE
    sample_ids: bool = False

    @property
    def raw(self) -> Path:
        return self.data_dir / "raw"

    @property
    def landed(self) -> Path:
        return self.data_dir / "landed"

    @property
    def builds(self) -> Path:
        return self.data_dir / "builds"

    @property
    def snapshots(self) -> Path:
        return self.data_dir / "snapshots"

    @property
    def keys(self) -> Path:
        return self.data_dir / "keys"

    @property
    def app_db_url(self) -> str:
        return os.environ.get("KANHU_APP_DB", f"sqlite:///{self.data_dir / 'app.db'}")

    def with_(self, *, data_dir: Path | None = None, profile: str | None = None) -> Settings:
        """The same settings with what a command line said in place of the environment."""
        return replace(
            self,
            data_dir=Path(data_dir).resolve() if data_dir else self.data_dir,
            profile=profile or self.profile,
        )

    def hand_down(self, *, app_db_url: str) -> None:
        """Make these the settings of the whole process: pages that Streamlit runs read them from the environment."""
        os.environ["KANHU_DATA_DIR"] = str(self.data_dir)
        os.environ["KANHU_PROFILE"] = self.profile
        os.environ["KANHU_SAMPLE_IDS"] = "allow" if self.sample_ids else ""
        os.environ["KANHU_APP_DB"] = app_db_url

    @property
    def backup_passphrase(self) -> str | None:
        """What opens backups that are made by a timer, where nobody can be asked."""
        return os.environ.get("KANHU_BACKUP_PASSPHRASE")

    def is_secret_given(self, name: str) -> bool:
        """Whether the environment holds that key, so that there is no file of it."""
        return _variable(name) in os.environ

    def environment(self) -> dict[str, str]:
        """The environment of a child process that works with these settings."""
        own = {
            "KANHU_DATA_DIR": str(self.data_dir),
            "KANHU_PROFILE": self.profile,
            "KANHU_SAMPLE_IDS": "allow" if self.sample_ids else "",
            "KANHU_APP_DB": self.app_db_url,
        }
        return {**os.environ, **own}

    def secret(self, name: str) -> bytes:
        """A 32-byte key kept outside the warehouse: `KANHU_<NAME>_KEY` (hex) or a 0600 file made on first use.

        Raises: ConfigError if the value is not 32 bytes of hex.
        """
        variable = _variable(name)
        text = os.environ.get(variable)
        if text is None:
            text = _key_file(self.keys / f"{name}.key")
        try:
            key = bytes.fromhex(text.strip())
        except ValueError:
            key = b""
        if len(key) != 32:
            raise ConfigError(
                f"{variable} (or {self.keys / (name + '.key')}): got {len(key)} bytes of hex, expected 32. "
                "Write 64 hexadecimal digits, or remove it to have one made."
            )
        return key


def _variable(name: str) -> str:
    return f"KANHU_{name.upper()}_KEY"


def _key_file(path: Path) -> str:
    """The key in `path`, made on first use. Linking a finished file means no process ever reads half a key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()


def load_settings() -> Settings:
    """Settings from the environment: KANHU_DATA_DIR, KANHU_PROFILE, KANHU_SAMPLE_IDS=allow."""
    return Settings(
        data_dir=Path(os.environ.get("KANHU_DATA_DIR", ROOT / "data")).resolve(),
        profile=os.environ.get("KANHU_PROFILE", DEFAULT_PROFILE),
        sample_ids=os.environ.get("KANHU_SAMPLE_IDS", "").strip().lower() == "allow",
    )
