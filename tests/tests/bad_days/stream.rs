//! A page's event stream in front of the built program.

use anyhow::{Context, Result, ensure};
use std::time::Duration;
use tests::program::Caller;

/// An open stream and what of it was read.
pub struct Stream {
    answer: reqwest::Response,
    text: String,
}

impl Stream {
    pub async fn open(caller: &Caller) -> Result<Self> {
        let answer = caller.request("GET", "/events").send().await?;
        ensure!(answer.status() == 200, "the event stream: {}", answer.status());
        Ok(Self { answer, text: String::new() })
    }

    /// Reads on until the disk is said to be so.
    pub async fn hears_of_disk(&mut self, disk: &str) -> Result<()> {
        let wanted = "event: disk\nid: ";
        let said = format!("data: {{\"disk\":\"{disk}\"}}");
        let heard = async {
            loop {
                let whole = self.text.rfind("\n\n").map_or(0, |at| at + 2);
                let heard: String = self.text.drain(..whole).collect();
                if heard.split("\n\n").any(|event| event.starts_with(wanted) && event.contains(&said)) {
                    return anyhow::Ok(());
                }
                let piece = self.answer.chunk().await?.context("the stream ended")?;
                self.text.push_str(&String::from_utf8_lossy(&piece));
            }
        };
        tokio::time::timeout(Duration::from_secs(20), heard).await.with_context(|| format!("never told: {disk}"))?
    }
}
