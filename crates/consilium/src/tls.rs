//! HTTPS: with a certificate given, or one of the installation's own authority.

use crate::app::outward_address;
use anyhow::{Context, Result};
use axum_server::tls_rustls::RustlsConfig;
use platform::Shared;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// The server's certificate and key, and where people find the root to trust when it is our own.
pub async fn config(platform: &Shared, listen: IpAddr) -> Result<(RustlsConfig, Option<PathBuf>)> {
    let http = &platform.settings.http;
    let (chain, key, root) = if http.tls_cert.is_empty() {
        let made = platform.pki.server_certificate(&names(platform, listen), platform.clock.now())?;
        let root = platform.data_dir.join("authority.pem");
        std::fs::write(&root, platform.pki.root_pem()).with_context(|| format!("write {}", root.display()))?;
        (made.chain_pem.into_bytes(), made.key_pem.into_bytes(), Some(root))
    } else {
        let read = |path: &str| std::fs::read(path).with_context(|| format!("read {path}"));
        (read(&http.tls_cert)?, read(&http.tls_key)?, None)
    };
    // Two libraries of ours could each bring one; a second call changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = RustlsConfig::from_pem(chain, key).await.context("the certificate or its key cannot be used")?;
    Ok((with_http(&config), root))
}

fn with_http(config: &RustlsConfig) -> RustlsConfig {
    let mut inner = rustls::ServerConfig::clone(&config.get_inner());
    inner.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    RustlsConfig::from_config(Arc::new(inner))
}

/// Under which names browsers may come.
fn names(platform: &Shared, listen: IpAddr) -> Vec<String> {
    let mut names = vec![];
    let public = platform.settings.http.public_url.split_once("://").map_or("", |(_, rest)| rest);
    let host = public.split(['/', ':']).next().unwrap_or_default();
    if !host.is_empty() {
        names.push(host.to_owned());
    }
    if let Ok(host) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        names.push(host.trim().to_owned());
    }
    if listen.is_unspecified() {
        names.extend(outward_address().map(|a| a.to_string()));
    } else {
        names.push(listen.to_string());
    }
    names.extend(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    names.retain(|name| name.is_ascii() && !name.is_empty());
    names
}
