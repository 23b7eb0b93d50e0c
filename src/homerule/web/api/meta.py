"""Health, metrics, version and the OpenAPI document."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.responses import Response

from homerule import __version__
from homerule.web.api.answer import answer, encode, tagged
from homerule.web.operation import Operation, api

if TYPE_CHECKING:
    from homerule.web.call import Call


def health(call: Call) -> Response:
    """Alive. Nothing is opened for it."""
    return answer({"status": "ok", "version": __version__})


def ready(call: Call) -> Response:
    """Whether the corpus, the accounts and the log can be read."""
    from homerule.web.problem import Problem

    parts: dict[str, str] = {}
    for name, look in (("corpus", lambda: call.office.version), ("accounts", lambda: call.office.accounts.any()), ("log", lambda: call.office.log.head() if call.office.settings.logging else "")):
        try:
            look()
            parts[name] = "ok"
        except Exception as error:  # a broken part is reported, not raised
            parts[name] = type(error).__name__
    if set(parts.values()) != {"ok"}:
        raise Problem(503, "A part of this server does not answer: " + ", ".join(k for k, v in parts.items() if v != "ok") + ".", parts=parts)
    return answer({"status": "ok", "parts": parts})


def metrics(call: Call) -> Response:
    """Counts and times of this worker, in the Prometheus text format."""
    office = call.office
    lines = ["# HELP homerule_requests_total Requests answered, by operation and status.", "# TYPE homerule_requests_total counter"]
    lines += [f'homerule_requests_total{{operation="{name}",status="{status}"}} {count}' for (name, status), count in sorted(office.counts.items())]
    lines += ["# HELP homerule_request_seconds_total Time spent answering, by operation.", "# TYPE homerule_request_seconds_total counter"]
    lines += [f'homerule_request_seconds_total{{operation="{name}"}} {seconds:.6f}' for name, seconds in sorted(office.seconds.items())]
    lines += ["# HELP homerule_up_seconds Time since this worker started.", "# TYPE homerule_up_seconds gauge", f"homerule_up_seconds {time.time() - office.started:.0f}"]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def openapi(call: Call) -> Response:
    from homerule.web.openapi import document
    from homerule.web.tables import operations as every

    made = call.office.__dict__.get("openapi")
    if made is None:
        made = call.office.__dict__["openapi"] = encode(document(every(), call.office.settings.url))
    return tagged(call.request, made)


def operations() -> list[Operation]:
    said = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    return [
        api("GET", "/api/v1/health", "health", "open", health, "Whether the server is alive.", tag="server", answers={200: said}),
        api("GET", "/api/v1/ready", "ready", "open", ready, "Whether all its parts answer.", tag="server", answers={200: said, 503: {"type": "object"}}, blocking=True),
        api("GET", "/api/v1/metrics", "metrics", "audit", metrics, "Counts and times, for monitoring.", tag="server", answers={200: "text/plain"}),
        api("GET", "/api/v1/openapi.json", "openapi", "open", openapi, "This document.", tag="server", answers={200: {"type": "object"}, 304: None}),
    ]
