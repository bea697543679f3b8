//! `directory.import_progress`: how far the file is that I am having looked at or applied.

use super::area;
use crate::{Op, Problem};
use axum::Json;
use kernel::Id;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// So many files are worked on at one time: each may hold the people of a province in memory.
const RUNNING_MAX: usize = 2;

/// What is being done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DirectoryImportStep)]
pub enum Step {
    /// Nothing: none is being worked on.
    None,
    /// It is read.
    Reading,
    /// Its lines are compared with what there is.
    Comparing,
    /// What it changes is kept.
    Keeping,
    /// What has happened since is looked at, and what it changed is undone.
    Undoing,
}

impl Step {
    const ALL: [Self; 5] = [Self::None, Self::Reading, Self::Comparing, Self::Keeping, Self::Undoing];
}

/// How far a file is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryImportProgress)]
pub struct Output {
    /// What is being done.
    step: Step,
    /// So many lines of this step are done.
    done: usize,
    /// Of so many; 0 while that is not known.
    total: usize,
}

/// How far one file is; shared by who works on it and who asks.
#[derive(Debug, Default)]
pub struct Progress {
    step: AtomicUsize,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    /// Begins a step of so many lines.
    pub fn begin(&self, step: Step, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.step.store(step as usize, Ordering::Relaxed);
    }

    /// So many lines of the step are done.
    pub fn at(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }
}

/// The files being worked on, by who sent them.
#[derive(Debug, Default)]
pub struct Imports(Mutex<HashMap<Id, Arc<Progress>>>);

/// Held while a file is worked on.
pub struct Running {
    platform: crate::Shared,
    person: Id,
    /// How far it is.
    pub progress: Arc<Progress>,
}

impl Imports {
    fn held(&self) -> MutexGuard<'_, HashMap<Id, Arc<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Begins to work on a file: one at a time of a person, and two in all.
    pub fn begin(op: &Op) -> Result<Self, Problem> {
        let person = op.actor().person.clone();
        let mut held = op.platform().imports.held();
        if held.len() >= RUNNING_MAX || held.contains_key(&person) {
            let why = "Another file is being worked on. Wait until it is done, then send this one again.";
            return Err(Problem::conflict("directory.import-busy", why));
        }
        let progress = Arc::new(Progress::default());
        held.insert(person.clone(), progress.clone());
        drop(held);
        Ok(Self { platform: op.platform().clone(), person, progress })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.platform.imports.held().remove(&self.person);
    }
}

/// How far the file is that I sent last, while it is worked on.
#[utoipa::path(get, path = "/api/admin/import", operation_id = "directory.import_progress", tag = "directory",
    responses((status = 200, body = Output)))]
pub async fn import_progress(op: Op) -> Result<Json<Output>, Problem> {
    op.may("directory.import_progress", &area::facts(&op, &op.actor().hospital), None).await?;
    let progress = op.platform().imports.held().get(&op.actor().person).cloned().unwrap_or_default();
    let step = Step::ALL.get(progress.step.load(Ordering::Relaxed)).copied().unwrap_or(Step::None);
    let count = |n: &AtomicUsize| n.load(Ordering::Relaxed);
    Ok(Json(Output { step, done: count(&progress.done), total: count(&progress.total) }))
}
