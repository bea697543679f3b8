//! Where a page ended, as text: the values of the sort keys and the rid of its last row.

use super::Value;
use serde_json::Value as Json;

/// Values of the sort keys (null: has none) and the rid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) values: Vec<Value>,
    pub(crate) rid: i64,
}

pub(crate) fn write(key: &Key) -> String {
    let mut parts: Vec<Json> = key.values.iter().map(json).collect();
    parts.push(Json::from(key.rid));
    hex::encode(Json::Array(parts).to_string())
}

fn json(value: &Value) -> Json {
    match value {
        Value::Integer(n) => Json::from(*n),
        // Bits: no digit may be lost on the way.
        Value::Real(x) => Json::from(vec![x.to_bits().to_string()]),
        Value::Text(t) => Json::from(t.as_str()),
        Value::Null => Json::Null,
    }
}

/// None when it is not one of ours, or of another order.
pub(crate) fn read(text: &str, keys: usize) -> Option<Key> {
    let Json::Array(mut parts) = serde_json::from_slice(&hex::decode(text).ok()?).ok()? else { return None };
    let rid = parts.pop()?.as_i64()?;
    let value = |json: Json| {
        Some(match json {
            Json::Null => Value::Null,
            Json::Number(n) => Value::Integer(n.as_i64()?),
            Json::String(t) => Value::Text(t),
            Json::Array(bits) => Value::Real(f64::from_bits(bits.first()?.as_str()?.parse().ok()?)),
            Json::Bool(_) | Json::Object(_) => return None,
        })
    };
    let values = parts.into_iter().map(value).collect::<Option<Vec<_>>>()?;
    (values.len() == keys).then_some(Key { values, rid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let values = vec![Value::Null, Value::Integer(-7), Value::Text("王~".into()), Value::Real(0.1)];
        let key = Key { values, rid: 12 };
        assert_eq!(read(&write(&key), 4), Some(key.clone()));
        assert_eq!(read(&write(&key), 3), None);
        for bad in ["", "zz", "00", "5b5d"] {
            assert_eq!(read(bad, 0), None, "{bad}");
        }
    }
}
