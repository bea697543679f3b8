//! A page that opens its event stream and never reads: it is let go, and nobody else notices.

use super::cut::{note, rows};
use platform::Settings;
use std::time::{Duration, Instant};
use testkit::TestApp;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

const SOON: Duration = Duration::from_secs(30);
/// Acts, each of sixteen kilobytes: more than any line holds by itself.
const ACTS: u64 = 1_500;

/// A line whose other end takes next to nothing.
async fn narrow(app: &TestApp, cookie: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address = app.url.strip_prefix("http://").unwrap();
    let mut line = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!("GET /events HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    line
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_reads_is_let_go_and_nobody_else_notices() {
    let mut settings = Settings::default();
    settings.http.unread_seconds = 1;
    let app = TestApp::with(settings, None).await;
    let opened = app.nobody().sign_in("zhao.min", "consilium-demo").await;
    let cookie = opened.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let lines = [narrow(&app, &cookie).await, narrow(&app, &cookie).await];
    let zhou = app.login("zhou.ming").await;
    let mut stream = zhou.events(None).await;
    stream.any().await.unwrap();
    let begun = Instant::now();
    while app.platform().events.open() < 3 {
        assert!(begun.elapsed() < SOON, "three streams are open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let padding = "x".repeat(16 << 10);
    let store = app.platform().store.clone();
    let writing = tokio::spawn(async move {
        for n in 0..ACTS {
            store.commit(note(&["zhou-ming", "zhao-min"], n, &padding)).await.unwrap();
        }
    });
    let heard = rows(&mut stream, ACTS).await;
    assert_eq!(heard, (0..ACTS).collect::<Vec<_>>(), "who reads hears all of it, in order");
    writing.await.unwrap();
    let begun = Instant::now();
    while app.platform().events.open() > 1 {
        assert!(begun.elapsed() < SOON, "who never reads keeps a place");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app.platform().store.commit(note(&["zhou-ming"], ACTS, "")).await.unwrap();
    assert_eq!(rows(&mut stream, 1).await, [ACTS]);
    drop(lines);
}
