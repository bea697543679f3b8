//! `notify.list`: what I am to be told, newest first, and how much of it is unread.

use super::outside::Way;
use super::subjects;
use crate::directory::PersonRef;
use crate::{Op, Problem};
use axum::Json;
use kernel::decide::Facts;
use kernel::{Id, Time};
use records::Entry;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How many are shown.
const SHOWN: usize = 60;

/// My notices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotifyList)]
pub struct Output {
    /// Newest first.
    notices: Vec<Notice>,
    /// How many of all are unread.
    unread: usize,
    /// Up to which entry of the ledger I have read.
    read_to: u64,
    /// Where mail goes when something stays unread.
    mail: Option<String>,
    /// Where a short message goes.
    sms: Option<String>,
    /// Whether this installation sends short messages.
    sends_sms: bool,
    /// Whether this installation sends mail.
    sends_mail: bool,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// The ledger's number.
    number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// The operation, or what happened by itself.
    what: String,
    /// By whom; none for the system.
    by: Option<PersonRef>,
    /// The case concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    case: Option<Id>,
    /// Codes for the translation.
    #[schema(value_type = Object)]
    params: Map<String, Value>,
}

/// My notices.
#[utoipa::path(get, path = "/api/notices", operation_id = "notify.list", tag = "notify",
    responses((status = 200, body = Output)))]
pub async fn list(op: Op) -> Result<Json<Output>, Problem> {
    op.may("notify.list", &Facts::default(), None).await?;
    let address = async |way| super::outside::address_of(op.store(), &op.actor().person, way).await;
    let (mail, sms) = (address(Way::Mail).await?, address(Way::Sms).await?);
    let heard = op.platform().notices.now(op.platform()).await?;
    let all = heard.of(&op.actor().person, &subjects(op.actor()));
    let read_to = heard.read_to(&op.actor().person);
    Ok(Json(Output {
        unread: all.iter().filter(|e| e.number > read_to).count(),
        notices: all.into_iter().take(SHOWN).map(|entry| notice(&op, entry)).collect(),
        read_to,
        mail,
        sms,
        sends_sms: op.platform().settings.sms.is_on(),
        sends_mail: op.platform().settings.mail.is_on(),
    }))
}

fn notice(op: &Op, entry: &Entry) -> Notice {
    let act = &entry.act;
    let directory = &op.platform().directory;
    let by = match (&act.person, &act.hospital) {
        (Some(person), Some(hospital)) => directory.person_ref_at(person, hospital),
        (Some(person), None) => directory.person_ref(person),
        (None, _) => None,
    };
    let mut params = act.params.clone();
    params.shift_remove(super::TELL);
    Notice {
        number: entry.number,
        at: entry.at,
        what: act.what.clone(),
        by,
        case: act.case.as_ref().map(|c| c.id.clone()),
        params,
    }
}
