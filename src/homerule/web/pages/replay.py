"""Results of replays that the office keeps: what real requests would have met under the law of a day or a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from homerule.errors import InputError
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from homerule.web.call import Call


def folder(call: Call) -> Path:
    """Where finished replays are looked for."""
    return call.office.settings.folder / "replays"


def runs(call: Call) -> Response:
    from homerule.replay import load

    found = []
    if folder(call).is_dir():
        for path in sorted(p for p in folder(call).iterdir() if p.is_dir()):
            try:
                found.append((path.name, load(str(path))))
            except InputError:
                continue  # a run that is not finished yet
    return render(call, "replays.html", title="Replay", runs=found, folder=str(folder(call)))


def shown(call: Call) -> Response:
    from homerule.replay import load

    name = call.path["name"]
    path = folder(call) / name
    if not path.is_dir() or path.parent != folder(call):
        raise Problem(404, "There is no such replay.")
    summary = load(str(path))
    vocabulary = call.office.engine.corpus.vocabulary
    return render(call, "replay.html", title=f"Replay {name}", name=name, s=summary, acts={a: vocabulary.act(a.partition("@")[0]).words for a in summary.verdicts})


def operations() -> list[Operation]:
    return [
        page("GET", "/replay", "replays", "read", runs, "Finished replays", blocking=True),
        page("GET", "/replay/run/{name}", "replay", "read", shown, "The result of a replay", blocking=True),
    ]
