//! A server that says "kept" before it is: the fault that the crash harness exists to catch.
//!
//! It answers every POST with 201 at once and hands the request on to the real program a little later, in order.

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

struct Kept {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// A liar in front of a program. Dropping it forgets what it has not handed on yet, as a crash would.
pub struct Liar {
    /// Where it listens.
    pub url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Liar {
    /// Listens on a free port in front of `behind`.
    pub async fn before(behind: &str) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (queue, mut waiting) = mpsc::channel::<Kept>(1_000);
        let app = Router::new().fallback(lie).with_state(queue);
        let front = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        let behind = behind.to_owned();
        let back = tokio::spawn(async move {
            let client = reqwest::Client::new();
            while let Some(kept) = waiting.recv().await {
                tokio::time::sleep(Duration::from_millis(30)).await;
                let mut request = client.post(format!("{behind}{}", kept.path)).body(kept.body);
                for name in ["cookie", "content-type"] {
                    if let Some(value) = kept.headers.get(name) {
                        request = request.header(name, value);
                    }
                }
                let _ = request.header("origin", &behind).send().await;
            }
        });
        Ok(Self { url, tasks: [front, back] })
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn lie(State(queue): State<mpsc::Sender<Kept>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
    let kept = Kept { path: head.uri.to_string(), headers: head.headers, body };
    match queue.send(kept).await {
        Ok(()) => (StatusCode::CREATED, Json(serde_json::json!({}))).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
