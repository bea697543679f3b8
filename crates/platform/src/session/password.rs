//! Hashing and checking passwords: argon2id, a few at a time.
//!
//! One check costs 19 MB and tens of milliseconds on purpose; so only as many run at once as there are cores, a bounded
//! number waits, and the rest is told to come back. A name that does not exist costs the same as a wrong password.

use crate::Problem;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use axum::http::StatusCode;
use kernel::Ids;
use tokio::sync::Semaphore;

/// So many may wait for their turn.
const WAITING_MAX: usize = 256;
/// A longer password is refused unread.
pub const BYTES_MAX: usize = 256;
/// A shorter new one is refused.
pub const CHARS_MIN: usize = 10;

/// Refuses a new password that is too short or too long.
pub fn fits(password: &str) -> Result<(), Problem> {
    if password.chars().count() >= CHARS_MIN && password.len() <= BYTES_MAX {
        return Ok(());
    }
    let why = "A password has at least 10 characters and at most 256 bytes.";
    Err(Problem::unfit("session.unfit-password", why).with("least", CHARS_MIN))
}

/// The one place that hashes.
pub struct Passwords {
    running: Semaphore,
    waiting: Semaphore,
    /// Checked against when there is no account.
    nobody: String,
}

impl Passwords {
    /// Made once; hashes a password that nobody knows.
    pub fn new(ids: &dyn Ids) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let mut secret = [0; 32];
        ids.fill(&mut secret);
        Self {
            running: Semaphore::new(cores.clamp(1, 4)),
            waiting: Semaphore::new(WAITING_MAX),
            nobody: hash_now(&secret, &salt(ids)).unwrap_or_default(),
        }
    }

    /// Whether `password` is the one of `hash`. Without a hash the answer is no, after the same work.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        // An account whose password is still to be set holds no hash; it costs the same work as any other.
        let hash = hash.filter(|h| h.starts_with("$argon2"));
        let known = hash.is_some() && password.len() <= BYTES_MAX;
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let password: String = if password.len() <= BYTES_MAX { password.to_owned() } else { String::new() };
        let same = self
            .turn(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(same && known)
    }

    /// Hashes a new password, as a PHC string.
    pub async fn hash(&self, password: &str, ids: &dyn Ids) -> Result<String, Problem> {
        let (password, salt) = (password.to_owned(), salt(ids));
        self.turn(move || hash_now(password.as_bytes(), &salt)).await?.map_err(Problem::internal)
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let _turn = self.running.acquire().await.map_err(Problem::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }
}

fn busy() -> Problem {
    let mut problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "session.busy",
        "Too many people are signing in at this moment. Try again in a few seconds.",
    );
    problem.retry_after_s = Some(5);
    problem
}

fn salt(ids: &dyn Ids) -> [u8; 16] {
    let mut salt = [0; 16];
    ids.fill(&mut salt);
    salt
}

fn hash_now(password: &[u8], salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Argon2::default().hash_password_with_salt(password, salt).map(|hash: PasswordHash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let ids = kernel::SeededIds::new(1);
        let passwords = Passwords::new(&ids);
        let hash = passwords.hash("correct horse", &ids).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("wrong horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("", Some("")).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert!(!passwords.verify(&"x".repeat(BYTES_MAX + 1), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_may_wait_are_sent_away() {
        let passwords = Passwords::new(&kernel::SeededIds::new(1));
        let _all = passwords.waiting.acquire_many(u32::try_from(WAITING_MAX).unwrap()).await.unwrap();
        let refused = passwords.verify("x", None).await.unwrap_err();
        assert_eq!((refused.code, refused.retry_after_s), ("session.busy", Some(5)));
    }
}
