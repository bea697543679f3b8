"""What schemathesis cannot know: who asks, and what is there to ask for.

HOSTILE_WORLD names a file with sessions, a client's token and ids of the demonstration. Who asks follows from what is asked,
so that a case that failed fails again. Three of four ids are of something that is there: what is nowhere is a 404 each time.
Nothing here checks anything: schemathesis does, and the story around it (hostile.test.mjs).
"""

import hashlib
import json
import os
import threading

import requests
import schemathesis

# A piece of a file is bytes.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schemathesis.serializer.alias("application/dicom", "application/octet-stream")

WORLD = json.load(open(os.environ["HOSTILE_WORLD"], encoding="utf-8"))
URL = WORLD["url"]
LOCK = threading.Lock()


def chance(*parts):
    """A number that follows from these parts alone."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def choose(things, *parts):
    return things[chance(*parts) % len(things)]


def sign_in(who):
    """A session of its own for one of the people; the cookie."""
    with requests.Session() as session:
        told = {"name": who["name"], "password": "consilium-demo"}
        answer = session.post(f"{URL}/api/session", json=told, headers={"origin": URL}, timeout=30)
        if answer.status_code != 200:
            return None
        me = answer.json()
        if me.get("role") is None and me.get("roles"):
            role = {"role": me["roles"][0]["id"]}
            session.put(f"{URL}/api/session/role", json=role, headers={"origin": URL}, timeout=30)
        return "; ".join(f"{c.name}={c.value}" for c in session.cookies)


def kind_of(path, name):
    """Of what kind a parameter of a path is: a key of WORLD['ids']."""
    if name in ("study", "series", "instance", "type", "kind", "key", "upload", "inner", "frames", "version", "code", "image"):
        return name
    if path.startswith("/fhir/"):
        return "resource"
    for part, kind in (
        ("/api/consults/{case}/documents", "document"),
        ("/api/consults", "case"),
        ("/api/patients", "patient"),
        ("/api/drafts", "draft"),
        ("/api/uploads", "upload"),
        ("/api/admin/people", "person"),
        ("/api/admin/hospitals", "hospital"),
        ("/api/admin/places", "place"),
        ("/api/admin/clients", "client"),
        ("/api/access/reviews", "review"),
    ):
        if path.startswith(part):
            return kind
    return name


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters:
        return path_parameters
    path = context.operation.path
    out = dict(path_parameters)
    resource = choose(WORLD["ids"]["resource"], path_parameters)
    for name, value in path_parameters.items():
        there = WORLD["ids"].get(kind_of(path, name))
        # What of the other parameters decides is decided by it: a series is of its study.
        if there and chance(name, path_parameters) % 4:
            out[name] = choose(there, name, value)
        if path.startswith("/fhir/") and chance(path_parameters) % 4 and name in ("type", "id"):
            out[name] = resource.split("/")[0 if name == "type" else 1]
    if path.startswith("/dicom-web/") and "study" in out and chance(path_parameters) % 4:
        out.update({k: v for k, v in choose(WORLD["dicom"], path_parameters).items() if k in out})
    return out


@schemathesis.hook
def map_body(context, body):
    """Half of the bodies of the FHIR face are resources that were stored once, with a member from the generator."""
    if not context.operation.path.startswith("/fhir") or not isinstance(body, dict) or chance("body", body) % 2:
        return body
    known = dict(choose(WORLD["resources"], "resource", body))
    known.pop("meta", None)
    known.update(body if chance("more", body) % 2 else {})
    return known


@schemathesis.hook
def map_query(context, query):
    """Searches with parameters that are known."""
    if not context.operation.path.startswith("/fhir") or chance("query", query) % 4 == 0:
        return query
    more = choose(WORLD["queries"], "queries", query, context.operation.path)
    return {**(query or {}), **more}


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    who = choose(WORLD["people"], path, case.method, case.path_parameters, case.query, case.body if isinstance(case.body, (dict, list, str)) else "")
    headers = case.headers
    if headers is None:
        return
    headers["Origin"] = URL
    if path.startswith("/fhir") and chance(path, case.query) % 2:
        headers.pop("Origin", None)
        headers["Authorization"] = f"Bearer {WORLD['token']}"
    elif who.get("cookie"):
        headers["Cookie"] = who["cookie"]


@schemathesis.hook
def after_call(context, case, response):
    """Who ended their session signs in again."""
    if response.status_code == 401 or (case.operation.path.startswith("/api/session") and case.method.upper() != "GET"):
        sent = response.request.headers.get("Cookie")
        with LOCK:
            for who in WORLD["people"]:
                if who.get("cookie") and who["cookie"] == sent:
                    look = requests.get(f"{URL}/api/session", headers={"cookie": sent}, timeout=30)
                    if look.status_code != 200 or look.json().get("role") is None:
                        fresh = sign_in(who)
                        if fresh:
                            who["cookie"] = fresh
