//! The line to a browser: cut when nothing of what is sent over it is taken any more, so that who never reads holds neither
//! memory nor a place among the streams.

use axum_server::accept::Accept;
use std::future::{Ready, ready};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// Makes a [`Line`] of each connection.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// How long a line may take nothing.
    pub patience: Duration,
}

impl<S> Accept<TcpStream, S> for Lines {
    type Stream = Line;
    type Service = S;
    type Future = Ready<io::Result<(Line, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let line = stream.set_nodelay(true).map(|()| Line { stream, patience: self.patience, waiting: None });
        ready(line.map(|line| (line, service)))
    }
}

/// A connection whose writes may wait for so long and no longer.
pub struct Line {
    stream: TcpStream,
    patience: Duration,
    /// Runs while there is something to send that is not taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Line {
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => {
                metrics::counter!("consilium_lines_cut_total").increment(1);
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing is taken at the other end")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn pair(patience: Duration) -> (Line, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap());
        let (near, far) = tokio::join!(listener.accept(), far);
        let (line, ()) = Lines { patience }.accept(near.unwrap().0, ()).await.unwrap();
        (line, far.unwrap())
    }

    #[tokio::test]
    async fn who_takes_nothing_is_let_go() {
        let (mut line, _far) = pair(Duration::from_millis(50)).await;
        let error = line.write_all(&vec![0; 64 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_takes_slowly_gets_all_of_it() {
        const ALL: usize = 16 << 20;
        let (mut line, mut far) = pair(Duration::from_secs(20)).await;
        let sending = tokio::spawn(async move { line.write_all(&vec![0; ALL]).await });
        let (mut piece, mut taken) = (vec![0; 256 << 10], 0);
        while taken < ALL {
            taken += far.read(&mut piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        sending.await.unwrap().unwrap();
    }
}
