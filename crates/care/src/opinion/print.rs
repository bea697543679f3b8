//! A case and an opinion's words as a sheet of paper.

use super::key_image::Marked;
use super::resources::Text;
use super::sheet::{Before, Figure, Lab, Party, Patient, Sheet, Tongue};
use super::verify::Check;
use crate::consult::Loaded;
use crate::consult::form::RequestForm;
use crate::consult::state::Urgency;
use crate::patient::{Age, AgeUnit, PatientCard};
use fhir::Reference;
use kernel::Time;
use platform::codes::{SPECIALTIES, word};
use platform::directory::PersonRef;
use platform::{Lang, Op};

/// The version of an opinion that another replaces.
#[derive(Debug, Clone)]
pub struct Replaced {
    /// Its Composition.
    pub at: Reference,
    /// Which version it is.
    pub version: u32,
    /// When it was signed.
    pub signed_at: Time,
    /// SHA-256 of what was signed.
    pub manifest_sha256: String,
    /// Why it is replaced.
    pub reason: String,
}

/// What a sheet is made of beside the case.
pub struct Printed<'a> {
    /// The case.
    pub case: &'a Loaded,
    /// Its form.
    pub form: &'a RequestForm,
    /// Whose case, unmasked.
    pub patient: &'a PatientCard,
    /// Who asked.
    pub asking: &'a PersonRef,
    /// Who signs.
    pub signer: &'a PersonRef,
    /// The doctor's words.
    pub text: &'a Text,
    /// What was marked in images.
    pub images: &'a [Marked],
    /// 1 for the first.
    pub version: u32,
    /// The version before, of an amendment.
    pub replaces: Option<&'a Replaced>,
    /// How whoever holds the sheet asks whether it is genuine.
    pub check: Check,
    /// Names it for ever.
    pub document_id: String,
}

/// The sheet in the language of the person who signs.
pub fn sheet(op: &Op, of: &Printed<'_>) -> Sheet {
    let zone = op.platform().settings.time_zone();
    let zh = op.lang() == Lang::Zh;
    let local = |at: Time| at.to_zoned(zone.clone());
    let pick = |zh_words: &'static str, en_words: &'static str| if zh { zh_words } else { en_words }.to_owned();
    let specialty = of.case.specialty();
    Sheet {
        tongue: if zh { Tongue::Zh } else { Tongue::En },
        case_number: of.case.number.clone(),
        version: of.version,
        document_id: of.document_id.clone(),
        replaces: of.replaces.map(|before| Before {
            version: before.version,
            signed_at: local(before.signed_at),
            reason: before.reason.clone(),
        }),
        verify_at: of.check.address.clone(),
        check_code: of.check.code(),
        asking: party(of.asking, zh),
        advising: party(of.signer, zh),
        patient: patient(of.patient, zh),
        urgency: match of.case.consult.ask.urgency {
            Urgency::Emergency => pick("特急", "Emergency"),
            Urgency::Urgent => pick("加急", "Urgent"),
            Urgency::Routine => pick("常规", "Routine"),
        },
        specialty: word(SPECIALTIES, &specialty, op.lang()).to_owned(),
        requested_at: local(of.case.submitted_at),
        question: of.case.purpose(),
        diagnosis: of.form.diagnosis.clone().unwrap_or_default(),
        labs: of
            .form
            .labs
            .iter()
            .map(|lab| Lab {
                name: lab.name.clone(),
                value: lab.value.clone(),
                unit: lab.unit.clone(),
                range: range(lab.low.as_deref(), lab.high.as_deref()),
                at: local(lab.time).strftime("%Y-%m-%d %H:%M").to_string(),
                flag: flag(&lab.value, lab.low.as_deref(), lab.high.as_deref()),
            })
            .collect(),
        findings: of.text.findings.clone(),
        opinion: of.text.opinion.clone(),
        advice: of.text.advice.clone(),
        figures: (1..).zip(of.images).map(|(number, image)| figure(number, image, zh)).collect(),
        signed_at: local(op.now()),
        demonstration: op.platform().demo,
    }
}

/// In English both names stand there: the Chinese one is what identity papers and the seal say.
fn party(person: &PersonRef, zh: bool) -> Party {
    let both = |own: &str, english: Option<&str>| match english.filter(|e| !zh && !e.is_empty() && *e != own) {
        Some(english) => format!("{own} {english}"),
        None => own.to_owned(),
    };
    Party {
        hospital: both(&person.hospital.name, Some(&person.hospital.name_en)),
        doctor: both(&person.name, person.name_en.as_deref()),
        title: match (&person.title, &person.title_en) {
            (_, Some(english)) if !zh => english.clone(),
            (title, _) => title.clone().unwrap_or_default(),
        },
        seal: person.hospital.name.clone(),
    }
}

fn patient(card: &PatientCard, zh: bool) -> Patient {
    let pick = |zh_words: &'static str, en_words: &'static str| if zh { zh_words } else { en_words }.to_owned();
    let sex = match card.sex.as_str() {
        "male" => pick("男", "Male"),
        "female" => pick("女", "Female"),
        "other" => pick("其他", "Other"),
        _ => pick("不详", "Unknown"),
    };
    let age = card.age.as_ref().map_or_else(String::new, |Age { value, unit, .. }| match unit {
        AgeUnit::Years => {
            if zh {
                format!("{value} 岁")
            } else {
                format!("{value} y")
            }
        }
        AgeUnit::Months => {
            if zh {
                format!("{value} 个月")
            } else {
                format!("{value} months")
            }
        }
        AgeUnit::Days => {
            if zh {
                format!("{value} 天")
            } else {
                format!("{value} days")
            }
        }
    });
    let mut name = if card.name.is_empty() { pick("身份不明", "Unknown person") } else { card.name.clone() };
    if card.drill {
        name.push_str(if zh { "（演练，并无此人）" } else { " (drill: nobody)" });
    }
    let kind = serde_json::to_value(card.identifier.kind).ok().and_then(|k| k.as_str().map(str::to_owned));
    Patient {
        name,
        sex,
        age,
        birth_date: card.birth_date.clone().unwrap_or_default(),
        identifier_kind: match kind.as_deref() {
            Some("resident") => pick("身份证号", "Resident id"),
            Some("passport") => pick("护照号", "Passport"),
            Some("drill") => pick("演练编号", "Drill no."),
            _ => pick("临时编号", "Temporary no."),
        },
        identifier: card.identifier.value.clone().unwrap_or_default(),
    }
}

/// "图 1  2026-02-06 CT 胸部 · 第 12/24 幅 · W 1500 L -600", and below it what the specialist says of it.
fn figure(number: usize, image: &Marked, zh: bool) -> Figure {
    let mark = &image.mark;
    let day = mark.date.clone().unwrap_or_else(|| if zh { "日期不详" } else { "no date" }.to_owned());
    let mut parts = vec![format!("{day} {}", mark.modality), mark.description.clone()];
    if !mark.number.is_empty() {
        parts.push(if zh { format!("第 {} 幅", mark.number) } else { format!("image {}", mark.number) });
    }
    parts.extend(mark.window());
    parts.retain(|part| !part.trim().is_empty());
    Figure {
        title: if zh { format!("图 {number}") } else { format!("Figure {number}") },
        caption: parts.join(" · "),
        note: mark.note.clone(),
        png: image.png.clone(),
        width: image.width,
        height: image.height,
    }
}

fn range(low: Option<&str>, high: Option<&str>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{low}-{high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, Some(high)) => format!("≤ {high}"),
        (None, None) => String::new(),
    }
}

/// Outside its range, where all are plain numbers; what was typed stays as typed.
fn flag(value: &str, low: Option<&str>, high: Option<&str>) -> Option<char> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let value = number(value)?;
    if low.and_then(number).is_some_and(|low| value < low) {
        return Some('↓');
    }
    high.and_then(number).is_some_and(|high| value > high).then_some('↑')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_only_plain_numbers() {
        for (value, low, high, expected) in [
            ("3.10", Some("3.5"), Some("9.5"), Some('↓')),
            ("9.6", Some("3.5"), Some("9.5"), Some('↑')),
            ("3.5", Some("3.5"), Some("9.5"), None),
            ("<0.01", None, Some("0.5"), None),
            ("阳性", Some("0"), Some("1"), None),
            ("12", None, None, None),
        ] {
            assert_eq!(flag(value, low, high), expected, "{value}");
        }
    }
}
