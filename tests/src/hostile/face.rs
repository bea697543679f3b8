//! The program without a socket: a small record, a client's token and an administrator's session, and the routes themselves.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::TestApp;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// So many requests, then the record begins anew: what was written on the way makes the next ones slower.
const WORN: u32 = 4_000;
/// Largest answer that is read.
const ANSWER_MAX: usize = 256 << 20;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A program with a little in its record.
pub struct Face {
    runtime: Runtime,
    inside: Option<Inside>,
    asked: u32,
}

struct Inside {
    app: TestApp,
    routes: Router,
    token: String,
    cookie: String,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// A program of a hospital's, which is only warned where its resources are not valid.
    Client,
    /// The installation's administrator.
    Administrator,
    /// Nobody.
    Nobody,
}

impl Face {
    /// Starts it.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut face = Self { runtime, inside: None, asked: 0 };
        face.renew();
        face
    }

    /// Begins anew, with the same little in the record.
    pub fn renew(&mut self) {
        if let Some(mut worn) = self.inside.take() {
            self.runtime.block_on(worn.app.stop());
        }
        self.asked = 0;
        let inside = self.runtime.block_on(async {
            let app = TestApp::at("2026-03-02T00:30:00Z".parse().expect("a time")).await;
            let token = app.token("guangshan", &["warn", "create-by-put"]).await;
            Inside { routes: app.routes(), app, token, cookie: String::new() }
        });
        self.inside = Some(inside);
        let told = json!({"name": "admin", "password": "consilium-demo"}).to_string();
        let build = Request::post("/api/session").header(header::CONTENT_TYPE, "application/json");
        let opened = self.send(As::Nobody, build, told.into_bytes());
        let cookie =
            opened.headers.get(header::SET_COOKIE).and_then(|c| c.to_str().ok()?.split(';').next()).expect("a session");
        if let Some(inside) = &mut self.inside {
            inside.cookie = cookie.to_owned();
        }
        for body in super::seeds::RESOURCES {
            let ty = serde_json::from_str::<Value>(body).expect("JSON")["resourceType"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let id = serde_json::from_str::<Value>(body).expect("JSON")["id"].as_str().unwrap_or_default().to_owned();
            let put = Request::put(format!("/fhir/{ty}/{id}")).header(header::CONTENT_TYPE, "application/fhir+json");
            let stored = self.send(As::Client, put, body.as_bytes().to_vec());
            assert!(stored.status.is_success(), "{body}: {}", String::from_utf8_lossy(&stored.body));
        }
    }

    /// Asks, and reads the whole answer.
    pub fn send(&mut self, who: As, request: Builder, body: Vec<u8>) -> Answer {
        self.asked += 1;
        let inside = self.inside.as_ref().expect("running");
        let request = match who {
            As::Client => request.header(header::AUTHORIZATION, format!("Bearer {}", inside.token)),
            As::Administrator => request.header(header::COOKIE, &inside.cookie),
            As::Nobody => request,
        };
        let mut request = request.header(header::HOST, "127.0.0.1").body(Body::from(body)).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
        let routes = inside.routes.clone();
        self.runtime.block_on(async {
            let answer = routes.oneshot(request).await.unwrap_or_else(|never| match never {});
            let (head, body) = answer.into_parts();
            let body = to_bytes(Body::new(body), ANSWER_MAX).await.expect("an answer that ends").to_vec();
            Answer { status: head.status, headers: head.headers, body }
        })
    }

    /// The record begins anew when it is worn.
    pub fn rest(&mut self) {
        if self.asked > WORN {
            self.renew();
        }
    }
}

impl Default for Face {
    fn default() -> Self {
        Self::new()
    }
}
