//! Somebody's authenticator: shows the code of a moment.

use crate::Client;
use kernel::Time;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

/// An authenticator with one secret.
pub struct Authenticator(Totp);

impl Authenticator {
    /// From the secret as it is typed.
    pub fn of(base32: &str) -> Self {
        let secret = Secret::try_from_base32(base32).expect("base32");
        Self(Builder::new().with_secret(secret).build().expect("a secret long enough"))
    }

    /// The six digits at an instant.
    pub fn code(&self, at: Time) -> String {
        self.0.generate(at.as_second().cast_unsigned()).to_string()
    }
}

impl Client {
    /// Sets a second factor up for whoever is signed in; the authenticator and the answer with the recovery codes. The code
    /// of `now` is used up by it.
    pub async fn enrol_factor(&self, password: &str, now: Time) -> (Authenticator, Value) {
        let offer = self.post("/api/session/factor", &json!({"password": password})).await.ok();
        let authenticator = Authenticator::of(offer["secret"].as_str().expect("a secret"));
        let confirmation = json!({"sealed": offer["sealed"], "code": authenticator.code(now)});
        let done = self.post("/api/session/factor/confirmation", &confirmation).await.ok();
        (authenticator, done)
    }
}
