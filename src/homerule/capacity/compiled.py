"""The fluid core once more, compiled with numba: one loop a draw, the same steps as `fluid.week`, which defines what is meant. Tests hold them equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from homerule.capacity.fluid import Rates, State
from homerule.capacity.network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TINY = 1e-9


def week(net: Network, rate: Rates, state: State, w: int, days: int, reach: Array, flows: Array, stocks: Array, blocked: Array, regional: Array, supply: Array | None) -> State:
    """As `fluid.week`."""
    new = State(*(np.array(s) for s in state))
    rows, cols = np.nonzero(net.share)
    start = np.searchsorted(rows, np.arange(net.share.shape[0] + 1))
    wide = {k: (v.old.reshape(-1), v.new.reshape(-1)) for k, v in rate._asdict().items() if k != "slow"}
    constants = np.stack([
        *wide["local"], *wide["declined"], *wide["holding"], *wide["expedited"], *wide["after"], *wide["transit"],
        net.jail_criminal, net.large_criminal, net.fast, net.order, net.let_go, net.leave, net.lost_expedited, net.lost_after, net.transfers, net.seats,
    ])  # fmt: skip
    wanted = supply if supply is not None else np.zeros((4, 0, 0))
    record = np.zeros((len(net.seats), 30, days))
    seen = np.zeros((len(net.seats), *regional.shape[:2]))
    _week(
        days, start, cols, net.share[rows, cols], net.pace[w], constants, rate.slow.old[..., 0], rate.slow.new[..., 0], net.expedited, net.notices, net.take, net.prison, net.large, net.task_force,
        net.border, net.rooms, net.beds[w], net.court, reach, np.array(net.rules), new.local, new.declined, new.reachable, new.holding, new.slow, new.expedited, new.after, new.transit,
        new.docket, record, seen, wanted,
    )  # fmt: skip
    wide_record = record.transpose(1, 2, 0)
    flows[:], stocks[:], blocked[:] = wide_record[:15], wide_record[15:25], wide_record[25:]
    regional += seen.transpose(1, 2, 0)
    return new


@numba.njit(cache=True, error_model="numpy", fastmath=True, inline="always")
def _place(asked: Any, vacant: Any, limit: float, home: Any, served: Any) -> Any:
    """Beds at home, then anywhere. Returns moved, lacking, room."""
    lacking = room = 0.0
    for a in range(len(asked)):
        home[a] = min(asked[a], vacant[a])
        lacking += asked[a] - home[a]
        room += vacant[a] - home[a]
    moved = min(min(lacking, room), limit)
    part = moved / max(lacking, TINY)
    for a in range(len(asked)):
        served[a] = home[a] + (asked[a] - home[a]) * part
    return moved, lacking, room


@numba.njit(cache=True, parallel=True, error_model="numpy", fastmath=True)
def _week(
    days: int, start: Any, cols: Any, weight: Any, pace: Any, constants: Any, slow_old: Any, slow_new: Any, expedite: Any, notices: Any, take: Any, prison: Any, large: Any, force: Any,
    border: Any, rooms: Any, beds: Any, court: Any, reach: Any, rules: Any, local: Any, declined: Any, reachable: Any, holding: Any, slow: Any, expedited: Any, after: Any, transit: Any,
    docket: Any, record: Any, regional: Any, wanted: Any,
) -> None:  # fmt: skip
    n, n_regions = local.shape
    n_areas = beds.shape[1]
    for i in numba.prange(n):
        c = constants[:, i]
        arr = np.empty((3, n_regions))
        wish = np.empty((3, n_regions))
        desk = np.empty((3, n_areas))
        asked, vacant, home, served, heard_area = np.empty(n_areas), np.empty(n_areas), np.empty(n_areas), np.empty(n_areas), np.empty(n_areas)
        out_e, out_b, short, patience, freed, spare = np.empty(n_areas), np.empty(n_areas), np.empty(n_areas), np.empty(n_areas), np.empty(n_areas), np.empty(n_areas)
        heard = np.empty((2, 3, n_areas))
        refused = np.empty((2, n_regions))
        jail_in = np.empty(n_regions)
        for day in range(days):
            f_jail = f_prison = f_large = f_force = f_border = f_lost = f_refused = f_not = no_room = 0.0
            for r in range(n_regions):
                sent = notices[i, r] * pace[0]
                out = local[i, r] * c[0] + sent * c[1]
                local[i, r] += sent - out
                jail = out * take[i, r]
                lost = out - jail
                again = declined[i, r] * c[2] + lost * c[3]
                declined[i, r] += lost - again
                want_l, want_f = large[i, r] * (reach[i, r] * pace[2]), force[i, r] * (reach[i, r] * pace[3])
                scale = min(1.0, reachable[i, r] / max(want_l + want_f, TINY))
                got_l, got_f = want_l * scale, want_f * scale
                free = got_l + got_f
                reachable[i, r] -= free
                p, b = prison[i, r] * pace[1], border[i, r] * pace[4]
                a0 = jail * c[12] + p + free * c[13] + again
                a1 = jail * (1 - c[12]) + free * (1 - c[13])
                if wanted.shape[1]:
                    wanted[0, i, r] += a0
                    wanted[1, i, r] += a1
                    wanted[2, i, r] += b
                    wanted[3, i, r] += jail
                f_jail += jail
                f_prison += p
                f_large += got_l + again
                f_force += got_f
                f_border += b
                f_lost += lost
                held = holding[0, i, r] + holding[1, i, r] + holding[2, i, r]
                coming = a0 + a1 + b
                over = max(held * (1 - c[4]) + coming * (1 - c[5]) - rooms[i, r], 0.0) / max(1 - c[5], TINY)
                part = min(over / max(coming, TINY), 1.0)
                no_room += coming * part
                refused[0, r], refused[1, r] = coming * part - b * part, b * part
                arr[0, r], arr[1, r], arr[2, r] = a0 * (1 - part), a1 * (1 - part), b * (1 - part)
                jail_in[r] = jail * (1 - part)
                for k in range(3):
                    wish[k, r] = holding[k, i, r] * c[4] + arr[k, r] * c[5]
            pot_court = pot_out = 0.0
            for a in range(n_areas):
                out_e[a], out_b[a] = expedited[i, a] * c[6], after[1, i, a] * c[8]
                pot_out += out_e[a] + out_b[a]
            fly = min(1.0, c[21] / max(pot_out, TINY))
            used = 0.0
            for a in range(n_areas):
                pot = inside = 0.0
                for t in range(2):
                    for k in range(3):
                        heard[t, k, a] = slow[t, k, i, a] * slow_old[t, k, i]
                        pot += heard[t, k, a]
                        inside += slow[t, k, i, a]
                go = min(1.0, court[i, a] / max(pot, TINY))
                for t in range(2):
                    for k in range(3):
                        heard[t, k, a] *= go
                heard_area[a] = pot * go
                pot_court += pot
                out_e[a] *= fly
                out_b[a] *= fly
                used += out_e[a] + out_b[a]
                inside += expedited[i, a] + after[0, i, a] + after[1, i, a]
                vacant[a] = max(beds[i, a] - inside + heard_area[a] * (1 - c[15]) + out_e[a] + out_b[a], 0.0)
                asked[a] = 0.0
                for k in range(3):
                    desk[k, a] = 0.0
                freed[a] = 0.0
            for r in range(n_regions):
                for j in range(start[r], start[r + 1]):
                    for k in range(3):
                        desk[k, cols[j]] += wish[k, r] * weight[j]
            for a in range(n_areas):
                asked[a] = desk[0, a] + desk[1, a] + desk[2, a]
            moved, lacking, room = _place(asked, vacant, c[20], home, served)
            record[i, 25, day] = no_room
            record[i, 26, day] = max(lacking - room, 0.0)
            record[i, 27, day] = max(min(lacking, room) - moved, 0.0)
            released_now = 0.0
            if lacking - moved > TINY:
                for a in range(n_areas):
                    short[a] = asked[a] - served[a]
                    patience[a] = 0.0
                any_freed = False
                for rule in rules:
                    if rule == 2:
                        spare[:] = 0.0
                        for r in range(n_regions):
                            stay = 0.0
                            coming = 0.0
                            for k in range(3):
                                stay += holding[k, i, r]
                                coming += arr[k, r]
                            left = max(rooms[i, r] - stay * (1 - c[4]) - coming * (1 - c[5]), 0.0)
                            for j in range(start[r], start[r + 1]):
                                spare[cols[j]] += left * weight[j]
                        for a in range(n_areas):
                            patience[a] = min(short[a], spare[a])
                    elif rule == 0:
                        for a in range(n_areas):
                            spare[a] = max(short[a] - patience[a], 0.0) / max(asked[a], TINY)
                            desk[1, a] = 0.0
                        for r in range(n_regions):
                            lack_r = 0.0
                            for j in range(start[r], start[r + 1]):
                                lack_r += spare[cols[j]] * weight[j]
                            drop = min(arr[1, r], (wish[0, r] + wish[1, r] + wish[2, r]) * lack_r / max(c[5], TINY))
                            arr[1, r] -= drop
                            wish[1, r] -= drop * c[5]
                            refused[0, r] += drop
                            for j in range(start[r], start[r + 1]):
                                desk[1, cols[j]] += wish[1, r] * weight[j]
                        for a in range(n_areas):
                            asked[a] = desk[0, a] + desk[1, a] + desk[2, a]
                        moved, _l, _r = _place(asked, vacant, c[20], home, served)
                        for a in range(n_areas):
                            short[a] = max(asked[a] - served[a] - freed[a], 0.0) if any_freed else asked[a] - served[a]
                    else:
                        any_freed = True
                        for a in range(n_areas):
                            there = slow[0, 1, i, a] - heard[0, 1, a] + slow[1, 1, i, a] - heard[1, 1, a]
                            freed[a] = min(max(short[a] - patience[a], 0.0), there)
                            short[a] -= freed[a]
                if any_freed:
                    for a in range(n_areas):
                        freed[a] = min(freed[a], max(asked[a] - served[a], 0.0))
                        there = slow[0, 1, i, a] - heard[0, 1, a] + slow[1, 1, i, a] - heard[1, 1, a]
                        ratio = freed[a] / max(there, TINY)
                        for t in range(2):
                            gone = (slow[t, 1, i, a] - heard[t, 1, a]) * ratio
                            slow[t, 1, i, a] -= gone
                            released_now += gone
            # into the beds
            room = 0.0
            for a in range(n_areas):
                room += vacant[a] - min(asked[a], vacant[a])
            m0 = m1 = m2 = 0.0
            for a in range(n_areas):
                away = (served[a] - home[a]) / max(asked[a], TINY)
                m0 += desk[0, a] * away
                m1 += desk[1, a] * away
                m2 += desk[2, a] * away
                spare[a] = (served[a] + freed[a]) / max(asked[a], TINY)
            in_rooms = 0.0
            for r in range(n_regions):
                grace = 0.0
                for j in range(start[r], start[r + 1]):
                    grace += spare[cols[j]] * weight[j]
                full = left_all = 0.0
                for k in range(3):
                    left = wish[k, r] * grace
                    holding[k, i, r] += arr[k, r] - left
                    left_all += left
                    full += holding[k, i, r]
                fit = min(1.0, rooms[i, r] / max(full, TINY))
                if fit < 1.0:
                    refused[0, r] += (holding[0, i, r] + holding[1, i, r]) * (1 - fit)
                    refused[1, r] += holding[2, i, r] * (1 - fit)
                    for k in range(3):
                        holding[k, i, r] *= fit
                in_rooms += full * fit
                reachable[i, r] += refused[0, r]
                f_refused += refused[0, r] + refused[1, r]
                f_not += refused[1, r]
                regional[i, 0, r] += left_all
                regional[i, 1, r] += jail_in[r]
                regional[i, 2, r] += refused[0, r] + refused[1, r]
            entering = ordered_all = ended_all = new_out = 0.0
            record[i, 28, day] = 0.0
            for a in range(n_areas):
                into = (vacant[a] - min(asked[a], vacant[a])) / max(room, TINY)
                part = (home[a] + freed[a]) / max(asked[a], TINY)
                to_e = pot = 0.0
                for k in range(3):
                    came = desk[k, a] * part + (m0 if k == 0 else m1 if k == 1 else m2) * into
                    entering += came
                    quick = came * expedite[i, k]
                    to_e += quick
                    desk[k, a] = came - quick
                    pot += (came - quick) * (c[14] * slow_new[0, k, i] + (1 - c[14]) * slow_new[1, k, i])
                go = min(1.0, max(court[i, a] - heard_area[a], 0.0) / max(pot, TINY))
                for t in range(2):
                    for k in range(3):
                        fresh = desk[k, a] * (c[14] if t == 0 else 1 - c[14])
                        slow[t, k, i, a] += fresh - heard[t, k, a] - fresh * slow_new[t, k, i] * go
                ended = heard_area[a] + pot * go
                record[i, 28, day] += pot * (1 - go)
                ended_all += ended
                ordered = ended * c[15]
                ordered_all += ordered
                first = after[0, i, a] * c[8] + ordered * c[9]
                after[0, i, a] += ordered - first
                asked[a], served[a], spare[a] = to_e * c[7], first * c[9], to_e
                home[a] = first
                new_out += asked[a] + served[a]
            record[i, 28, day] += pot_court
            for a in range(n_areas):
                record[i, 28, day] -= heard_area[a]
            fly_new = min(1.0, max(c[21] - used, 0.0) / max(new_out, TINY))
            off_e = off_b = in_slow = in_e = in_b = 0.0
            for a in range(n_areas):
                gone_e, gone_b = out_e[a] + asked[a] * fly_new, out_b[a] + served[a] * fly_new
                expedited[i, a] += spare[a] - gone_e
                after[1, i, a] += home[a] - gone_b
                off_e += gone_e
                off_b += gone_b
                for t in range(2):
                    for k in range(3):
                        in_slow += slow[t, k, i, a]
                in_e += expedited[i, a]
                in_b += after[0, i, a] + after[1, i, a]
            record[i, 29, day] = max(pot_out + new_out - off_e - off_b, 0.0)
            boarded = off_e * (1 - c[18]) + off_b * (1 - c[19])
            landed = transit[i] * c[10] + boarded * c[11]
            transit[i] += boarded - landed
            released = ended_all * c[16] + off_e * c[18] + off_b * c[19]
            docket[i] += released + released_now
            record[i, 0, day], record[i, 1, day], record[i, 2, day], record[i, 3, day], record[i, 4, day] = f_jail, f_prison, f_large, f_force, f_border
            record[i, 5, day], record[i, 6, day], record[i, 7, day], record[i, 8, day], record[i, 9, day] = f_lost, entering, ordered_all, landed, released
            record[i, 10, day], record[i, 11, day], record[i, 12, day], record[i, 13, day], record[i, 14, day] = released_now, ended_all * c[17], f_refused, moved, f_not
            at_local = at_declined = at_large = 0.0
            for r in range(n_regions):
                at_local += local[i, r]
                at_declined += declined[i, r]
                at_large += reachable[i, r]
            record[i, 15, day], record[i, 16, day], record[i, 17, day], record[i, 18, day] = at_local, at_declined, at_large, in_rooms
            record[i, 19, day], record[i, 20, day], record[i, 21, day], record[i, 22, day] = in_slow + in_e + in_b, in_slow, in_e, in_b
            record[i, 23, day], record[i, 24, day] = transit[i], docket[i]
