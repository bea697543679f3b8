//! Break-glass: somebody clinical opened a patient's record in need, with a reason, for an hour.
//!
//! A Task in the custody of the patient's hospital holds who, why, from when to when, and what the review found; the store's
//! grant has the same end. `care::access` writes it; here it is read, so that `Op::may` can ask for every crate whether the
//! glass is broken now. Nothing has to be done for it to end.

use crate::case::{Who, read_who, write_who};
use crate::{Problem, codes};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Time};
use records::{Query, Resource, Store, Viewer};
use serde_json::{Value, json};

/// How long it lasts.
pub const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// The code of its Task.
const CODE: &str = "break-glass";
/// Extension on the Task: who reviewed it.
const REVIEWER: &str = "urn:consilium:ext:reviewer";
/// Extension on the Task: when.
const REVIEWED: &str = "urn:consilium:ext:reviewed";

/// A record opened in need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glass {
    /// The Task.
    pub id: Id,
    /// Its version.
    pub version: u64,
    /// The patient.
    pub patient: Reference,
    /// In whose custody the patient is.
    pub custodian: Id,
    /// Who opened it.
    pub by: Who,
    /// Why, as typed.
    pub reason: String,
    /// From.
    pub from: Time,
    /// Until.
    pub until: Time,
    /// What the review found.
    pub review: Option<Review>,
}

/// What a review found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whether it was in order.
    pub justified: bool,
    /// In words.
    pub note: Option<String>,
    /// By whom.
    pub by: Who,
    /// When.
    pub at: Time,
}

impl Glass {
    /// Whether it is open at `now`.
    pub fn is_open(&self, now: Time) -> bool {
        self.from <= now && now < self.until
    }

    /// The Task.
    pub fn at(&self) -> Reference {
        Reference::new(ResourceType::TASK, self.id.clone())
    }

    /// As FHIR.
    pub fn write(&self) -> Value {
        let mut body = json!({
            "resourceType": "Task",
            "id": self.id,
            "status": if self.review.is_some() { "completed" } else { "requested" },
            "intent": "order",
            "priority": "stat",
            "code": {"coding": [{"system": codes::TASK, "code": CODE}]},
            "for": {"reference": self.patient.to_string()},
            "authoredOn": self.from.to_string(),
            "requester": write_who(&self.by),
            "owner": {"reference": format!("Organization/{}", self.custodian)},
            "reasonCode": {"text": self.reason},
            "executionPeriod": {"start": self.from.to_string(), "end": self.until.to_string()},
        });
        if let Some(review) = &self.review {
            let code = if review.justified { "justified" } else { "not-justified" };
            body["businessStatus"] = json!({"coding": [{"system": codes::REVIEW, "code": code}]});
            body["extension"] = json!([
                {"url": REVIEWER, "valueReference": write_who(&review.by)},
                {"url": REVIEWED, "valueInstant": review.at.to_string()},
            ]);
            if let Some(note) = &review.note {
                body["note"] = json!([{"text": note}]);
            }
        }
        body
    }

    /// Reads [`Glass::write`].
    pub fn read(resource: &Resource) -> Result<Option<Self>, Problem> {
        let body = resource.value()?;
        let period = &body["executionPeriod"];
        let read = || {
            Some(Self {
                id: resource.at.id.clone(),
                version: resource.version,
                patient: body["for"]["reference"].as_str()?.parse().ok()?,
                custodian: resource.custodian.clone(),
                by: read_who(&body["requester"])?,
                reason: body["reasonCode"]["text"].as_str()?.to_owned(),
                from: period["start"].as_str()?.parse().ok()?,
                until: period["end"].as_str()?.parse().ok()?,
                review: review(&body),
            })
        };
        Ok(read().filter(|_| body["code"]["coding"][0]["code"] == CODE))
    }
}

fn review(body: &Value) -> Option<Review> {
    let extension = |url: &str| body["extension"].as_array()?.iter().find(|e| e["url"] == url);
    Some(Review {
        justified: body["businessStatus"]["coding"][0]["code"] == "justified",
        note: body["note"][0]["text"].as_str().map(str::to_owned),
        by: read_who(&extension(REVIEWER)?["valueReference"])?,
        at: extension(REVIEWED)?["valueInstant"].as_str()?.parse().ok()?,
    })
}

/// All that were ever broken, the newest first; of one patient when given.
pub async fn all(store: &dyn Store, patient: Option<&Reference>) -> Result<Vec<Glass>, Problem> {
    let mut query = broken();
    if let Some(patient) = patient {
        query = query.with("patient", patient.to_string());
    }
    every(store, query).await
}

fn broken() -> Query {
    Query::of(ResourceType::TASK).with("code", format!("{}|{CODE}", codes::TASK)).count(1000)
}

async fn every(store: &dyn Store, mut query: Query) -> Result<Vec<Glass>, Problem> {
    let mut found = vec![];
    loop {
        let page = store.search(&Viewer::System, &query).await?;
        for resource in &page.matches {
            found.extend(Glass::read(resource)?);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|glass| std::cmp::Reverse((glass.from, glass.id.clone())));
    Ok(found)
}

/// Those of one person that are open now, the newest first.
pub async fn open_of(store: &dyn Store, person: &Id, now: Time) -> Result<Vec<Glass>, Problem> {
    let since = (now - LASTS).to_string();
    let query = broken().with("authored-on", format!("ge{since}"));
    let mut found = every(store, query).await?;
    found.retain(|glass| glass.by.person == *person && glass.is_open(now));
    Ok(found)
}

/// Whether this person has the glass broken now for what `about` names: a patient, or a case of theirs.
pub async fn is_broken(store: &dyn Store, person: &Id, about: &Reference, now: Time) -> Result<bool, Problem> {
    let patient = match about.ty {
        ResourceType::PATIENT => about.clone(),
        ResourceType::SERVICE_REQUEST => {
            let Some(request) = store.read(&Viewer::System, about).await? else { return Ok(false) };
            let body = request.value()?;
            let Some(patient) = body["subject"]["reference"].as_str().and_then(|r| r.parse().ok()) else {
                return Ok(false);
            };
            patient
        }
        _ => return Ok(false),
    };
    Ok(all(store, Some(&patient)).await?.iter().any(|glass| glass.by.person == *person && glass.is_open(now)))
}
