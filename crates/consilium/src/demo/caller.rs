//! Calls the program's own operations in the process, as a person signed in.
//!
//! The session is written as `session.open` writes it, without the password: sixty people would spend seconds proving
//! what everybody knows. From there on each call goes through the routes and their rules like any browser's.

use super::world::World;
use crate::app::App;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kernel::{Actor, Id, Role, Time};
use records::{Act, Change, Session, SessionChange};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use tower::ServiceExt;

/// An answer larger than this is not one of ours.
const ANSWER_MAX: usize = 16 * 1024 * 1024;
/// A session used again within this has not ended by itself.
const FRESH: SignedDuration = SignedDuration::from_mins(45);

/// A person signed in.
pub struct Caller {
    routes: Router,
    cookie: String,
    opened: Time,
    used: Time,
}

/// Everybody who has signed in so far.
pub struct Callers<'a> {
    app: &'a App,
    world: &'a World,
    open: HashMap<String, Caller>,
}

impl<'a> Callers<'a> {
    /// Nobody yet.
    pub fn new(app: &'a App, world: &'a World) -> Self {
        Self { app, world, open: HashMap::new() }
    }

    /// The program.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Somebody in a role, at a hospital when they have the role at several.
    pub async fn of(&mut self, name: &str, role: Role, hospital: Option<&str>) -> Result<&mut Caller> {
        let (person, role) = self.world.who(name, role, hospital)?;
        let now = self.app.platform.clock.now();
        let fresh =
            |c: &Caller| c.used <= now && now < c.used + FRESH && now < c.opened + SignedDuration::from_hours(8);
        if !self.open.get(&role).is_some_and(fresh) {
            let caller = Caller::sign_in(self.app, &person, &role, now).await?;
            self.open.insert(role.clone(), caller);
        }
        let caller = self.open.get_mut(&role).context("just signed in")?;
        caller.used = now;
        Ok(caller)
    }
}

impl Caller {
    async fn sign_in(app: &App, person: &str, role: &str, now: Time) -> Result<Self> {
        let platform = &app.platform;
        let held = platform.directory.role(&Id::new(role)?).with_context(|| format!("{role} is not there"))?;
        let mut token = [0; 32];
        platform.ids.fill(&mut token);
        let actor = Actor {
            person: Id::new(person)?,
            role: held.role,
            hospital: held.hospital.clone(),
            practitioner_role: held.id.clone(),
        };
        let mut change = Change::of(Act::of(&actor, "session.open"));
        let mut session = Session::new(Sha256::digest(token).into(), actor.person, now, now + platform.idle.absolute());
        session.practitioner_role = Some(held.id.clone());
        change.sessions.push(SessionChange::Put(session));
        platform.store.commit(change).await?;
        let name = if platform.secure { "__Host-session" } else { "session" };
        let cookie = format!("{name}={}", URL_SAFE_NO_PAD.encode(token));
        Ok(Self { routes: app.routes.clone(), cookie, opened: now, used: now })
    }

    /// Calls an operation; anything but success is an error that says the problem.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(method, path, "application/json", body).await
    }

    /// Sends bytes as they are.
    pub async fn put_bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<Value> {
        self.send("PUT", path, "application/octet-stream", Body::from(bytes)).await
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: Body) -> Result<Value> {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        let request = request.header(header::COOKIE, &self.cookie).body(body)?;
        let answer = self.routes.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), ANSWER_MAX).await?;
        let value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or_default() };
        if !status.is_success() {
            bail!("{method} {path}: {status} {} {} {}", value["code"], value["detail"], value["params"]);
        }
        Ok(value)
    }
}
