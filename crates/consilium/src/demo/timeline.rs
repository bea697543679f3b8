//! Tells all stories as one: every event at the hour when it would have happened, so that the ledger stands in order of time.

use super::caller::Callers;
use super::outbreak::{Learnt, NOTICES, Report, Whose};
use super::patients::{self, PATIENTS, Patient};
use super::referrals::{self, Move};
use super::stories::{Ask, Next, Story};
use super::{PASSWORD, RECORDED, ShiftedClock};
use super::{beds, files, observations};
use anyhow::{Context, Result};
use jiff::SignedDuration;
use kernel::{Clock, Role, Time};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Who watches over the outbreak.
const OFFICER: &str = "cen.yi";

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
    Recorded,
    Reported(usize),
    Learnt(usize, Learnt),
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
    pub outbreak: &'a [Report],
    /// The patients of `PATIENTS`, by place; none before they are recorded.
    pub patients: HashMap<usize, String>,
    pub images: HashMap<usize, Vec<files::Drawing>>,
    /// The cases, by story.
    pub cases: HashMap<usize, String>,
    /// The case reports, by place in `outbreak`.
    pub reported: HashMap<usize, String>,
    /// The referrals, by their names.
    pub referrals: HashMap<&'static str, String>,
}

impl Teller<'_> {
    /// Everything, oldest first.
    pub async fn tell(&mut self, glances: &[Glance], say: &mut dyn FnMut(&str)) -> Result<()> {
        let stories = self.stories;
        let mut events: Vec<(i64, Event<'_>)> = vec![(RECORDED.as_mins(), Event::Recorded)];
        for (number, report) in self.outbreak.iter().enumerate() {
            events.push((report.ago, Event::Reported(number)));
            // What has not been learnt yet is not told.
            let learnt =
                report.then.iter().map(|(minute, learnt)| (report.ago - minute, Event::Learnt(number, *learnt)));
            events.extend(learnt.filter(|(ago, _)| *ago >= 0));
        }
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
                Event::Recorded => {
                    let with_case: Vec<usize> = stories.iter().map(|s| s.patient).collect();
                    self.patients = patients::record(&mut self.callers, &with_case).await.context("patients")?;
                    say(&format!("  {} patients", self.patients.len()));
                    for (patient, known) in referrals::KNOWN {
                        let id = self.patients.get(patient).context("the patient is recorded")?;
                        let told = observations::know(self.callers.app(), id, PATIENTS[*patient].doctor.1, known);
                        told.await.context("what is known of a patient")?;
                    }
                    let beds = beds::fill(&mut self.callers).await.context("beds")?;
                    say(&format!("  {beds} beds, {} referrals to them", referrals::count()));
                }
                Event::Reported(number) => self.report(number).await.with_context(|| format!("report {number}"))?,
                Event::Learnt(number, learnt) => {
                    let told = || format!("report {number}, {ago} minutes ago");
                    self.learn(number, learnt).await.with_context(told)?;
                }
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

    /// Whose illness a report is of.
    fn patient(&self, number: usize) -> Patient {
        match &self.outbreak[number].whose {
            Whose::Known(place) => PATIENTS[*place],
            Whose::New(person) => *person,
        }
    }

    async fn report(&mut self, number: usize) -> Result<()> {
        let (report, now) = (&self.outbreak[number], self.clock.now());
        let known = match report.whose {
            Whose::Known(place) => Some(self.patients.get(&place).context("the patient is recorded")?.clone()),
            Whose::New(_) => None,
        };
        let person = self.patient(number);
        let caller = self.callers.of(person.doctor.0, Role::AskingDoctor, Some(person.doctor.1)).await?;
        let patient = match known {
            Some(id) => id.into(),
            None => caller.call("POST", "/api/patients", Some(&person.body())).await?["id"].clone(),
        };
        let found = now - SignedDuration::from_mins(report.found);
        let onset = (found - SignedDuration::from_hours(24 * report.onset)).strftime("%Y-%m-%d").to_string();
        let (kind, text) = report.exposure;
        let body = json!({
            "patient": patient, "disease": report.disease.code, "class": report.class, "found_at": found.to_string(),
            "onset": onset, "exposures": [{"kind": kind, "text": text}],
        });
        let case = caller.call("POST", "/api/outbreak/cases", Some(&body)).await?;
        self.reported.insert(number, case["id"].as_str().context("a report has an id")?.to_owned());
        Ok(())
    }

    async fn learn(&mut self, number: usize, learnt: Learnt) -> Result<()> {
        let (report, now) = (&self.outbreak[number], self.clock.now());
        let before = |minutes: i64| (now - SignedDuration::from_mins(minutes)).to_string();
        let (step, mut body) = match learnt {
            Learnt::Laboratory(positive, value) => {
                let result =
                    json!({"name": report.disease.test, "positive": positive, "value": value, "at": before(25)});
                ("facts", json!({"laboratory": result}))
            }
            Learnt::Confirmed(told_late) => {
                ("confirm", json!({"class": "confirmed", "at": before(told_late), "reason": "实验室检测阳性"}))
            }
            Learnt::Excluded(reason) => ("exclude", json!({"reason": reason})),
            Learnt::Graded(values, None) => ("type", json!({"values": values(now)})),
            Learnt::Graded(values, Some((grade, reason))) => {
                ("type", json!({"values": values(now), "grade": grade, "reason": reason}))
            }
            Learnt::Contact([name, kind, relation, phone]) => {
                let met = (now - SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
                let contact =
                    json!({"name": name, "kind": kind, "relation": relation, "last_met": met, "phone": phone});
                ("contacts", json!({"contact": contact}))
            }
            Learnt::Discharged => ("facts", json!({"outcome": {"end": "discharged", "at": before(30)}})),
            Learnt::Same(other) => return self.join(number, other).await,
            Learnt::Noted => return self.take_note().await,
            Learnt::Told => return self.tell_the_public().await,
        };
        let case = self.reported.get(&number).context("the case is reported")?;
        let path = format!("/api/outbreak/cases/{case}");
        let (doctor, hospital) = self.patient(number).doctor;
        let caller = self.callers.of(doctor, Role::AskingDoctor, Some(hospital)).await?;
        body["version"] = caller.call("GET", &path, None).await?["version"].clone();
        caller.call("POST", &format!("{path}/{step}"), Some(&body)).await.map(|_| ())
    }

    async fn join(&mut self, number: usize, other: usize) -> Result<()> {
        let of = |number| self.reported.get(number).context("the case is reported");
        let (reason, said) = ("身份证号一致，已电话向两家医院核实", "same");
        let body = json!({"one": of(&other)?, "other": of(&number)?, "said": said, "reason": reason});
        let officer = self.callers.of(OFFICER, Role::OutbreakOfficer, None).await?;
        officer.call("POST", "/api/outbreak/duplicates", Some(&body)).await.map(|_| ())
    }

    async fn tell_the_public(&mut self) -> Result<()> {
        let officer = self.callers.of(OFFICER, Role::OutbreakOfficer, None).await?;
        for [kind, title, title_en, text, text_en] in NOTICES {
            let words = |zh: &str, en: &str| json!({"zh": zh, "en": en});
            let body = json!({"kind": kind, "title": words(title, title_en), "text": words(text, text_en)});
            officer.call("POST", "/api/public/notices", Some(&body)).await?;
        }
        Ok(())
    }

    async fn take_note(&mut self) -> Result<()> {
        let officer = self.callers.of(OFFICER, Role::OutbreakOfficer, None).await?;
        let found = officer.call("GET", "/api/outbreak/alerts?open=true", None).await?;
        for alert in found["alerts"].as_array().into_iter().flatten() {
            let path = format!("/api/outbreak/alerts/{}/acknowledge", alert["id"].as_str().unwrap_or_default());
            officer.call("POST", &path, Some(&json!({"said": "已电话县疾控核实，流调队已出发。"}))).await?;
        }
        Ok(())
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
