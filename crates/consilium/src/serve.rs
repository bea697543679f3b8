//! Listens, serves, and stops within five seconds when told to.

use crate::app::{App, outward_address};
use crate::heard::Hearing;
use crate::line::Lines;
use crate::tell::tell;
use crate::tls;
use anyhow::{Context, Result};
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsAcceptor;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Requests in hand may take so long to end; the store then closes.
const DRAIN: Duration = Duration::from_secs(3);

/// The address as a person would type it. What is printed names it too: it is set before anything is signed.
pub fn reach(app: &App, address: SocketAddr) -> String {
    let scheme = if app.platform.secure { "https" } else { "http" };
    let mut typed = address;
    if typed.ip().is_unspecified() {
        typed.set_ip(outward_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
    app.platform.reached_at.get_or_init(|| format!("{scheme}://{typed}"));
    app.platform.url().to_owned()
}

/// A server that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    /// `http://…` or `https://…`, as a person would type it.
    pub url: String,
    app: App,
    handle: Handle<SocketAddr>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Takes the port. Done before anything is opened, so that a port in use is said at once.
pub fn bind(listen: &str) -> Result<TcpListener> {
    let address: SocketAddr =
        listen.parse().with_context(|| format!("{listen} is not an address with a port, like 127.0.0.1:8080"))?;
    let listener = TcpListener::bind(address).with_context(|| format!("listen on {address}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Listening {
    /// Begins to serve `app`.
    pub async fn start(listener: TcpListener, app: App) -> Result<Self> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let server = axum_server::from_tcp(listener)?.handle(handle.clone());
        let lines = Lines { patience: Duration::from_secs(app.platform.settings.http.unread_seconds.into()) };
        let service = Router::clone(&app.routes).into_make_service_with_connect_info::<SocketAddr>();
        let serving = if app.platform.secure {
            let (config, root) = tls::config(&app.platform, address.ip()).await?;
            if let Some(root) = root {
                tell(format_args!("HTTPS by this installation's own authority; let browsers trust {}", root.display()));
            }
            let acceptor = RustlsAcceptor::new(config).acceptor(lines);
            tokio::spawn(server.acceptor(Hearing(acceptor)).serve(service))
        } else {
            tokio::spawn(server.acceptor(Hearing(lines)).serve(service))
        };
        let url = reach(&app, address);
        Ok(Self { address, url, app, handle, serving })
    }

    /// The joined program.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Waits for Ctrl-C or SIGTERM, then stops.
    pub async fn until_told(self) -> Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tell("stopping");
        self.stop().await
    }

    /// Takes no more requests, ends streams, lets requests in hand end, closes the store.
    pub async fn stop(self) -> Result<()> {
        self.app.platform.stopping.cancel();
        self.handle.graceful_shutdown(Some(DRAIN));
        let ended = self.serving.await?;
        self.app.close().await;
        Ok(ended?)
    }
}
