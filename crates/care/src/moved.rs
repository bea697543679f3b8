//! The last step of a case or a referral, as it stands in its Task: what, by whom, when.

use crate::json::{extension, read_who, refer_who, text, time};
use kernel::Time;
use platform::case::Who;
use serde_json::{Value, json};

/// Extension: the last step taken, by whom, when.
const MOVED: &str = "urn:consilium:ext:moved";
/// Extension: since when the state holds.
pub const SINCE: &str = "urn:consilium:ext:since";

/// The last step taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The operation, for example `consult.assign`.
    pub what: String,
    /// By whom; none for the system.
    pub by: Option<Who>,
    /// When.
    pub at: Time,
}

/// As an extension of a Task.
pub fn write_moved(moved: &Moved) -> Value {
    let mut members = vec![
        json!({"url": "what", "valueCode": moved.what}),
        json!({"url": "at", "valueInstant": moved.at.to_string()}),
    ];
    if let Some(by) = &moved.by {
        members.push(json!({"url": "by", "valueReference": refer_who(by)}));
    }
    json!({"url": MOVED, "extension": members})
}

/// Reads [`write_moved`] from a Task.
pub fn read_moved(body: &Value) -> Option<Moved> {
    let moved = extension(body, MOVED);
    Some(Moved {
        what: text(&extension(moved, "what")["valueCode"])?,
        by: read_who(&extension(moved, "by")["valueReference"]),
        at: time(&extension(moved, "at")["valueInstant"])?,
    })
}
