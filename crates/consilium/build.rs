//! Watches the built web app, so that the binary always holds the newest; never builds it.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/dist");
    // An empty folder is watched like a full one; a missing one would rebuild this crate every time.
    let _ = std::fs::create_dir_all(dist);
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-env-changed=CONSILIUM_ALLOW_NO_WEB");
    if dist.join("index.html").exists() {
        return;
    }
    println!("cargo:warning=web/dist is empty: the binary will say so at /; build it with `cargo xtask demo`");
    let release = std::env::var_os("PROFILE").is_some_and(|p| p == "release");
    assert!(
        !release || std::env::var_os("CONSILIUM_ALLOW_NO_WEB").is_some(),
        "a release needs its web app: run `npm ci && npm run build` in web/ first"
    );
}
