//! Mail to somebody who leaves a notice unread, or whom an emergency calls: that something waits, and nothing else.
//!
//! What the mail server refuses for now is tried again with a growing pause, and stands among the dead letters in the end.

use super::outside::{Way, Word, due, wanted};
use crate::jobs::JobHandler;
use crate::settings::{Mail, MailTls};
use crate::{Problem, Shared};
use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use records::Job;
use std::time::Duration;

/// A mail server that does not answer in this time has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// A longer address is refused (RFC 5321).
const ADDRESS_MAX: usize = 254;

/// Whether this is an address that mail can be sent to.
pub(super) fn readable(mail: &str) -> bool {
    mail.len() <= ADDRESS_MAX && mail.parse::<Address>().is_ok()
}

/// Sends what is due.
#[derive(Default)]
pub struct SendMail(due::Sent);

#[async_trait]
impl JobHandler for SendMail {
    fn kind(&self) -> &'static str {
        Way::Mail.kind()
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let settings = &platform.settings.mail;
        let Some(wanted) = wanted(platform, job, Way::Mail, &self.0).await?.filter(|_| settings.is_on()) else {
            return Ok(());
        };
        self.0.once(wanted, async |one| send(settings, platform.url(), &one.to, one.word).await).await
    }
}

async fn send(settings: &Mail, url: &str, to: &str, word: Word) -> Result<(), Problem> {
    let (zh, en) = word.text();
    let body = format!(
        "{zh}\n{en}\n\n{url}\n\n\
         本邮件由系统自动发出，不含患者信息。\nSent by the system itself; it holds nothing about a patient.\n"
    );
    let message = Message::builder()
        .from(settings.from.parse().map_err(|e| Problem::internal(format!("mail.from: {e}")))?)
        .to(to.parse().map_err(|e| Problem::internal(format!("a mail address: {e}")))?)
        .subject(word.subject())
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
    let Some(password) = settings.password().map_err(Problem::internal)? else { return Ok(builder.build()) };
    Ok(builder.credentials(Credentials::new(settings.user.clone(), password)).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address() {
        assert!(readable("zhou.ming@guangshan.example"));
        for wrong in ["", "zhou", "a@", "a@b\r\nBcc: c@d.cn", &format!("{}@b.cn", "a".repeat(ADDRESS_MAX))] {
            assert!(!readable(wrong), "{wrong}");
        }
    }
}
