"""Reads the official SearchParameter bundle on stdin, writes what Consilium needs of it as compact JSON.

One array per parameter, ordered by url: [code, [base], type, expression, [target], url, [[definition, expression]]].
"""

import json
import sys

rows = []
for entry in json.load(sys.stdin)["entry"]:
    p = entry["resource"]
    parts = [[c["definition"], c["expression"]] for c in p.get("component", [])]
    rows.append([p["code"], p["base"], p["type"], p.get("expression"), p.get("target", []), p["url"], parts])
rows.sort(key=lambda r: r[5])
json.dump(rows, sys.stdout, ensure_ascii=False, separators=(",", ":"))
