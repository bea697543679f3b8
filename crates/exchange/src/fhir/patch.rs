//! `PATCH /fhir/{type}/{id}`: a JSON Patch (RFC 6902), applied to the version that is there.

use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::refusal::{Refusal, shown};
use super::update::{as_refusal, matched};
use super::write::{self, Checked, Shown};
use super::{Reply, guard, json, read, reference_of};
use ::fhir::Reference;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use json_patch::{Patch, PatchOperation};
use records::{CommitError, Expect, Write};
use serde_json::Value;
use std::collections::HashSet;

/// Operations of one patch.
const OPERATIONS_MAX: usize = 1_000;
/// Values that a resource may have on the way: copies of copies grow without measure.
const VALUES_MAX: usize = 500_000;
/// How deep it may be on the way: a copy of the whole into its innermost place doubles the depth, and what reads or drops a
/// value calls itself once a level.
const DEPTH_MAX: usize = 160;
/// How often a patch is applied anew when somebody else wrote meanwhile.
const ATTEMPTS: usize = 40;

/// Patches a resource. 409 when the patch does not fit what is there, 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/fhir/{type}/{id}", operation_id = "fhir.patch", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200), (status = 404), (status = 409), (status = 412), (status = 415), (status = 422)))]
pub async fn patch(
    caller: Caller,
    Path((ty, id)): Path<(String, String)>,
    ask: Ask,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Reply {
    let operations = operations(&headers, &body)?;
    run(&caller, "fhir.patch", &reference_of(&ty, &id)?, &ask, &operations).await
}

/// The operations of a request's body.
pub fn operations(headers: &HeaderMap, body: &[u8]) -> Result<Vec<PatchOperation>, Refusal> {
    let told = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if told.split(';').next().unwrap_or_default().trim() != "application/json-patch+json" {
        let text = "A patch is a JSON Patch: send it as application/json-patch+json.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fhir.json-patch-alone", text));
    }
    operations_of(json::read(body)?)
}

/// The operations of a JSON value.
pub fn operations_of(value: Value) -> Result<Vec<PatchOperation>, Refusal> {
    let mut paths = value.as_array().into_iter().flatten().filter_map(|o| o["path"].as_str());
    if paths.any(|path| path.contains(json::RESERVED)) {
        return Err(Refusal::bad("json.refused", "A path of the patch has a name that is reserved."));
    }
    let patch: Patch = serde_json::from_value(value).map_err(|error| {
        let text = format!("Not a JSON Patch (RFC 6902): {}.", shown(&error.to_string()));
        Refusal::bad("fhir.no-json-patch", text)
    })?;
    if patch.0.len() > OPERATIONS_MAX {
        let text = format!("A patch of {} operations: at most {OPERATIONS_MAX} are taken.", patch.0.len());
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "fhir.patch-too-long", text));
    }
    Ok(patch.0)
}

/// The same, wherever it was asked for.
pub async fn run(
    caller: &Caller,
    operation: &'static str,
    at: &Reference,
    ask: &Ask,
    operations: &[PatchOperation],
) -> Reply {
    let mut attempt = 1;
    loop {
        let (checked, custodian, expect) = planned(caller, operation, at, ask, operations, &HashSet::new()).await?;
        let Checked { body, issues, patient } = checked;
        let shown = Shown::of(&body);
        let mut change = write::change(caller, operation, at, patient);
        change.expect.push(expect);
        change.writes.push(Write::next(at.clone(), body, custodian));
        match caller.commit(change).await {
            Ok(receipt) => return Ok(write::answer(caller, ask, StatusCode::OK, &receipt, &shown, &issues)),
            Err(CommitError::Stale { .. }) if ask.if_match.is_none() && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(as_refusal(error)),
        }
    }
}

/// The patched body, in whose custody it is, and the version it was made from.
pub async fn planned(
    caller: &Caller,
    operation: &'static str,
    at: &Reference,
    ask: &Ask,
    operations: &[PatchOperation],
    beside: &HashSet<Reference>,
) -> Result<(Checked, kernel::Id, Expect), Refusal> {
    let found = caller.store().read(caller.viewer(), at).await?;
    caller.may_write(operation, at.ty, caller.hospital(), None).await?;
    guard::check_type(caller, at.ty)?;
    let Some(now) = found else { return Err(read::absent(caller, at).await?) };
    guard::check_existing(caller, &now)?;
    caller.may_write(operation, at.ty, &now.custodian, None).await?;
    matched(ask, Some(&now))?;
    let patched = apply(now.value()?, operations)?;
    write::is_of_id(&at.id, &patched)?;
    let checked = write::checked(caller, at, patched, beside).await?;
    Ok((checked, now.custodian, Expect { at: at.clone(), version: now.version }))
}

/// One after the other, so that what grows beyond measure is noticed on the way.
fn apply(mut body: Value, operations: &[PatchOperation]) -> Result<Value, Refusal> {
    for (n, operation) in operations.iter().enumerate() {
        json_patch::patch(&mut body, std::slice::from_ref(operation)).map_err(|error| {
            let text = format!("Operation {} of the patch does not fit: {}.", n + 1, shown(&error.kind.to_string()));
            Refusal::new(StatusCode::CONFLICT, "fhir.patch-does-not-fit", text)
        })?;
        let grows = !matches!(operation, PatchOperation::Test(_) | PatchOperation::Remove(_));
        if grows && values(&body, VALUES_MAX, DEPTH_MAX).is_none() {
            let text = format!("Operation {} of the patch makes the resource too large.", n + 1);
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "fhir.patch-too-large", text));
        }
    }
    Ok(body)
}

/// How many values are left of `left` after counting those of `value`, which is no deeper than `depth`; long texts and names
/// count for their length.
fn values(value: &Value, left: usize, depth: usize) -> Option<usize> {
    let left = left.checked_sub(1 + value.as_str().map_or(0, |s| s.len() / 64))?;
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(items) => items.iter().try_fold(left, |left, v| values(v, left, depth)),
        Value::Object(members) => {
            members.iter().try_fold(left, |left, (name, v)| values(v, left.checked_sub(name.len() / 64)?, depth))
        }
        _ => Some(left),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(body: &str, patch: &str) -> Result<String, Refusal> {
        let operations = operations_of(serde_json::from_str(patch).unwrap())?;
        apply(serde_json::from_str(body).unwrap(), &operations).map(|v| v.to_string())
    }

    #[test]
    fn decimals_and_order_survive() {
        let body = r#"{"z":1.50,"a":{"value":10.00,"unit":"mg"},"list":[1,2.0]}"#;
        let patch = r#"[{"op":"replace","path":"/a/unit","value":"g"},{"op":"add","path":"/list/-","value":3.10},
            {"op":"test","path":"/z","value":1.50},{"op":"copy","from":"/a/value","path":"/copied"}]"#;
        let expected = r#"{"z":1.50,"a":{"value":10.00,"unit":"g"},"list":[1,2.0,3.10],"copied":10.00}"#;
        assert_eq!(patched(body, patch).unwrap(), expected);
    }

    #[test]
    fn what_grows_inward_is_refused() {
        let (mut place, mut patch) = ("/a".to_owned(), vec![]);
        for _ in 0..16 {
            patch.push(format!(r#"{{"op":"copy","from":"","path":"{place}/-"}}"#));
            place = format!("{place}/0{place}");
        }
        // Half a level a value: without a bound the whole stack of a thread would go into dropping it.
        let refusal = patched(r#"{"a":[]}"#, &format!("[{}]", patch.join(","))).unwrap_err();
        assert_eq!(refusal.status.as_u16(), 413);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let into = format!(r#"[{{"op":"move","from":"/a","path":"/b{}/-"}}]"#, "/0".repeat(99));
        assert_eq!(patched(&format!(r#"{{"a":{deep},"b":{deep}}}"#), &into).unwrap_err().status.as_u16(), 413);
    }

    #[test]
    fn what_does_not_fit_or_grows_is_refused() {
        let refused = |patch: &str| patched(r#"{"a":[1]}"#, patch).unwrap_err().status.as_u16();
        assert_eq!(refused(r#"[{"op":"remove","path":"/b"}]"#), 409);
        assert_eq!(refused(r#"[{"op":"test","path":"/a","value":2}]"#), 409);
        assert_eq!(refused(r#"[{"op":"shout","path":"/a"}]"#), 400);
        assert_eq!(refused(r#"{"op":"add"}"#), 400);
        assert_eq!(refused(r#"[{"op":"add","path":"/a/0/$serde_json::private::RawValue","value":"x"}]"#), 400);
        let doubling = r#"{"op":"copy","from":"","path":"/a/-"}"#;
        assert_eq!(refused(&format!("[{}]", [doubling; 40].join(","))), 413);
        // A long name is copied with the rest: sixteen of these would take 64 GB.
        let named = format!(r#"{{"op":"add","path":"/{}","value":1}}"#, "n".repeat(1 << 20));
        assert_eq!(refused(&format!("[{named},{}]", [doubling; 16].join(","))), 413);
        let many = vec![r#"{"op":"test","path":"/a/0","value":1}"#; 1_001].join(",");
        assert_eq!(refused(&format!("[{many}]")), 413);
    }
}
