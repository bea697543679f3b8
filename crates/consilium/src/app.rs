//! Joins the parts: store, platform, the domain crates' routes, media, jobs.

use crate::api::complete;
use crate::api::describe::{self, Description};
use crate::web::Embedded;
use crate::{database, demo, rest, upkeep};
use anyhow::{Context, Result};
use axum::handler::Handler;
use axum::{Extension, Router};
use kernel::{Clock, Ids, RandomIds};
use platform::jobs::JobHandler;
use platform::web::Assets;
use platform::{Parts, Platform, Settings, Shared};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinHandle;
use utoipa::openapi::{Info, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What is decided before the parts are joined.
pub struct Config {
    /// Where the installation keeps its files.
    pub data_dir: PathBuf,
    /// Settings of the machine.
    pub settings: Settings,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether browsers reach us over HTTPS.
    pub secure: bool,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Where HTTP listens; media binds to the same interface.
    pub listen: IpAddr,
    /// Whether jobs run by themselves; tests that move the clock run them by hand.
    pub jobs: bool,
}

/// The joined program, not yet listening.
pub struct App {
    /// What every operation uses.
    pub platform: Shared,
    /// All routes with the edge around them.
    pub routes: Router,
    /// Audio and video.
    media: media::Server,
    /// Who is in which room.
    rooms: care::room::Rooms,
    /// The cases, as lists need them.
    board: Arc<care::consult::Board>,
    views: Arc<command::Views>,
    /// Run jobs, and keep the house.
    workers: Vec<JoinHandle<()>>,
}

/// The routes of all crates and their description.
pub fn routes() -> (Router<Shared>, OpenApi) {
    let (routes, mut api) = OpenApiRouter::new()
        .routes(routes!(describe::describe))
        .routes(routes!(demo::accounts::accounts))
        .merge(platform::router())
        .merge(care::router())
        .merge(reading::router())
        .merge(command::router())
        .merge(exchange::router())
        .merge(federation::router())
        .split_for_parts();
    api.info = Info::new("Consilium", env!("CARGO_PKG_VERSION"));
    api.info.description = Some(
        "An open telemedicine centre. Errors are RFC 9457 problem JSON with a stable `code`; the session is a cookie."
            .to_owned(),
    );
    (routes, api)
}

/// The work of all crates that follows a change.
pub fn job_handlers() -> Vec<Arc<dyn JobHandler>> {
    inside().into_iter().chain(platform::job_handlers().map(|(handler, _)| handler)).collect()
}

fn inside() -> Vec<Arc<dyn JobHandler>> {
    [platform::jobs(), care::jobs(), reading::jobs(), command::jobs(), federation::jobs()].concat()
}

/// The same, by worker: a mail server that does not answer must not hold up what happens inside.
fn workers() -> Vec<Vec<Arc<dyn JobHandler>>> {
    let mut workers = vec![inside()];
    for (handler, at_once) in platform::job_handlers() {
        workers.extend(std::iter::repeat_n(vec![handler], at_once));
    }
    workers
}

/// The description as it stands in `docs/openapi.json`.
pub fn openapi() -> Result<String> {
    Ok(serde_json::to_string_pretty(&described(&routes().1)?)?)
}

/// The description, completed with what holds of every operation.
fn described(api: &OpenApi) -> Result<serde_json::Value> {
    let mut api = serde_json::to_value(api).context("write the API's description")?;
    complete::complete(&mut api);
    Ok(api)
}

impl App {
    /// Opens the store, making it at the first start, and joins everything.
    pub async fn open(config: Config) -> Result<Self> {
        let Config { data_dir, settings, clock, secure, demo, listen, jobs } = config;
        make_private(&data_dir).with_context(|| format!("make the folder {}", data_dir.display()))?;
        let store = database::open(&settings.database, &data_dir, clock.clone()).await?;
        let media = start_media(&settings, listen).context("start media")?;
        let parts = Parts { store, clock, ids: Arc::new(RandomIds), settings, data_dir, secure, demo };
        let platform = Platform::open(parts).await.context("read the directory")?;
        let (routes, api) = routes();
        // Nobody is to learn in an emergency that the gateway lets nobody in.
        platform.settings.mail.password().context("read the password of the mail server")?;
        platform.settings.sms.authorization().context("read what opens the gateway of short messages")?;
        let turn = platform::turn::Turn::read(&platform.settings).context("read the secret of the TURN servers")?;
        let rooms = care::room::Rooms::start(&platform, media.clone(), turn.clone());
        let description = Description(described(&api)?.to_string().into());
        let assets: Arc<dyn Assets> = Arc::new(Embedded);
        let pages = platform::web::serve.with_state((platform.clone(), assets));
        let board = Arc::new(care::consult::Board::default());
        let views = Arc::new(command::Views::default());
        // One layer of seven: each layer of its own costs every request a box and a copy.
        let extensions = (
            Extension(description),
            Extension(rooms.clone()),
            Extension(board.clone()),
            Extension(views.clone()),
            Extension(reading::identities()),
            Extension(federation::join::Media::of(media.clone(), turn)),
            Extension(Arc::new(federation::join::Live::default())),
        );
        let routes = platform::wrap(routes.fallback_service(pages).layer(extensions), &platform);
        let mut app = Self { platform, routes, media, rooms, board, views, workers: vec![] };
        if jobs {
            app.work();
        }
        Ok(app)
    }

    /// Begins to run jobs by themselves, and to keep the house.
    pub fn work(&mut self) {
        self.workers.extend(workers().into_iter().map(|h| tokio::spawn(platform::jobs::run(self.platform.clone(), h))));
        self.workers.push(tokio::spawn(upkeep::run(self.platform.clone())));
        self.workers.push(tokio::spawn(rest::run(self.platform.clone())));
        self.workers.push(tokio::spawn(warm(self.platform.clone(), self.board.clone(), self.views.clone())));
    }

    /// Files what was sent in and watches case reports, whose alerts belong to their day, and does nothing else that is due:
    /// what is told afterwards of a time that is over has no clocks.
    pub async fn file(&self) {
        let filing = [reading::jobs(), command::jobs()].concat();
        while platform::jobs::step(&self.platform, &filing).await {}
    }

    /// Ends streams and jobs, then closes the store. The listener must have stopped before.
    pub async fn close(self) {
        self.platform.stopping.cancel();
        self.rooms.close();
        self.media.shutdown();
        for worker in self.workers {
            let _ = worker.await;
        }
        self.platform.store.close().await;
    }
}

/// Reads what lists and figures are made of while nobody waits for it yet: who asks before it is done waits for the rest.
/// Then the figures follow the ledger.
async fn warm(platform: Shared, board: Arc<care::consult::Board>, views: Arc<command::Views>) {
    tokio::select! {
        () = platform.stopping.cancelled() => {}
        () = async {
            board.warm(&platform).await;
            platform.notices.warm(&platform).await;
            views.follow(&platform).await;
        } => {}
    }
}

/// Makes a folder that its owner alone reads: it holds patients' records and keys.
pub(crate) fn make_private(dir: &Path) -> std::io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn start_media(settings: &Settings, listen: IpAddr) -> Result<media::Server> {
    let announce = match settings.media.public_address.as_str() {
        "" if listen.is_unspecified() => vec![outward_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))],
        "" => vec![listen],
        told => vec![told.parse().context("media.public_address must be an IP address")?],
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = u16::try_from(cores / 2).unwrap_or(1).max(1);
    let bind = SocketAddr::new(listen, settings.media.port);
    let codec = if settings.media.video_codec == "h264" { media::VideoCodec::H264 } else { media::VideoCodec::Vp8 };
    let mut chance = [0; 4];
    RandomIds.fill(&mut chance);
    let first_connection = u32::from_ne_bytes(chance);
    let limits = media::Limits::default();
    Ok(media::Server::start(media::Config { bind, announce, threads, codec, first_connection, limits })?)
}

/// The address other machines see, as the system would choose it; nothing is sent.
pub(crate) fn outward_address() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|a| a.ip())
}
