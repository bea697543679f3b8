"""Judges rules by PyPI `fhirpathpy`, a FHIRPath that knows the types of R4.

One JSON a line on stdin: {"rule", "of", "on", "resource", "root"}; for each a line on stdout: true, false, or a text that says why not.
"""

import json
import sys

from fhirpathpy import apply_parsed_path
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.engine.util import get_data
from fhirpathpy.models import models
from fhirpathpy.parser import parse

MODEL = models["r4"]
parsed = {}


def has_value(found):
    return [len(found) == 1 and not isinstance(get_data(found[0]), (dict, list, type(None)))]


# It leaves these two out. Nothing outside the resource is resolved here either; contained members are not asked for by the rule.
OPTIONS = {
    "userInvocationTable": {
        "hasValue": {"fn": has_value, "arity": {0: []}},
        "resolve": {"fn": lambda found: [], "arity": {0: []}},
    }
}


def judge(row):
    rule = row["rule"]
    if rule not in parsed:
        parsed[rule] = parse(rule)
    on = ResourceNode.create_node(row["on"], row["of"])
    around = {"resource": row["resource"], "rootResource": row["root"]}
    found = apply_parsed_path(on, parsed[rule], around, MODEL, OPTIONS)
    if not found:
        return True
    if len(found) == 1 and isinstance(found[0], bool):
        return found[0]
    return f"gives {found!r}"[:200]


for line in sys.stdin:
    try:
        answer = judge(json.loads(line))
    except Exception as error:  # whatever it is, it is told and compared
        answer = f"{type(error).__name__}: {error}"[:200]
    print(json.dumps(answer))
