//! A place in S3, Amazon's or another's that speaks it.

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use kernel::Time;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{ClientConfigKey, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutMode};
use records::StoreError;
use records::backup::{Hold, Listed, Shelf};
use std::net::IpAddr;
use std::time::Duration;

const SCHEME: &str = "s3://";
/// One object may take so long on a thin line: 16 MB at 1 Mbit/s, and as much again.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whether it is a place in S3.
pub(super) fn is_one(place: &str) -> bool {
    place.starts_with(SCHEME)
}

/// A prefix of a bucket.
pub(super) struct S3 {
    store: AmazonS3,
    place: String,
    prefix: String,
}

impl S3 {
    /// `s3://bucket/prefix`, reached as the variables AWS_* say.
    pub(super) fn at(place: &str) -> Result<Self> {
        let (bucket, prefix) = place.trim_start_matches(SCHEME).split_once('/').unwrap_or((&place[SCHEME.len()..], ""));
        if bucket.is_empty() {
            bail!("{place}: name a bucket, s3://bucket/prefix");
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        let endpoint = builder
            .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
            .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
        let allowed = builder.get_config_value(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp));
        let plain = allowed.is_some_and(|a| a == "true") || endpoint.as_deref().is_some_and(is_on_this_machine);
        if let Some(endpoint) = endpoint.filter(|e| e.starts_with("http://") && !plain) {
            bail!("{endpoint} is not encrypted and not on this machine: AWS_ALLOW_HTTP=true if that is wanted");
        }
        // The builder takes both in one, or neither.
        builder = builder.with_client_options(ClientOptions::new().with_timeout(PATIENCE).with_allow_http(plain));
        let store = builder.build().with_context(|| format!("reach {place}"))?;
        Ok(Self { store, place: place.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }

    fn path(&self, name: &str) -> Path {
        if self.prefix.is_empty() { Path::from(name) } else { Path::from(format!("{}/{name}", self.prefix)) }
    }
}

fn is_on_this_machine(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn failed(what: &str, name: &str, error: &Error) -> StoreError {
    StoreError::Engine(format!("{what} {name}: {error}"))
}

#[async_trait]
impl Shelf for S3 {
    fn name(&self) -> String {
        self.place.clone()
    }

    async fn hold(&self) -> Result<Option<Hold>, StoreError> {
        Ok(None)
    }

    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        let put = self.store.put(&self.path(name), bytes.into()).await;
        put.map(drop).map_err(|e| failed("put", name, &e))
    }

    async fn put_new(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        match self.store.put_opts(&self.path(name), bytes.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(e) => Err(failed("put", name, &e)),
        }
    }

    async fn get(&self, name: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        let found = match self.store.get(&self.path(name)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(|e| failed("get", name, &e))?,
        };
        if found.meta.size > most {
            return Err(StoreError::Corrupt(format!("{name} has {} bytes, more than {most}", found.meta.size)));
        }
        found.bytes().await.map(Some).map_err(|e| failed("get", name, &e))
    }

    async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError> {
        let below = self.path(folder.trim_end_matches('/'));
        let cut = if self.prefix.is_empty() { 0 } else { self.prefix.len() + 1 };
        let all: Vec<_> = self.store.list(Some(&below)).try_collect().await.map_err(|e| failed("list", folder, &e))?;
        let listed = all.into_iter().filter_map(|object| {
            let name = object.location.as_ref().get(cut..)?.to_owned();
            let at = Time::from_millisecond(object.last_modified.timestamp_millis()).ok()?;
            Some(Listed { name, bytes: object.size, at })
        });
        Ok(listed.collect())
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        match self.store.delete(&self.path(name)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed.map_err(|e| failed("remove", name, &e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for near in ["http://127.0.0.1:8333", "http://localhost", "http://[::1]:9000/x", "http://127.8.9.1"] {
            assert!(is_on_this_machine(near), "{near}");
        }
        for far in [
            "http://10.0.0.1",
            "http://s3.example",
            "https://127.0.0.1",
            "http://127.0.0.1.example",
            "http://localhost.x",
        ] {
            assert!(!is_on_this_machine(far), "{far}");
        }
        assert!(S3::at("s3:///x").is_err());
    }
}
