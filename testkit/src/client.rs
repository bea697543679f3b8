//! Somebody in front of the program.

use crate::Events;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A browser with its own cookies, sending its `Origin`.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// What was asked, for the message of a failing test.
    pub of: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Client {
    /// Somebody who is not signed in, before the program at `url`.
    pub fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).no_proxy().build().expect("a client");
        Self { http, url: url.to_owned(), token: None }
    }

    /// A program with this token: no browser, so it sends no origin.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// A request to be filled in.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request.header("origin", &self.url),
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let of = format!("{} {}", request.method(), request.url().path());
        let answer = self.http.execute(request).await.unwrap_or_else(|e| panic!("{of}: {e}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap_or_else(|e| panic!("{of}: {e}")).to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { of, status, headers, body, bytes }
    }

    /// Opens a session.
    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.post("/api/session", &json!({"name": name, "password": password})).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("POST", path).json(body)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("PUT", path).json(body)).await
    }

    /// PUT of bytes.
    pub async fn put_bytes(&self, path: &str, bytes: Vec<u8>) -> Answer {
        self.send(self.request("PUT", path).body(bytes)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path)).await
    }

    /// Opens the event stream, going on after `last` when given.
    pub async fn events(&self, last: Option<u64>) -> Events {
        let mut request = self.request("GET", "/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let answer = request.send().await.expect("the event stream");
        Events::of(answer)
    }

    /// The event stream after this entry of the ledger.
    pub async fn events_after(&self, number: u64) -> Events {
        let answer = self.request("GET", &format!("/events?after={number}")).send().await.expect("the event stream");
        Events::of(answer)
    }
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {}", self.of, self.status, self.text());
        self.body
    }

    /// The body of a problem of this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert!(
            self.status == status && self.body["code"] == code,
            "{}: expected {status} {code}, got {} {}",
            self.of,
            self.status,
            self.text()
        );
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.of);
        assert_eq!(self.body["status"], status, "{}", self.of);
        assert!(self.body["request_id"].is_string(), "{}", self.of);
        self.body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
