//! Tells all stories as one: every event at the hour when it would have happened, so that the ledger stands in order of time.

use super::caller::Callers;
use super::files;
use super::patients::PATIENTS;
use super::referrals::{self, Move};
use super::stories::{Ask, Next, Story};
use super::{PASSWORD, ShiftedClock};
use anyhow::{Context, Result};
use jiff::SignedDuration;
use kernel::{Clock, Role, Time};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Somebody looks at their list.
pub struct Glance {
    /// How many minutes ago.
    pub ago: i64,
    /// Who.
    pub who: &'static str,
    /// In which role.
    pub role: Role,
    /// At which hospital.
    pub hospital: &'static str,
}

enum Event<'a> {
    Asked(usize),
    Happened(usize, &'a Next),
    Glanced(&'a Glance),
    Moved(&'a Move),
}

/// Tells the stories; `images` are the CTs by story, being drawn meanwhile.
pub struct Teller<'a> {
    pub callers: Callers<'a>,
    pub clock: &'a ShiftedClock,
    pub present: Time,
    pub stories: &'a [Story],
    pub patients: HashMap<usize, String>,
    pub images: HashMap<usize, Vec<files::Drawing>>,
    /// The cases, by story.
    pub cases: HashMap<usize, String>,
    /// The referrals, by their names.
    pub referrals: HashMap<&'static str, String>,
}

impl Teller<'_> {
    /// Everything, oldest first.
    pub async fn tell(&mut self, glances: &[Glance], say: &mut dyn FnMut(&str)) -> Result<()> {
        let stories = self.stories;
        let mut events: Vec<(i64, Event<'_>)> = vec![];
        for (number, story) in stories.iter().enumerate() {
            events.push((story.ago, Event::Asked(number)));
            events.extend(story.then.iter().map(|(minute, next)| (story.ago - minute, Event::Happened(number, next))));
        }
        events.extend(glances.iter().map(|glance| (glance.ago, Event::Glanced(glance))));
        events.extend(referrals::MOVES.iter().map(|told| (told.ago, Event::Moved(told))));
        // The order of equal minutes is the story's own.
        events.sort_by_key(|(ago, _)| -ago);
        let mut asked = 0;
        for (ago, event) in events {
            self.clock.go_on_from(self.present - SignedDuration::from_mins(ago));
            match event {
                Event::Asked(number) => {
                    self.ask(number).await.with_context(|| format!("the case that ends {}", stories[number].ends))?;
                    asked += 1;
                    if asked % 5 == 0 {
                        say(&format!("  {asked} of {} cases", stories.len()));
                    }
                }
                Event::Happened(number, next) => {
                    let told = || format!("the case that ends {}, {ago} minutes ago", stories[number].ends);
                    self.happen(number, *next).await.with_context(told)?;
                }
                Event::Glanced(glance) => {
                    let caller = self.callers.of(glance.who, glance.role, Some(glance.hospital)).await?;
                    caller.call("GET", "/api/consults", None).await?;
                }
                Event::Moved(told) => {
                    referrals::tell(self, told).await.with_context(|| format!("a referral, {ago} minutes ago"))?;
                }
            }
            self.callers.app().file().await;
        }
        Ok(())
    }

    async fn ask(&mut self, number: usize) -> Result<()> {
        let story = &self.stories[number];
        let now = self.clock.now();
        let mut form = match story.ask {
            Ask::Form(form) => form(now),
            Ask::Told(told) => told.form(now),
        };
        form["patient"] = self.patients.get(&story.patient).context("the patient is recorded")?.as_str().into();
        let drawn = self.images.remove(&number).unwrap_or_default();
        let (doctor, hospital) = PATIENTS[story.patient].doctor;
        let caller = self.callers.of(doctor, Role::AskingDoctor, Some(hospital)).await?;
        let draft = caller.call("POST", "/api/drafts/consult", Some(&json!({"body": form}))).await?;
        let case = draft["id"].as_str().context("a draft has an id")?.to_owned();
        for (place, drawing) in drawn.into_iter().enumerate() {
            files::attach_ct(caller, &case, place, drawing).await?;
        }
        if form["consent"].is_null() {
            let document = files::attach_consent(caller, &case).await?;
            form["consent"] = json!({"document": document});
        }
        let path = format!("/api/drafts/consult/{case}");
        let saved = caller.call("PUT", &path, Some(&json!({"revision": draft["revision"], "body": form}))).await?;
        let request = json!({"draft": case, "revision": saved["revision"]});
        caller.call("POST", "/api/consults", Some(&request)).await.context("the request")?;
        self.cases.insert(number, case);
        Ok(())
    }

    async fn happen(&mut self, number: usize, next: Next) -> Result<()> {
        let case = self.cases.get(&number).context("the case was asked")?.clone();
        let (doctor, hospital) = PATIENTS[self.stories[number].patient].doctor;
        let now = self.clock.now();
        let asking = (doctor, Role::AskingDoctor, Some(hospital));
        match next {
            Next::Desk(who, step, body) => self.step(&case, (who, Role::Dispatcher, None), step, body(now)).await,
            Next::Assign(who, experts) => {
                let roles: Vec<_> = experts.iter().map(|e| format!("{}-specialist", e.replace('.', "-"))).collect();
                self.step(&case, (who, Role::Dispatcher, None), "assign", json!({"experts": roles})).await
            }
            Next::Expert(who, step, body) => self.step(&case, (who, Role::Specialist, None), step, body(now)).await,
            Next::Doctor(step, body) => self.step(&case, asking, step, body(now)).await,
            Next::Sign(who, [findings, opinion, advice]) => {
                let body = json!({"findings": findings, "opinion": opinion, "advice": advice, "password": PASSWORD});
                self.step(&case, (who, Role::Specialist, None), "opinion", body).await
            }
            Next::Open => {
                let caller = self.callers.of(asking.0, asking.1, asking.2).await?;
                caller.call("GET", &format!("/api/consults/{case}/opinion"), None).await.map(|_| ())
            }
            Next::Say(who, text) => {
                let caller = self.callers.of(who, Role::Specialist, None).await?;
                let path = format!("/api/consults/{case}/messages");
                caller.call("POST", &path, Some(&json!({"text": text}))).await.map(|_| ())
            }
            Next::Enter(who) => self.enter(&case, (who, Role::Specialist, None)).await,
            Next::DoctorEnters => self.enter(&case, asking).await,
        }
    }

    async fn enter(&mut self, case: &str, (who, role, hospital): (&str, Role, Option<&str>)) -> Result<()> {
        let caller = self.callers.of(who, role, hospital).await?;
        caller.call("POST", &format!("/api/consults/{case}/room"), Some(&json!({}))).await.map(|_| ())
    }

    /// A step with the case's present version.
    async fn step(
        &mut self,
        case: &str,
        (who, role, hospital): (&str, Role, Option<&str>),
        step: &str,
        mut body: Value,
    ) -> Result<()> {
        let caller = self.callers.of(who, role, hospital).await?;
        let path = format!("/api/consults/{case}");
        body["version"] = caller.call("GET", &path, None).await?["version"].clone();
        caller.call("POST", &format!("{path}/{step}"), Some(&body)).await.map(|_| ())
    }
}
