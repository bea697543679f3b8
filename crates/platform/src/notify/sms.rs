//! Short messages, posted to the hospital's own gateway: that something waits, or that an emergency calls.
//!
//! Every provider speaks differently; the gateway is what stands before it. It gets JSON with an id that stays the same when a
//! message is tried again, so that nobody is rung twice. It must never hear of a patient.

use super::outside::{Way, due, wanted};
use crate::jobs::JobHandler;
use crate::settings::Sms;
use crate::{Problem, Shared};
use async_trait::async_trait;
use records::Job;
use reqwest::header::AUTHORIZATION;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// A gateway that does not answer in this time has failed: others wait to be called.
const PATIENCE: Duration = Duration::from_secs(5);
/// Digits of a number with its country's code (ITU-T E.164), and the fewest that are taken.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// A number as it is kept: `+` and the country's code. A mobile number of the mainland may be typed without.
pub fn number(typed: &str) -> Option<String> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let is_mainland = plain.len() == 11 && plain.starts_with('1') && plain.bytes().all(|b| b.is_ascii_digit());
    let whole = if is_mainland { format!("+86{plain}") } else { plain };
    let digits = whole.strip_prefix('+')?;
    let fits = DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then_some(whole)
}

/// Sends what is due.
pub struct SendSms {
    sent: due::Sent,
    line: reqwest::Client,
}

impl Default for SendSms {
    fn default() -> Self {
        // A gateway that sends elsewhere has not sent; and nobody's number goes where nobody wrote it should.
        let line = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self { sent: due::Sent::default(), line: line.unwrap_or_default() }
    }
}

#[async_trait]
impl JobHandler for SendSms {
    fn kind(&self) -> &'static str {
        Way::Sms.kind()
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let settings = &platform.settings.sms;
        let Some(wanted) = wanted(platform, job, Way::Sms, &self.sent).await?.filter(|_| settings.is_on()) else {
            return Ok(());
        };
        let id = hex::encode(&Sha256::digest(format!("{}/{}", job.key, job.payload["since"]))[..16]);
        let send = async |one: &due::Wanted| {
            let (zh, en) = one.word.text();
            let body = json!({ "id": id, "to": one.to, "text": format!("{zh}{en} {}", platform.url()) });
            send(&self.line, settings, &body).await
        };
        self.sent.once(wanted, send).await
    }
}

async fn send(line: &reqwest::Client, settings: &Sms, body: &serde_json::Value) -> Result<(), Problem> {
    let mut request = line.post(&settings.url).timeout(PATIENCE).json(body);
    if let Some(value) = settings.authorization().map_err(Problem::internal)? {
        request = request.header(AUTHORIZATION, value);
    }
    // Neither the address nor what the gateway says of it: it may repeat the number.
    let failed = |why: String| Problem::internal(format!("the gateway of short messages: {why}"));
    let answer = request.send().await.map_err(|e| failed(e.without_url().to_string()))?;
    if answer.status().is_success() { Ok(()) } else { Err(failed(format!("it answered {}", answer.status()))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_number() {
        assert_eq!(number("138 0000-1111").as_deref(), Some("+8613800001111"));
        assert_eq!(number("+852 6123 4567").as_deref(), Some("+85261234567"));
        for wrong in
            ["", "+", "0376-8888888", "+86", "+0123456789", "+1234567890123456", "+86138abc", "12345678901\r\n2"]
        {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
