//! `referral.request`: a county doctor refers a patient up. The summary is made from the record as it stands now.

use super::change::under_way;
use super::clock;
use super::gather::{cited, found};
use super::ips::{self, Document};
use super::model::{ASKED_MAX, Ask, Referral};
use super::resources::{References, Words, begin};
use super::state::{Care, Direction, Need, Severity, State, Step};
use super::step::{reason, refused_new, typed};
use crate::moved::Moved;
use crate::number;
use crate::patient::hospital_ref;
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::case::Who;
use platform::codes::{SPECIALTIES, knows};
use platform::{Op, Problem, notify};
use records::{Change, Claim, CommitError, DraftKey, Expect, Subject, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A referral as it is typed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralRequest)]
pub struct Input {
    /// A patient of the own hospital.
    #[schema(value_type = String)]
    patient: Id,
    /// Why, and what the other hospital is to do.
    reason: String,
    /// How ill.
    severity: Severity,
    /// The specialty wanted.
    specialty: String,
    /// The level of care wanted.
    care: Care,
    /// What is needed on the way.
    #[serde(default)]
    needs: Vec<Need>,
    /// The hospitals asked for a bed.
    #[schema(value_type = Vec<String>)]
    hospitals: Vec<Id>,
    /// Images and documents of the record, `ImagingStudy/…`, `DocumentReference/…`.
    #[serde(default)]
    cited: Vec<String>,
    /// The draft that it was written in, which ends with it.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    draft: Option<Id>,
}

/// The new referral.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralRequested)]
pub struct Output {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// Its version.
    pub version: u64,
}

/// Refers a patient to other hospitals.
#[utoipa::path(post, path = "/api/referrals", operation_id = "referral.request", tag = "referral",
    request_body = Input, responses((status = 201, body = Output),
        (status = 409, description = "referral.under_way"), (status = 422, description = "referral.no_patient, referral.drill, referral.hospitals")))]
pub async fn request(op: Op, Json(input): Json<Input>) -> Result<(StatusCode, Json<Output>), Problem> {
    let hospital = op.actor().hospital.clone();
    op.may("referral.request", &Facts { custodian: Some(hospital.clone()), ..Facts::default() }, None).await?;
    let patient = Reference::new(ResourceType::PATIENT, input.patient.clone());
    let stands = op.store().read(op.viewer(), &patient).await?.filter(|p| p.custodian == hospital);
    let stands =
        stands.ok_or_else(|| Problem::unfit("referral.no_patient", "This hospital has no such patient."))?.value()?;
    if platform::drill::is_drill(&stands) {
        return Err(Problem::unfit(
            "referral.drill",
            "This patient is made up for a drill: no bed is held for nobody.",
        ));
    }
    if !knows(SPECIALTIES, &input.specialty) {
        return Err(Problem::unfit("referral.no_specialty", "There is no such specialty."));
    }
    let mut needs = input.needs.clone();
    needs.sort();
    needs.dedup();
    let ask = Ask { direction: Direction::Up, severity: input.severity, care: input.care, needs };
    let hospitals = hospitals(&op, &input.hospitals)?;
    let referral = Referral::request(ask, &hospital, hospitals, op.now());
    let referral = referral.map_err(|why| refused_new(&why, Step::Ask))?;
    let id = op.new_id();
    let at = References::of(&id);
    let words = Words {
        number: String::new(),
        reason: reason(&input.reason)?,
        specialty: typed("specialty", &input.specialty, 64)?,
        patient: patient.clone(),
        asking: Who::from(op.actor()),
        requested_at: op.now(),
        cited: [vec![at.summary.clone()], cited(&op, &patient, &input.cited).await?].concat(),
        answers: None,
        home: None,
    };
    let name = hospital_ref(&op, &hospital)?.name;
    let document = Document { id: &id, patient: &stands, hospital: &name, now: op.now() };
    let summary = ips::bundle(&document, &found(&op, &patient).await?, || op.new_id());
    let summary = Write::new(at.summary.clone(), summary, hospital.clone()).in_case(at.case.clone());
    let draft = input.draft.map(|id| platform::draft::of(&op, "referral", id));
    let with = With { writes: vec![summary], draft, ..With::default() };
    Ok((StatusCode::CREATED, Json(hand_in(&op, "referral.request", &id, words, &referral, with).await?)))
}

/// The hospitals named, each with the id of its Task. They must be there and open.
pub fn hospitals(op: &Op, named: &[Id]) -> Result<Vec<(Id, Id)>, Problem> {
    if named.len() > ASKED_MAX {
        return Err(refused_new(&super::model::Refused::HospitalsOutOfBounds, Step::Ask));
    }
    let known = |id: &Id| op.platform().directory.hospital(id).is_some();
    if let Some(unknown) = named.iter().find(|id| !known(id)) {
        return Err(
            Problem::unfit("referral.hospitals", "There is no such hospital.").with("hospital", unknown.as_str())
        );
    }
    Ok(named.iter().map(|id| (id.clone(), op.new_id())).collect())
}

/// What is kept with a new referral, in the same commit.
#[derive(Default)]
pub struct With {
    /// Documents of it.
    pub writes: Vec<Write>,
    /// What must not have changed meanwhile.
    pub rests: Vec<Expect>,
    /// The draft that it was written in.
    pub draft: Option<DraftKey>,
}

/// Keeps a referral that begins, under the next number of the day, once for a patient at a time.
pub async fn hand_in(
    op: &Op,
    what: &'static str,
    id: &Id,
    mut words: Words,
    referral: &Referral,
    with: With,
) -> Result<Output, Problem> {
    let at = References::of(id);
    let sender = words.asking.hospital.clone();
    let day = number::day(op);
    let numbers = format!("referral-number/{sender}/{day}/");
    let mut place = number::next(op, &numbers).await?;
    let moved = Moved { what: what.to_owned(), by: Some(words.asking.clone()), at: op.now() };
    let under_way = under_way(&words.patient, words.answers.as_ref());
    for _ in 0..number::ATTEMPTS {
        words.number = format!("{day}-R{place:04}");
        let mut change = Change::of(op.act(what));
        let act = &mut change.act;
        act.about = vec![at.case.clone()];
        act.case = Some(at.case.clone());
        act.patient = Some(words.patient.clone());
        act.audience = vec![Subject::Hospital(sender.clone())];
        for (name, value) in [
            ("number", words.number.as_str()),
            ("to", referral.state().code()),
            ("severity", referral.ask.severity.code()),
            ("direction", referral.ask.direction.code()),
        ] {
            act.params.insert(name.into(), value.into());
        }
        change.writes = begin(id, &words, referral, &moved);
        change.writes.extend(with.writes.iter().cloned());
        change.expect.clone_from(&with.rests);
        change.drafts_done.extend(with.draft.clone());
        for key in [number::key(&numbers, place), under_way.clone()] {
            change.claims.push(Claim { key, by: at.case.clone(), until: None });
        }
        change.jobs.extend(clock::job(id, referral, &op.platform().timers(), op.now()));
        let mut told: Vec<Subject> = referral.asked.iter().map(|a| Subject::Desk(a.hospital.clone())).collect();
        told.extend(words.home.iter().map(|home| Subject::Person(home.person.clone())));
        notify::tell(op.platform(), &mut change, &told);
        match op.try_commit(change).await {
            Ok(receipt) => {
                let version = receipt.stored.iter().find(|s| s.at == at.task).map_or(1, |s| s.version);
                return Ok(Output { id: id.clone(), number: words.number, state: referral.state(), version });
            }
            // Somebody else had the number: the next one.
            Err(CommitError::Taken(held)) if held.key == number::key(&numbers, place) => place += 1,
            Err(CommitError::Taken(held)) if held.key == under_way => {
                let text = "This patient is being referred already. Look at that referral first.";
                return Err(Problem::conflict("referral.under_way", text).with("id", held.by.id.as_str()));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::conflict("referral.no_number", "Too many patients are referred at once. Try again."))
}
