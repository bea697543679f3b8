//! A refusal that comes before there is a request: an address or headers longer than are read, or a line that is no HTTP. The
//! library answers with a bare status; here it gets the words of a refusal in the form that the face speaks, and the rest of what
//! the other end is still sending is read away, so that it hears the answer instead of a broken line.

use axum::http::StatusCode;
use axum_server::accept::Accept;
use futures::future::BoxFuture;
use platform::{Problem, outcome};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// Of what is still being sent after the refusal so much is read away.
const REST_MAX: usize = 16 << 20;
/// And for so long.
const REST_WITHIN: Duration = Duration::from_secs(5);
/// A bare refusal is no longer, in bytes.
const BARE_MAX: usize = 512;
/// As much of a request as says on which face it is.
const BEGINNING: usize = 32;

/// Makes a [`Heard`] of what another acceptor gives.
#[derive(Debug, Clone)]
pub struct Hearing<A>(pub A);

impl<A, S> Accept<TcpStream, S> for Hearing<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
{
    type Stream = Heard<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move { accepted.await.map(|(stream, service)| (Heard::new(stream), service)) })
    }
}

/// A connection on which bare refusals get words.
pub struct Heard<S> {
    stream: S,
    /// How the request that is being read begins.
    begins: Vec<u8>,
    /// Something was answered: what is read next begins a request.
    answered: bool,
    instead: Option<Instead>,
    /// A bare refusal was replaced: nothing follows on this line but the rest of what was refused.
    rest: Option<(Pin<Box<Sleep>>, usize)>,
    refused: bool,
}

/// What is sent in place of a bare refusal.
struct Instead {
    bytes: Vec<u8>,
    sent: usize,
    /// So long was what it replaces.
    of: usize,
}

impl<S> Heard<S> {
    fn new(stream: S) -> Self {
        Self { stream, begins: vec![], answered: true, instead: None, rest: None, refused: false }
    }

    fn is_fhir(&self) -> bool {
        let path = self.begins.split(|b| *b == b' ').nth(1).unwrap_or_default();
        path.starts_with(b"/fhir/") || path.starts_with(b"/fhir?") || path == b"/fhir"
    }
}

/// A whole answer without a body that the library wrote by itself. Ours of these statuses have one.
fn bare(bytes: &[u8]) -> Option<StatusCode> {
    if bytes.len() > BARE_MAX || !bytes.starts_with(b"HTTP/1.1 4") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?.strip_prefix("HTTP/1.1 ")?.strip_suffix("\r\n\r\n")?;
    let status = StatusCode::from_bytes(head.get(..3)?.as_bytes()).ok()?;
    let known = [StatusCode::BAD_REQUEST, StatusCode::URI_TOO_LONG, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE]
        .contains(&status);
    (known && head.lines().any(|l| l.eq_ignore_ascii_case("content-length: 0"))).then_some(status)
}

/// The same answer with words.
fn worded(bare: &[u8], status: StatusCode, fhir: bool) -> Vec<u8> {
    let (code, detail) = match status {
        StatusCode::URI_TOO_LONG => (
            "request.address-too-long",
            "The address is longer than is read here (65,534 bytes). Send a search as a form: POST to _search.",
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
            "request.head-too-large",
            "Address and headers together are more than is read here (400 KB). Send a search as a form: POST to _search.",
        ),
        _ => ("request.unreadable", "This is not a request of HTTP."),
    };
    let problem = Problem::new(status, code, detail);
    let (media, body) = if fhir {
        ("application/fhir+json; charset=utf-8", outcome::value(&problem, None))
    } else {
        ("application/problem+json", problem.value(None))
    };
    let body = body.to_string();
    let text = String::from_utf8_lossy(bare);
    let mut out = String::new();
    let kept = |line: &&str| !line.is_empty() && !line.to_ascii_lowercase().starts_with("content-length:");
    for line in text.split("\r\n").filter(kept) {
        out += line;
        out += "\r\n";
    }
    out += &format!("content-type: {media}\r\ncache-control: no-store\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    out.into_bytes()
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let came = &buf.filled()[before..];
        if self.answered && !came.is_empty() {
            self.answered = false;
            self.begins.clear();
        }
        let room = BEGINNING - self.begins.len();
        self.begins.extend_from_slice(&came[..came.len().min(room)]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.answered = true;
        if this.instead.is_none() {
            match bare(bytes) {
                None => return Pin::new(&mut this.stream).poll_write(cx, bytes),
                Some(status) => {
                    let worded = worded(bytes, status, this.is_fhir());
                    this.instead = Some(Instead { bytes: worded, sent: 0, of: bytes.len() });
                }
            }
        }
        while let Some(instead) = this.instead.as_mut().filter(|i| i.sent < i.bytes.len()) {
            match ready!(Pin::new(&mut this.stream).poll_write(cx, &instead.bytes[instead.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => instead.sent += n,
            }
        }
        this.refused = true;
        Poll::Ready(Ok(this.instead.take().map_or(0, |i| i.of)))
    }

    /// Pieces go one by one where they begin an answer: a bare one is one piece.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut full = pieces.iter().filter(|p| !p.is_empty());
        match (full.next(), full.next()) {
            (Some(only), None) => self.poll_write(cx, only),
            _ => {
                self.answered = true;
                Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.refused {
            return Pin::new(&mut this.stream).poll_shutdown(cx);
        }
        if this.rest.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let (until, read) = this.rest.get_or_insert_with(|| (Box::pin(tokio::time::sleep(REST_WITHIN)), 0));
        let mut piece = [0; 16 << 10];
        while *read < REST_MAX && until.as_mut().poll(cx).is_pending() {
            let mut buf = ReadBuf::new(&mut piece);
            match ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => *read += buf.filled().len(),
                // The other end has closed, as it should.
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const BARE: &str = "HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";

    const ASKED: &str = "GET /fhir/Patient?name=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    async fn answered(answer: &'static str) -> String {
        let (near, mut far) = duplex(64);
        let mut heard = Heard::new(near);
        let served = tokio::spawn(async move {
            heard.read_exact(&mut [0; ASKED.len()]).await.unwrap();
            heard.write_all(answer.as_bytes()).await.unwrap();
            heard.shutdown().await.unwrap();
        });
        far.write_all(ASKED.as_bytes()).await.unwrap();
        let mut said = String::new();
        far.read_to_string(&mut said).await.unwrap();
        // Still sending what was refused.
        let _gone = far.write_all(&[b'a'; 1_000]).await;
        drop(far);
        served.await.unwrap();
        said
    }

    #[tokio::test]
    async fn a_bare_refusal_gets_words() {
        let said = answered(BARE).await;
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let outcome: Value = serde_json::from_str(body).unwrap();
        assert_eq!(outcome["issue"][0]["details"]["coding"][0]["code"], "request.address-too-long");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
        assert!(head.contains("application/fhir+json") && !head.contains("content-length: 0"), "{head}");
    }

    #[tokio::test]
    async fn ours_go_as_they_are() {
        for ours in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 414 URI Too Long\r\ncontent-length: 3\r\n\r\nabc",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        ] {
            assert_eq!(answered(ours).await, ours);
        }
    }
}
