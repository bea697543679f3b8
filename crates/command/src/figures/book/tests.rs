//! After any history on a real store, with corrections, what was kept running is what reading from zero gives; and every
//! figure made of the one is the figure made of the other, since all are made of these pages alone.

use super::Pages;
use crate::figures::series::generated::Dice;
use crate::outbreak::{Class, Grade, Grading, Report, Said, write_pair, write_report};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Clock, Id, Level, ManualClock, SeededIds, Time};
use platform::case::{self, Who, write_who};
use platform::directory::{Hospital, Role, resources};
use platform::{Parts, Platform, Settings, Shared};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, Write};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

const SPECIALTIES: [&str; 3] = ["respiratory", "cardiology", "infectious"];
/// Each state with whether a clock runs in it.
const STATES: [(&str, bool); 12] = [
    ("submitted", true),
    ("triaged", true),
    ("scheduled", true),
    ("waiting", true),
    ("in-session", true),
    ("signed", true),
    ("delivered", true),
    ("acknowledged", false),
    ("followed-up", false),
    ("closed", false),
    ("cancelled", false),
    ("converted-async", true),
];

fn id(text: impl Into<String>) -> Id {
    Id::new(text).unwrap()
}

pub struct World {
    pub platform: Shared,
    pub clock: Arc<ManualClock>,
    dice: Dice,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-21T02:00:00Z".parse().unwrap()));
        let store = Sqlite::open(folder.path(), Options { clock: clock.clone(), ..Options::default() }).unwrap();
        let parts = Parts {
            store,
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(seed)),
            settings: Settings::default(),
            data_dir: folder.path().to_owned(),
            secure: false,
            demo: false,
        };
        let world =
            Self { platform: Platform::open(parts).await.unwrap(), clock, dice: Dice::new(seed), _folder: folder };
        for (name, level, parent) in
            [("h0", Level::Province, None), ("h1", Level::City, Some("h0")), ("h2", Level::County, Some("h1"))]
        {
            world.hospital(name, level, parent).await;
        }
        world
    }

    async fn hospital(&self, name: &str, level: Level, parent: Option<&str>) {
        let hospital =
            Hospital { id: id(name), name: name.into(), name_en: name.into(), level, parent: parent.map(id) };
        self.put(ResourceType::ORGANIZATION, name, Some(resources::write_hospital(&hospital)), name, None).await;
        let at = Reference::new(ResourceType::ORGANIZATION, id(name));
        self.platform.directory.refresh(&*self.platform.store, vec![at]).await.unwrap();
    }

    async fn put(&self, ty: ResourceType, name: &str, body: Option<Value>, custodian: &str, case: Option<&str>) {
        let at = Reference::new(ty, id(name));
        let mut write = match body {
            Some(body) => Write::next(at, body, id(custodian)),
            None => Write { at, body: None, custodian: id(custodian), case: None, must_be_new: false },
        };
        if let Some(case) = case {
            write = write.in_case(Reference::new(ResourceType::SERVICE_REQUEST, id(case)));
        }
        self.platform.store.commit(Change::of(Act::system("test")).write(write)).await.unwrap();
    }

    fn below(&self, most: i64) -> i64 {
        self.dice.below(most)
    }

    fn chance(&self, of: i64) -> bool {
        self.below(of) == 0
    }

    fn hospital_of_chance(&self) -> String {
        format!("h{}", self.below(3))
    }

    fn patient(&self) -> String {
        format!("p{}", self.below(4))
    }

    fn at(&self) -> Time {
        self.clock.now() - SignedDuration::from_mins(self.below(600))
    }

    /// Something happens, or is found to have been otherwise.
    async fn step(&self) {
        self.clock.advance(SignedDuration::from_mins(self.below(90)));
        match self.below(9) {
            0..=2 => self.consult().await,
            3 => self.word().await,
            4 => self.condition().await,
            5 => self.pair().await,
            6 => self.role().await,
            7 => self.visit().await,
            _ => self.person_or_hospital().await,
        }
    }

    async fn consult(&self) {
        let name = format!("c{}", self.below(5));
        let (state, runs) = STATES[usize::try_from(self.below(12)).unwrap()];
        let now = self.clock.now();
        let who = |n: i64| Who { role: id("r"), person: id(format!("e{n}")), hospital: id(format!("h{}", n % 3)) };
        let request = json!({
            "resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "identifier": [{"system": "urn:consilium:case-number", "value": format!("20261121-{name}")}],
            "code": {"coding": [{"system": case::SERVICE, "code": "teleconsultation"}]},
            "category": [{"coding": [{"system": case::KIND, "code": if self.chance(2) { "live" } else { "record" }}]}],
            "priority": (["stat", "urgent", "routine"][usize::try_from(self.below(3)).unwrap()]),
            "performerType": {"coding": [{"system": platform::codes::SPECIALTY,
                "code": (SPECIALTIES[usize::try_from(self.below(3)).unwrap()])}]},
            "subject": {"reference": format!("Patient/{}", self.patient())},
            "authoredOn": self.at().to_string(),
            "performer": [write_who(&who(self.below(5))), write_who(&who(self.below(5)))],
        });
        let mut task = json!({
            "resourceType": "Task", "status": "in-progress", "intent": "order",
            "focus": {"reference": format!("ServiceRequest/{name}")},
            "owner": {"reference": "Organization/h0"},
            "businessStatus": {"coding": [{"system": case::STATE, "code": state}]},
            "lastModified": now.to_string(),
        });
        if runs {
            let due = now + SignedDuration::from_mins(self.below(200));
            task["restriction"] = json!({"period": {"start": now.to_string(), "end": due.to_string()}});
        }
        if self.chance(2) {
            task["output"] = json!([
                {"type": part("signature"), "valueSignature": {
                    "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
                    "when": self.at().to_string(), "who": {"reference": "Practitioner/e1"}}},
                {"type": part("answer"), "valueCodeableConcept": {"coding": [{"system": "urn:consilium:verdict",
                    "code": (["adopted", "partly", "not"][usize::try_from(self.below(3)).unwrap()])}]}},
                {"type": part("outcome"), "valueCode": if self.chance(2) { "improved" } else { "worse" }},
            ]);
        }
        let asking = self.hospital_of_chance();
        // One resource is sometimes corrected without the other.
        let at = Reference::new(ResourceType::TASK, id(&*name));
        let known = self.platform.store.read(&records::Viewer::System, &at).await.unwrap();
        let custodian = known.map_or(asking, |task| task.custodian.to_string());
        self.put(ResourceType::SERVICE_REQUEST, &name, Some(request), &custodian, Some(&name)).await;
        if self.chance(4) {
            return;
        }
        self.put(ResourceType::TASK, &name, Some(task), &custodian, Some(&name)).await;
    }

    async fn word(&self) {
        let n = self.below(1_000);
        let (name, case) = (format!("n{n}"), format!("c{}", n % 5));
        let who = write_who(&Who { role: id("r"), person: id("e1"), hospital: id(self.hospital_of_chance()) });
        let body = json!({
            "resourceType": "Communication", "status": "completed", "sender": who,
            "sent": self.at().to_string(), "payload": [{"contentString": "?"}],
        });
        self.put(ResourceType::COMMUNICATION, &name, Some(body), "h2", Some(&case)).await;
        let body = json!({
            "resourceType": "CommunicationRequest", "status": if self.chance(2) { "active" } else { "completed" },
            "requester": who, "authoredOn": self.at().to_string(), "payload": [{"contentString": "?"}],
        });
        let n = self.below(6);
        self.put(super::follow::ask_type(), &format!("a{n}"), Some(body), "h2", Some(&format!("c{}", n % 5))).await;
    }

    async fn condition(&self) {
        let name = format!("k{}", self.below(5));
        if self.chance(8) {
            let at = Reference::new(ResourceType::CONDITION, id(&*name));
            if self.platform.store.read(&records::Viewer::System, &at).await.unwrap().is_some() {
                self.put(ResourceType::CONDITION, &name, None, "h2", None).await;
            }
            return;
        }
        let patient = Reference::new(ResourceType::PATIENT, id(self.patient()));
        if self.chance(3) {
            let body = json!({
                "resourceType": "Condition", "subject": {"reference": patient.to_string()},
                "encounter": {"reference": format!("Encounter/c{}", self.below(5))},
                "recordedDate": self.at().to_string(),
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "J12.9"}]},
            });
            return self.put(ResourceType::CONDITION, &name, Some(body), "h2", None).await;
        }
        let report = Report {
            id: id(&*name),
            version: 1,
            number: name.clone(),
            hospital: id("h2"),
            patient,
            disease: "covid-19".into(),
            class: Class::ALL[usize::try_from(self.below(4)).unwrap()],
            class_at: self.at(),
            found_at: self.at(),
            reported_at: self.at(),
            reporter: Who { role: id("r"), person: id("e1"), hospital: id("h2") },
            onset: None,
            exposures: vec![],
            evidence: vec![],
            gradings: self.gradings(),
            contacts: vec![],
            outcome: None,
        };
        self.put(ResourceType::CONDITION, &name, Some(write_report(&report).unwrap()), "h2", None).await;
    }

    fn gradings(&self) -> Vec<Grading> {
        let grades = [Grade::Mild, Grade::Ordinary, Grade::Severe, Grade::Critical];
        let grading = |n: i64| Grading {
            at: Reference::new(ResourceType::OBSERVATION, id(format!("g{n}"))),
            grade: grades[usize::try_from(self.below(4)).unwrap()],
            guideline: "covid-19-trial-8".into(),
            effective: self.at(),
        };
        (0..self.below(3)).map(grading).collect()
    }

    async fn pair(&self) {
        let (one, other) = (self.below(5), self.below(5));
        let said = [Said::Same, Said::Different, Said::Undone][usize::try_from(self.below(3)).unwrap()];
        let by = Who { role: id("r"), person: id("e1"), hospital: id("h0") };
        let body = write_pair(&(id(format!("k{one}")), id(format!("k{other}"))), said, &by);
        self.put(ResourceType::LINKAGE, &format!("l{}", self.below(3)), Some(body), "h0", None).await;
    }

    async fn role(&self) {
        let name = format!("role{}", self.below(6));
        let hospital = format!("h{}", self.below(5));
        let role = Role {
            id: id(&*name),
            person: id("e1"),
            hospital: id(&*hospital),
            role: kernel::Role::Specialist,
            specialties: vec![],
        };
        let mut body = resources::write_role(&role);
        body["active"] = json!(!self.chance(3));
        self.put(ResourceType::PRACTITIONER_ROLE, &name, Some(body), "h0", None).await;
    }

    async fn visit(&self) {
        let class = ["IMP", "AMB", "VR"][usize::try_from(self.below(3)).unwrap()];
        let status = ["finished", "in-progress", "cancelled"][usize::try_from(self.below(3)).unwrap()];
        let body = json!({
            "resourceType": "Encounter", "status": status,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": class},
            "subject": {"reference": format!("Patient/{}", self.patient())},
            "serviceProvider": {"reference": format!("Organization/{}", self.hospital_of_chance())},
            "period": {"start": self.at().to_string()},
        });
        self.put(ResourceType::ENCOUNTER, &format!("v{}", self.below(6)), Some(body), "h2", None).await;
    }

    /// A patient becomes known; a hospital joins, or is found to be of another level.
    async fn person_or_hospital(&self) {
        if self.chance(3) {
            let level = [Level::City, Level::County, Level::Township][usize::try_from(self.below(3)).unwrap()];
            return self.hospital(&format!("h{}", 3 + self.below(2)), level, Some("h0")).await;
        }
        let patient = self.below(4);
        let body = json!({"resourceType": "Patient", "active": true});
        self.put(ResourceType::PATIENT, &format!("p{patient}"), Some(body), &format!("h{}", patient % 3), None).await;
    }
}

fn part(name: &str) -> Value {
    json!({"coding": [{"system": "urn:consilium:consult-part", "code": name}]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_running_is_what_reading_from_zero_gives() {
    let mut seen = [false; 6];
    for seed in 0..8 {
        let world = World::new(seed).await;
        let read = AtomicU64::new(0);
        let mut running = Pages::default();
        for step in 0..90 {
            world.step().await;
            // Taken in one by one, many together, and not at all for a while.
            if world.below(3) > 0 {
                continue;
            }
            running.catch_up(&world.platform, &read).await.unwrap();
            let zero = Pages::from_zero(&world.platform, &read).await.unwrap();
            assert!(running.same_as(&zero), "seed {seed}, step {step}:\n{running:#?}\n\nfrom zero:\n{zero:#?}");
        }
        let rows = || running.rows.values();
        let there = [
            rows().any(|row| row.words.exchanges() > 0),
            rows().any(|row| row.disease.is_some()),
            running.world.consults.values().any(|c| c.now().is_some_and(|c| c.grade.is_some())),
            running.world.cases.values().any(|c| c.now().is_some_and(|c| c.is_alternate)),
            !running.visits.is_empty() && !running.world.hospitals.is_empty(),
            rows().any(|row| row.verdict.is_some() && row.outcome.is_some()),
        ];
        seen.iter_mut().zip(there).for_each(|(seen, there)| *seen |= there);
    }
    assert_eq!(seen, [true; 6], "the histories hold all that is counted");
}
