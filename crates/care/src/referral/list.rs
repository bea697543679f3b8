//! `referral.list`: the referrals in which the own hospital has a part, the newest first.

use super::loading::find_of;
use super::resources::Loaded;
use super::state::Severity;
use super::view::{ReferralRow, patients, row, seen_as};
use axum::Json;
use axum::extract::Query as UrlQuery;
use fhir::ResourceType;
use kernel::decide::Facts;
use kernel::{Duty, Id};
use platform::case::SERVICE;
use platform::{Op, Problem};
use records::{Query, Resource, Viewer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Referrals of each side that one answer looks at.
const LOOKED_AT_MAX: usize = 500;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Input {
    /// Those that ended too.
    #[serde(default)]
    ended: bool,
}

/// The list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralList)]
pub struct Output {
    /// Those that wait for me first, then the most severe, then the newest.
    rows: Vec<ReferralRow>,
    /// There are more than were looked at.
    more: bool,
}

/// Lists referrals.
#[utoipa::path(get, path = "/api/referrals", operation_id = "referral.list", tag = "referral", params(Input),
    responses((status = 200, body = Output)))]
pub async fn list(op: Op, UrlQuery(input): UrlQuery<Input>) -> Result<Json<Output>, Problem> {
    let decision = op.may("referral.list", &Facts::default(), None).await?;
    let masked = decision.duties.contains(&Duty::MaskName);
    let own = &op.actor().hospital;
    let sides = [
        ("performer", format!("Organization/{own}")),
        ("requester:PractitionerRole.organization", format!("Organization/{own}")),
    ];
    let mut found: BTreeMap<Id, Resource> = BTreeMap::new();
    let mut more = false;
    for (name, value) in sides {
        let mut query = Query::of(ResourceType::SERVICE_REQUEST)
            .with("code", format!("{SERVICE}|referral"))
            .with(name, value)
            .with("_sort", "-authored")
            .count(LOOKED_AT_MAX);
        if !input.ended {
            query = query.with("status", "active");
        }
        let page = op.store().search(&Viewer::System, &query).await?;
        more |= page.next.is_some();
        found.extend(page.matches.into_iter().map(|r| (r.at.id.clone(), r)));
    }
    let requests: Vec<Resource> = found.into_values().collect();
    let all = find_of(op.store(), &requests).await?;
    let mine: Vec<(&Loaded, _)> = all.iter().filter_map(|of| Some((of, seen_as(&op, of)?))).collect();
    let shown: Vec<&Loaded> = mine.iter().map(|(of, _)| *of).collect();
    let cards = patients(&op, &shown, masked).await?;
    let mut rows = vec![];
    for (of, decision) in &mine {
        rows.push(row(&op, of, cards.get(&of.words.patient.id).cloned(), decision)?);
    }
    let ill = |severity: Severity| std::cmp::Reverse(severity);
    rows.sort_by_key(|r| (!r.waiting_for_me, ill(r.severity), std::cmp::Reverse(r.requested_at)));
    op.note_read("referral.list", None, None, None).await?;
    Ok(Json(Output { rows, more }))
}
