"""fhirpy, which was not written here, works with the record: creates, reads, updates, searches, pages, transacts.

Usage: fhir_client.py BASE TOKEN. Prints what it found as JSON.
"""

import asyncio
import json
import sys
import uuid

from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

base, token = sys.argv[1:3]


def work():
    client = SyncFHIRClient(base, authorization=f"Bearer {token}")
    patient = client.resource("Patient", name=[{"family": "方", "given": ["蓓"]}], identifier=[{"system": "http://py", "value": "1"}])
    patient.save()
    assert patient.id and patient.meta["versionId"] == "1", patient
    patient["gender"] = "female"
    patient.save()
    assert client.reference("Patient", patient.id).to_resource()["gender"] == "female"

    for n in range(23):
        client.resource(
            "Observation",
            status="final",
            code={"text": f"N{n}"},
            subject=patient.to_reference(),
            effectiveDateTime=f"2026-11-{n + 1:02}",
        ).save()
    found = client.resources("Observation").search(subject=f"Patient/{patient.id}").sort("-date").limit(5)
    paged = [o["code"]["text"] for o in found]
    counted = client.resources("Observation").search(patient=patient.id).count()
    included = client.resources("Observation").search(patient=patient.id).limit(1).include("Observation", "subject").fetch_raw()

    name = f"urn:uuid:{uuid.uuid4()}"
    bundle = client.resource(
        "Bundle",
        type="transaction",
        entry=[
            {"fullUrl": name, "resource": {"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"},
                "subject": {"reference": f"Patient/{patient.id}"}}, "request": {"method": "POST", "url": "Encounter"}},
            {"resource": {"resourceType": "Condition", "subject": {"reference": f"Patient/{patient.id}"},
                "encounter": {"reference": name}}, "request": {"method": "POST", "url": "Condition"}},
        ],
    )
    done = client.execute("", method="POST", data=bundle.serialize())
    conditions = client.resources("Condition").search(patient=patient.id).include("Condition", "encounter").fetch_raw()

    try:
        client.resource("Organization", name="x").save()
        refused = "nothing"
    except OperationOutcome as error:
        refused = error.resource["issue"][0]["details"]["coding"][0]["code"]

    other = client.resource("Patient", name=[{"family": "删"}])
    other.save()
    other.delete()
    try:
        client.reference("Patient", other.id).to_resource()
        gone = False
    except (ResourceNotFound, OperationOutcome):
        gone = True
    return {
        "paged": paged,
        "counted": counted,
        "statuses": [e["response"]["status"] for e in done["entry"]],
        "conditions": [e["resource"]["resourceType"] for e in conditions["entry"]],
        "included": len(included.get("entry", [])),
        "refused": refused,
        "gone": gone,
    }


async def at_once():
    criteria = {"If-None-Exist": "identifier=http://py|2"}
    client = AsyncFHIRClient(base, authorization=f"Bearer {token}", extra_headers=criteria)
    made = [client.resource("Patient", identifier=[{"system": "http://py", "value": "2"}]) for _ in range(8)]
    await asyncio.gather(*(patient.save() for patient in made))
    return len({patient.id for patient in made})


told = work()
told["made_at_once"] = asyncio.run(at_once())
print(json.dumps(told))
