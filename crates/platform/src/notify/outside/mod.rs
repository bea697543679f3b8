//! What leaves the house: mail and short messages to people. They say that something waits, or that an emergency calls, and
//! nothing else: no patient, no case, no hospital.
//!
//! One job a person, way and minute, put by the commit of the act. A notice is due a little later: who has read it by then
//! gets nothing. A call is due at once, and is not sent when it comes late: by then others were called.

pub mod due;

use crate::{Platform, Problem};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use records::{Job, Store, StoreError, Subject, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// By which way somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Mail.
    Mail,
    /// A short message.
    Sms,
}

impl Way {
    /// The kind of its jobs.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Mail => "notify.mail",
            Self::Sms => "notify.sms",
        }
    }

    /// The code of its address (FHIR ContactPointSystem).
    fn system(self) -> &'static str {
        match self {
            Self::Mail => "email",
            Self::Sms => "sms",
        }
    }

    /// How long something stays unread before it is sent; none where this way is not set up.
    fn after(self, platform: &Platform) -> Option<SignedDuration> {
        let (is_on, minutes) = match self {
            Self::Mail => (platform.settings.mail.is_on(), platform.settings.mail.after_minutes),
            Self::Sms => (platform.settings.sms.is_on(), platform.settings.sms.after_minutes),
        };
        is_on.then(|| SignedDuration::from_mins(minutes.into()))
    }
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Something waits.
    Waits,
    /// An emergency calls.
    Calls,
    /// An emergency calls, for practice.
    Drill,
}

impl Word {
    /// In Chinese and English.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Waits => (
                "您在 Consilium 中有事项待处理，请登录查看。",
                "Something waits for you in Consilium. Sign in to see it.",
            ),
            Self::Calls => (
                "急会诊正在呼叫您，请立即登录 Consilium 接诊。",
                "An emergency consultation calls you. Sign in to Consilium now.",
            ),
            Self::Drill => (
                "【演练】急会诊正在呼叫您，请立即登录 Consilium 接诊。",
                "DRILL: an emergency consultation calls you. Sign in to Consilium now.",
            ),
        }
    }

    /// The head of a mail.
    pub fn subject(self) -> &'static str {
        match self {
            Self::Waits => "Consilium: 有事项待处理 / something waits for you",
            Self::Calls => "Consilium: 急会诊呼叫 / an emergency calls you",
            Self::Drill => "Consilium: 【演练】急会诊呼叫 / DRILL: an emergency calls you",
        }
    }
}

/// A call and what ends it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The case of which it is.
    pub case: &'a Reference,
    /// For practice.
    pub drill: bool,
    /// Acts of the case after which nobody needs to come.
    pub ended_by: &'static [&'static str],
}

/// The jobs that follow from telling these, or from calling them, by all ways.
pub fn jobs(platform: &Platform, by: Option<&Id>, told: &[Subject], call: Option<Call<'_>>) -> Vec<Job> {
    let word = match call {
        None => Word::Waits,
        Some(call) if call.drill => Word::Drill,
        Some(_) => Word::Calls,
    };
    let desk = || platform.directory.roles_with(Role::Dispatcher);
    let mut persons: Vec<Id> = vec![];
    for subject in told {
        match subject {
            Subject::Person(person) => persons.push(person.clone()),
            Subject::Desk(hospital) => {
                persons.extend(desk().iter().filter(|r| r.hospital == *hospital).map(|r| r.person.clone()));
            }
            Subject::Hospital(_) => {}
        }
    }
    persons.sort();
    persons.dedup();
    persons.retain(|person| by != Some(person));
    let now = platform.clock.now();
    // What one person is told within a minute is one message.
    let minute = now.as_second().div_euclid(60);
    let mut payload = json!({ "since": now.to_string(), "word": word });
    if let Some(call) = call {
        (payload["case"], payload["ended_by"]) = (call.case.id.as_str().into(), call.ended_by.into());
    }
    let mut jobs = vec![];
    for (way, after) in [Way::Mail, Way::Sms].into_iter().filter_map(|way| Some((way, way.after(platform)?))) {
        let (run_at, what) = if call.is_some() { (now, "call/") } else { (now + after, "") };
        jobs.extend(persons.iter().map(|person| {
            let mut payload = payload.clone();
            payload["person"] = person.as_str().into();
            let key = format!("{}/{what}{person}/{minute}", way.kind());
            Job { key, kind: way.kind().to_owned(), payload, run_at }
        }));
    }
    jobs
}

/// The address of a way in a person's Practitioner.
pub async fn address_of(store: &dyn Store, person: &Id, way: Way) -> Result<Option<String>, StoreError> {
    let at = Reference::new(ResourceType::PRACTITIONER, person.clone());
    let Some(found) = store.read(&Viewer::System, &at).await? else { return Ok(None) };
    let body = found.value()?;
    let telecom = body["telecom"].as_array().map(Vec::as_slice).unwrap_or_default();
    let address = telecom.iter().find(|t| t["system"] == way.system()).and_then(|t| t["value"].as_str());
    Ok(address.map(str::to_owned))
}

/// Puts the address of a way into a Practitioner, or takes it out.
pub fn put_address(body: &mut Value, way: Way, address: Option<&str>) {
    let old = body["telecom"].as_array().cloned().unwrap_or_default();
    let mut telecom: Vec<Value> = old.into_iter().filter(|t| t["system"] != way.system()).collect();
    let place = if way == Way::Sms { "mobile" } else { "work" };
    telecom.extend(address.map(|value| json!({ "system": way.system(), "value": value, "use": place })));
    match body.as_object_mut() {
        Some(members) if telecom.is_empty() => drop(members.shift_remove("telecom")),
        _ => body["telecom"] = telecom.into(),
    }
}

/// What a job is to send, to whom; none when it is read by now, too late, or has no address.
pub async fn wanted(
    platform: &Platform,
    job: &Job,
    way: Way,
    sent: &due::Sent,
) -> Result<Option<due::Wanted>, Problem> {
    let person: Id = serde_json::from_value(job.payload["person"].clone()).map_err(Problem::internal)?;
    let since: Time = serde_json::from_value(job.payload["since"].clone()).map_err(Problem::internal)?;
    // A job of an earlier version says no word.
    let word = serde_json::from_value(job.payload["word"].clone()).unwrap_or(Word::Waits);
    if word == Word::Waits && sent.to(&person) >= Some(since) {
        return Ok(None);
    }
    if word != Word::Waits && !due::stands(platform, job, since).await? {
        return Ok(None);
    }
    // The store's instants are cut to the millisecond.
    let heard = |at: &Time| word == Word::Waits || *at + SignedDuration::from_secs(1) >= since;
    let Some(newest) = due::newest_unread(platform, &person).await?.filter(heard) else { return Ok(None) };
    let Some(to) = address_of(&*platform.store, &person, way).await? else { return Ok(None) };
    Ok(Some(due::Wanted { person, to, word, newest }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_the_telecom_beside_others() {
        let mut body = json!({"telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "a@b.cn"}]});
        put_address(&mut body, Way::Mail, Some("c@d.cn"));
        assert_eq!(body["telecom"][1]["value"], "c@d.cn");
        put_address(&mut body, Way::Sms, Some("+8613800000000"));
        assert_eq!(body["telecom"][2], json!({"system": "sms", "value": "+8613800000000", "use": "mobile"}));
        put_address(&mut body, Way::Mail, None);
        put_address(&mut body, Way::Sms, None);
        assert_eq!(body["telecom"], json!([{"system": "phone", "value": "1"}]));
        let mut body = json!({"name": []});
        put_address(&mut body, Way::Mail, None);
        assert_eq!(body, json!({"name": []}));
    }
}
