//! A batch: each entry as if it had come alone, and the answers in the entries' order.

use super::super::caller::Caller;
use super::super::refusal::Refusal;
use super::item::Item;
use super::{done, refused};
use futures::FutureExt;
use futures::future::join_all;

/// Entries that are on their way at once: their commits share a group.
const AT_ONCE: usize = 16;

/// Does what it can.
pub async fn run(caller: &Caller, items: Vec<Result<Item, Refusal>>) -> Vec<Vec<u8>> {
    let mut all = Vec::with_capacity(items.len());
    let mut items = items.into_iter();
    loop {
        let some: Vec<_> = items.by_ref().take(AT_ONCE).map(|item| one(caller.clone(), item).boxed()).collect();
        if some.is_empty() {
            return all;
        }
        all.extend(join_all(some).await);
    }
}

async fn one(caller: Caller, item: Result<Item, Refusal>) -> Vec<u8> {
    match item {
        Ok(item) => item.run(&caller).await.map_or_else(|refusal| refused(&refusal), done),
        Err(refusal) => refused(&refusal),
    }
}
