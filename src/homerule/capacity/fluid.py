"""The fluid core in numpy: one week of daily steps over all draws at once. Counts are conserved to the last unit.

Within a day every inflow is taken as even. A stage with mean time ``tau`` then keeps exp(-1/tau) of what it held and passes on a share of what came in
today: exact for any ``tau``, so a stage that turns over in an hour is not held to one turn a step. Capacities on throughput are people a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.parameters import need

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from homerule.capacity.network import Network

    Array = NDArray[np.float64]

TINY = 1e-9
#: Order of the flows that a day records; `outcome.FLOWS`.
N_FLOWS, N_STOCKS, N_CONSTRAINTS = 15, 10, 5


class State(NamedTuple):
    """The stocks. local, declined, reachable (n, R); holding (3, n, R); slow (2, 3, n, A); expedited (n, A); after (2, n, A); transit, docket (n,)."""

    local: Array
    declined: Array
    reachable: Array
    holding: Array
    slow: Array
    expedited: Array
    after: Array
    transit: Array
    docket: Array


class Passed(NamedTuple):
    """Shares that pass in a day: of what a stage held (``old``) and of what came in today (``new``)."""

    old: Array
    new: Array


def passes(tau: Array, step: float = 1.0) -> Passed:
    """The shares for mean times ``tau`` in days and a step of ``step`` days. Exact for an exponential stage with an even inflow."""
    import numpy as np

    x = step / np.maximum(tau, 1e-6)
    old = -np.expm1(-x)
    return Passed(old, np.clip(1 - old / x, 0.0, 1.0))


class Rates(NamedTuple):
    """The pass shares of every stage, and constants of a draw, ready to multiply: (n, 1), or (2, 3, n, 1) for the tracks."""

    local: Passed
    declined: Passed
    holding: Passed
    slow: Passed
    expedited: Passed
    after: Passed
    transit: Passed


def rates(net: Network) -> Rates:
    """The pass shares of ``net`` in a day."""
    np = need("numpy")

    def wide(tau: Array) -> Passed:
        p = passes(tau)
        return Passed(p.old[..., None], p.new[..., None])

    t = passes(net.transit)
    return Rates(
        wide(net.jail_stay), wide(1 / np.maximum(net.re_arrest, 1e-9)), wide(net.holding_stay), wide(net.tau.transpose(2, 1, 0)), wide(net.expedited_stay), wide(net.order_stay), t
    )


def people(state: State) -> Array:
    """Everyone in the model, (n,)."""
    parts = [state.local.sum(-1), state.declined.sum(-1), state.reachable.sum(-1), state.holding.sum((0, 2)), state.slow.sum((0, 1, 3)), state.expedited.sum(-1), state.after.sum((0, 2)), state.transit, state.docket]
    total: Array = sum(parts[1:], parts[0])
    return total


def yields(net: Network, state: State, first: Array) -> Array:
    """How the yield of officers at large has fallen with the stock of people, (n, R): 1 at the start."""
    import numpy as np

    scale = net.scarcity[:, None]
    out: Array = np.expm1(-state.reachable / np.maximum(scale * first, 1e-9)) / np.expm1(-1 / scale)
    return out


def week(net: Network, rate: Rates, state: State, w: int, days: int, reach: Array, flows: Array, stocks: Array, blocked: Array, regional: Array, supply: Array | None) -> State:
    """``days`` daily steps of week ``w``. Writes flows (15, days, n), stocks (10, days, n), blocked (5, days, n), adds to regional (3, R, n) and, if given,
    supply (4, n, R): arrests wanted by class, and jail arrests. ``reach`` (n, R): the yield at large this week. Returns the state after."""
    np: Any = need("numpy")
    pace = net.pace[w]
    local, declined, reachable = state.local, state.declined, state.reachable
    holding, slow, expedited, after = list(state.holding), state.slow, state.expedited, state.after
    transit, docket = state.transit, state.docket
    beds, share = net.beds[w], net.share
    back = np.ascontiguousarray(share.T)
    cj, cl = net.jail_criminal[:, None], net.large_criminal[:, None]
    notices, prison, border = net.notices * pace[0], net.prison * pace[1], net.border * pace[4]
    large0, force0 = net.large * (reach * pace[2]), net.task_force * (reach * pace[3])
    ah, bh = rate.holding
    keep_h, keep_u = 1 - ah, 1 - bh
    ex = net.expedited.T[:, :, None]
    fast = net.fast[:, None]
    order, let_go, leave = net.order, net.let_go, net.leave
    for day in range(days):
        # local custody, and those whose detainer was declined
        out = local * rate.local.old + notices * rate.local.new
        local = local + notices - out
        jail = out * net.take
        lost = out - jail
        again = declined * rate.declined.old + lost * rate.declined.new
        declined = declined + lost - again
        want = large0 + force0
        scale = np.minimum(1.0, reachable / np.maximum(want, TINY))
        large, force = large0 * scale, force0 * scale
        free_arrests = large + force
        reachable = reachable - free_arrests
        arrivals = [jail * cj + prison + free_arrests * cl + again, jail * (1 - cj) + free_arrests * (1 - cl), border]
        if supply is not None:
            for k in range(3):
                supply[k] += arrivals[k]
            supply[3] += jail
        # holding rooms: who can come in at all
        held = holding[0] + holding[1] + holding[2]
        coming = arrivals[0] + arrivals[1] + arrivals[2]
        over = np.maximum(held * keep_h + coming * keep_u - net.rooms, 0.0) / np.maximum(keep_u, TINY)
        part = np.minimum(over / np.maximum(coming, TINY), 1.0)
        no_room = coming * part
        arrivals = [a * (1 - part) for a in arrivals]
        refused_ice = no_room - border * part
        refused_border = border * part
        wish = [holding[k] * ah + arrivals[k] * bh for k in range(3)]
        # who can leave detention, of those there this morning
        pot = slow * rate.slow.old
        pot_area = pot.sum((0, 1))
        go = np.minimum(1.0, net.court / np.maximum(pot_area, TINY))
        heard = pot * go
        pot_e, pot_b = expedited * rate.expedited.old, after[1] * rate.after.old
        pot_out = pot_e.sum(1) + pot_b.sum(1)
        fly = np.minimum(1.0, net.seats / np.maximum(pot_out, TINY))[:, None]
        out_e, out_b = pot_e * fly, pot_b * fly
        heard_area = heard.sum((0, 1))
        inside = slow.sum((0, 1)) + expedited + after[0] + after[1]
        vacant = np.maximum(beds - inside + heard_area * (1 - order)[:, None] + out_e + out_b, 0.0)
        # a bed at home, else anywhere
        desk = [x @ share for x in wish]
        asked = desk[0] + desk[1] + desk[2]
        home, lack, room, moved, served = _place(np, asked, vacant, net.transfers)
        short = asked - served
        needed = short.sum(1)
        lack_all, room_all = lack.sum(1), room.sum(1)
        blocked[0, day] = no_room.sum(1)
        blocked[1, day] = np.maximum(lack_all - room_all, 0)
        blocked[2, day] = np.maximum(np.minimum(lack_all, room_all) - moved, 0)
        freed = None
        refused_other = 0.0
        if needed.max() > TINY:
            patience = short * 0.0
            for rule in net.rules:
                if rule == 2:  # hold: as many as the rooms take
                    stay = held * keep_h + (arrivals[0] + arrivals[1] + arrivals[2]) * keep_u
                    spare = np.maximum(net.rooms - stay, 0.0) @ share
                    patience = np.minimum(short, spare)
                elif rule == 0:  # refuse arrests of the class other
                    rest = np.maximum(short - patience, 0.0)
                    part_short = rest / np.maximum(asked, TINY)
                    wish_all = wish[0] + wish[1] + wish[2]
                    drop = np.minimum(arrivals[1], wish_all * (part_short @ back) / np.maximum(bh, TINY))
                    arrivals[1] = arrivals[1] - drop
                    wish[1] = wish[1] - drop * bh
                    refused_other = refused_other + drop
                    desk[1] = wish[1] @ share
                    asked = desk[0] + desk[1] + desk[2]
                    home, lack, room, moved, served = _place(np, asked, vacant, net.transfers)
                    short = asked - served if freed is None else np.maximum(asked - served - freed, 0.0)
                else:  # release those before an order in the class other, where they are
                    rest = np.maximum(short - patience, 0.0)
                    there = slow[:, 1] - heard[:, 1]
                    freed = np.minimum(rest, there.sum(0))
                    short = short - freed
        if freed is not None and freed.max() > TINY:
            freed = np.minimum(freed, np.maximum(asked - served, 0.0))
            there = slow[:, 1] - heard[:, 1]
            gone = there * (freed / np.maximum(there.sum(0), TINY))
            slow = slow.copy()
            slow[:, 1] -= gone
            released_now = gone.sum((0, 2))
            served = served + freed
            home = home + freed
        else:
            released_now = np.zeros_like(needed)
        ratio = served / np.maximum(asked, TINY)
        grace = ratio @ back
        home_part = home / np.maximum(asked, TINY)
        away = (served - home) / np.maximum(asked, TINY)
        into = room / np.maximum(room.sum(1), TINY)[:, None]
        came = [desk[k] * home_part + (desk[k] * away).sum(1)[:, None] * into for k in range(3)]
        left = [wish[k] * grace for k in range(3)]
        holding = [holding[k] + arrivals[k] - left[k] for k in range(3)]
        full = holding[0] + holding[1] + holding[2]
        fit = np.minimum(1.0, net.rooms / np.maximum(full, TINY))
        sent_off = [holding[k] * (1 - fit) for k in range(3)]
        holding = [holding[k] * fit for k in range(3)]
        refused_ice = refused_ice + refused_other + sent_off[0] + sent_off[1]
        refused_border = refused_border + sent_off[2]
        reachable = reachable + refused_ice
        # before an order, expedited, after an order
        entering = np.stack(came)
        quickly = entering * ex
        slowly = entering - quickly
        fresh = np.stack([slowly * fast, slowly * (1 - fast)])
        pot_new = fresh * rate.slow.new
        pot_new_area = pot_new.sum((0, 1))
        go_new = np.minimum(1.0, np.maximum(net.court - heard_area, 0.0) / np.maximum(pot_new_area, TINY))
        ended = heard_area + pot_new_area * go_new
        blocked[3, day] = (pot_area + pot_new_area - ended).sum(1)
        slow = slow + fresh - heard - pot_new * go_new
        ordered = ended * order[:, None]
        to_e = quickly.sum(0)
        first = after[0] * rate.after.old + ordered * rate.after.new
        new_e, new_b = to_e * rate.expedited.new, first * rate.after.new
        used, wanted = (out_e + out_b).sum(1), (new_e + new_b).sum(1)
        fly_new = np.minimum(1.0, np.maximum(net.seats - used, 0.0) / np.maximum(wanted, TINY))[:, None]
        gone_e, gone_b = out_e + new_e * fly_new, out_b + new_b * fly_new
        blocked[4, day] = np.maximum(pot_out + wanted - (gone_e + gone_b).sum(1), 0)
        expedited = expedited + to_e - gone_e
        after = np.stack([after[0] + ordered - first, after[1] + first - gone_b])
        off_e, off_b = gone_e.sum(1), gone_b.sum(1)
        boarded = off_e * (1 - net.lost_expedited) + off_b * (1 - net.lost_after)
        landed = transit * rate.transit.old + boarded * rate.transit.new
        transit = transit + boarded - landed
        ended_all = ended.sum(1)
        released = ended_all * let_go + off_e * net.lost_expedited + off_b * net.lost_after
        docket = docket + released + released_now
        departed = ended_all * leave
        refused = refused_ice.sum(1) + refused_border.sum(1)
        record = (jail.sum(1), prison.sum(1), (large + again).sum(1), force.sum(1), border.sum(1), lost.sum(1), entering.sum((0, 2)), ordered.sum(1), landed, released, released_now, departed, refused, moved, refused_border.sum(1))
        for i, value in enumerate(record):
            flows[i, day] = value
        in_slow, in_e, in_b = slow.sum((0, 1, 3)), expedited.sum(1), after.sum((0, 2))
        levels = (local.sum(1), declined.sum(1), reachable.sum(1), full.sum(1) - sum(s.sum(1) for s in sent_off), in_slow + in_e + in_b, in_slow, in_e, in_b, transit, docket)
        for i, value in enumerate(levels):
            stocks[i, day] = value
        regional[0] += (left[0] + left[1] + left[2]).T
        regional[1] += (jail * (1 - part)).T
        regional[2] += (refused_ice + refused_border).T
    return State(local, declined, reachable, np.stack(holding), slow, expedited, after, transit, docket)


def _place(np: Any, asked: Array, vacant: Array, transfers: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Beds for those who ask, (n, A): at home, lacking, room left, moved elsewhere (n,), served."""
    home = np.minimum(asked, vacant)
    lack, room = asked - home, vacant - home
    lacking = lack.sum(1)
    moved = np.minimum(np.minimum(lacking, room.sum(1)), transfers)
    part = moved / np.maximum(lacking, TINY)
    return home, lack, room, moved, home + lack * part[:, None]
