//! `GET /api/service/kept`: the share of care kept in the county, by county, from the Encounters on record; `service.visits`
//! lists what it counted.

use super::sight::{Paged, Sight, Window};
use crate::Views;
use crate::figures::{KEPT, Kept, KeptDays, LeftOut, Pages, Rule, kept as counted};
use axum::extract::Query;
use axum::{Extension, Json};
use jiff::civil::Date;
use kernel::Id;
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceKept)]
pub struct Output {
    /// First day.
    #[schema(value_type = String)]
    from: Date,
    /// Last day.
    #[schema(value_type = String)]
    to: Date,
    /// What is counted.
    rule: Rule,
    /// Of all counties that are seen.
    total: Share,
    /// Visits on these days that count for no county: their patient is of none.
    elsewhere: usize,
    /// Those that do not say of whom, or by a hospital that is known.
    unsaid: usize,
    /// How many counties there are.
    count: usize,
    /// The counties asked for, most visits first.
    counties: Vec<County>,
}

/// How many visits, and how many of them within the county.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ServiceShare)]
pub struct Share {
    /// Visits.
    visits: usize,
    /// Those within the county.
    kept: usize,
    /// Percent with one decimal, cut and not rounded, in tenths; none of nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_tenths: Option<usize>,
}

impl Share {
    fn of(visits: usize, kept: usize) -> Self {
        Self { visits, kept, percent_tenths: (visits > 0).then(|| kept * 1_000 / visits) }
    }
}

/// A county.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCounty)]
pub struct County {
    /// Its hospital.
    hospital: HospitalRef,
    /// Its share.
    share: Share,
}

/// The share of care kept in the county.
#[utoipa::path(get, path = "/api/service/kept", operation_id = "service.kept", tag = "service", params(Window, Paged),
    responses((status = 200, body = Output), (status = 400, description = "service.span"),
        (status = 503, description = "figures.counting")))]
pub async fn kept(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(window): Query<Window>,
    Query(paged): Query<Paged>,
) -> Result<Json<Output>, Problem> {
    let sight = Sight::of(&op, "service.kept", window).await?;
    let pages = views.book.now(op.platform()).await?;
    let found = lists(&pages, &sight);
    let mut by_county: BTreeMap<&Id, (usize, usize)> = BTreeMap::new();
    found.denominator.iter().for_each(|visit| by_county.entry(visit.county).or_default().0 += 1);
    found.numerator.iter().for_each(|visit| by_county.entry(visit.county).or_default().1 += 1);
    let mut counties = vec![];
    for (county, (visits, kept)) in by_county {
        let hospital = op.platform().directory.hospital_ref(county);
        let hospital =
            hospital.ok_or_else(|| Problem::internal(format!("hospital {county} is not in the directory")))?;
        counties.push(County { hospital, share: Share::of(visits, kept) });
    }
    counties.sort_by(|a, b| (b.share.visits, &a.hospital.id).cmp(&(a.share.visits, &b.hospital.id)));
    let left_out = |why| found.left_out.iter().filter(|(_, left_out)| *left_out == why).count();
    Ok(Json(Output {
        from: sight.span.from,
        to: sight.span.to,
        rule: KEPT,
        total: Share {
            percent_tenths: found.percent_tenths(),
            ..Share::of(found.denominator.len(), found.numerator.len())
        },
        elsewhere: left_out(LeftOut::Elsewhere),
        unsaid: left_out(LeftOut::Unsaid),
        count: counties.len(),
        counties: paged.of(counties).collect(),
    }))
}

/// The visits that count, of the counties that are seen; what is left out is left out of the whole network.
pub fn lists<'a>(pages: &'a Pages, sight: &Sight) -> Kept<'a> {
    let days = KeptDays { from: sight.span.from, to: sight.span.to, zone: sight.zone.clone() };
    let visits = pages.visits.iter().map(|(id, seen)| (id, Ok(seen)));
    let mut found = counted(visits, |patient| pages.keeper(patient), pages.tree(), &days);
    found.denominator.retain(|visit| sight.holds(visit.county));
    found.numerator.retain(|visit| sight.holds(visit.county));
    if !sight.sees_all() {
        found.left_out.clear();
    }
    found
}
