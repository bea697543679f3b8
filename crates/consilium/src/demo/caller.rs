//! Calls the program's own operations in the process, as a person signed in.

use crate::app::App;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

/// An answer larger than this is not one of ours.
const ANSWER_MAX: usize = 16 * 1024 * 1024;

/// A person signed in.
pub struct Caller {
    routes: Router,
    cookie: String,
}

impl Caller {
    /// Signs a person of the demonstration in, in the role of this code.
    pub async fn sign_in(app: &App, name: &str, role: &str) -> Result<Self> {
        let mut caller = Self { routes: app.routes.clone(), cookie: String::new() };
        let told = json!({"name": name, "password": super::PASSWORD});
        let me = caller.call("POST", "/api/session", Some(&told)).await?;
        if me["role"].is_null() {
            let roles = me["roles"].as_array().context("no roles")?;
            let wanted = roles.iter().find(|r| r["role"] == role).context("not a role of theirs")?;
            caller.call("PUT", "/api/session/role", Some(&json!({"role": wanted["id"]}))).await?;
        }
        Ok(caller)
    }

    /// Calls an operation; anything but success is an error that says the problem.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let request = match body {
            Some(body) => self.request(method, path, "application/json", Body::from(body.to_string()))?,
            None => self.request(method, path, "application/json", Body::empty())?,
        };
        self.send(request, method, path).await
    }

    /// Sends bytes as they are.
    pub async fn put_bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<Value> {
        let request = self.request("PUT", path, "application/octet-stream", Body::from(bytes))?;
        self.send(request, "PUT", path).await
    }

    fn request(&self, method: &str, path: &str, kind: &str, body: Body) -> Result<Request<Body>> {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        Ok(request.header(header::COOKIE, &self.cookie).body(body)?)
    }

    async fn send(&mut self, request: Request<Body>, method: &str, path: &str) -> Result<Value> {
        let answer = self.routes.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = answer.status();
        if let Some(set) = answer.headers().get(header::SET_COOKIE).and_then(|v| v.to_str().ok()) {
            self.cookie = set.split(';').next().unwrap_or_default().to_owned();
        }
        let bytes = to_bytes(answer.into_body(), ANSWER_MAX).await?;
        let value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or_default() };
        if !status.is_success() {
            bail!("{method} {path}: {status} {} {} {}", value["code"], value["detail"], value["params"]);
        }
        Ok(value)
    }
}
