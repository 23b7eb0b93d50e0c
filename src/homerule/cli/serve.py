"""``homerule serve``: pages, API and decision log for an office."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from homerule.cli.main import Parser
from homerule.errors import InputError

_EPILOG = """\
examples:
  homerule serve
  homerule serve --port 9000 --folder /srv/homerule
  homerule serve --config office.toml --workers 2

With nothing configured it binds to this machine only, keeps its data in your data folder (SQLite), lets anyone on this machine read, and prints a
one-time link for making the first administrator. For an office see docs/how-to/run-for-an-office.md.
Exit status: 0 stopped, 2 bad settings.
"""


def parser() -> Parser:
    p = Parser(prog="homerule serve", description="Start the whole product for an office: pages, REST API, decision log.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    p.add_argument("--host", help="address to bind to; 127.0.0.1 if not given")
    p.add_argument("--port", type=int, help="port; 8080 if not given, 0 for any that is free")
    p.add_argument("--folder", type=Path, help="where the office's data are kept")
    p.add_argument("--law", action="append", metavar="DIR", help="a folder of further law files (repeatable)")
    p.add_argument("--workers", type=int, help="processes; more than one needs PostgreSQL")
    p.add_argument("--check", action="store_true", help="check the settings and stop")
    return p


def run(arguments: list[str]) -> int:
    """Serve until stopped. Returns 0."""
    args = parser().parse_args(arguments)
    try:
        import argon2  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise InputError(f"the server needs the package `{error.name}`", help="pip install 'homerule[web]'") from None
    from homerule.web.accounts import Accounts
    from homerule.web.settings import read_settings

    settings = read_settings(args.config, host=args.host, port=args.port, folder=args.folder, law=tuple(args.law) if args.law else None, workers=args.workers)
    if settings.workers > 1 and "://" not in settings.place("database"):
        raise InputError("more than one worker needs PostgreSQL", where="workers", help="Set database = \"postgresql://…\" in the settings, or use one worker")
    if args.check:
        print("The settings are good.")
        return 0
    import gc

    gc.enable()
    import os
    import socket

    made = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
        made.listen(2048)  # so that whoever opens the address at once is kept waiting, not turned away
    except OSError as error:
        raise InputError(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}", where="--port", help="Choose another port, or --port 0 for any that is free") from None
    address = settings.url.rstrip("/") or f"http://{'[' + settings.host + ']' if ':' in settings.host else settings.host}:{made.getsockname()[1]}"
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700) if "://" not in settings.place("database") else None
    accounts = Accounts(settings)
    print(f"Homerule is at {address}/ask")
    if settings.sign_in == "local" and not accounts.any():
        print(f"Make the first administrator at {address}/setup/{accounts.setup_secret()} (works once, for an hour)")
    print("Stop it with Ctrl-C.")
    sys.stdout.flush()
    accounts.close()
    os.environ["HOMERULE_WEB_SETTINGS"] = settings_text(settings)
    config = uvicorn.Config(
        "homerule.web.app:from_environment", factory=True, host=settings.host, log_level="warning", access_log=False, server_header=False, workers=settings.workers, timeout_keep_alive=30,
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=",".join(settings.trusted_proxies) or None, h11_max_incomplete_event_size=65536, timeout_graceful_shutdown=10,
    )  # fmt: skip
    if settings.workers > 1:
        from uvicorn.supervisors import Multiprocess

        Multiprocess(config, sockets=[made]).run()
    else:
        uvicorn.Server(config).run(sockets=[made])
    return 0


def settings_text(settings: object) -> str:
    """Settings for the workers, through the environment of the child processes only."""
    return str(settings.model_dump_json(exclude_defaults=True))  # type: ignore[attr-defined]
