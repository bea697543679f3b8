//! What mutation begins from: what clients really send, and what was found to hurt.

/// What is in the record.
pub const RESOURCES: &[&str] = &[
    r#"{"resourceType":"Patient","id":"p1","identifier":[{"system":"http://h","value":"1"}],"name":[{"text":"王小明","family":"王","given":["小明"]}],"gender":"male","birthDate":"1960-05","telecom":[{"system":"phone","value":"1380000"}],"multipleBirthInteger":2}"#,
    r#"{"resourceType":"Patient","id":"p2","name":[{"family":"Li","given":["Wei","W."]}],"gender":"female","birthDate":"1981-12-31","link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}],"_birthDate":{"extension":[{"url":"x","valueString":"y"}]}}"#,
    r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8310-5","display":"Body temperature"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-02-04T07:30:00+08:00","valueQuantity":{"value":38.50,"unit":"Cel","system":"http://unitsofmeasure.org","code":"Cel"}}"#,
    r#"{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"血压"},"subject":{"reference":"Patient/p2"},"effectivePeriod":{"start":"2026-02","end":"2026-03"},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120}}]}"#,
    r#"{"resourceType":"Encounter","id":"e1","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/p1"},"period":{"start":"2026-02-01","end":"2026-02-02"}}"#,
    r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"840539006"}],"text":"肺炎"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">发热三天</div>"}}"#,
    r#"{"resourceType":"List","id":"l1","status":"current","mode":"working","subject":{"reference":"Patient/p1"},"entry":[{"item":{"reference":"Observation/o1"}},{"item":{"reference":"Condition/c1"}}]}"#,
    r#"{"resourceType":"Provenance","id":"v1","target":[{"reference":"Observation/o1"},{"reference":"Patient/p1"}],"recorded":"2026-02-05T00:00:00Z","agent":[{"who":{"display":"x"}}]}"#,
    r#"{"resourceType":"RiskAssessment","id":"r1","status":"final","subject":{"reference":"Patient/p1"},"prediction":[{"probabilityDecimal":0.02}]}"#,
    r#"{"resourceType":"ValueSet","id":"s1","url":"http://v","status":"active","compose":{"include":[{"system":"http://loinc.org","concept":[{"code":"8310-5"}]}]}}"#,
    r##"{"resourceType":"Basic","id":"b1","code":{"text":"x"},"contained":[{"resourceType":"Organization","id":"a","partOf":{"reference":"#"}}],"subject":{"reference":"Patient/p1"}}"##,
];

/// Searches: a type, a question mark, parameters.
pub const SEARCHES: &[&str] = &[
    "Patient?name=王&birthdate=ge1950&_sort=-birthdate,_id&_count=2",
    "Patient?name:contains=li&gender:not=male&_total=accurate&_summary=true",
    "Patient?_has:Observation:subject:code=http://loinc.org|8310-5&_elements=id,name",
    "Patient?identifier=http://h|1,|2,3&telecom=phone|1380000&phonetic=wei&_id=p1,p2",
    "Patient?_content=王 OR 小&_text=\"a b\"&_lastUpdated=gt2020-01-01T00:00:00Z&link:below=Patient/p1",
    "Observation?subject:Patient.name=王&value-quantity=gt37.5|http://unitsofmeasure.org|Cel&date=ap2026-02-04",
    "Observation?code-value-quantity=http://loinc.org|8310-5$gt37&_include=Observation:subject&_revinclude:iterate=Provenance:target",
    "Observation?component-code-value-quantity=http://loinc.org|8480-6$120&combo-code:text=body&date=ne2026",
    "Observation?patient.organization.name=x&subject.identifier=1&code:in=http://v&status:missing=false",
    "Observation?code:below=http://loinc.org|8310-5&encounter:missing=true&_profile:below=http://x&_tag=a|b&_security=c",
    "Condition?encounter:Encounter.date=sa2026&subject=Patient/p1&code=840539006&_list=l1&_source=urn:x",
    "Provenance?target._has:Provenance:target:target._has:Provenance:target:_id=v1&recorded=le2026-02-05",
    "Provenance?target:Observation.code=8310-5&agent:identifier=a|b&_sort=recorded",
    "RiskAssessment?probability=0.02&probability=lt1e2&_count=0",
    "List?item:Condition.code=840539006&item=Observation/o1&_has:Basic:subject:code=x",
    "ValueSet?url:above=http://v/x&url:below=http://&reference=http://loinc.org&context-type-quantity=a$gt5",
    "Encounter?date=eb2026-02-03&_has:Condition:encounter:_has:Provenance:target:agent=x&class=AMB&_format=json&_pretty=true",
    "Location?near=34.7|113.6|50|km&partof:above=Location/x&near=0|0",
    "AuditEvent?date=ge2026&patient=Patient/p1&agent=x&_sort=-date&_count=5",
    "Patient?_page=abc&_compartment=Patient/p1&_care=x&_filter=name eq 'a'&_query=b&_type=Patient",
];

/// Bundles.
pub const BUNDLES: &[&str] = &[
    r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"family":"a"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"name=a"}},{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:1"}},"request":{"method":"POST","url":"Observation"}}]}"#,
    r#"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient?name=a&_count=1"}},{"request":{"method":"GET","url":"Patient/p1/_history/1"}},{"request":{"method":"DELETE","url":"Condition/c9"}},{"request":{"method":"GET","url":"Patient/p1/$everything"}}]}"#,
    r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":"p2","gender":"other"},"request":{"method":"PUT","url":"Patient/p2","ifMatch":"W/\"1\""}},{"request":{"method":"GET","url":"Patient/p2"}},{"request":{"method":"DELETE","url":"Observation?code=none"}}]}"#,
    r#"{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0="},"request":{"method":"PATCH","url":"Patient/p1"}},1,null,"x",[],{"request":7}]}"#,
    r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier=http://h|1"}},"request":{"method":"POST","url":"Observation"}},{"resource":{"resourceType":"List","status":"current","mode":"working","entry":[{"item":{"reference":"urn:uuid:2#a"}}]},"fullUrl":"urn:uuid:2","request":{"method":"PUT","url":"List?code=x"}}]}"#,
];

/// JSON Patches of `Patient/p1`.
pub const PATCHES: &[&str] = &[
    r#"[{"op":"add","path":"/active","value":true},{"op":"test","path":"/gender","value":"male"},{"op":"replace","path":"/name/0/family","value":"赵"}]"#,
    r#"[{"op":"copy","from":"/name/0","path":"/name/-"},{"op":"move","from":"/telecom/0","path":"/contact"},{"op":"remove","path":"/name/1/given/0"}]"#,
    r#"[{"op":"copy","from":"","path":"/name/-"},{"op":"copy","from":"","path":"/name/1/name/-"},{"op":"copy","from":"","path":"/name/-"}]"#,
    r#"[{"op":"add","path":"/x~1y~0z","value":1.50},{"op":"replace","path":"","value":{"resourceType":"Patient","id":"p1"}}]"#,
    r#"[{"op":"add","path":"/extension","value":[{"url":"x","valueDecimal":1.10}]},{"op":"replace","path":"/meta","value":"x"},{"op":"replace","path":"/id","value":"p9"}]"#,
];

/// Requests as they come over the line.
pub const REQUESTS: &[&str] = &[
    "GET /fhir/Patient/p1/_history?_since=2026-01-01&_at=2026&_count=1\nprefer: handling=strict\n\n",
    "GET /fhir/Patient/p1/_history/1\nif-none-match: W/\"1\"\nif-modified-since: Sat, 21 Nov 2026 00:00:00 GMT\n\n",
    "PUT /fhir/Patient/p2\nif-match: W/\"1\"\nprefer: return=OperationOutcome\n\n{\"resourceType\":\"Patient\",\"id\":\"p2\"}",
    "POST /fhir/Patient\nif-none-exist: identifier=http://h|1\ncontent-type: application/fhir+json\n\n{\"resourceType\":\"Patient\"}",
    "GET /fhir/Observation/$lastn?patient=Patient/p1&max=2&code=8310-5\naccept: application/fhir+json\n\n",
    "GET /fhir/Patient/p1/$everything?_type=Observation,Condition&start=2026&end=2027&_since=2026-01-01T00:00:00Z\n\n",
    "GET /fhir/Patient/p1/Observation?code=8310-5\naccept: application/fhir+xml;q=1, */*;q=0.1\n\n",
    "POST /fhir/Observation/$validate\n\n{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\",\"resource\":{\"resourceType\":\"Observation\"}}]}",
    "GET /fhir?_type=Patient,Observation&_lastUpdated=ge2026&_sort=-_lastUpdated\n\n",
    "DELETE /fhir/Condition?code=none&_count=2\n\n",
    "POST /api/uploads\ntus-resumable: 1.0.0\nupload-length: 10\nupload-metadata: filename d29ybGQ=,kind\nupload-checksum: sha256 n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\ncontent-type: application/offset+octet-stream\n\ntest",
    "PATCH /api/uploads/01a201f8-a503-7ac7-aef9-f4913a27f70a\ntus-resumable: 1.0.0\nupload-offset: 0\ncontent-type: application/offset+octet-stream\nx-http-method-override: PATCH\n\ntest",
    "POST /api/session\ncontent-type: application/json\n\n{\"name\":\"zhou.ming\",\"password\":\"x\"}",
    "GET /api/consults?state=draft,closed&urgency=routine&waiting=me&q=a&after=x\ncookie: session=abc; a=b\nrange: bytes=0-1,5-\n\n",
    "GET /dicom-web/studies/1.2.3/series/1.2.3.4/instances/1.2/frames/1,2,3?case=x&PatientName=a*&limit=1&offset=2\naccept: multipart/related; type=\"application/octet-stream\"; transfer-syntax=*\n\n",
    "GET /api/access/looks?person=zhou&day=2026-02-30&before=18446744073709551615\n\n",
    "GET /verify/ABCD?lang=zh&check=%00%ff\naccept-language: zh-CN,en;q=0.5\n\n",
    "PUT /api/admin/settings/timers\ncontent-type: application/json\n\n{\"value\":1e400,\"version\":1}",
    "POST /api/admin/import?what=people&apply=all&seen=x\ncontent-type: application/octet-stream\n\nname,role\n\"a,b\n",
];

/// People as a hospital's table has them.
pub const SHEETS: &[&str] = &[
    "姓名,登录名,角色,医院\n周明,zhou.x,asking-doctor,guangshan\n\"李,伟\",li.x,specialist,province\n",
    "name;login;role;hospital\r\nA;a.b;specialist;xinyang\r\n;;;\r\n",
    "name\tlogin\n\"unclosed\tb\n",
    "\u{feff}姓名,登录名\n王,w\n",
];
