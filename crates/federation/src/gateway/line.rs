//! The line to the centre: HTTPS outward, to an authority that is known, each request signed with the gateway's key.

use super::Trouble;
use super::folder::Joined;
use crate::join::centre::{self, fingerprint};
use crate::join::signed::{self, Said};
use kernel::{Clock, Ids, RandomIds};
use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey;
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// An answer that is not there by then does not come.
const WITHIN: Duration = Duration::from_secs(30);
/// A connection that is not made by then is not made.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// The centre, found to be the one that was meant.
pub struct Found {
    /// The address that answered.
    pub endpoint: String,
    /// What it says of itself.
    pub centre: centre::Output,
    /// Speaks to it.
    pub http: Client,
}

/// Asks the addresses in turn for their authority, with nothing of ours in the question, until one answers with the right one.
pub async fn find(endpoints: &[String], authority: &[u8; 32]) -> Result<Found, Trouble> {
    let mut trouble = Trouble::Unreachable(endpoints.join(", "));
    for endpoint in endpoints {
        let local = is_local(endpoint);
        if !local && !endpoint.starts_with("https://") {
            trouble = Trouble::NotEncrypted(endpoint.clone());
            continue;
        }
        // Nothing is told here, so nothing need be trusted yet: what the answer is worth, its hash says.
        let stranger = builder(local).tls_danger_accept_invalid_certs(true).build();
        let stranger = stranger.map_err(|e| Trouble::Answer(e.to_string()))?;
        let Ok(answer) = stranger.get(format!("{endpoint}/api/join/centre")).send().await else { continue };
        let Ok(centre) = answer.json::<centre::Output>().await else {
            trouble = Trouble::WrongCentre(endpoint.clone());
            continue;
        };
        if fingerprint(&centre.authority).as_ref() != Some(authority) {
            trouble = Trouble::WrongCentre(endpoint.clone());
            continue;
        }
        let http = trusting(local, &centre.authority)?;
        return Ok(Found { endpoint: endpoint.clone(), centre, http });
    }
    Err(trouble)
}

fn builder(local: bool) -> reqwest::ClientBuilder {
    let builder = Client::builder().timeout(WITHIN).connect_timeout(CONNECT_WITHIN);
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    if local { builder.no_proxy() } else { builder }
}

/// Trusts the centre's own authority, and those of this machine: a centre may have a public certificate, and a hospital's proxy
/// one of its own. A machine without any trusts the centre's alone.
fn trusting(local: bool, root_pem: &str) -> Result<Client, Trouble> {
    let wrong = |e: reqwest::Error| Trouble::Answer(e.to_string());
    let root = || Certificate::from_pem(root_pem.as_bytes()).map_err(wrong);
    match builder(local).tls_certs_merge([root()?]).build() {
        Ok(client) => Ok(client),
        Err(_) => builder(local).tls_certs_only([root()?]).build().map_err(wrong),
    }
}

/// Whether it is this very machine.
fn is_local(endpoint: &str) -> bool {
    let url: Option<Url> = endpoint.parse().ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A gateway's line.
pub struct Line {
    /// Who we are.
    pub joined: Joined,
    /// What the centre said of itself when the line was opened.
    pub centre: centre::Output,
    http: Client,
    endpoint: String,
    key: SigningKey,
    /// The centre's clock is so much ahead of ours, milliseconds.
    ahead_ms: AtomicI64,
}

impl Line {
    /// Opens the line of a gateway that has joined.
    pub async fn open(joined: Joined, clock: &dyn Clock) -> Result<Self, Trouble> {
        let authority = fingerprint(&joined.authority_pem).ok_or(Trouble::Certificate)?;
        let found = find(&joined.endpoints, &authority).await?;
        let key = SigningKey::from_pkcs8_pem(&joined.key_pem).map_err(|e| Trouble::Crypto(e.to_string()))?;
        let ahead_ms = AtomicI64::new(found.centre.now_ms - clock.now().as_millisecond());
        let Found { endpoint, centre, http } = found;
        Ok(Self { joined, centre, http, endpoint, key, ahead_ms })
    }

    /// Our clock is so much ahead of the centre's, milliseconds.
    pub fn clock_ms(&self) -> i64 {
        -self.ahead_ms.load(Ordering::Relaxed)
    }

    /// The centre has just said its time.
    pub fn heard_time(&self, now_ms: i64, clock: &dyn Clock) {
        self.ahead_ms.store(now_ms - clock.now().as_millisecond(), Ordering::Relaxed);
    }

    /// Signs and sends; the body of a good answer. Once more when the centre says that our idea of its time is wrong.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: &[u8],
        clock: &dyn Clock,
    ) -> Result<Vec<u8>, Trouble> {
        match self.once(method.clone(), path, kind, body, clock).await {
            Err(Trouble::Refused { now_ms: Some(now_ms), .. }) => {
                self.heard_time(now_ms, clock);
                self.once(method, path, kind, body, clock).await
            }
            answer => answer,
        }
    }

    async fn once(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: &[u8],
        clock: &dyn Clock,
    ) -> Result<Vec<u8>, Trouble> {
        let mut chance = [0; 16];
        RandomIds.fill(&mut chance);
        let nonce = hex::encode(chance);
        let time_ms = clock.now().as_millisecond() + self.ahead_ms.load(Ordering::Relaxed);
        let said = Said { method: method.as_str(), path, body, time_ms, nonce: &nonce };
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.endpoint))
            .header(signed::GATEWAY, self.joined.gateway.as_str())
            .header(signed::TIME, time_ms)
            .header(signed::NONCE, &nonce)
            .header(signed::SIGNATURE, said.sign(&self.key));
        if !body.is_empty() {
            request = request.header("content-type", kind).body(body.to_vec());
        }
        answer(request, &self.endpoint).await
    }

    /// The same with JSON.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        clock: &dyn Clock,
    ) -> Result<T, Trouble> {
        let body = serde_json::to_vec(body).map_err(|e| Trouble::Answer(e.to_string()))?;
        let answer = self.send(Method::POST, path, "application/json", &body, clock).await?;
        let answer = if answer.is_empty() { b"null" } else { &answer[..] };
        serde_json::from_slice(answer).map_err(|e| Trouble::Answer(e.to_string()))
    }

    /// One question that anybody may ask, for how long its answer takes.
    pub async fn knock(&self) -> Result<(), Trouble> {
        answer(self.http.get(format!("{}/health/live", self.endpoint)), &self.endpoint).await.map(|_| ())
    }
}

/// Sends; the body of a good answer, or the centre's refusal.
pub async fn answer(request: reqwest::RequestBuilder, endpoint: &str) -> Result<Vec<u8>, Trouble> {
    let unreachable = |_| Trouble::Unreachable(endpoint.to_owned());
    let answer = request.headers(HeaderMap::new()).send().await.map_err(unreachable)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(unreachable)?.to_vec();
    if status.is_success() {
        return Ok(body);
    }
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| problem[name].as_str().map(str::to_owned);
    Err(Trouble::Refused {
        code: text("code").unwrap_or_else(|| status.to_string()),
        text: text("detail").unwrap_or_else(|| "the centre, or a proxy before it, refused".to_owned()),
        now_ms: problem["params"]["now_ms"].as_i64().filter(|_| problem["code"] == "join.clock"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_machine() {
        for (url, local) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost:1", true),
            ("http://[::1]:80", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
            ("https://127.0.0.1.example", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_local(url), local, "{url}");
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_without_encryption() {
        let sent = find(&["http://10.255.255.1:1".to_owned()], &[0; 32]).await;
        assert!(matches!(sent, Err(Trouble::NotEncrypted(_))));
    }
}
