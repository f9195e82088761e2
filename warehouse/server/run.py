"""Start the server: refuse what must not be served, hand the settings to the pages, run uvicorn."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable

from warehouse.app_db import app_db
from warehouse.app_db.users import has_administrator
from warehouse.errors import UsageError
from warehouse.gate import open_gate
from warehouse.locks import SERVING, one_of_many
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, snapshot_path

GRACE_SECONDS = 5


def serve(settings: Settings, *, host: str, port: int, demo: bool = False, allowed_hosts: Iterable[str] = ()) -> None:
    """Serve the pages until interrupted. With `demo`, visitors sign in by themselves and sample data alone is served.

    Raises: SnapshotError before the first build, or for a damaged snapshot; UsageError for a port in use, a demo of
    real data, or with no administrator yet.
    """
    snapshot = current_snapshot(settings)
    open_gate(snapshot_path(settings, snapshot.snapshot_id))
    _refuse_taken(host, port)
    if demo and not snapshot.sample_data:
        raise UsageError(
            "demo: got a snapshot of real data, expected sample data only. Use `kanhu serve`, or another --data-dir."
        )
    if demo:
        # The demo's sessions and users live in a file of their own, made anew: they open nothing else.
        for leftover in settings.data_dir.glob("demo-app.db*"):
            leftover.unlink()
    url = f"sqlite:///{settings.data_dir / 'demo-app.db'}" if demo else settings.app_db_url
    settings.hand_down(app_db_url=url)
    if not demo and not has_administrator(app_db(settings)):
        raise UsageError(
            "serve: got no administrator, expected one. Make one with `kanhu users add NAME --role administrator`."
        )
    # Streamlit is imported here and not at the top: other commands start without it.
    import uvicorn
    from streamlit.web.server.starlette.starlette_server import _get_uvicorn_config_kwargs

    from warehouse.server.asgi import build_app

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = build_app(settings, app_db(settings), host=host, allowed_hosts=allowed_hosts, demo=demo)
    # A restore looks at it: nothing is replaced under pages that are served.
    with one_of_many(settings.data_dir / SERVING):
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            **_get_uvicorn_config_kwargs(),
        )


def _refuse_taken(host: str, port: int) -> None:
    """Said before anything is touched: a demo that runs already keeps its accounts."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = (error.strerror or "unknown").lower()
            raise UsageError(
                f"--port: got {host} port {port} ({reason}), expected a free one. Stop what serves there, or name "
                "another."
            ) from None
