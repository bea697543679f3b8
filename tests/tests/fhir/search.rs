//! Searches by words, sets, places and lists, and over several types at once.

use super::{OTHER, begun, created, found, link, matches, observation, patient, refused, sent};
use serde_json::json;

#[tokio::test]
async fn found_by_words_as_soon_as_they_are_written() {
    let (app, client) = begun(&["warn"]).await;
    let wang = created(&client, &patient("王")).await;
    let mut body = observation(&wang, "38.60");
    body["note"] = json!([{"text": "双肺磨玻璃影，fever since Monday"}]);
    body["text"] = json!({"status": "additional", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">高热</div>"});
    let o = created(&client, &body).await;
    for asked in ["_content=磨玻璃", "_content=fever+monday", "_content=影", "_text=高热", "_content=高热+OR+nothing"]
    {
        assert_eq!(found(&client, &format!("/fhir/Observation?{asked}")).await, std::slice::from_ref(&o), "{asked}");
    }
    for asked in ["_text=fever", "_content=fever+-磨玻璃", "_content=nothing"] {
        assert_eq!(found(&client, &format!("/fhir/Observation?{asked}")).await, Vec::<String>::new(), "{asked}");
    }
    assert_eq!(
        found(&client, "/fhir/Patient?_has:Observation:subject:_content=fever").await,
        std::slice::from_ref(&wang)
    );
    refused(&client.get("/fhir/Observation?_content=%22fever+since%22").await, 400, "phrases");
    let stranger = app.client(OTHER, &[]).await;
    assert_eq!(found(&stranger, "/fhir/Observation?_content=fever").await, Vec::<String>::new());
    assert_eq!(stranger.get("/fhir/Observation?_content=fever&_total=accurate").await.ok()["total"], 0);
}

#[tokio::test]
async fn codes_are_found_by_the_sets_they_belong_to() {
    let (app, client) = begun(&["warn"]).await;
    let wang = created(&client, &patient("王")).await;
    let o = created(&client, &observation(&wang, "38.60")).await;
    let of = |code: &str| json!({"include": [{"system": "http://loinc.org", "concept": [{"code": code}]}]});
    for (url, code) in [("http://his/vitals", "8310-5"), ("http://his/others", "8867-4")] {
        let body = json!({"resourceType": "ValueSet", "status": "active", "url": url, "compose": of(code)});
        created(&client, &body).await;
    }
    assert_eq!(found(&client, "/fhir/Observation?code:in=http://his/vitals").await, std::slice::from_ref(&o));
    assert_eq!(found(&client, "/fhir/Observation?code:not-in=http://his/others").await, std::slice::from_ref(&o));
    assert_eq!(found(&client, "/fhir/Observation?code:in=http://his/others").await, Vec::<String>::new());
    let status = "http://hl7.org/fhir/ValueSet/observation-status";
    assert_eq!(found(&client, &format!("/fhir/Observation?status:in={status}")).await, std::slice::from_ref(&o));
    refused(&client.get("/fhir/Observation?code:in=http://his/unheard").await, 400, "not held");
    let many: Vec<_> = (0..2_001).map(|n| json!({"code": format!("c{n}")})).collect();
    let body = json!({"resourceType": "ValueSet", "status": "active", "url": "http://his/many",
        "compose": {"include": [{"system": "urn:s", "concept": many}]}});
    created(&client, &body).await;
    let costly = client.get("/fhir/Observation?code:in=http://his/many").await;
    refused(&costly, 400, "search.too-costly");
    assert_eq!(costly.body["issue"][0]["code"], "too-costly");
    // A set of another hospital is none.
    let stranger = app.client(OTHER, &[]).await;
    refused(&stranger.get("/fhir/Observation?code:in=http://his/vitals").await, 400, "not held");
}

#[tokio::test]
async fn several_types_at_once() {
    let (app, client) = begun(&["warn"]).await;
    let wang = created(&client, &patient("王")).await;
    let mut all = vec![wang.clone()];
    for n in 0..5 {
        all.push(created(&client, &observation(&wang, &format!("3{n}.0"))).await);
    }
    all.push(created(&client, &json!({"resourceType": "Condition", "subject": {"reference": wang}})).await);
    all.sort();
    for count in [1, 2, 3, 50] {
        let (mut seen, mut path) = (vec![], Some(format!("/fhir?_type=Patient,Observation,Condition&_count={count}")));
        while let Some(at) = path {
            let page = client.get(&at).await.ok();
            assert!(matches(&page).len() <= count);
            seen.extend(matches(&page));
            path = link(&page, "next");
        }
        seen.sort();
        assert_eq!(seen, all, "{count}");
    }
    let total = client.get("/fhir?_type=Patient,Observation,Condition&_total=accurate&_count=2").await.ok();
    assert_eq!(total["total"], 7);
    let of_both = found(&client, &format!("/fhir?_type=Observation,Condition&patient={wang}")).await;
    assert_eq!(of_both.len(), 6);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer =
        sent(&client, "POST", "/fhir/_search", &form, Some("_type=Patient,Condition&_content=nothing")).await.ok();
    assert_eq!(matches(&answer), Vec::<String>::new());
    let included = client.get("/fhir?_type=Condition,Patient&_include=Condition:patient").await.ok();
    assert_eq!(included["entry"].as_array().unwrap().len(), 2, "nothing stands there twice");
    let some = client.get("/fhir?_type=Patient,Observation&birthdate=2026").await.ok();
    assert!(some["entry"].to_string().contains("Observation has no search parameter birthdate"));
    let strict = [("prefer", "handling=strict")];
    refused(
        &sent(&client, "GET", "/fhir?_type=Patient,Observation&birthdate=2026", &strict, None).await,
        400,
        "birthdate",
    );
    refused(&client.get("/fhir?_id=x").await, 400, "fhir.type-needed");
    refused(&client.get("/fhir?_type=Patient,Observation&_sort=_lastUpdated").await, 400, "fhir.sort-several");
    refused(&client.get("/fhir?_type=Patient,Nothing").await, 404, "Nothing");
    assert_eq!(
        found(&app.client(OTHER, &[]).await, "/fhir?_type=Patient,Observation,Condition").await,
        Vec::<String>::new()
    );
    let batch = json!({"resourceType": "Bundle", "type": "batch",
        "entry": [{"request": {"method": "GET", "url": "?_type=Patient,Condition"}}]});
    let answer = client.post("/fhir", &batch).await.ok();
    assert_eq!(answer["entry"][0]["resource"]["entry"].as_array().unwrap().len(), 2, "{answer}");
}

#[tokio::test]
async fn lists_labels_and_identifiers_of_a_type() {
    let (_app, client) = begun(&["warn"]).await;
    let (wang, li) = (created(&client, &patient("王")).await, created(&client, &patient("李")).await);
    let list = json!({"resourceType": "List", "status": "current", "mode": "working", "entry": [{"item": {"reference": wang}}]});
    let list = created(&client, &list).await;
    assert_eq!(
        found(&client, &format!("/fhir/Patient?_list={}", &list["List/".len()..])).await,
        std::slice::from_ref(&wang)
    );
    refused(&client.get("/fhir/Patient?_list=$current-problems").await, 400, "_list");
    let mut body = observation(&li, "38.60");
    body["code"]["coding"][0]["display"] = "Body temperature".into();
    body["subject"]["display"] = "李四".into();
    let o = created(&client, &body).await;
    for asked in ["code:text=body", "subject:text=李", "code:text=BODY+temp"] {
        assert_eq!(found(&client, &format!("/fhir/Observation?{asked}")).await, std::slice::from_ref(&o), "{asked}");
    }
    let mut typed = patient("赵");
    typed["identifier"] = json!([{"system": "http://his", "value": "7",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}}]);
    let typed = created(&client, &typed).await;
    let of_type = "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|7";
    assert_eq!(found(&client, &format!("/fhir/Patient?{of_type}")).await, std::slice::from_ref(&typed));
    refused(&client.get("/fhir/Patient?identifier:of-type=MR|7").await, 400, "system|code|value");
}

#[tokio::test]
async fn names_by_characters_pinyin_and_initials() {
    let (_app, client) = begun(&[]).await;
    let named =
        |family: &str, given: &str| json!({"resourceType": "Patient", "name": [{"family": family, "given": [given]}]});
    let wang = created(&client, &named("王", "小明")).await;
    let ou = created(&client, &json!({"resourceType": "Patient", "name": [{"text": "欧阳娜娜"}]})).await;
    created(&client, &named("Smith", "John")).await;
    for (asked, expected) in [
        ("王", &wang),
        ("小明", &wang),
        ("明", &wang),
        ("wangxiao", &wang),
        ("Wang+Xiaoming", &wang),
        ("xiaoming", &wang),
        ("WXM", &wang),
        ("欧阳", &ou),
        ("ouyang", &ou),
        ("oynn", &ou),
        ("nana", &ou),
    ] {
        assert_eq!(
            found(&client, &format!("/fhir/Patient?name={asked}")).await,
            std::slice::from_ref(expected),
            "{asked}"
        );
    }
    assert_eq!(found(&client, "/fhir/Patient?name:exact=wxm").await, Vec::<String>::new());
    assert_eq!(found(&client, "/fhir/Patient?name=smith").await.len(), 1);
}

#[tokio::test]
async fn everything_within_a_time_of_care() {
    let (_app, client) = begun(&["warn"]).await;
    let wang = created(&client, &patient("王")).await;
    let mut of = vec![];
    for day in ["2026-01-10", "2026-02-10", "2026-03-10"] {
        let mut body = observation(&wang, "37.0");
        body["effectiveDateTime"] = day.into();
        of.push(created(&client, &body).await);
    }
    let undated = created(&client, &json!({"resourceType": "Condition", "subject": {"reference": wang}})).await;
    let all = async |asked: &str| {
        let (mut seen, mut path) = (vec![], Some(format!("/fhir/{wang}/$everything?{asked}&_count=1")));
        while let Some(at) = path {
            let page = client.get(&at).await.ok();
            seen.extend(matches(&page));
            path = link(&page, "next");
        }
        seen.sort();
        seen
    };
    let sorted = |more: &[&String]| {
        let mut all: Vec<String> = more.iter().map(|at| (*at).clone()).chain([wang.clone(), undated.clone()]).collect();
        all.sort();
        all
    };
    assert_eq!(all("start=2026-02-01").await, sorted(&[&of[1], &of[2]]));
    assert_eq!(all("end=2026-02-10").await, sorted(&[&of[0], &of[1]]));
    assert_eq!(all("start=2026-02-01&end=2026-02-28").await, sorted(&[&of[1]]));
    assert_eq!(all("_type=Observation&start=2026-03").await, [of[2].clone()]);
    assert_eq!(all("start=2026-02-01&_since=2099-01-01").await, Vec::<String>::new());
    refused(&client.get(&format!("/fhir/{wang}/$everything?start=yesterday")).await, 400, "not a date");
    refused(&client.get(&format!("/fhir/{wang}/$everything?nonsense=1")).await, 400, "nonsense");
}
