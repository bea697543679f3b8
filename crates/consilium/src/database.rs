//! Where the records are kept: the file of the installation's folder, or PostgreSQL. `consilium db`.

use crate::tell::tell;
use anyhow::{Context, Result, bail, ensure};
use kernel::Clock;
use platform::settings::Database;
use records::copy::Place;
use records::postgres::{self, Postgres};
use records::sqlite::{self, Sqlite};
use records::{Checkpoint, Store, Verified, VerifiedBlobs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens the records, making them at the first start. Files of attachments lie in the folder on both engines: where
/// several machines serve one database, all of them see the same folder.
pub async fn open(database: &Database, data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>> {
    let records = data_dir.join("records");
    if database.is_sqlite() {
        let slice_schemas = reading::SCHEMAS.to_vec();
        let options = sqlite::Options { clock, slice_schemas, ..sqlite::Options::default() };
        return Ok(
            Sqlite::open(&records, options).with_context(|| format!("open the records in {}", data_dir.display()))?
        );
    }
    // Two records of one installation would each be half of it.
    ensure!(
        !records.join("records.sqlite").exists(),
        "{} holds records of its own: copy them into the database, or name another folder",
        data_dir.display()
    );
    let options = postgres::Options { clock, ..options(database)? };
    let store = Postgres::open(&database.url, records.join("blobs"), options).await;
    Ok(store.context("open the records in the database")?)
}

/// Where the records of an installation stand.
pub fn place(database: &Database, data_dir: &Path) -> Result<Place> {
    if database.is_sqlite() {
        return Ok(Place::Sqlite(data_dir.join("records")));
    }
    Ok(Place::Postgres(database.url.clone(), Box::new(options(database)?)))
}

/// Makes the tables or brings them forward; a line for people.
pub async fn migrate(database: &Database) -> Result<String> {
    named(database)?;
    let applied = Postgres::migrate(&database.url, &options(database)?).await.context("bring the tables forward")?;
    Ok(if applied.is_empty() { "nothing to do".to_owned() } else { format!("applied: {}", applied.join(", ")) })
}

/// How far the tables have come; an error when they are not this program's.
pub async fn check(database: &Database) -> Result<String> {
    named(database)?;
    let shape = Postgres::check(&database.url, &options(database)?).await.context("look at the tables")?;
    if let Some(newer) = shape.unknown.last() {
        bail!("the database was brought to {newer} by a newer program");
    }
    ensure!(shape.missing.is_empty(), "missing: {}; run `consilium db migrate`", shape.missing.join(", "));
    Ok(format!("whole: {} migrations, the last {}", shape.applied.len(), shape.applied.last().map_or("", |n| n)))
}

/// Proves the ledger of a database against checkpoints and archives; servers may be running.
pub async fn verify(database: &Database, kept: &[Checkpoint], archives: &[PathBuf]) -> Result<Verified> {
    Ok(Postgres::prove_at(&database.url, &options(database)?, kept, archives).await?)
}

/// Hashes the files that a database names.
pub async fn verify_blobs(database: &Database, blob_dir: PathBuf) -> Result<VerifiedBlobs> {
    Ok(Postgres::verify_blobs_at(&database.url, &options(database)?, blob_dir).await?)
}

/// Copies all records; a line for people.
pub async fn copy(settings: &Database, from: &str, to: &str) -> Result<String> {
    let place = |at: &str| -> Result<Place> {
        if !at.starts_with("postgres://") && !at.starts_with("postgresql://") {
            return Ok(Place::Sqlite(Path::new(at).join("records")));
        }
        let database = Database { url: at.to_owned(), ..settings.clone() };
        Ok(Place::Postgres(at.to_owned(), Box::new(options(&database)?)))
    };
    let (source, target) = (place(from)?, place(to)?);
    let copied = records::copy::copy(&source, &target, &reading::TABLES, &reading::SCHEMAS, |line| tell(line));
    let copied = copied.await.context("copy the records")?;
    let rows: u64 = copied.tables.iter().map(|(_, rows)| rows).sum();
    let aside = match &source {
        Place::Sqlite(dir) => format!("; put {} aside before serving the copy", dir.join("records.sqlite").display()),
        Place::Postgres(..) => String::new(),
    };
    let Verified { entries, versions, .. } = copied.verified;
    Ok(format!("copied {rows} rows, whole: {entries} entries, {versions} versions; everybody signs in again{aside}"))
}

fn named(database: &Database) -> Result<()> {
    ensure!(!database.is_sqlite(), "name the database: --database postgres://user@host/database");
    Ok(())
}

fn options(database: &Database) -> Result<postgres::Options> {
    let password = match &*database.password_file {
        "" => None,
        file => {
            let text = std::fs::read_to_string(file).with_context(|| format!("read {file}"))?;
            Some(password(&text, &database.url).with_context(|| format!("{file} names no password of this database"))?)
        }
    };
    let authorities = match &*database.authority_file {
        "" => vec![],
        file => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .with_context(|| format!("read the authorities in {file}"))?,
    };
    let plain = authorities.is_empty() && postgres::is_on_this_machine(&database.url);
    let tls = if plain { None } else { Some(postgres::tls(authorities)?) };
    let slice_schemas = reading::POSTGRES_SCHEMAS.to_vec();
    Ok(postgres::Options { slice_schemas, password, tls, ..postgres::Options::default() })
}

/// The password of a file: its one line, or what a line of the form `host:port:database:user:password` says of this address.
fn password(text: &str, url: &str) -> Option<String> {
    let lines = || text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let fields = |line: &str| {
        let (mut fields, mut field, mut chars) = (vec![], String::new(), line.chars());
        while let Some(c) = chars.next() {
            match c {
                '\\' => field.extend(chars.next()),
                ':' if fields.len() < 4 => fields.push(std::mem::take(&mut field)),
                c => field.push(c),
            }
        }
        fields.push(field);
        fields
    };
    let mut all = lines();
    if let (Some(only), None) = (all.next(), all.next())
        && fields(only).len() < 5
    {
        return Some(only.trim_end().to_owned());
    }
    let wanted = postgres::login(url)?;
    let fits = |line: &Vec<String>| line.len() == 5 && line.iter().zip(&wanted).all(|(f, w)| f == "*" || f == w);
    lines().map(fields).find(fits).map(|line| line[4].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stands_alone_or_in_lines_of_pgpass() {
        let of = |text: &str| password(text, "postgres://consilium@db.example:5433/records");
        assert_eq!(of("secret\n").as_deref(), Some("secret"));
        assert_eq!(of("with:colon\n").as_deref(), Some("with:colon"));
        let lines = "# ours\nother:5433:records:consilium:no\ndb.example:*:records:consilium:a\\:b\n*:*:*:*:last\n";
        assert_eq!(of(lines).as_deref(), Some("a:b"));
        assert_eq!(of("other:1:2:3:no\nanother:1:2:3:no\n"), None);
        assert_eq!(password("h:5432:d:u:x\n", "postgres://u@h/d").as_deref(), Some("x"));
    }

    #[test]
    fn what_is_shown_of_the_settings_holds_no_password() {
        let url = "postgres://consilium:secret@db.example/records".to_owned();
        let shown = format!("{:?}", Database { url, ..Database::default() });
        assert!(!shown.contains("secret") && shown.contains("postgres"), "{shown}");
        let wrong = Database { url: "postgres://consilium:secret@[bad".into(), ..Database::default() };
        let told = tokio::runtime::Runtime::new().unwrap().block_on(migrate(&wrong)).unwrap_err();
        assert!(!format!("{told:#}").contains("secret"), "{told:#}");
    }
}
