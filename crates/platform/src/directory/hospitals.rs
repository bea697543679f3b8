//! `directory.hospitals`: every hospital of the network.

use super::HospitalRef;
use crate::{Op, Problem};
use axum::Json;
use kernel::decide::Facts;
use serde::Serialize;
use utoipa::ToSchema;

/// The hospitals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryHospitals)]
pub struct Output {
    /// Highest level first.
    hospitals: Vec<HospitalRef>,
}

/// Every hospital of the network.
#[utoipa::path(get, path = "/api/hospitals", operation_id = "directory.hospitals", tag = "directory",
    responses((status = 200, body = Output)))]
pub async fn hospitals(op: Op) -> Result<Json<Output>, Problem> {
    op.may("directory.hospitals", &Facts::default(), None).await?;
    let hospitals = op.platform().directory.hospitals();
    Ok(Json(Output { hospitals: hospitals.iter().map(|h| HospitalRef::from(&**h)).collect() }))
}
