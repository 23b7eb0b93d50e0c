"""What a decision costs over HTTP, beside a bare Starlette endpoint and peer engines behind the same server, in one run.

    python benchmarks/web.py [--seconds S] [--connections N] [--rate R] [--json FILE]

(a) throughput of `POST /api/v1/decide` on one worker, log off, beside an endpoint that reads the same JSON and answers fixed JSON of the same size,
    and beside the same norms in Rego and Cedar behind the same bare server (verdicts only);
(b) latency at a fixed rate with every decision recorded (one entry on disk before each answer): p50, p99;
(c) from the command to the first answer of a page.
The load comes from another process of this machine. Read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROCESSES = ("none", "detainer_only", "admin_warrant", "judicial_warrant", "court_order")


def requests(count: int, seed: int = 1) -> list[bytes]:
    """Bodies of decisions, all different in facts."""
    chance, out = random.Random(seed), []
    for _ in range(count):
        facts = {"process": chance.choice(PROCESSES), "claims_citizenship": chance.random() < 0.1, "form_complete": chance.random() < 0.8, "copy_served": chance.random() < 0.5, "info_public": chance.random() < 0.3}
        out.append(json.dumps({"place": "il/cook-county", "actor": "jail", "request": "detainer", "on": "2026-11-01", "detail": "verdicts", "facts": facts}).encode())
    return out


class Client(asyncio.Protocol):
    """One connection that sends its next request when the answer to the last has come (or when its time has)."""

    def __init__(self, path: str, bodies: list[bytes], headers: str, stop: asyncio.Event) -> None:
        self.head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}Content-Length: "
        self.bodies, self.stop, self.number = bodies, stop, 0
        self.buffer, self.need, self.times, self.bad = b"", -1, [], 0
        self.answered: asyncio.Event = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self) -> None:
        body = self.bodies[self.number % len(self.bodies)]
        self.number += 1
        self.begun = time.perf_counter()
        self.transport.write(f"{self.head}{len(body)}\r\n\r\n".encode() + body)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            at = head.index(b"content-length:") + 15
            self.need = end + 4 + int(head[at : head.find(b"\r", at) if head.find(b"\r", at) > 0 else None])
            self.bad += not head.startswith(b"http/1.1 20")
        if len(self.buffer) >= self.need:
            self.times.append(time.perf_counter() - self.begun)
            self.buffer, self.need = self.buffer[self.need :], -1
            self.answered.set()
            if self.stop is not None and not self.stop.is_set():
                self.send()


async def throughput(port: int, path: str, bodies: list[bytes], seconds: float, connections: int, headers: str = "") -> tuple[float, int]:
    """Answers a second, and how many were not 2xx."""
    stop, loop, clients = asyncio.Event(), asyncio.get_running_loop(), []
    for n in range(connections):
        _, c = await loop.create_connection(lambda n=n: Client(path, bodies[n::connections], headers, stop), "127.0.0.1", port)
        clients.append(c)
    for c in clients:
        c.send()
    await asyncio.sleep(seconds * 0.25)
    before, begun = sum(len(c.times) for c in clients), time.perf_counter()
    await asyncio.sleep(seconds)
    done, took = sum(len(c.times) for c in clients) - before, time.perf_counter() - begun
    stop.set()
    for c in clients:
        c.transport.close()
    return done / took, sum(c.bad for c in clients)


async def at_rate(port: int, path: str, bodies: list[bytes], seconds: float, rate: float, headers: str) -> tuple[list[float], int]:
    """Times of requests sent at even moments, counted from when each was due: a slow answer delays nothing that is due after it on other connections."""
    loop, idle, times, bad, live = asyncio.get_running_loop(), [], [], 0, []

    async def one(due: float) -> None:
        nonlocal bad
        if not idle:
            _, fresh = await loop.create_connection(lambda: Client(path, bodies, headers, None), "127.0.0.1", port)  # type: ignore[arg-type]
            idle.append(fresh)
        c = idle.pop()
        c.number = len(times) + len(idle) * 7
        c.answered.clear()
        c.send()
        await c.answered.wait()
        times.append(time.perf_counter() - due)
        bad += c.bad
        c.bad = 0
        idle.append(c)

    begun = time.perf_counter()
    for n in range(int(rate * seconds)):
        due = begun + n / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        live.append(asyncio.create_task(one(due)))
    await asyncio.gather(*live)
    return times, bad


BARE = '''
import json, sys
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
body = b'{"x":"' + b"y" * (int(sys.argv[2]) - 8) + b'"}'
answer = lambda facts: body
if sys.argv[3] != "bare":
    sys.path.insert(0, sys.argv[4])
    from peers import PEERS, plain
    from homerule.conditions import facts as facts_of
    from homerule.reasoning import Request, engine
    peers = dict((p.__name__.lower(), p) for p in PEERS)
    chosen = engine()
    case = chosen.read(Request("il/cook-county", "jail", "detainer", "2026-11-01", {}))
    regimes = [chosen.regime(case, act) for act in case.acts]
    made = []
    for regime in regimes:
        norms = [n for n in regime.norms if n.effect in ("require", "forbid", "permit")]
        used = sorted({f for n in norms for f in facts_of(n.when)})
        made.append((peers[sys.argv[3]](norms, case.vocabulary.facts, used), used))
    def answer(facts):
        given = {k: case.vocabulary.facts[k].parse(v) for k, v in facts.items()}
        for peer, used in made:
            peer.applying({k: v for k, v in ({**case.facts, **given}).items() if k in used})
        return body
async def decide(request):
    return Response(answer(json.loads(await request.body()).get("facts", {})), media_type="application/json")
app = Starlette(routes=[Route("/decide", decide, methods=["POST"])])
import uvicorn
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
'''


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server ended at once") from None
            time.sleep(0.02)
    raise RuntimeError("the server did not start")


def serve(folder: str, port: int) -> subprocess.Popen[bytes]:
    env = os.environ | {"HOMERULE_DATA_FOLDER": folder, "HOMERULE_WEB_REQUESTS_A_MINUTE": "100000000", "HOMERULE_WEB_WRITES_A_MINUTE": "100000000"}
    return subprocess.Popen([sys.executable, "-m", "homerule", "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--peers", default="rego,cedar")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    bodies, found = requests(2000), {}
    with tempfile.TemporaryDirectory() as folder:
        port, begun = free_port(), time.perf_counter()
        ours = serve(folder, port)
        try:
            wait(port, ours)
            urllib.request.urlopen(f"http://127.0.0.1:{port}/decision?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01").read()
            found["start to first answer, s"] = time.perf_counter() - begun
            size = len(urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/decide", bodies[0], {"content-type": "application/json"})).read())
            rates: dict[str, list[float]] = {"homerule": [], "bare": []}
            bare_port = free_port()
            bare = subprocess.Popen([sys.executable, "-c", BARE, str(bare_port), str(size), "bare", str(HERE)])
            wait(bare_port, bare)
            for _ in range(3):  # turn by turn, so that both see the same machine
                for name, p, path in (("homerule", port, "/api/v1/decide"), ("bare", bare_port, "/decide")):
                    rate, bad = asyncio.run(throughput(p, path, bodies, args.seconds / 2, args.connections))
                    assert not bad, f"{name}: {bad} answers were not 2xx"
                    rates[name].append(rate)
            bare.terminate()
            found |= {f"{n}, answers/s": statistics.median(r) for n, r in rates.items()}
            found["share of the bare endpoint"] = statistics.median(a / b for a, b in zip(rates["homerule"], rates["bare"], strict=True))
            for peer in [p for p in args.peers.split(",") if p]:
                peer_port = free_port()
                other = subprocess.Popen([sys.executable, "-c", BARE, str(peer_port), str(size), peer, str(HERE)])
                try:
                    wait(peer_port, other)
                    rate, _ = asyncio.run(throughput(peer_port, "/decide", bodies, args.seconds / 2, args.connections))
                    found[f"{peer} behind the bare server, answers/s"] = rate
                except RuntimeError:
                    found[f"{peer} behind the bare server, answers/s"] = float("nan")
                finally:
                    other.terminate()
            token = subprocess.run([sys.executable, "-c", "from homerule.web.accounts import Accounts\nfrom homerule.web.settings import read_settings\nprint(Accounts(read_settings()).new_token('bench', ['desk'], 1))"], env=os.environ | {"HOMERULE_DATA_FOLDER": folder}, capture_output=True, text=True, check=True).stdout.strip()
            recorded = [b[:-1] + b', "record": {}}' for b in bodies]
            times, bad = asyncio.run(at_rate(port, "/api/v1/decide", recorded, args.seconds * 2, args.rate, f"Authorization: Bearer {token}\r\n"))
            assert not bad, f"{bad} recorded decisions were not answered 2xx"
            times.sort()
            found |= {"log on: rate, a second": args.rate, "log on: p50, ms": 1000 * times[len(times) // 2], "log on: p99, ms": 1000 * times[int(len(times) * 0.99)], "log on: worst, ms": 1000 * times[-1]}
        finally:
            ours.terminate()
            ours.wait()
    for name, value in found.items():
        print(f"{name:<44} {value:,.2f}")
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
