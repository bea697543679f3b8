//! Bodies: what is stored of a resource, and how it becomes a resource again.
//!
//! Stored without type, id, version and time (they stand in columns) and exactly as given otherwise: decimals are text
//! from the client to the disk and back. The first byte names the codec, so each body can be read whatever was in use
//! when it was written.

use crate::standing::Row;
use crate::{Resource, StoreError};
use bytes::Bytes;
use fhir::Reference;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::sync::LazyLock;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// Deepest nesting taken.
const DEEPEST: usize = 64;
/// Largest resource taken, in bytes of JSON.
const LARGEST: usize = 8 << 20;
/// Below this compression gains nothing.
const SMALL: usize = 128;

const PLAIN: u8 = 0;
/// Without a dictionary: stores made before there was one.
const ZSTD: u8 = 1;
/// With the first dictionary.
const ZSTD_1: u8 = 2;
/// As [`PLAIN`] and [`ZSTD_1`], after four bytes of a checksum over the bytes and whose they are: a byte that a disk changed, or a page
/// that it put in another's place, is not shown as this resource.
const PLAIN_SUM: u8 = 3;
const ZSTD_1_SUM: u8 = 4;
const LEVEL: i32 = 1;
/// Never changed: what was written with it is read with it.
const DICTIONARY_1: &[u8] = include_bytes!("dictionary/1.zstd-dict");

static PACK_1: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, LEVEL));
static UNPACK_1: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));

/// Checks a body against its reference and takes off what the store keeps in columns.
pub(crate) fn strip(at: &Reference, body: Value) -> Result<(Value, Vec<u8>), String> {
    let Value::Object(mut members) = body else { return Err("not an object".into()) };
    match members.shift_remove("resourceType").as_ref().and_then(Value::as_str) {
        Some(ty) if ty == at.ty.name() => {}
        Some(ty) => return Err(format!("resourceType says {ty}")),
        None => return Err("no resourceType".into()),
    }
    if members.shift_remove("id").is_some_and(|id| id.as_str() != Some(at.id.as_str())) {
        return Err("id says something else".into());
    }
    if let Some(meta) = members.shift_remove("meta") {
        let Value::Object(mut meta) = meta else { return Err("meta is not an object".into()) };
        meta.shift_remove("versionId");
        meta.shift_remove("lastUpdated");
        if !meta.is_empty() {
            members.shift_insert(0, "meta".into(), Value::Object(meta));
        }
    }
    let kept = Value::Object(members);
    if !shallower(&kept, DEEPEST) {
        return Err(format!("nested deeper than {DEEPEST}"));
    }
    let bytes = serde_json::to_vec(&kept).map_err(|e| e.to_string())?;
    if bytes.len() > LARGEST {
        return Err(format!("{} bytes, more than {LARGEST}", bytes.len()));
    }
    Ok((kept, bytes))
}

fn shallower(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(items) => left > 0 && items.iter().all(|v| shallower(v, left - 1)),
        Value::Object(members) => left > 0 && members.values().all(|v| shallower(v, left - 1)),
        _ => true,
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first four bytes of XXH3-64 over `Type/id`, a zero, and the bytes.
fn sum(at: &Reference, raw: &[u8]) -> [u8; 4] {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(at.ty.name().as_bytes());
    hash.update(b"/");
    hash.update(at.id.as_str().as_bytes());
    hash.update(&[0]);
    hash.update(raw);
    let [a, b, c, d, ..] = hash.digest().to_le_bytes();
    [a, b, c, d]
}

/// As it is stored, of this resource.
pub(crate) fn pack(at: &Reference, raw: &[u8]) -> Vec<u8> {
    thread_local!(static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) });
    if raw.len() >= SMALL {
        let packed = PACKER.with_borrow_mut(|packer| {
            if packer.is_none() {
                *packer = Compressor::with_prepared_dictionary(&PACK_1).ok();
            }
            packer.as_mut().and_then(|p| p.compress(raw).ok())
        });
        if let (Some(packed), Ok(size)) = (packed, u32::try_from(raw.len()))
            && packed.len() + 5 < raw.len()
        {
            let mut out = Vec::with_capacity(packed.len() + 9);
            out.push(ZSTD_1_SUM);
            out.extend_from_slice(&sum(at, raw));
            out.extend_from_slice(&size.to_le_bytes());
            out.extend_from_slice(&packed);
            return out;
        }
    }
    let mut out = Vec::with_capacity(raw.len() + 5);
    out.push(PLAIN_SUM);
    out.extend_from_slice(&sum(at, raw));
    out.extend_from_slice(raw);
    out
}

/// What was stored of this resource; an error when it is not what was written, or was written of another.
pub(crate) fn unpack(at: &Reference, body: &[u8]) -> Result<Vec<u8>, StoreError> {
    let broken = |why: &str| StoreError::Corrupt(format!("what is stored of {at} {why}"));
    let (codec, rest) = body.split_first().ok_or_else(|| broken("is empty"))?;
    let without = match *codec {
        PLAIN_SUM => PLAIN,
        ZSTD_1_SUM => ZSTD_1,
        older => return opened(older, rest).map_err(broken),
    };
    let (kept, rest) = rest.split_first_chunk().ok_or_else(|| broken("is cut short"))?;
    let raw = opened(without, rest).map_err(broken)?;
    if *kept == sum(at, &raw) { Ok(raw) } else { Err(broken("is not what its checksum says")) }
}

fn opened(codec: u8, rest: &[u8]) -> Result<Vec<u8>, &'static str> {
    thread_local!(static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) });
    if codec == PLAIN {
        return Ok(rest.to_vec());
    }
    let (size, packed) = rest.split_first_chunk().ok_or("is cut short")?;
    let size = u32::from_le_bytes(*size) as usize;
    if size > LARGEST {
        return Err("is too large");
    }
    let raw = match codec {
        ZSTD => zstd::bulk::decompress(packed, size),
        ZSTD_1 => UNPACKER.with_borrow_mut(|unpacker| {
            if unpacker.is_none() {
                *unpacker = Some(Decompressor::with_prepared_dictionary(&UNPACK_1)?);
            }
            unpacker.as_mut().map_or_else(|| Ok(vec![]), |u| u.decompress(packed, size))
        }),
        _ => return Err("has an unknown codec"),
    };
    let raw = raw.map_err(|_| "does not decompress")?;
    if raw.len() == size { Ok(raw) } else { Err("is not as long as it says") }
}

/// The resource as JSON: what was stored, with id, version and time put in front.
pub(crate) fn render(at: &Reference, version: u64, stored_at: kernel::Time, raw: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(raw.len() + 160);
    let head = format!(
        r#"{{"resourceType":"{}","id":"{}","meta":{{"versionId":"{version}","lastUpdated":"{stored_at:.3}""#,
        at.ty, at.id
    );
    out.extend_from_slice(head.as_bytes());
    let rest = raw.get(1..).unwrap_or(b"}");
    // `strip` puts what the client said in meta first, if anything.
    match rest.strip_prefix(br#""meta":{"#) {
        Some(meta) => {
            out.push(b',');
            out.extend_from_slice(meta);
        }
        None => {
            out.push(b'}');
            if rest.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(rest);
        }
    }
    Bytes::from(out)
}

/// A stored version as the trait answers it.
pub(crate) fn resource(row: Row) -> Result<Resource, StoreError> {
    let json = match &row.body {
        Some(body) => render(&row.at, row.version, row.stored_at, &unpack(&row.at, body)?),
        None => Bytes::new(),
    };
    Ok(Resource {
        at: row.at,
        version: row.version,
        stored_at: row.stored_at,
        custodian: row.custodian,
        case: row.case,
        patient: row.patient,
        deleted: row.body.is_none(),
        json,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, kept: &str) {
        let at: Reference = "Observation/o1".parse().unwrap();
        let (_, raw) = strip(&at, serde_json::from_str(given).unwrap()).unwrap();
        assert_eq!(String::from_utf8(unpack(&at, &pack(&at, &raw)).unwrap()).unwrap(), kept);
        let read: Value = serde_json::from_slice(&render(&at, 7, kernel::Time::UNIX_EPOCH, &raw)).unwrap();
        assert_eq!(read["id"], "o1");
        assert_eq!(read["meta"]["versionId"], "7");
        assert_eq!(read["meta"]["lastUpdated"], "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn decimals_and_order_survive() {
        check(
            r#"{"resourceType":"Observation","id":"o1","z":1.50,"a":[6.0e+1,0.10],"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
            r#"{"z":1.50,"a":[6.0e+1,0.10],"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
        );
        check(r#"{"resourceType":"Observation"}"#, "{}");
        check(
            r#"{"a":1,"resourceType":"Observation","meta":{"versionId":"3","lastUpdated":"x","tag":[]},"b":2}"#,
            r#"{"meta":{"tag":[]},"a":1,"b":2}"#,
        );
        check(r#"{"resourceType":"Observation","meta":{"versionId":"3"}}"#, "{}");
    }

    #[test]
    fn every_codec_is_read() {
        let raw = format!(r#"{{"status":"final","text":"{}"}}"#, "x".repeat(300)).into_bytes();
        let mut old = vec![ZSTD];
        old.extend_from_slice(&(raw.len() as u32).to_le_bytes());
        old.extend(zstd::bulk::compress(&raw, LEVEL).unwrap());
        let mut plain = vec![PLAIN];
        plain.extend_from_slice(&raw);
        let at: Reference = "Observation/o1".parse().unwrap();
        let now = pack(&at, &raw);
        assert_eq!((now[0], pack(&at, b"{}")[0]), (ZSTD_1_SUM, PLAIN_SUM));
        let mut before = vec![ZSTD_1];
        before.extend_from_slice(&now[5..]);
        for body in [old, plain, before, now] {
            assert_eq!(unpack(&at, &body).unwrap(), raw);
        }
        for broken in
            [&[][..], &[9, 1, 2, 3, 4, 5], &[ZSTD_1, 1], &[ZSTD_1, 255, 255, 255, 255, 0], &[ZSTD_1, 9, 0, 0, 0, 7]]
        {
            assert!(unpack(&at, broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn a_byte_changed_in_a_body_is_noticed() {
        let text: String = (0..400).map(|n| format!("{} ", n * n)).collect();
        let (at, other): (Reference, Reference) =
            ("Observation/o1".parse().unwrap(), "Observation/o11".parse().unwrap());
        for raw in [r#"{"status":"final"}"#.to_owned(), format!(r#"{{"status":"final","text":"{text}"}}"#)] {
            let packed = pack(&at, raw.as_bytes());
            assert!(unpack(&other, &packed).is_err(), "another's");
            // The first byte names the codec: that of before had no checksum.
            for n in 1..packed.len() {
                for bit in 0..8 {
                    let mut changed = packed.clone();
                    changed[n] ^= 1 << bit;
                    assert!(unpack(&at, &changed).map_or(true, |got| got == raw.as_bytes()), "bit {bit} of byte {n}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_such_resource_is_refused() {
        let at: Reference = "Observation/o1".parse().unwrap();
        let mut deep = Value::Null;
        for _ in 0..70 {
            deep = Value::Array(vec![deep]);
        }
        for (body, why) in [
            (serde_json::json!([]), "not an object"),
            (serde_json::json!({}), "no resourceType"),
            (serde_json::json!({"resourceType": "Patient"}), "resourceType says Patient"),
            (serde_json::json!({"resourceType": "Observation", "id": "o2"}), "id says something else"),
            (serde_json::json!({"resourceType": "Observation", "meta": 1}), "meta is not an object"),
            (serde_json::json!({"resourceType": "Observation", "x": deep}), "nested deeper than 64"),
        ] {
            assert_eq!(strip(&at, body).unwrap_err(), why);
        }
        let large = serde_json::json!({"resourceType": "Observation", "x": "x".repeat(LARGEST)});
        assert!(strip(&at, large).unwrap_err().contains("more than"));
    }
}
