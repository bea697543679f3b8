//! What signing a first version and an amendment share: the words, the password and the key, the sheet, both signatures, and
//! who keeps them for 15 years.

use super::key_image::Marked;
use super::manifest;
use super::media;
use super::print::{Printed, Replaced, sheet};
use super::proof::Proof;
use super::resources::{About, Issue, Kept, Text, composition, document, provenance, stored_bytes};
use super::sheet::Sheet;
use super::verify;
use crate::consult::{Loaded, form_of, person};
use crate::patient::{PatientCard, card, hospital_ref, today};
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
use records::{Account, AccountChange, Change, Grant, Scope, Subject, Viewer, Write};
use sha2::{Digest, Sha256};

/// Characters of one section.
const SECTION_MAX: usize = 20_000;
/// Said when the password is not the signer's.
const WRONG_PASSWORD: &str = "opinion.wrong_password";

/// The words, if they can be signed.
pub fn written(findings: &Phi<String>, opinion: &Phi<String>, advice: &Phi<String>) -> Result<Text, Problem> {
    let [findings, opinion, advice] = [findings, opinion, advice].map(|typed| typed.reveal().clone());
    let text = Text { findings, opinion, advice };
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

/// What is signed now: the first version, or one that replaces another.
pub struct Signing<'a> {
    /// The case.
    pub case: &'a Loaded,
    /// The new Composition.
    pub opinion: Id,
    /// The words.
    pub text: &'a Text,
    /// What was marked in images.
    pub images: &'a [Marked],
    /// Which version.
    pub version: u32,
    /// The version before, and why it is replaced.
    pub replaces: Option<Replaced>,
}

/// Opens the signer's key with the password and adds to the step everything that is signed. A wrong password is ledgered.
pub async fn sign_into(
    op: &Op,
    change: &mut Change,
    signing: &Signing<'_>,
    password: Phi<String>,
) -> Result<(), Problem> {
    practises(op)?;
    let signer = me(op)?;
    let (key, renewed) = match unlock(op, &signer, password).await {
        Err(problem) if problem.code == WRONG_PASSWORD => {
            note_refused(op, signing.case, &change.act.what).await?;
            return Err(problem);
        }
        unlocked => unlocked?,
    };
    if let Some(keys) = renewed {
        change.accounts.push(AccountChange::Keys(op.actor().person.clone(), keys));
    }
    add(op, change, signing, &signer, &key).await
}

/// Who signs may practise today.
fn practises(op: &Op) -> Result<(), Problem> {
    let today = op.now().to_zoned(op.platform().settings.time_zone()).date();
    if op.platform().directory.may_practise(&op.actor().person, today) {
        return Ok(());
    }
    let why = "Your licence to practise has ended, as your hospital keeps it. Ask its administrator to enter the new one; what you \
               wrote is kept.";
    Err(Problem::conflict("opinion.licence", why))
}

/// Somebody at this desk tried to sign with a wrong password: the parties see it among the looks, each try by itself.
async fn note_refused(op: &Op, case: &Loaded, what: &str) -> Result<(), Problem> {
    let mut act = case.act(op, "opinion.sign");
    what.clone_into(&mut act.what);
    act.audience.clear();
    act.params.insert("read".into(), true.into());
    act.params.insert("allowed".into(), false.into());
    act.params.insert("why".into(), WRONG_PASSWORD.into());
    op.commit(Change::of(act)).await.map(|_| ())
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

/// Adds to the step what was signed: words, sheet, evidence, signatures, and who may read them for 15 years.
async fn add(
    op: &Op,
    change: &mut Change,
    signing: &Signing<'_>,
    signer: &PersonRef,
    key: &SignatureKey,
) -> Result<(), Problem> {
    let Signing { case, opinion, text, images: marked, version, replaces } = signing;
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
        version: *version,
        replaces: replaces.as_ref(),
        demonstration: op.platform().demo,
    };
    let images: Vec<Reference> = marked.iter().filter_map(|_| media::at(op.new_id())).collect();
    let pictures: Vec<Bytes> = marked.iter().map(|image| image.png.clone()).collect();
    let body = composition(text, &images, &about);
    let content = stored_bytes(&body).map_err(Problem::internal)?;
    let code = verify::new_code(op);
    let check = verify::Check { address: verify::address(op, &code), content: hex::encode(Sha256::digest(&content)) };
    let pdf = print(op, signing, signer, &composition_at, check).await?;
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
    let issue = Issue { code: &code, pdf, evidence, language: op.lang().tag() };
    let documents = document(&about, &case.id, &issue);
    let targets: Vec<&Reference> = [&composition_at, &document_at].into_iter().chain(&images).collect();
    let proofs = provenance(&about, &targets, &manifest_sha256, &signature, &seal);
    let mut resources = vec![(composition_at, body), (document_at, documents), (provenance_at, proofs)];
    for (at, image) in images.into_iter().zip(*marked) {
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
        replaces: about.replaces.map(|r| manifest::Replaces {
            opinion: r.at.to_string(),
            version: about.version.saturating_sub(1),
            manifest_sha256: r.manifest_sha256.clone(),
            reason: r.reason.clone(),
        }),
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
    signing: &Signing<'_>,
    signer: &PersonRef,
    at: &Reference,
    check: verify::Check,
) -> Result<Vec<u8>, Problem> {
    let case = signing.case;
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
        text: signing.text,
        images: signing.images,
        version: signing.version,
        replaces: signing.replaces.as_ref(),
        check,
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
