//! Files sent before a patient is chosen are compared when the case is handed in: a mismatch stops until a human says why.

use reading::phantom::{self, Examination, Person};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

/// Slices of a CT that name this person.
pub fn slices(name: &str, id: &str, root: &str) -> Vec<Vec<u8>> {
    let person = Person { name: name.to_owned(), id: id.to_owned(), sex: "M", birth_date: "19600501".to_owned() };
    let examination = Examination {
        person,
        uid_root: format!("2.25.77{root}"),
        date: "20261120".to_owned(),
        time: "080000".to_owned(),
        description: "CT".to_owned(),
        slices: 2,
        slice_mm: 10.0,
        lesions: 1.0,
        seed: 7,
    };
    phantom::files(&examination).collect()
}

async fn patient(doctor: &Client, name: &str, number: &str) -> Value {
    let input = json!({"name": name, "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": number}});
    doctor.post("/api/patients", &input).await.ok()["id"].clone()
}

async fn put(doctor: &Client, case: &str, upload: &str, bytes: Vec<u8>) -> Value {
    doctor.put_bytes(&format!("/api/consults/{case}/files/{upload}?name=f"), bytes).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_came_before_the_patient_are_compared_when_the_case_is_handed_in() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (wang, li) = (patient(&zhou, "王小明", "E55500001").await, patient(&zhou, "李大山", "E55500002").await);
    let mut form = json!({"form": "full", "patient": null, "urgency": "urgent", "kind": "live", "purpose": "?",
        "specialty": "respiratory", "complaint": "发热", "history": "5天", "diagnosis": "肺炎",
        "vitals": [], "labs": [], "consent": {}});
    let draft = zhou.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let id = draft["id"].as_str().unwrap().to_owned();
    // Two people in one study: the second slice says another name than the first.
    let mut study = slices("Wang^Xiaoming=王^小明", "E55500001", "1");
    study[1] = slices("Li^Dashan=李^大山", "E55500002", "1").remove(1);
    for (n, slice) in study.into_iter().enumerate() {
        put(&zhou, &id, &format!("ct-{n}"), slice).await;
    }
    let consent = put(&zhou, &id, "consent", b"%PDF-1.4\n%%EOF\n".to_vec()).await["files"][0]["document"].clone();
    form["consent"] = json!({"document": consent});

    let mut revision = draft["revision"].clone();
    let mut choose = async |patient: &Value| {
        form["patient"] = patient.clone();
        let body = json!({"revision": revision, "body": form});
        revision = zhou.put(&format!("/api/drafts/consult/{id}"), &body).await.ok()["revision"].clone();
        revision.clone()
    };
    let hand_in = async |revision: &Value, word: Option<Value>| {
        let mut body = json!({"draft": id, "revision": revision});
        if let Some(word) = word {
            body["same_person"] = word;
        }
        zhou.post("/api/consults", &body).await
    };
    let named = |stop: &Value| {
        let people = stop["params"]["people"].as_array().unwrap().clone();
        (people[0]["in_file"]["name"].clone(), people[0]["in_case"]["name"].clone(), people[0]["identity"].clone())
    };

    let revision = choose(&wang).await;
    let stop = hand_in(&revision, None).await.refused(409, "consult.patient_mismatch");
    assert_eq!(stop["params"]["people"].as_array().unwrap().len(), 1);
    let (in_file, in_case, identity) = named(&stop);
    assert_eq!((&in_file, &in_case), (&json!("李大山"), &json!("王小明")));
    assert_eq!(stop["params"]["people"][0]["differs"], json!(["name", "identifier"]));
    let word = |identities: Value, reason: &str| Some(json!({"identities": identities, "reason": reason}));
    hand_in(&revision, word(json!(["00"]), "同一人")).await.refused(409, "consult.patient_mismatch");
    hand_in(&revision, word(json!([identity]), " ")).await.refused(422, "attachment.reason");

    // The other patient: now it is the first slice that differs, and the word said of the one says nothing of this one.
    let revision = choose(&li).await;
    let stop = hand_in(&revision, word(json!([identity]), "同一人")).await.refused(409, "consult.patient_mismatch");
    assert_eq!(named(&stop).0, "王小明");
    let identity = named(&stop).2;
    let done = hand_in(&revision, word(json!([identity]), "检查时登记错误，已核对身份证")).await;
    assert_eq!(done.status, 201, "{}", done.text());
    let case = format!("ServiceRequest/{id}").parse().unwrap();
    let entries = app.platform().store.entries_of_case(&case).await.unwrap();
    let asked = entries.iter().find(|e| e.act.what == "consult.request").expect("ledgered");
    assert_eq!(asked.act.why.as_deref(), Some("检查时登记错误，已核对身份证"));
    assert_eq!(asked.act.params["same_person"], 1);
    // The confirmation stands for files of that person that come later.
    put(&zhou, &id, "ct-later", slices("Wang^Xiaoming=王^小明", "E55500001", "2").remove(0)).await;
    app.platform().store.verify().await.unwrap();
}
