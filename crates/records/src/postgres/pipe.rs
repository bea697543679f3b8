//! Statements sent one after the other without waiting in between: what a transaction does costs a round trip for all.

use std::future::Future;
use std::pin::Pin;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, Statement};

/// A connection of a pool, with the statements it knows.
pub type Db = deadpool_postgres::ClientWrapper;

/// Arguments of a statement.
pub(super) type Args<'a> = &'a [&'a (dyn ToSql + Sync)];

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 'a>>;

/// Statements in order, each with its arguments.
pub(super) struct Pipe<'a> {
    db: &'a Db,
    steps: Vec<(&'static str, Vec<&'a (dyn ToSql + Sync)>)>,
}

impl<'a> Pipe<'a> {
    pub(super) fn new(db: &'a Db) -> Self {
        Self { db, steps: vec![] }
    }

    pub(super) fn add(&mut self, sql: &'static str, args: &[&'a (dyn ToSql + Sync)]) -> usize {
        self.steps.push((sql, args.to_vec()));
        self.steps.len() - 1
    }

    /// Sends all, then waits for all; the rows of each, or the first failure.
    pub(super) async fn run(self) -> Result<Vec<Vec<Row>>, Error> {
        // Prepared before anything is sent: preparing waits, and what stands behind must not overtake.
        let mut ready = Vec::with_capacity(self.steps.len());
        for (sql, _) in &self.steps {
            ready.push(prepared(self.db, sql).await?);
        }
        let db = self.db;
        let mut waiting: Vec<Answer<'_>> = vec![];
        let mut answers: Vec<Option<Result<Vec<Row>, Error>>> = vec![];
        for ((_, args), statement) in self.steps.iter().zip(&ready) {
            let mut answer: Answer<'_> = Box::pin(async move { db.query(statement, args).await });
            // The first poll sends it.
            answers.push(match futures::poll!(answer.as_mut()) {
                std::task::Poll::Ready(rows) => Some(rows),
                std::task::Poll::Pending => None,
            });
            waiting.push(answer);
        }
        let mut all = Vec::with_capacity(waiting.len());
        let mut failed = None;
        for (answer, early) in waiting.into_iter().zip(answers) {
            let rows = match early {
                Some(rows) => rows,
                None => answer.await,
            };
            // All are waited for: none may still be under way when the transaction is given up.
            match rows {
                Ok(rows) => all.push(rows),
                Err(e) => failed = failed.or(Some(e)),
            }
        }
        failed.map_or(Ok(all), Err)
    }
}

/// A statement as this connection knows it, prepared at its first use.
pub(super) async fn prepared(db: &Db, sql: &str) -> Result<Statement, Error> {
    db.prepare_cached(sql).await
}

/// Runs one statement of its own.
pub(super) async fn run(db: &Db, sql: &str, args: Args<'_>) -> Result<u64, Error> {
    let statement = prepared(db, sql).await?;
    db.execute(&statement, args).await
}

/// Asks with one statement of its own.
pub(super) async fn rows_of(db: &Db, sql: &str, args: Args<'_>) -> Result<Vec<Row>, Error> {
    let statement = prepared(db, sql).await?;
    db.query(&statement, args).await
}
