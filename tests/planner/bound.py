"""How good a day's plan could be at best: a bound from HiGHS, without one line of the planner's.

    bound.py FOLDER SECONDS

For each day of the folder (`dispatch days` wrote them) one line: name, bound, cost of the plan found, how it ended, seconds. A variable says that a
request begins at a slot; terminals, rooms and the experts of each specialty are counted slot by slot. That experts are persons is left out: whoever
plans for persons pays at least this.
"""

import json
import pathlib
import sys
import time

import highspy

WAITING = [20, 4, 1]
UNPLACED = [6000, 1200, 300]


def bound(day, seconds):
    there = {}
    for expert in day["experts"]:
        for slot in expert["available"]:
            there[expert["specialty"], slot] = there.get((expert["specialty"], slot), 0) + 1
    costs, rows = [], {}
    for number, request in enumerate(day["requests"]):
        first, length = request["released"], request["duration"]
        for start in range(first, day["end"] - length + 1):
            cost = WAITING[request["urgency"]] * (start - first) - UNPLACED[request["urgency"]]
            slots = range(start, start + length)
            if cost >= 0:
                break
            if any((s, t) not in there for s in request["specialties"] for t in slots):
                continue
            limits = {("once", number): 1}
            for t in slots:
                limits["mdt" if request["mdt"] else "room", t] = 1 if request["mdt"] else day["rooms"]
                limits["terminal", request["hospital"], t] = 1
                for s in request["specialties"]:
                    limits["experts", s, t] = there[s, t]
            for row, limit in limits.items():
                rows.setdefault(row, (limit, []))[1].append(len(costs))
            costs.append(cost)
    return solve(costs, rows, sum(UNPLACED[r["urgency"]] for r in day["requests"]), seconds)


def solve(costs, rows, offset, seconds):
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, lp.offset_ = len(costs), len(rows), offset
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, [0] * len(costs), [1] * len(costs)
    lp.row_lower_ = [-highspy.kHighsInf] * len(rows)
    lp.row_upper_ = [float(limit) for limit, _ in rows.values()]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts, index = [0], []
    for _, columns in rows.values():
        index += columns
        starts.append(len(index))
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, [1.0] * len(index)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    solver.run()
    info = solver.getInfo()
    return info.mip_dual_bound, info.objective_function_value, solver.modelStatusToString(solver.getModelStatus())


def main():
    folder, seconds = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    for path in sorted(folder.glob("*.json")):
        begun = time.monotonic()
        least, found, ended = bound(json.loads(path.read_text()), seconds)
        took = time.monotonic() - begun
        print(f"{path.stem} {least:.1f} {found:.0f} {ended.replace(' ', '-')} {took:.0f}", flush=True)


main()
