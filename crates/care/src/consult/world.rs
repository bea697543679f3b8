//! A small world for tests: two centres, three hospitals, the people, a store of its own, and a clock that is moved by hand.

use super::board::Board;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Actor, Clock, Id, Level, ManualClock, SeededIds};
use platform::directory::{Hospital, Person, Role, Room, resources};
use platform::identity::{Differing, Files, Identities};
use platform::{Lang, Op, Parts, Platform, Problem, Settings, Shared};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, DraftKey, Store, Write};
use serde_json::{Value, json};
use std::sync::Arc;

pub struct World {
    pub platform: Shared,
    pub clock: Arc<ManualClock>,
    pub board: Arc<Board>,
    _folder: tempfile::TempDir,
}

struct Nameless;

#[async_trait::async_trait]
impl Identities for Nameless {
    async fn differing(&self, _op: &Op, _case: &Id, _patient: &Value) -> Result<Vec<Differing>, Problem> {
        Ok(vec![])
    }
}

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

const PEOPLE: [(&str, &str, kernel::Role, &[&str]); 10] = [
    ("zhou", "guangshan", kernel::Role::AskingDoctor, &[]),
    ("zhao", "lushi", kernel::Role::AskingDoctor, &[]),
    ("li", "provincial", kernel::Role::Specialist, &["respiratory", "critical-care"]),
    ("zhang", "provincial", kernel::Role::Specialist, &["radiology"]),
    ("wang", "xinyang", kernel::Role::Specialist, &["respiratory"]),
    ("chen", "provincial", kernel::Role::Dispatcher, &[]),
    ("sun", "provincial", kernel::Role::Dispatcher, &[]),
    ("ma", "second", kernel::Role::Dispatcher, &[]),
    ("gao", "provincial", kernel::Role::CommandStaff, &[]),
    ("he", "xinyang", kernel::Role::HospitalAdministrator, &[]),
];

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-21T02:00:00Z".parse().unwrap()));
        let store = Sqlite::open(folder.path(), Options { clock: clock.clone(), ..Options::default() }).unwrap();
        store.commit(directory()).await.unwrap();
        let platform = Platform::open(Parts {
            store,
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(7)),
            settings: Settings::default(),
            data_dir: folder.path().to_owned(),
            secure: false,
            demo: false,
        })
        .await
        .unwrap();
        Self { platform, clock, board: Arc::new(Board::default()), _folder: folder }
    }

    /// A request of this person, now.
    pub fn op(&self, person: &str) -> Op {
        let (_, hospital, role, _) = PEOPLE.iter().find(|(name, ..)| *name == person).unwrap();
        let actor = Actor {
            person: id(person),
            role: *role,
            hospital: id(hospital),
            practitioner_role: id(&format!("{person}-role")),
        };
        Op::new(self.platform.clone(), actor, Lang::Zh)
    }

    /// An archive whose files name nobody.
    pub fn files(&self) -> axum::Extension<Files> {
        axum::Extension(Arc::new(Nameless))
    }

    pub fn minutes(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    /// A draft of this person, saved; its id and revision.
    pub async fn draft(&self, person: &str, form: &Value) -> (Id, u64) {
        let op = self.op(person);
        let draft = op.new_id();
        let key = DraftKey { owner: id(person), kind: "consult".into(), id: draft.clone() };
        let body = form.to_string().into_bytes().into();
        let revision = self.platform.store.draft_put(&key, 0, body, self.clock.now()).await.unwrap();
        if let Some(document) = form["consent"]["document"].as_str() {
            self.document(&draft, document, op.actor()).await;
        }
        (draft, revision)
    }

    /// A file uploaded for a case.
    async fn document(&self, case: &Id, document: &str, actor: &Actor) {
        let at = Reference::new(ResourceType::DOCUMENT_REFERENCE, id(document));
        let case = Reference::new(ResourceType::SERVICE_REQUEST, case.clone());
        let body = json!({"resourceType": "DocumentReference", "id": document, "status": "current",
            "content": [{"attachment": {"contentType": "application/pdf"}}],
            "context": {"related": [{"reference": case.to_string()}]}});
        let write = Write::next(at, body, actor.hospital.clone()).in_case(case);
        self.platform.store.commit(Change::of(Act::of(actor, "attachment.put")).write(write)).await.unwrap();
    }
}

/// A full request for `wang-min` of Guangshan.
pub fn full(document: &str) -> Value {
    json!({
        "form": "full", "patient": "wang-min", "urgency": "urgent", "kind": "live", "purpose": "是否需要气管插管?",
        "specialty": "respiratory", "complaint": "发热5天", "history": "5天前发热", "diagnosis": "重症肺炎",
        "vitals": [{"time": "2026-11-21T01:30:00Z", "respiration": "28", "spo2": "91", "pulse": "112"}],
        "labs": [{"name": "CRP", "value": "126.0", "unit": "mg/L", "high": "10", "time": "2026-11-20T23:00:00Z"}],
        "consent": {"document": document},
    })
}

/// An emergency, of somebody nobody knows.
pub fn emergency() -> Value {
    json!({
        "form": "emergency", "patient": null, "urgency": "emergency", "kind": "live", "purpose": "昏迷,瞳孔不等大",
        "specialty": "neurosurgery", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清,家属未到"},
    })
}

fn directory() -> Change {
    let mut change = Change::of(Act::system("setup.demo"));
    let mut put = |ty: ResourceType, name: &str, body: Value, custodian: &str| {
        change.writes.push(Write::new(Reference::new(ty, id(name)), body, id(custodian)));
    };
    for (name, text, level, parent) in [
        ("provincial", "河南省人民医院", Level::Province, None),
        ("second", "省第二医院", Level::Province, None),
        ("xinyang", "信阳市中心医院", Level::City, Some("provincial")),
        ("guangshan", "光山县人民医院", Level::County, Some("xinyang")),
        ("lushi", "卢氏县人民医院", Level::County, Some("provincial")),
    ] {
        let hospital =
            Hospital { id: id(name), name: text.into(), name_en: name.into(), level, parent: parent.map(id) };
        put(ResourceType::ORGANIZATION, name, resources::write_hospital(&hospital), name);
    }
    for (name, hospital, role, specialties) in PEOPLE {
        let person =
            Person { id: id(name), name: name.into(), name_en: Some(name.into()), title: None, title_en: None };
        put(ResourceType::PRACTITIONER, name, resources::write_person(&person), hospital);
        let role = Role {
            id: id(&format!("{name}-role")),
            person: id(name),
            hospital: id(hospital),
            role,
            specialties: specialties.iter().map(|s| (*s).to_owned()).collect(),
        };
        put(ResourceType::PRACTITIONER_ROLE, role.id.as_str(), resources::write_role(&role), hospital);
    }
    for (name, is_virtual) in [("room-1", false), ("room-2", false), ("cloud", true)] {
        let room =
            Room { id: id(name), name: name.into(), name_en: name.into(), hospital: id("provincial"), is_virtual };
        put(ResourceType::LOCATION, name, resources::write_room(&room), "provincial");
    }
    for (name, text, hospital) in [("wang-min", "王敏敏", "guangshan"), ("qin", "秦大山", "lushi")] {
        let body = json!({"resourceType": "Patient", "id": name, "active": true, "gender": "female",
            "birthDate": "1960-05-01", "name": [{"use": "official", "text": text}]});
        put(ResourceType::PATIENT, name, body, hospital);
    }
    change
}
