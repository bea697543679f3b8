//! A listener on `/events`.

use serde_json::Value;
use std::time::Duration;

/// One event of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `act` or `resync`; `ping` for the sign of life.
    pub event: String,
    /// The ledger's number.
    pub id: u64,
    /// The data; null for a ping.
    pub data: Value,
}

/// The stream, read event by event.
pub struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    /// Of an answer to `GET /events`.
    pub fn of(answer: reqwest::Response) -> Self {
        assert_eq!(answer.status(), 200, "the event stream");
        Self { answer, text: String::new() }
    }

    /// The next event that is not a ping, if it comes within `within`; none when the stream ends or nothing comes.
    pub async fn next(&mut self, within: Duration) -> Option<Event> {
        let real = async {
            loop {
                let event = self.any().await?;
                if event.event != "ping" {
                    return Some(event);
                }
            }
        };
        tokio::time::timeout(within, real).await.ok().flatten()
    }

    /// Whether the stream ends within `within`.
    pub async fn ends(&mut self, within: Duration) -> bool {
        let end = async { while self.any().await.is_some() {} };
        tokio::time::timeout(within, end).await.is_ok()
    }

    /// The next event, pings included; none at the end.
    pub async fn any(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                return Some(parse(&block));
            }
            let chunk = self.answer.chunk().await.ok().flatten()?;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event { event: "ping".to_owned(), id: 0, data: Value::Null };
    for line in block.lines() {
        match line.split_once(':') {
            Some(("event", value)) => value.trim().clone_into(&mut event.event),
            Some(("id", value)) => event.id = value.trim().parse().expect("a number"),
            Some(("data", value)) => event.data = serde_json::from_str(value.trim()).expect("JSON"),
            _ => {}
        }
    }
    event
}
