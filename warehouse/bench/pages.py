"""How long a server takes for each page: from the message that asks for it to the message that it is finished.

The pages are asked for as a browser asks, over the websocket of a server of their own, one at a time, each in a session
of its own. fresh: the caches of queries and charts were emptied before. cached: another session had the page before.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from warehouse import gate
from warehouse.app_db import AppDb, app_db, sessions, users
from warehouse.bench.report import spread
from warehouse.errors import BenchError
from warehouse.i18n import LANGUAGES, Language
from warehouse.scope import ALL, Role, Scope, build_scope, pages_for
from warehouse.server.guard import SESSION_COOKIE
from warehouse.settings import ROOT, Settings
from warehouse.snapshots import current_snapshot

YARDSTICK = Path(__file__).with_name("yardstick.py")
START_SECONDS = 60
PAGE_SECONDS = 60
PASSWORD = "measured-and-thrown-away"  # noqa: S105 (of an account in a database that is deleted at the end)


@dataclass(frozen=True)
class Visit:
    """One page as asked for. query: what stands in the address after the question mark."""

    name: str
    page: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One answer. seconds: until the page was finished. cpu: seconds of processor time of the whole server in between.
    kilobytes: what was sent to the browser."""

    seconds: float
    cpu: float
    kilobytes: float


@dataclass(frozen=True)
class Server:
    """A running server and the cookie that opens it (null: none is needed)."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    cookie: str | None = None

    def cpu(self) -> float:
        """Processor seconds of the process so far, ended threads included (the kernel's clock of another process)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    @contextlib.contextmanager
    def session(self) -> Iterator[ClientConnection]:
        headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}"} if self.cookie else {}
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        with connect(address, additional_headers=headers, max_size=None, open_timeout=START_SECONDS) as opened:
            yield opened

    def clear_caches(self) -> None:
        """What a developer's menu does: forget every remembered query and chart."""
        with self.session() as opened:
            opened.send(BackMsg(clear_cache=True).SerializeToString())
            opened.send(BackMsg(app_heartbeat=True).SerializeToString())
            while _read(opened).WhichOneof("type") != "heartbeat_ack":
                pass

    def open(self, visit: Visit, locale: str) -> Run:
        """Open a page in a session of its own. Raises: BenchError if it fails or does not finish."""
        asked = BackMsg()
        asked.rerun_script.page_name = visit.page
        asked.rerun_script.query_string = urlencode(visit.query)
        asked.rerun_script.context_info.locale = locale
        asked.rerun_script.context_info.url = f"http://127.0.0.1:{self.port}/{visit.page}"
        with self.session() as opened:
            cpu, started, received = self.cpu(), time.perf_counter(), 0
            opened.send(asked.SerializeToString())
            while True:
                answer = _read(opened)
                received += answer.ByteSize()
                if answer.WhichOneof("type") != "script_finished":
                    continue
                if answer.script_finished == ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY:
                    break
                if answer.script_finished != ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN:
                    raise BenchError(f"page {visit.name}: got a script that failed, expected a page. Open it to see.")
            return Run(time.perf_counter() - started, self.cpu() - cpu, received / 1000)

    def faults(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace").strip()


def _read(opened: ClientConnection) -> ForwardMsg:
    data = opened.recv(timeout=PAGE_SECONDS)
    answer: ForwardMsg = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
    return answer


def measure_pages(settings: Settings, *, runs: int, languages: Iterable[Language] = LANGUAGES) -> dict[str, object]:
    """Each page of the served snapshot, fresh and cached, in each language, for the office role.

    Returns: snapshot, runs, and per page and language: median and p95 of fresh and cached, processor milliseconds, and
    that of the yardstick. Raises: BenchError if a server does not start or a page fails.
    """
    with tempfile.TemporaryDirectory(prefix="kanhu-bench-") as folder:
        with _yardstick_server(Path(folder)) as server:
            empty = _measure(server, Visit("empty page", "", {}), "en", runs)
        rows = []
        with _kanhu_server(settings, Path(folder)) as server:
            first = server.open(Visit("first visit", "risk", {}), "zh-CN")
            for language in languages:
                for visit in visits(settings):
                    found = _measure(server, visit, language.replace("_", "-"), runs)
                    rows.append({"page": visit.name, "language": language, **found, **_ratios(found, empty)})
            if faults := server.faults():
                raise BenchError(f"pages: got a server that complained, expected silence. {faults[:400]}")
    return {
        "snapshot": current_snapshot(settings).snapshot_id,
        "household_months": current_snapshot(settings).tables.get("fct_household_month", 0),
        "runs": runs,
        "first_visit_ms": round(first.seconds * 1000, 1),
        "empty_page": empty,
        "pages": rows,
    }


def _measure(server: Server, visit: Visit, locale: str, runs: int) -> dict[str, float]:
    """Fresh and cached runs in turn, so that both meet the same machine. The first pair is not counted."""
    fresh, cached = [], []
    for _ in range(runs + 1):
        server.clear_caches()
        fresh.append(server.open(visit, locale))
        cached.append(server.open(visit, locale))
    found: dict[str, float] = {"kilobytes": round(cached[-1].kilobytes, 1)}
    for name, series in (("fresh", fresh[1:]), ("cached", cached[1:])):
        found |= {f"{name}_{key}": value for key, value in spread([run.seconds for run in series]).items()}
        found[f"{name}_cpu_ms"] = spread([run.cpu for run in series])["median_ms"]
    return found


def _ratios(found: dict[str, float], empty: dict[str, float]) -> dict[str, float]:
    """Processor time against the empty page: what remains when the machine is another."""
    return {
        f"{name}_times_empty": round(found[f"{name}_cpu_ms"] / empty[f"{name}_cpu_ms"], 1)
        for name in ("fresh", "cached")
    }


def visits(settings: Settings) -> list[Visit]:
    """Every page as its menu entry opens it, and the file of one household."""
    everything = office(settings)
    found = [Visit(page.name, page.name, {}) for page in pages_for(everything)]
    month = current_snapshot(settings).last_month
    asked = {"month": month, "area": None, "search": None, "limit": 1}
    households = gate.current_gate(settings).query("household/choices", everything, asked)
    if households.height:
        found.append(Visit("household file", "household", {"household": households["household_key"][0]}))
    return found


def office(settings: Settings) -> Scope:
    """The scope that sees the most: every village, single households, every department's lists."""
    door = gate.current_gate(settings)
    return build_scope(
        user_id=0,
        user_name="bench",
        role=Role.OFFICE,
        granted_areas=[ALL],
        granted_departments=[],
        granted_households=True,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )


@contextlib.contextmanager
def _kanhu_server(settings: Settings, folder: Path) -> Iterator[Server]:
    """`kanhu serve` on the real snapshot, with accounts in a database that is thrown away."""
    settings.hand_down(app_db_url=f"sqlite:///{folder / 'app.db'}")
    db = app_db(settings)
    users.add_user(db, "chief", Role.ADMINISTRATOR, PASSWORD)
    cookie = _signed_in(db)
    port = _free_port()
    command = ["-m", "warehouse", "--data-dir", str(settings.data_dir), "serve", "--port", str(port)]
    with _server(command, port, folder / "kanhu.log") as server:
        yield replace(server, cookie=cookie)


def _signed_in(db: AppDb) -> str:
    user_id = users.add_user(db, "bench", Role.OFFICE, PASSWORD, areas=[ALL])
    return sessions.start_session(db, user_id)


@contextlib.contextmanager
def _yardstick_server(folder: Path) -> Iterator[Server]:
    port = _free_port()
    options = ["--server.headless=true", "--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    options += ["--runner.postScriptGC=false", "--server.address=127.0.0.1", f"--server.port={port}"]
    command = ["-m", "streamlit", "run", str(YARDSTICK), *options]
    with _server(command, port, folder / "yardstick.log") as server:
        yield server


@contextlib.contextmanager
def _server(command: list[str], port: int, log: Path) -> Iterator[Server]:
    with log.open("wb") as told:
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=told, stderr=subprocess.STDOUT)
    server = Server(port, process, log)
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Server) -> None:
    """Until the port answers: a server listens when it has warmed up. Raises: BenchError if it never does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.05)
    raise BenchError(f"server: got none within {START_SECONDS} s, expected one. {server.faults()[-400:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
