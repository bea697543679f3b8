//! `opinion.sign`: the expert signs, with the password. One commit: the words, the sheet, both signatures, the case's step.

use super::key_image::{self, Marked};
use super::media;
use super::print::{Printed, sheet};
use super::proof::Proof;
use super::resources::{About, Kept, Text, composition, document, provenance, stored_bytes};
use super::{manifest, sheet::Sheet};
use crate::consult::state::Step;
use crate::consult::{Loaded, enter, form_of, person};
use crate::patient::{PatientCard, card, hospital_ref, today};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use bytes::Bytes;
use fhir::{Reference, ResourceType};
use jiff::{ToSpan, tz::TimeZone};
use kernel::decide::OPINION_KEPT_YEARS;
use kernel::{Id, Phi, Time};
use platform::case::Who;
use platform::directory::PersonRef;
use platform::pki::{SealOf, Signatory, Signature, SignatureKey, UnlockError};
use platform::{Op, Problem, Shared};
use records::{Account, AccountChange, Change, CommitError, DraftKey, Grant, Scope, Subject, Viewer, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Said when the password is not the signer's.
const WRONG_PASSWORD: &str = "opinion.wrong_password";
/// Characters of one section.
const SECTION_MAX: usize = 20_000;

/// The opinion and the password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OpinionSign)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// The password of the person who signs.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// What was seen.
    #[schema(value_type = String)]
    findings: Phi<String>,
    /// What it means.
    #[schema(value_type = String)]
    opinion: Phi<String>,
    /// What to do.
    #[schema(value_type = String)]
    advice: Phi<String>,
    /// Drafts of the kind `key-image`, in the order in which they shall be printed.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    images: Vec<Id>,
}

/// Signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionSigned)]
pub struct Output {
    /// The case's state.
    state: String,
    /// The case's version.
    version: u64,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
}

/// Signs the opinion of a case.
#[utoipa::path(post, path = "/api/consults/{id}/opinion", operation_id = "opinion.sign", tag = "opinion",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 403, description = "opinion.wrong_password"),
        (status = 409, description = "opinion.signed, consult.wrong_state, consult.taken"),
        (status = 422, description = "opinion.empty, opinion.too_long, opinion.image, opinion.images"), (status = 429, description = "session.too-many")))]
pub async fn sign(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let (case, _) = enter(&op, "opinion.sign", &id).await?;
    unsigned(&op, &case)?;
    let text = written(&input)?;
    let opinion = op.new_id();
    // The rule first: whoever cannot sign now is not asked whether the password is right.
    let mut change = case.sign(&op, &opinion)?;
    case.expect_version(&op, input.version, Step::Sign)?;
    let (images, image_drafts) = key_image::read(&op, &case, &input.images).await?;
    let signer = me(&op)?;
    let (key, renewed) = match unlock(&op, &signer, input.password).await {
        Err(problem) if problem.code == WRONG_PASSWORD => {
            note_refused(&op, &case).await?;
            return Err(problem);
        }
        unlocked => unlocked?,
    };
    let draft = DraftKey { owner: op.actor().person.clone(), kind: "opinion".to_owned(), id: id.clone() };
    if let Some(keys) = renewed {
        change.accounts.push(AccountChange::Keys(op.actor().person.clone(), keys));
    }
    change.drafts_done.push(draft);
    change.drafts_done.extend(image_drafts);
    add(&op, &case, &mut change, opinion, &Written { text, images }, &signer, &key).await?;
    match op.try_commit(change).await {
        Ok(receipt) => {
            let task = receipt.stored.iter().find(|s| s.at == case.at.task);
            let version = task.map(|s| s.version).ok_or_else(|| Problem::internal("signing did not write its Task"))?;
            Ok(Json(Output { state: "signed".to_owned(), version, signed_at: op.now() }))
        }
        Err(CommitError::Stale { .. }) => Err(overtaken(&op, &id, input.version).await),
        Err(other) => Err(other.into()),
    }
}

/// Somebody at this desk tried to sign with a wrong password: the parties see it among the looks, each try by itself.
async fn note_refused(op: &Op, case: &Loaded) -> Result<(), Problem> {
    let mut act = case.act(op, "opinion.sign");
    act.audience.clear();
    act.params.insert("read".into(), true.into());
    act.params.insert("allowed".into(), false.into());
    act.params.insert("why".into(), WRONG_PASSWORD.into());
    op.commit(Change::of(act)).await.map(|_| ())
}

/// A signed opinion is never signed or edited again.
fn unsigned(op: &Op, case: &Loaded) -> Result<(), Problem> {
    let Some(advice) = case.consult.stage.advice() else { return Ok(()) };
    let expert = advice.booking.experts.iter().find(|e| e.person == advice.by);
    let by = expert.and_then(|e| {
        person(op, &Who { role: e.role.clone(), person: e.person.clone(), hospital: e.hospital.clone() })
    });
    let by = by.and_then(|p| serde_json::to_value(p).ok()).unwrap_or_default();
    Err(Problem::conflict("opinion.signed", "The opinion is signed and cannot be changed.")
        .with("by", by)
        .with("at", advice.at.to_string())
        .with("state", case.consult.state().code()))
}

async fn overtaken(op: &Op, id: &Id, version: u64) -> Problem {
    match enter(op, "opinion.sign", id).await {
        Ok((case, _)) => match unsigned(op, &case).and_then(|()| case.expect_version(op, version, Step::Sign)) {
            Err(problem) => problem,
            Ok(()) => Problem::conflict("stale", "The case was changed in the meantime. Look again."),
        },
        Err(problem) => problem,
    }
}

fn written(input: &Input) -> Result<Text, Problem> {
    let text = Text {
        findings: input.findings.reveal().clone(),
        opinion: input.opinion.reveal().clone(),
        advice: input.advice.reveal().clone(),
    };
    for (name, typed) in [("findings", &text.findings), ("opinion", &text.opinion), ("advice", &text.advice)] {
        if typed.chars().count() > SECTION_MAX {
            let detail = format!("At most {SECTION_MAX} characters in {name}.");
            return Err(Problem::unfit("opinion.too_long", detail).with("field", name).with("max", SECTION_MAX));
        }
    }
    if text.opinion.trim().is_empty() {
        return Err(Problem::unfit("opinion.empty", "Write the opinion before you sign it.").with("field", "opinion"));
    }
    Ok(text)
}

fn me(op: &Op) -> Result<PersonRef, Problem> {
    let actor = op.actor();
    let me = op.platform().directory.person_ref_at(&actor.person, &actor.hospital);
    me.ok_or_else(|| Problem::internal(format!("{} is not in the directory", actor.person)))
}

/// Checks the password and opens the key; makes one at the first signature, and when the password was set anew by
/// somebody who did not have the old one. The keys come back when they changed.
async fn unlock(op: &Op, signer: &PersonRef, password: Phi<String>) -> Result<(SignatureKey, Option<String>), Problem> {
    let platform = op.platform();
    let person = op.actor().person.clone();
    let account = op.store().account_of(&person).await?;
    let limit = format!("sign:{person}");
    platform.attempts.attempt(&limit, platform.chosen.attempts_per_name(), op.now())?;
    let hash = account.as_ref().map(|a| a.password_hash.clone());
    let right = platform.passwords.verify(password.reveal(), hash.as_deref()).await?;
    let Some(account) = account.filter(|a| right && a.enabled) else {
        return Err(Problem::new(StatusCode::FORBIDDEN, WRONG_PASSWORD, "The password is not right."));
    };
    platform.attempts.forgive(&limit);
    let who = Signatory {
        person,
        name: signer.name.clone(),
        title: signer.title.clone(),
        hospital: signer.hospital.name.clone(),
    };
    let (platform, now) = (platform.clone(), op.now());
    tokio::task::spawn_blocking(move || open(&platform, account, &who, &password, now))
        .await
        .map_err(Problem::internal)?
}

fn open(
    platform: &Shared,
    account: Account,
    who: &Signatory,
    password: &Phi<String>,
    now: Time,
) -> Result<(SignatureKey, Option<String>), Problem> {
    let (pki, password) = (&platform.pki, password.reveal());
    let fresh = || pki.enrol(who, password, now).map_err(Problem::internal);
    let keys = match &account.keys {
        None => fresh()?,
        Some(keys) => match pki.unlock(keys, password) {
            Ok(_) => pki.renew(keys, who, now).map_err(Problem::internal)?.unwrap_or_else(|| keys.clone()),
            Err(UnlockError::WrongPassword) => fresh()?,
            Err(damaged) => return Err(Problem::internal(damaged)),
        },
    };
    let key = pki.unlock(&keys, password).map_err(Problem::internal)?;
    let changed = account.keys.as_ref() != Some(&keys);
    Ok((key, changed.then_some(keys)))
}

/// What the specialist made.
struct Written {
    text: Text,
    images: Vec<Marked>,
}

/// Adds to the step what was signed: words, sheet, evidence, signatures, and who may read them for 15 years.
async fn add(
    op: &Op,
    case: &Loaded,
    change: &mut Change,
    opinion: Id,
    written: &Written,
    signer: &PersonRef,
    key: &SignatureKey,
) -> Result<(), Problem> {
    let at = |ty| Reference::new(ty, opinion.clone());
    let composition_at = at(ResourceType::COMPOSITION);
    let document_at = at(ResourceType::DOCUMENT_REFERENCE);
    let provenance_at = at(ResourceType::PROVENANCE);
    let about = About {
        case: &case.at.case,
        number: &case.number,
        patient: &case.patient,
        custodian: &case.custodian,
        by: Who::from(op.actor()),
        at: op.now(),
        version: 1,
        demonstration: op.platform().demo,
    };
    let images: Vec<Reference> = written.images.iter().filter_map(|_| media::at(op.new_id())).collect();
    let pictures: Vec<Bytes> = written.images.iter().map(|image| image.png.clone()).collect();
    let body = composition(&written.text, &images, &about);
    let content = stored_bytes(&body).map_err(Problem::internal)?;
    let pdf = print(op, case, written, signer, &composition_at).await?;
    let manifest = manifest(&about, &composition_at, signer, (&content, &pdf, &pictures))?;
    let (signature, seal) = signatures(op, signer, key, &manifest)?;
    let pki = &op.platform().pki;
    let proof = Proof {
        manifest: &manifest,
        content: &content,
        pdf: &pdf,
        pictures: &pictures,
        signature: &signature,
        seal: &seal,
        authority_pem: pki.signatures_pem(),
        root_pem: pki.root_pem(),
    };
    let evidence = proof.zip().map_err(Problem::internal)?;
    let manifest_sha256: [u8; 32] = Sha256::digest(&manifest).into();
    let (pdf, evidence) = (keep(op, change, pdf).await?, keep(op, change, evidence).await?);
    let documents = document(&about, &case.id, pdf, evidence, op.lang().tag());
    let targets: Vec<&Reference> = [&composition_at, &document_at].into_iter().chain(&images).collect();
    let proofs = provenance(&about, &targets, &manifest_sha256, &signature, &seal);
    let mut resources = vec![(composition_at, body), (document_at, documents), (provenance_at, proofs)];
    for (at, image) in images.into_iter().zip(&written.images) {
        let kept = keep(op, change, image.png.to_vec()).await?;
        let body = media::media(&at, image, kept, &case.id, &about);
        resources.push((at, body));
    }
    let until = op.now().to_zoned(TimeZone::UTC).checked_add(OPINION_KEPT_YEARS.years()).ok().map(|z| z.timestamp());
    for (at, body) in resources {
        for hospital in case.facts().advising_hospitals {
            let (subject, scope) = (Subject::Hospital(hospital), Scope::Resource(at.clone()));
            change.grants.push(Grant { subject, scope, until });
        }
        change.act.about.push(at.clone());
        change.writes.push(Write::new(at, body, case.custodian.clone()).in_case(case.at.case.clone()));
    }
    change.act.params.insert("manifest_sha256".into(), hex::encode(manifest_sha256).into());
    Ok(())
}

fn manifest(
    about: &About<'_>,
    composition: &Reference,
    signer: &PersonRef,
    (content, pdf, pictures): (&[u8], &[u8], &[Bytes]),
) -> Result<Vec<u8>, Problem> {
    let of = manifest::Of {
        opinion: composition.to_string(),
        case: about.number,
        version: about.version,
        signer: manifest::Signer {
            person: format!("Practitioner/{}", about.by.person),
            role: format!("PractitionerRole/{}", about.by.role),
            hospital: format!("Organization/{}", about.by.hospital),
            name: &signer.name,
            title: signer.title.as_deref(),
            hospital_name: &signer.hospital.name,
        },
        signed_at: about.at,
    };
    manifest::bytes(of, content, pdf, pictures).map_err(Problem::internal)
}

fn signatures(
    op: &Op,
    signer: &PersonRef,
    key: &SignatureKey,
    manifest: &[u8],
) -> Result<(Signature, Signature), Problem> {
    let of = SealOf { hospital: signer.hospital.id.clone(), name: signer.hospital.name.clone() };
    let seal = op.platform().pki.seal(&of, manifest, op.now()).map_err(Problem::internal)?;
    Ok((key.sign(manifest), seal))
}

async fn print(
    op: &Op,
    case: &Loaded,
    written: &Written,
    signer: &PersonRef,
    at: &Reference,
) -> Result<Vec<u8>, Problem> {
    let form = form_of(op.store(), case).await?.form;
    let patient = patient_of(op, case).await?;
    let asking = person(op, &case.asking);
    let asking = asking.ok_or_else(|| Problem::internal("the asking doctor is not in the directory"))?;
    let printed = Printed {
        case,
        form: &form,
        patient: &patient,
        asking: &asking,
        signer,
        text: &written.text,
        images: &written.images,
        version: 1,
        document_id: at.to_string(),
    };
    let sheet: Sheet = sheet(op, &printed);
    tokio::task::spawn_blocking(move || sheet.render()).await.map_err(Problem::internal)?.map_err(Problem::internal)
}

async fn patient_of(op: &Op, case: &Loaded) -> Result<PatientCard, Problem> {
    let found = op.store().read(&Viewer::System, &case.patient).await?;
    let found = found.ok_or_else(|| Problem::internal(format!("{} is not there", case.patient)))?;
    Ok(card(&found.value()?, hospital_ref(op, &found.custodian)?, today(op)))
}

async fn keep(op: &Op, change: &mut Change, bytes: Vec<u8>) -> Result<Kept, Problem> {
    let size = bytes.len();
    let sha256 = op.store().blob_put(bytes.into()).await?;
    change.blobs.push(sha256);
    Ok(Kept { sha256, bytes: size })
}
