//! Mail to somebody who leaves a notice unread: that something waits, and nothing else.
//!
//! One job a person and act, put by the commit of the act, due a little later: who has read it by then gets no mail. What
//! the mail server refuses for now is tried again with a growing pause, and stands among the dead letters in the end.

use super::subjects;
use crate::jobs::JobHandler;
use crate::settings::{Mail, MailTls};
use crate::{Platform, Problem, Shared};
use async_trait::async_trait;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use records::{Job, Store, StoreError, Subject, Viewer};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

const KIND: &str = "notify.mail";
/// A mail server that does not answer in this time has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// A longer address is refused (RFC 5321).
const ADDRESS_MAX: usize = 254;
const SUBJECT: &str = "Consilium: 有事项待处理 / something waits for you";

/// The mails that would follow from telling these; none while no mail server is set.
pub(super) fn jobs(platform: &Platform, by: Option<&Id>, told: &[Subject]) -> Vec<Job> {
    if !platform.settings.mail.is_on() {
        return vec![];
    }
    let now = platform.clock.now();
    let run_at = now + SignedDuration::from_mins(platform.settings.mail.after_minutes.into());
    let mut persons: Vec<Id> = vec![];
    for subject in told {
        let desk = platform.directory.roles_with(Role::Dispatcher);
        match subject {
            Subject::Person(person) => persons.push(person.clone()),
            Subject::Desk(hospital) => {
                persons.extend(desk.iter().filter(|r| r.hospital == *hospital).map(|r| r.person.clone()));
            }
            Subject::Hospital(_) => {}
        }
    }
    persons.sort();
    persons.dedup();
    let others = persons.into_iter().filter(|person| by != Some(person));
    // What one person is told within a minute is one mail.
    let minute = now.as_second().div_euclid(60);
    others
        .map(|person| Job {
            key: format!("{KIND}/{person}/{minute}"),
            kind: KIND.to_owned(),
            payload: json!({ "person": person, "since": now.to_string() }),
            run_at,
        })
        .collect()
}

/// The address in a person's Practitioner.
pub(super) async fn address_of(store: &dyn Store, person: &Id) -> Result<Option<String>, StoreError> {
    let at = Reference::new(ResourceType::PRACTITIONER, person.clone());
    let Some(found) = store.read(&Viewer::System, &at).await? else { return Ok(None) };
    let body = found.value()?;
    let telecom = body["telecom"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mail = telecom.iter().find(|t| t["system"] == "email").and_then(|t| t["value"].as_str());
    Ok(mail.map(str::to_owned))
}

/// Puts the address into a Practitioner, or takes it out.
pub(super) fn put_address(body: &mut Value, mail: Option<&str>) {
    let old = body["telecom"].as_array().cloned().unwrap_or_default();
    let mut telecom: Vec<Value> = old.into_iter().filter(|t| t["system"] != "email").collect();
    telecom.extend(mail.map(|mail| json!({ "system": "email", "value": mail, "use": "work" })));
    match body.as_object_mut() {
        Some(members) if telecom.is_empty() => drop(members.shift_remove("telecom")),
        _ => body["telecom"] = telecom.into(),
    }
}

/// Whether this is an address that mail can be sent to.
pub(super) fn readable(mail: &str) -> bool {
    mail.len() <= ADDRESS_MAX && mail.parse::<Address>().is_ok()
}

/// Sends what is due.
#[derive(Default)]
pub struct SendMail {
    /// Up to which instant each person's notices were mailed: of several jobs due at once one sends.
    mailed: Mutex<HashMap<Id, Time>>,
}

#[async_trait]
impl JobHandler for SendMail {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let settings = &platform.settings.mail;
        let person: Id = serde_json::from_value(job.payload["person"].clone()).map_err(Problem::internal)?;
        let since: Time = serde_json::from_value(job.payload["since"].clone()).map_err(Problem::internal)?;
        if !settings.is_on() || self.mailed_to(&person) >= Some(since) {
            return Ok(());
        }
        let Some(newest) = newest_unread(platform, &person).await? else { return Ok(()) };
        let Some(mail) = address_of(&*platform.store, &person).await? else { return Ok(()) };
        send(settings, &platform.settings.http.public_url, &mail).await?;
        self.mailed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(person, newest);
        Ok(())
    }
}

impl SendMail {
    fn mailed_to(&self, person: &Id) -> Option<Time> {
        self.mailed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(person).copied()
    }
}

/// When the newest thing happened that this person has not read, in whichever role.
async fn newest_unread(platform: &Platform, person: &Id) -> Result<Option<Time>, Problem> {
    let mut all = vec![Subject::Person(person.clone())];
    for role in platform.directory.roles_of(person) {
        let actor = kernel::Actor {
            person: person.clone(),
            role: role.role,
            hospital: role.hospital.clone(),
            practitioner_role: role.id.clone(),
        };
        all.extend(subjects(&actor));
    }
    all.sort();
    all.dedup();
    let heard = platform.notices.now(platform).await?;
    let read_to = heard.read_to(person);
    Ok(heard.of(person, &all).first().filter(|e| e.number > read_to).map(|e| e.at))
}

async fn send(settings: &Mail, public_url: &str, to: &str) -> Result<(), Problem> {
    let where_to = if public_url.is_empty() { String::new() } else { format!("\n{public_url}\n") };
    let body = format!(
        "您在 Consilium 中有事项待处理，请登录查看。\nSomething waits for you in Consilium. Sign in to see it.\n{where_to}\n\
         本邮件由系统自动发出，不含患者信息。\nSent by the system itself; it holds nothing about a patient.\n"
    );
    let message = Message::builder()
        .from(settings.from.parse().map_err(|e| Problem::internal(format!("mail.from: {e}")))?)
        .to(to.parse().map_err(|e| Problem::internal(format!("a mail address: {e}")))?)
        .subject(SUBJECT)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|e| Problem::internal(format!("a mail: {e}")))?;
    let transport = transport(settings)?;
    transport.send(message).await.map_err(|e| Problem::internal(format!("the mail server: {e}")))?;
    Ok(())
}

fn transport(settings: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, Problem> {
    type Smtp = AsyncSmtpTransport<Tokio1Executor>;
    let wrong = |e| Problem::internal(format!("mail.server: {e}"));
    let builder = match settings.tls {
        MailTls::Starttls => Smtp::starttls_relay(&settings.server).map_err(wrong)?,
        MailTls::Tls => Smtp::relay(&settings.server).map_err(wrong)?,
        MailTls::None => Smtp::builder_dangerous(&settings.server),
    };
    let builder = builder.port(settings.port).timeout(Some(PATIENCE));
    if settings.user.is_empty() {
        return Ok(builder.build());
    }
    let password = std::fs::read_to_string(&settings.password_file)
        .map_err(|e| Problem::internal(format!("mail.password_file: {e}")))?;
    Ok(builder.credentials(Credentials::new(settings.user.clone(), password.trim_end().to_owned())).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_the_telecom_beside_others() {
        let mut body = json!({"telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "a@b.cn"}]});
        put_address(&mut body, Some("c@d.cn"));
        assert_eq!(body["telecom"][1]["value"], "c@d.cn");
        put_address(&mut body, None);
        assert_eq!(body["telecom"], json!([{"system": "phone", "value": "1"}]));
        let mut body = json!({"name": []});
        put_address(&mut body, None);
        assert_eq!(body, json!({"name": []}));
    }

    #[test]
    fn what_is_an_address() {
        assert!(readable("zhou.ming@guangshan.example"));
        for wrong in ["", "zhou", "a@", "a@b\r\nBcc: c@d.cn", &format!("{}@b.cn", "a".repeat(ADDRESS_MAX))] {
            assert!(!readable(wrong), "{wrong}");
        }
    }
}
