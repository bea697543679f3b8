//! A database that nobody serves, held by one connection: for copies.

use super::link::{self, Link};
use super::names::BLOCK;
use super::pipe::Db;
use super::{Options, ledger, schema, sealer};
use crate::{StoreError, Verified};
use deadpool_postgres::Object;
use std::path::PathBuf;

/// What is said to who wants a database for itself while a server runs.
pub const SERVED: &str = "a server has this database open: stop it first";

/// The connection, and with it the locks of those who serve: of all who write, and of the one who seals.
pub(crate) struct Alone(Object);

impl Alone {
    /// Takes the store; makes or brings forward its tables when `make` says so.
    pub(crate) async fn open(url: &str, options: &Options, make: bool) -> Result<Self, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let db = link.pool(1)?.get().await?;
        if make {
            schema::migrate(&db, &link, &options.slice_schemas).await?;
        }
        is_of_now(&db, &link).await?;
        db.batch_execute("SET statement_timeout=0").await?;
        for lock in [link::SERVED, sealer::LOCK] {
            if !link::hold(&db, "pg_advisory_lock", link.key(lock)).await? {
                return Err(StoreError::Engine(SERVED.into()));
            }
        }
        if db.query_one("SELECT EXISTS(SELECT 1 FROM ledger_open)", &[]).await?.get(0) {
            return Err(StoreError::Engine("entries wait to be sealed: start the server once, and stop it".into()));
        }
        Ok(Self(db))
    }

    /// The store as it stands now, whoever serves it, for as long as this lives.
    pub(crate) async fn snapshot(url: &str, options: &Options) -> Result<Self, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let db = link.pool(1)?.get().await?;
        is_of_now(&db, &link).await?;
        db.batch_execute(
            "SET statement_timeout=0; SET idle_in_transaction_session_timeout=0;
             BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )
        .await?;
        if db.query_opt("SELECT 1 FROM made WHERE name='copy'", &[]).await?.is_some() {
            return Err(StoreError::Engine("a copy into this database was not ended".into()));
        }
        Ok(Self(db))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0
    }

    /// Numbers for names go on after those there are.
    pub(crate) async fn renumber(&self) -> Result<(), StoreError> {
        let sql = "SELECT setval('rid_block', (SELECT coalesce(max(rid), 0) FROM resource) / $1 + 1)";
        self.0.query_one(sql, &[&BLOCK]).await?;
        Ok(())
    }

    pub(crate) async fn prove(&self, archives: &[PathBuf]) -> Result<Verified, StoreError> {
        self.0.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let verified = ledger::verify(&self.0, &[], archives).await;
        self.0.batch_execute("ROLLBACK").await?;
        verified
    }
}

/// The tables are this program's.
async fn is_of_now(db: &Db, link: &Link) -> Result<(), StoreError> {
    let missing = schema::check(db, link).await?.missing;
    let Some(missing) = missing.first() else { return Ok(()) };
    let why = format!("the tables of the database were not brought forward to {missing}: `consilium db migrate`");
    Err(StoreError::Engine(why))
}
