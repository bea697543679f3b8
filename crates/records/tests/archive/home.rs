//! A store of either engine, with what is done to it.

use super::*;

/// It, in a folder of its own.
pub struct Home {
    pub dir: TempDir,
    pub place: Place,
    pub clock: Arc<ManualClock>,
}

impl Home {
    pub fn on(engine: On) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(time("2026-01-01T00:00:00Z")));
        let place = match engine {
            On::Sqlite => Place::Sqlite(dir.path().join("data/records")),
            On::Postgres => {
                let cluster = Cluster::shared().unwrap();
                let (schema, clock) = (cluster.schema(), clock.clone());
                let options = postgres::Options { schema, clock, ..postgres::Options::default() };
                Place::Postgres(cluster.url(), Box::new(options))
            }
        };
        Self { dir, place, clock }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub async fn open(&self) -> Arc<dyn Store> {
        self.opened().await.unwrap()
    }

    pub async fn opened(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match &self.place {
            Place::Sqlite(dir) => {
                let options = sqlite::Options { clock: self.clock.clone(), ..sqlite::Options::default() };
                Sqlite::open(dir, options)?
            }
            Place::Postgres(url, options) => {
                Postgres::open(url, self.dir.path().join("blobs"), (**options).clone()).await?
            }
        })
    }

    pub async fn prove(&self, archives: &[PathBuf]) -> Result<Verified, StoreError> {
        match &self.place {
            Place::Sqlite(dir) => Sqlite::prove_at(dir, &[], archives),
            Place::Postgres(url, options) => Postgres::prove_at(url, options, &[], archives).await,
        }
    }

    pub async fn take(&self, before: &str, to: &str) -> Result<Option<Taken>, StoreError> {
        self.take_telling(before, &self.file(to), |_| ()).await
    }

    pub async fn take_telling(
        &self,
        before: &str,
        to: &Path,
        mut told: impl FnMut(&str) + Send,
    ) -> Result<Option<Taken>, StoreError> {
        let stays = |act: &Act| act.what == "room.enter";
        let wish = Wish { before: time(before), to, stays: &stays, now: time(NOW) };
        take(&self.place, &wish, &mut told).await
    }

    pub async fn entries(&self) -> Vec<Entry> {
        let store = self.open().await;
        let entries = store.entries(0, 10_000).await.unwrap();
        store.close().await;
        entries
    }

    /// Looks, and everything that only resembles them, in spring; a few looks in November.
    pub async fn filled(&self) {
        let store = self.open().await;
        for n in 0..30 {
            store.commit(Change::of(look(n))).await.unwrap();
            if n % 4 == 0 {
                let body = json!({"resourceType": "Observation", "status": "final", "n": n});
                let at = format!("Observation/o{}", n % 3).parse().unwrap();
                store.commit(Change::of(Act::system("test.put")).write(Write::next(at, body, id("h")))).await.unwrap();
            }
        }
        for like in like_looks() {
            store.commit(Change::of(like)).await.unwrap();
        }
        // As the program writes them.
        let (person, hospital) = (id("d9"), id("h"));
        let (patient, what) = (Some("Patient/p9".parse().unwrap()), "patient.show".to_owned());
        let (case, about) = (Some("ServiceRequest/c".parse().unwrap()), patient.clone());
        let note = ReadNote { person, role: Role::Specialist, hospital, what, patient, case, about, allowed: false };
        store.note_read(note).await.unwrap();
        store.close().await;
        drop(store);
        self.clock.advance(time("2026-11-20T00:00:00Z").duration_since(self.clock.now()));
        let store = self.open().await;
        for n in 0..5 {
            store.commit(Change::of(look(100 + n))).await.unwrap();
        }
        store.close().await;
    }
}
