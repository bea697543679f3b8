//! Files of the demonstration's cases: a chest CT of nobody, and a sheet of consent.

use super::Caller;
use super::patients::Patient;
use super::stories::Ct;
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use kernel::Time;
use reading::phantom::{self, Examination, Person};
use serde_json::Value;
use std::io::{Cursor, Write};
use tokio::task::JoinHandle;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Slices of a CT: enough to scroll through, few enough for a quick first start.
const SLICES: usize = 24;

/// An examination being drawn: its archive, as a scanner would hand it over.
pub type Drawing = JoinHandle<Result<Vec<u8>>>;

/// Begins to draw the chest CTs of a case; each takes a while and a core.
pub fn draw(number: usize, patient: &Patient, asked: Time, present: Time, ct: Ct) -> Vec<Drawing> {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let taken: Vec<(Time, f64)> = match ct {
        Ct::None => vec![],
        Ct::Before(all) => {
            all.iter().map(|(days, size)| (asked - SignedDuration::from_hours(24 * days + 2), *size)).collect()
        }
        Ct::February(all) => {
            let today = present.to_zoned(zone.clone()).date();
            let year = if today.month() > 2 { today.year() } else { today.year() - 1 };
            let on = |day: i8| jiff::civil::date(year, 2, day).at(9, 26, 0, 0).to_zoned(zone.clone());
            all.iter().filter_map(|(day, size)| Some((on(*day).ok()?.timestamp(), *size))).collect()
        }
    };
    let mut drawings = vec![];
    for (place, (taken, lesions)) in taken.into_iter().enumerate() {
        let at = taken.to_zoned(zone.clone());
        let examination = Examination {
            person: Person {
                name: patient.dicom_name(),
                id: patient.identifier(),
                sex: if patient.sex == "male" { "M" } else { "F" },
                birth_date: patient.birth_date.replace('-', ""),
            },
            uid_root: format!("2.25.{}.{number}.{place}", present.as_millisecond()),
            date: at.strftime("%Y%m%d").to_string(),
            time: at.strftime("%H%M%S").to_string(),
            description: "胸部CT平扫".to_owned(),
            slices: SLICES,
            slice_mm: 10.0,
            lesions,
            seed: 7 + number as u64,
        };
        drawings.push(tokio::task::spawn_blocking(move || archive(&examination)));
    }
    drawings
}

/// The files of an examination in one archive, as they are: pixels with noise do not pack.
fn archive(examination: &Examination) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let as_they_are = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (slice, bytes) in phantom::files(examination).enumerate() {
        zip.start_file(format!("IM{slice:04}.dcm"), as_they_are)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Puts an examination into a case that is still a draft: one request, few commits.
pub async fn attach_ct(caller: &mut Caller, case: &str, place: usize, drawing: Drawing) -> Result<()> {
    let bytes = drawing.await.context("the drawing of a CT")??;
    let kept = caller.put_bytes(&format!("/api/consults/{case}/files/ct-{place}?name=CT.zip"), bytes).await?;
    let files = kept["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    if files.len() != SLICES || files.iter().any(|f| f["kind"] != "dicom") {
        bail!("a CT was not kept whole: {kept}");
    }
    Ok(())
}

/// Puts a signed sheet of consent into a case; the answer is the document's id.
pub async fn attach_consent(caller: &mut Caller, case: &str) -> Result<Value> {
    let path = format!("/api/consults/{case}/files/consent?name=consent.pdf");
    let answer = caller.put_bytes(&path, consent_sheet()).await?;
    let document = answer["files"][0]["document"].clone();
    document.as_str().context("the consent became no document")?;
    Ok(document)
}

/// The smallest PDF that says what it is.
fn consent_sheet() -> Vec<u8> {
    let text = "BT /F1 18 Tf 72 760 Td (Informed consent to a teleconsultation) Tj 0 -32 Td /F1 12 Tf \
        (Demonstration: signed by nobody, for nobody.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = vec![];
    for (number, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let start = pdf.len();
    pdf.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    pdf.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}
