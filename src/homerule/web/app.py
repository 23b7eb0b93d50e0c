"""The server: every request goes through the same gate (who, may they, how often, how large, is it theirs), then to its handler."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from homerule.errors import HomeruleError
from homerule.web import access
from homerule.web.access import ANYONE, Principal
from homerule.web.call import Call
from homerule.web.headers import SecurityHeaders
from homerule.web.idempotency import Replies
from homerule.web.limits import Bucket
from homerule.web.office import Office
from homerule.web.operation import Operation
from homerule.web.problem import Problem, of_error
from homerule.web.settings import Settings
from homerule.web.tables import FOLDER, operations

SAFE = ("GET", "HEAD", "OPTIONS")


def cookie_name(settings: Settings) -> str:
    """The session cookie. With TLS its name binds it to this host."""
    return "__Host-homerule" if settings.secure else "homerule_session"


class Gate:
    """Wraps each operation of the table."""

    def __init__(self, office: Office) -> None:
        self.office, self.settings = office, office.settings
        self.reads, self.writes = Bucket(self.settings.requests_a_minute), Bucket(self.settings.writes_a_minute)
        self.cookie = cookie_name(self.settings)
        self.replies = Replies(office.accounts.engine)

    def endpoint(self, op: Operation) -> Callable[[Request], Awaitable[Response]]:
        """The operation behind the gate."""

        async def run(request: Request) -> Response:
            begun = time.perf_counter()
            try:
                response = await self._answer(op, request)
            except Problem as problem:
                response = await self._said(op, request, problem)
            except HomeruleError as error:
                response = await self._said(op, request, of_error(error))
            except TimeoutError:
                response = await self._said(op, request, Problem(504, "The answer took longer than this server allows. Ask for less at once, or run it as a job."))
            except ClientDisconnect:
                response = Response(status_code=400)
            except Exception as error:
                self.office.logger.error("fault", exc_info=None, extra={"more": {"operation": op.name, "error": type(error).__name__, "where": where(error)}})
                response = await self._said(op, request, Problem(500, "Nothing was changed. The fault is in the server's log; please report it."))
            self.office.counts[op.name, response.status_code] += 1
            self.office.seconds[op.name] = self.office.seconds.get(op.name, 0.0) + time.perf_counter() - begun
            return response

        return run

    async def _answer(self, op: Operation, request: Request) -> Response:
        headers = dict(request.scope["headers"])  # looked up several times, and names do not repeat in what is looked up
        principal = self._who(request, headers)
        self._slow_down(op, request, principal)
        if not access.may(principal, op.permission, open_reading=self.settings.open_reading):
            if principal is ANYONE:
                raise Problem(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
            raise Problem(403, f"This needs another role: one that may {access.PERMISSIONS[op.permission]}.")
        raw = await self._body(request, headers) if op.method not in SAFE else b""
        call = Call(request, self.office, principal, op, raw=raw)
        if op.kind == "page":
            call = self._page(op, request, principal, call)
        else:
            call = self._api(op, request, principal, call, headers)
        key = headers.get(b"idempotency-key") if op.write and op.kind == "api" else None
        if key is not None:
            return await self.replies.once(key.decode("latin-1"), principal, call, lambda: self._handle(op, call))
        return await self._handle(op, call)

    async def _handle(self, op: Operation, call: Call) -> Response:
        if op.blocking:
            # what changes nothing is not waited for once its time is over; a write is, so that its end is told
            with anyio.fail_after(self.settings.timeout_seconds):
                return await anyio.to_thread.run_sync(op.handler, call, abandon_on_cancel=not op.write or op.permission == "read")  # type: ignore[arg-type]
        made = op.handler(call)
        if isinstance(made, Response):
            return made
        with anyio.fail_after(self.settings.timeout_seconds):
            return await made

    def _who(self, request: Request, headers: dict[bytes, bytes]) -> Principal:
        header = headers.get(b"authorization")
        if header is not None:
            scheme, _, token = header.decode("latin-1").partition(" ")
            found = self.office.accounts.bearer(token.strip()) if scheme.lower() == "bearer" else None
            if found is None:
                raise Problem(401, "This token is not known, has ended or was revoked.", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
            return found
        value = request.cookies.get(self.cookie) if b"cookie" in headers else None
        return (self.office.accounts.session(value) if value else None) or ANYONE

    def _slow_down(self, op: Operation, request: Request, principal: Principal) -> None:
        client = request.scope.get("client")
        caller = principal.account or (client[0] if client else "")
        wait = (self.reads if op.method in SAFE or not op.write else self.writes).take(caller)
        if wait:
            raise Problem(429, f"Try again in {max(1, round(wait))} seconds.", headers={"Retry-After": str(max(1, round(wait)))})

    async def _body(self, request: Request, headers: dict[bytes, bytes]) -> bytes:
        most = self.settings.max_body
        stated = headers.get(b"content-length", b"")
        if stated.isdigit() and int(stated) > most:
            raise Problem(413, f"A request may have at most {most:,} bytes.")
        parts, size, more = [], 0, True
        async with asyncio.timeout(self.settings.timeout_seconds):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk, more = message.get("body", b""), message.get("more_body", False)
                size += len(chunk)
                if size > most:
                    raise Problem(413, f"A request may have at most {most:,} bytes.")
                parts.append(chunk)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _page(self, op: Operation, request: Request, principal: Principal, call: Call) -> Call:
        if op.method in SAFE:
            return call
        self._same_origin(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind == "multipart/form-data":
            form, files = _multipart(request.headers["content-type"], call.raw)
            call = call._replace(files=files)
        elif kind in ("application/x-www-form-urlencoded", ""):
            try:
                form = parse_qs(call.raw.decode("utf-8"), keep_blank_values=True, max_num_fields=2000)
            except (UnicodeDecodeError, ValueError):
                raise Problem(400, "The form cannot be read.") from None
        else:
            raise Problem(415, "A page takes a form.")
        if principal is not ANYONE and form.get("csrf", [""])[0] != principal.csrf:
            raise Problem(403, "This page is out of date or the form came from elsewhere. Load the page again and repeat what you did.")
        return call._replace(form=form)

    def _api(self, op: Operation, request: Request, principal: Principal, call: Call, headers: dict[bytes, bytes]) -> Call:
        if op.method not in SAFE and principal.session:
            self._same_origin(request)
            if request.headers.get("x-csrf-token", "") != principal.csrf:
                raise Problem(403, "A signed-in browser must send its X-CSRF-Token; programs use a bearer token.")
        if op.body is not None:
            kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
            if kind != b"application/json" and not kind.endswith(b"+json"):
                raise Problem(415, "Send JSON, with Content-Type: application/json.")
            try:
                call = call._replace(body=op.body.model_validate_json(call.raw))
            except ValidationError as error:
                raise unreadable(error) from None
        if op.query is not None:
            given: dict[str, Any] = {}
            for name in request.query_params:
                values = request.query_params.getlist(name)
                given[name] = values if len(values) > 1 or name in _lists(op) else values[0]
            try:
                call = call._replace(query=op.query.model_validate(given))
            except ValidationError as error:
                raise unreadable(error) from None
        return call

    def _same_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Problem(403, "This form came from another site.")
        if origin is None:
            return
        allowed = {urlsplit(self.settings.url).netloc} if self.settings.url else {request.headers.get("host", "")}
        if urlsplit(origin).netloc not in allowed:
            raise Problem(403, "This form came from another site.")

    async def _said(self, op: Operation, request: Request, problem: Problem) -> Response:
        if op.kind == "api":
            return problem.response(request.url.path)
        if problem.status == 401 and request.headers.get("hx-request") == "true":
            return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})  # the whole page goes there, not a part of it
        if problem.status == 401 and request.method == "GET":
            from urllib.parse import quote

            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(target, safe='')}", 303)
        from homerule.web.pages.frame import problem_page

        return problem_page(self.office, request, problem)


def _lists(op: Operation) -> set[str]:
    import typing

    assert op.query is not None
    return {n for n, f in op.query.model_fields.items() if typing.get_origin(f.annotation) in (list, tuple)}


def where(error: BaseException) -> str:
    """File and line at which something broke. What the error says may hold what somebody sent, and is not logged."""
    from traceback import extract_tb

    last = extract_tb(error.__traceback__)[-1:]
    return f"{last[0].filename.rpartition('/')[2]}:{last[0].lineno} in {last[0].name}" if last else ""


def unreadable(error: ValidationError) -> Problem:
    """What pydantic found, as one sentence and a list."""
    errors = [{"where": ".".join(str(p) for p in e["loc"]), "detail": e["msg"].removeprefix("Value error, ")} for e in error.errors(include_url=False, include_input=False)]
    bad_json = error.errors()[0]["type"] == "json_invalid"
    first = f"{errors[0]['where']}: {errors[0]['detail']}" if errors[0]["where"] else errors[0]["detail"]
    return Problem(400 if bad_json else 422, first + ".", errors=errors[:20])


def _multipart(content_type: str, raw: bytes) -> tuple[dict[str, list[str]], dict[str, tuple[str, bytes]]]:
    """Fields and files of a form. A file that is text is a field too; its name is in ``name.filename``."""
    from email.message import Message
    from email.parser import BytesParser
    from email.policy import HTTP

    parsed: Message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + raw)
    out: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    if not parsed.is_multipart():
        raise Problem(400, "The form cannot be read.")
    for part in parsed.iter_parts():  # type: ignore[attr-defined]
        name, filename = part.get_param("name", header="content-disposition"), part.get_filename()
        if not isinstance(name, str):
            continue
        data = part.get_payload(decode=True) or b""
        if filename:
            files[name] = (str(filename)[:120], data)
            out.setdefault(name + ".filename", []).append(str(filename)[:120])
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if not filename:
                raise Problem(400, "The form cannot be read.") from None
            continue
        out.setdefault(name, []).append(text if filename else text.rstrip("\r\n"))
    return out, files


class Static(StaticFiles):
    """Files that come with the package; their addresses carry a hash, so that they may be kept."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def static_version() -> str:
    """A hash over the static files."""
    made = hashlib.sha256()
    for path in sorted((FOLDER / "static").rglob("*")):
        if path.is_file():
            made.update(path.name.encode() + path.read_bytes())
    return made.hexdigest()[:10]


def build(settings: Settings) -> ASGIApp:
    """The application for an office."""
    office = Office(settings)
    gate = Gate(office)
    office.__dict__["static"] = static_version()
    by_path: dict[str, list[Operation]] = {}
    for op in operations():
        by_path.setdefault(op.path, []).append(op)
    # every method of a path is its own route; literal paths come before those with parameters
    routes: list[BaseRoute] = []
    for path in sorted(by_path, key=lambda p: [("{" in part, part) for part in p.split("/")]):
        for op in by_path[path]:
            routes.append(Route(op.path, gate.endpoint(op), methods=[op.method], name=op.name))
    routes.append(Mount(f"/static/{office.__dict__['static']}", Static(directory=FOLDER / "static"), name="static"))

    async def wrong(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        allow = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        problem = Problem(status, {404: "The address may be misspelt.", 405: "Use one of the methods named in Allow."}.get(status, ""), headers=allow)
        if request.url.path.startswith(("/api/", "/access/")):
            return problem.response(request.url.path)
        from homerule.web.pages.frame import problem_page

        return problem_page(office, request, problem)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        office.close()

    app = Starlette(routes=routes, exception_handlers={404: wrong, 405: wrong, 500: wrong}, lifespan=life)
    app.state.office, app.state.gate = office, gate
    literal: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {(op.method, op.path): gate.endpoint(op) for op in operations() if "{" not in op.path}
    return Server(app, literal, secure=settings.secure)


class Server:
    """Literal addresses are looked up, not searched for; everything else goes through the routes. Security headers on every answer."""

    def __init__(self, app: Starlette, literal: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]], *, secure: bool) -> None:
        self.app, self.literal = app, literal
        self.routed = SecurityHeaders(app, secure=secure)
        self.fixed = self.routed.fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self.literal.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self.routed(scope, receive, send)
            return
        scope["app"] = self.app
        response = await found(Request(scope, receive, send))
        raw = response.raw_headers
        raw += self.fixed
        if not any(name == b"cache-control" for name, _ in raw):
            raw.append((b"cache-control", b"no-store"))
        await response(scope, receive, send)


def from_environment() -> ASGIApp:
    """The application with the settings that `homerule serve` handed down."""
    import os

    return build(Settings.model_validate_json(os.environ["HOMERULE_WEB_SETTINGS"]))
