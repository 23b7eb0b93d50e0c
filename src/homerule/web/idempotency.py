"""Idempotency-Key on writes: the same key and request give the first answer again; the same key with another request is refused."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from homerule.web.problem import Problem
from homerule.web.schema import IDEMPOTENT

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from homerule.web.access import Principal
    from homerule.web.call import Call

KEPT = 24 * 3600.0


class Replies:
    """Answers kept for a day."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def once(self, key: str, principal: Principal, call: Call, run: Callable[[], Awaitable[Response]]) -> Response:
        """The answer to this write, made at most once a key and account."""
        if not 1 <= len(key) <= 80 or not all("!" <= c <= "~" for c in key):
            raise Problem(400, "An Idempotency-Key has 1 to 80 printable characters and no blank.")
        name = hashlib.sha256(f"{principal.account}\n{key}".encode()).hexdigest()
        request = hashlib.sha256(f"{call.operation.method} {call.request.url.path}\n".encode() + call.raw).hexdigest()
        kept = await run_in_threadpool(self._find, name)
        if kept is None:
            try:
                await run_in_threadpool(self._claim, name, request)
            except IntegrityError:
                kept = await run_in_threadpool(self._find, name)
        if kept is not None:
            if kept.request != request:
                raise Problem(422, "This Idempotency-Key was used for another request. Use a fresh key.")
            if kept.status == 0:
                raise Problem(409, "The first request with this Idempotency-Key is still being answered. Try again in a moment.", headers={"Retry-After": "1"})
            return Response(kept.body, kept.status, {"idempotency-replayed": "true"}, kept.type)
        try:
            response = await run()
        except BaseException:
            await run_in_threadpool(self._drop, name)
            raise
        await run_in_threadpool(self._keep, name, request, response)
        return response

    def _find(self, name: str):  # type: ignore[no-untyped-def]
        with self.engine.connect() as db:
            row = db.execute(select(IDEMPOTENT).where(IDEMPOTENT.c.key == name)).first()
        stale = row is not None and (time.time() - row.made > KEPT or (row.status == 0 and time.time() - row.made > 60))
        if stale:
            self._drop(name)
            return None
        return row

    def _claim(self, name: str, request: str) -> None:
        with self.engine.begin() as db:
            db.execute(insert(IDEMPOTENT).values(key=name, request=request, status=0, type="", body=b"", made=time.time()))

    def _drop(self, name: str) -> None:
        with self.engine.begin() as db:
            db.execute(delete(IDEMPOTENT).where(IDEMPOTENT.c.key == name))

    def _keep(self, name: str, request: str, response: Response) -> None:
        with self.engine.begin() as db:
            db.execute(delete(IDEMPOTENT).where((IDEMPOTENT.c.key == name) | (IDEMPOTENT.c.made < time.time() - KEPT)))
            db.execute(insert(IDEMPOTENT).values(key=name, request=request, status=response.status_code, type=response.headers.get("content-type", ""), body=bytes(response.body), made=time.time()))
