"""Reads `profiles-resources.json` and `compartmentdefinition-patient.json` of a folder, writes what Consilium needs.

One object per type: `s` the paths marked as summary, `m` the elements that must be there, `p` the search parameters by
which it stands in a patient's compartment.
"""

import json
import os
import sys

folder = sys.argv[1]
read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf-8"))
# Medplum adds Task, which is not in R4's compartment.
compartment = {r["code"]: r.get("param", []) for r in read("compartmentdefinition-patient.json")["resource"]}
# The package adds Task, which HL7's definition does not have.
del compartment["Task"]
types = {}
for entry in read("profiles-resources.json")["entry"]:
    r = entry["resource"]
    if r["resourceType"] != "StructureDefinition" or r["kind"] != "resource" or r.get("abstract"):
        continue
    name = r["type"]
    elements = [e for e in r["snapshot"]["element"] if e["path"] != name]
    tail = lambda e: e["path"][len(name) + 1 :]
    types[name] = {
        "s": [tail(e) for e in elements if e.get("isSummary")],
        "m": [tail(e) for e in elements if e.get("min", 0) > 0 and "." not in tail(e)],
        "p": compartment.get(name, []) if name != "Task" else [],
    }
json.dump(dict(sorted(types.items())), sys.stdout, ensure_ascii=False, separators=(",", ":"))
