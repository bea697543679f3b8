//! What is left of a request's body when its answer is ready.
//!
//! Who refuses a request without reading it to its end drops its body, and a server that then answers and closes resets the
//! line: the sender, still sending, hears a broken connection in place of the refusal (RFC 9112, 9.6). So the rest is read
//! first, and forgotten.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header;
use bytes::Bytes;
use futures::StreamExt;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::oneshot;

/// So much of a rest is read.
const READ_MAX: usize = 256 * 1024 * 1024;
/// For so long.
const READ_WITHIN: Duration = Duration::from_secs(30);

/// The other end of a body: it comes here when it was dropped before its end.
pub struct Rest(Option<oneshot::Receiver<Body>>);

struct Kept {
    /// Gone at its end, and when it broke off.
    body: Option<Body>,
    /// A sender that waits for `100 Continue` sends nothing until somebody begins to read.
    comes: bool,
    back: Option<oneshot::Sender<Body>>,
}

/// The request, and where the rest of its body will be found.
pub fn keep(request: Request) -> (Request, Rest) {
    if request.body().is_end_stream() {
        return (request, Rest(None));
    }
    let (to, from) = oneshot::channel();
    let comes = !request.headers().contains_key(header::EXPECT);
    let request = request.map(|body| Body::new(Kept { body: Some(body), comes, back: Some(to) }));
    (request, Rest(Some(from)))
}

impl Rest {
    /// Reads what nobody wanted, within its bounds of length and time.
    pub async fn read_and_forget(self) {
        let Some(body) = self.0.and_then(|mut from| from.try_recv().ok()) else { return };
        let mut pieces = body.into_data_stream();
        let all = async {
            let mut read = 0;
            while let Some(Ok(piece)) = pieces.next().await {
                read += piece.len();
                if read > READ_MAX {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(READ_WITHIN, all).await;
    }
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.comes = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let left = self.body.take().filter(|body| self.comes && !body.is_end_stream());
        if let (Some(body), Some(back)) = (left, self.back.take()) {
            // Nobody waits for it when the request itself was given up.
            let _ = back.send(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn counted(pieces: usize) -> (Request, Arc<AtomicUsize>) {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = sent.clone();
        let stream = futures::stream::iter(0..pieces).map(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1024]))
        });
        (Request::new(Body::from_stream(stream)), sent)
    }

    #[tokio::test]
    async fn what_nobody_read_is_read() {
        let (request, sent) = counted(100);
        let (request, rest) = keep(request);
        drop(request);
        rest.read_and_forget().await;
        assert_eq!(sent.load(Ordering::Relaxed), 100);
    }

    #[tokio::test]
    async fn what_was_read_is_not_read_again() {
        let (request, sent) = counted(100);
        let (request, rest) = keep(request);
        assert_eq!(to_bytes(request.into_body(), usize::MAX).await.unwrap().len(), 100 * 1024);
        rest.read_and_forget().await;
        assert_eq!(sent.load(Ordering::Relaxed), 100);
    }

    #[tokio::test]
    async fn who_reads_past_a_bound_leaves_the_rest() {
        let (request, sent) = counted(100);
        let (request, rest) = keep(request);
        assert!(to_bytes(request.into_body(), 10 * 1024).await.is_err());
        rest.read_and_forget().await;
        assert_eq!(sent.load(Ordering::Relaxed), 100);
    }

    #[tokio::test]
    async fn there_is_an_end_to_it() {
        let (request, sent) = counted(usize::MAX);
        let (request, rest) = keep(request);
        drop(request);
        rest.read_and_forget().await;
        assert_eq!(sent.load(Ordering::Relaxed), READ_MAX / 1024 + 1);
    }

    #[tokio::test]
    async fn who_waits_to_be_asked_is_not_asked() {
        let (mut request, sent) = counted(100);
        request.headers_mut().insert(header::EXPECT, "100-continue".parse().unwrap());
        let (request, rest) = keep(request);
        drop(request);
        rest.read_and_forget().await;
        assert_eq!(sent.load(Ordering::Relaxed), 0);
    }
}
