//! Files of the demonstration's cases: a chest CT of nobody, and a sheet of consent.

use super::Caller;
use super::patients::Patient;
use anyhow::{Context, Result};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use kernel::Time;
use reading::phantom::{self, Examination, Person};
use serde_json::Value;

/// Slices of a CT: enough to scroll through, few enough for a quick first start.
const SLICES: usize = 24;

/// Puts chest CTs into a case that is still a draft.
pub async fn attach_ct(
    caller: &mut Caller,
    case: &str,
    patient: &Patient,
    now: Time,
    examinations: &[(i64, f64)],
) -> Result<()> {
    for (number, (days, lesions)) in examinations.iter().enumerate() {
        let taken = (now - SignedDuration::from_hours(24 * days + 2)).to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
        let examination = Examination {
            person: Person {
                name: patient.dicom_name(),
                id: patient.identifier(),
                sex: if patient.sex == "male" { "M" } else { "F" },
                birth_date: patient.birth_date.replace('-', ""),
            },
            uid_root: format!("2.25.{}.{number}", now.as_millisecond()),
            date: taken.strftime("%Y%m%d").to_string(),
            time: taken.strftime("%H%M%S").to_string(),
            description: "胸部CT平扫".to_owned(),
            slices: SLICES,
            slice_mm: 10.0,
            lesions: *lesions,
            seed: 7,
        };
        let slices = tokio::task::spawn_blocking(move || phantom::files(&examination).collect::<Vec<_>>()).await?;
        for (slice, bytes) in slices.into_iter().enumerate() {
            let upload = format!("ct-{number}-{slice}");
            let path = format!("/api/consults/{case}/files/{upload}?name=IM{slice:04}.dcm");
            caller.put_bytes(&path, bytes).await?;
        }
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
