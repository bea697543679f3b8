//! Puts what was read where it belongs. One commit a study: blobs named, rows written, the resource when it is new.

use super::read::Incoming;
use super::{FileKind, FileResult, Outcome};
use crate::imaging::case::Case;
use crate::imaging::compare::{self, Person};
use crate::imaging::resources::{self, Document};
use crate::imaging::settle;
use crate::imaging::store::rows::{HeldRow, Holding, Instances, Ready, SeriesFound, StudyRow};
use crate::imaging::store::{Archive, Known};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use records::{Act, Change, Query, Viewer, Write};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use wire::Kind;
use wire::dicom::Subject;

/// Which upload, of which case. Its caller holds the case's lock.
pub(crate) struct Keeping<'a> {
    pub op: &'a Op,
    pub case: &'a Case,
    pub upload: &'a str,
    /// The case's patient, if known.
    pub person: Option<Person>,
    /// Counts what is held of this upload.
    pub seq: u32,
}

/// Whose files these are, as one value: name, sex, birth date and number as written.
pub(crate) fn identity(ready: &Ready) -> [u8; 32] {
    identity_of(&ready.subject)
}

/// The same of a person named.
pub(crate) fn identity_of(subject: &Subject) -> [u8; 32] {
    // The parts are texts: they always serialise.
    Sha256::digest(serde_json::to_vec(subject).unwrap_or_default()).into()
}

/// Under what a human's word is kept that this identity is this patient: of another patient it says nothing.
pub(crate) fn confirmed_as(identity: &[u8; 32], patient: Option<&Id>) -> [u8; 32] {
    let patient = patient.map_or("", Id::as_str);
    Sha256::new().chain_update(identity).chain_update(patient).finalize().into()
}

impl Keeping<'_> {
    /// Keeps the bytes of instances, then files or holds them.
    pub(crate) async fn instances(&mut self, read: Vec<(Incoming, Box<Ready>)>) -> Result<Outcome, Problem> {
        let mut all = Vec::with_capacity(read.len());
        for (file, mut ready) in read {
            let (sha256, bytes) = self.op.store().blob_put_file(&file.path).await?;
            (ready.instance.sha256, ready.instance.bytes) = (sha256, bytes);
            all.push(*ready);
        }
        let mut outcome = Outcome::default();
        let (held, fitting) = self.part(all).await?;
        for (person, ready) in held {
            outcome.files.push(FileResult {
                study: Some(ready.study.uid.clone()),
                ..FileResult::of(ready.name.clone(), FileKind::Held)
            });
            self.hold(ready).await?;
            outcome.mismatch = outcome.mismatch.or_else(|| Some((person, self.person.clone().unwrap_or_default())));
        }
        outcome.files.extend(self.file(fitting).await?);
        Ok(outcome)
    }

    /// Those whose patient is not the case's, and the rest.
    async fn part(&self, all: Vec<Ready>) -> Result<(Vec<(Person, Ready)>, Vec<Ready>), Problem> {
        let (mut held, mut fitting) = (Vec::new(), Vec::new());
        for ready in all {
            let in_file = compare::in_file(&ready.subject);
            let differs = self.person.as_ref().is_some_and(|p| !compare::differences(&in_file, p).is_empty());
            if differs && !self.is_confirmed(identity(&ready)).await? {
                held.push((in_file, ready));
            } else {
                fitting.push(ready);
            }
        }
        Ok((held, fitting))
    }

    async fn is_confirmed(&self, identity: [u8; 32]) -> Result<bool, Problem> {
        let key = confirmed_as(&identity, self.case.patient.as_ref().map(|at| &at.id));
        Ok(Archive::of(self.op.store()).confirmed(&self.case.at.id, key).await?)
    }

    fn act(&self, what: &'static str) -> Act {
        let mut act = self.op.act(what);
        act.patient = self.case.patient.clone();
        act
    }

    async fn hold(&mut self, ready: Ready) -> Result<(), Problem> {
        let mut act = self.act("attachment.hold");
        act.about = vec![self.case.at.clone()];
        let mut change = Change::of(act);
        let row = HeldRow {
            case: self.case.at.id.clone(),
            upload: self.upload.to_owned(),
            seq: self.seq,
            ready,
            at: self.op.now(),
        };
        change.blob_holds = vec![row.hold()];
        self.seq += 1;
        change.bulk = vec![Arc::new(Holding::Hold(Box::new(row)))];
        self.op.commit(change).await?;
        Ok(())
    }

    /// Files instances into their studies.
    pub(crate) async fn file(&self, all: Vec<Ready>) -> Result<Vec<FileResult>, Problem> {
        let mut studies: BTreeMap<String, Vec<Ready>> = BTreeMap::new();
        for ready in all {
            studies.entry(ready.study.uid.clone()).or_default().push(ready);
        }
        let mut results = Vec::new();
        for (uid, instances) in studies {
            results.extend(self.study(&uid, instances).await?);
        }
        Ok(results)
    }

    async fn study(&self, uid: &str, all: Vec<Ready>) -> Result<Vec<FileResult>, Problem> {
        let known = self.known(uid, &all).await?;
        let is_new = known.study.is_none();
        let mut results = Vec::new();
        let mut batch: Option<Instances> = None;
        let (mut seen, mut new_series) = (HashSet::new(), HashSet::new());
        for (ready, stored) in all.into_iter().zip(known.hashes) {
            let again = !seen.insert(ready.instance.uid.clone());
            match stored {
                Some(hash) if hash != ready.instance.sha256 => {
                    let words = "another file with the same SOP Instance UID is in this study already";
                    results.push(FileResult::refused(ready.name, "differs-from-stored", words.to_owned()));
                    continue;
                }
                _ => results.push(FileResult::dicom(ready.name.clone(), uid, stored.is_some() || again)),
            }
            if stored.is_some() || again {
                continue;
            }
            let study = known.study.clone().unwrap_or_else(|| self.study_row(&ready));
            let batch =
                batch.get_or_insert_with(|| Instances { study, series: vec![], instances: vec![], subjects: vec![] });
            if !batch.subjects.contains(&ready.subject) {
                batch.subjects.push(ready.subject);
            }
            let series = &ready.series.series.uid;
            if !known.series.contains(series) && new_series.insert(series.clone()) {
                batch.series.push(ready.series);
            }
            batch.instances.push(ready.instance);
        }
        if let Some(batch) = batch {
            self.commit(batch, is_new).await?;
        }
        Ok(results)
    }

    async fn commit(&self, batch: Instances, is_new: bool) -> Result<(), Problem> {
        let at = Reference::new(ResourceType::IMAGING_STUDY, batch.study.id.clone());
        let mut act = self.act("attachment.put");
        act.about = vec![at.clone()];
        act.params.insert("instances".to_owned(), batch.instances.len().into());
        // The case hears of a study once, and again when it has settled; its timeline is not a list of slices.
        if is_new {
            act.case = Some(self.case.at.clone());
            act.audience = self.case.audience.clone();
        }
        let mut change = Change::of(act);
        if is_new {
            let body = resources::imaging_study(&batch.study, &as_found(&batch));
            let write = Write::new(at, body, self.case.custodian.clone());
            change.writes.push(write.in_case(self.case.at.clone()));
        }
        change.blobs = batch.instances.iter().map(|i| i.sha256).collect();
        change.jobs = vec![settle::job(&batch.study.id, &self.case.audience, self.op.now())];
        change.bulk = vec![Arc::new(batch)];
        self.op.commit(change).await?;
        Ok(())
    }

    fn study_row(&self, ready: &Ready) -> StudyRow {
        StudyRow {
            id: self.op.new_id(),
            case: self.case.at.id.clone(),
            custodian: self.case.custodian.clone(),
            patient: self.case.patient.as_ref().map(|at| at.id.clone()),
            study: ready.study.clone(),
            subject: ready.subject.clone(),
            attributes: ready.study_attributes.clone(),
        }
    }

    /// What of this study is here already.
    async fn known(&self, uid: &str, all: &[Ready]) -> Result<Known, Problem> {
        let wanted: Vec<(String, String)> =
            all.iter().map(|r| (r.instance.uid.clone(), r.series.series.uid.clone())).collect();
        Ok(Archive::of(self.op.store()).known(&self.case.at.id, uid, wanted).await?)
    }

    /// Keeps a document.
    pub(crate) async fn document(&self, file: Incoming, kind: Kind) -> Result<FileResult, Problem> {
        let op = self.op;
        let (sha256, bytes) = op.store().blob_put_file(&file.path).await?;
        let token = format!("{}|{}", resources::BLOB, hex::encode(sha256));
        let query = Query::of(ResourceType::DOCUMENT_REFERENCE).with("identifier", token).count(50);
        let found = op.store().search(&Viewer::System, &query).await?.matches;
        if let Some(same) = found.into_iter().find(|d| d.case.as_ref() == Some(&self.case.at)) {
            let document = Some(same.at.id.to_string());
            return Ok(FileResult { document, duplicate: true, ..FileResult::of(file.name, FileKind::Document) });
        }
        let id: Id = op.new_id();
        let document = Document {
            id: id.clone(),
            name: file.name,
            media_type: kind.media_type().to_owned(),
            bytes,
            sha256,
            at: op.now(),
        };
        let patient = self.case.patient.as_ref().map(|at| &at.id);
        let body = resources::document_reference(&document, &self.case.at.id, patient, &op.actor().practitioner_role);
        let at = Reference::new(ResourceType::DOCUMENT_REFERENCE, id.clone());
        let mut act = self.act("attachment.put");
        act.about = vec![at.clone()];
        act.case = Some(self.case.at.clone());
        act.audience = self.case.audience.clone();
        act.params.insert("documents".to_owned(), 1.into());
        let mut change = Change::of(act);
        change.writes.push(Write::new(at, body, self.case.custodian.clone()).in_case(self.case.at.clone()));
        change.blobs = vec![sha256];
        op.commit(change).await?;
        Ok(FileResult { document: Some(id.to_string()), ..FileResult::of(document.name, FileKind::Document) })
    }
}

/// The series of a new study, before its rows can be read.
fn as_found(batch: &Instances) -> Vec<SeriesFound> {
    let of = |uid: &str| batch.instances.iter().filter(|i| i.series == uid).count() as u64;
    let found = |row: &crate::imaging::store::rows::SeriesRow| SeriesFound {
        id: 0,
        series: row.series.clone(),
        attributes: String::new(),
        instances: of(&row.series.uid),
        bytes: 0,
        shown: 0,
        why_not: None,
    };
    batch.series.iter().map(found).collect()
}
