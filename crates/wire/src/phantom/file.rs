//! A slice as a DICOM file: CT Image Storage with all of its type 1 and 2 attributes (PS3.3 A.3).

use super::body::z_of;
use super::{Examination, SIZE, SPACING_MM};
use dicom_core::smallvec::SmallVec;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

/// Rescale intercept: stored 0 is -1024 HU.
const INTERCEPT: i32 = -1024;

pub(super) fn write(examination: &Examination, slice: usize, hounsfield: &[i16]) -> Vec<u8> {
    let root = &examination.uid_root;
    let instance = format!("{root}.1.1.{}", slice + 1);
    let z = z_of(slice, examination.slices, examination.slice_mm);
    let edge = -(SIZE as f64 - 1.0) / 2.0 * SPACING_MM;
    let person = &examination.person;
    let mut set = InMemDicomObject::new_empty();
    let mut put = |tag, vr, text: String| {
        set.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
    };
    put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192".into());
    put(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL\\PHANTOM".into());
    put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, instance.clone());
    for date in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
        put(date, VR::DA, examination.date.clone());
    }
    for time in [tags::STUDY_TIME, tags::SERIES_TIME, tags::ACQUISITION_TIME, tags::CONTENT_TIME] {
        put(time, VR::TM, examination.time.clone());
    }
    put(tags::ACCESSION_NUMBER, VR::SH, String::new());
    put(tags::MODALITY, VR::CS, "CT".into());
    put(tags::MANUFACTURER, VR::LO, "Consilium".into());
    put(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom".into());
    put(tags::REFERRING_PHYSICIAN_NAME, VR::PN, String::new());
    put(tags::STUDY_DESCRIPTION, VR::LO, examination.description.clone());
    put(tags::SERIES_DESCRIPTION, VR::LO, "Axial, demonstration".into());
    put(tags::PATIENT_NAME, VR::PN, person.name.clone());
    put(tags::PATIENT_ID, VR::LO, person.id.clone());
    put(tags::PATIENT_BIRTH_DATE, VR::DA, person.birth_date.clone());
    put(tags::PATIENT_SEX, VR::CS, person.sex.into());
    put(tags::BODY_PART_EXAMINED, VR::CS, "CHEST".into());
    put(tags::SLICE_THICKNESS, VR::DS, decimal(examination.slice_mm));
    put(tags::KVP, VR::DS, "120".into());
    put(tags::PATIENT_POSITION, VR::CS, "HFS".into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, format!("{root}.1"));
    put(tags::SERIES_INSTANCE_UID, VR::UI, format!("{root}.1.1"));
    put(tags::STUDY_ID, VR::SH, "1".into());
    put(tags::SERIES_NUMBER, VR::IS, "1".into());
    put(tags::ACQUISITION_NUMBER, VR::IS, "1".into());
    put(tags::INSTANCE_NUMBER, VR::IS, (slice + 1).to_string());
    put(tags::IMAGE_POSITION_PATIENT, VR::DS, format!("{0}\\{0}\\{1}", decimal(edge), decimal(z)));
    put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0".into());
    put(tags::FRAME_OF_REFERENCE_UID, VR::UI, format!("{root}.2"));
    put(tags::POSITION_REFERENCE_INDICATOR, VR::LO, String::new());
    put(tags::SLICE_LOCATION, VR::DS, decimal(z));
    put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
    put(tags::PIXEL_SPACING, VR::DS, format!("{0}\\{0}", decimal(SPACING_MM)));
    put(tags::WINDOW_CENTER, VR::DS, "-600".into());
    put(tags::WINDOW_WIDTH, VR::DS, "1500".into());
    put(tags::RESCALE_INTERCEPT, VR::DS, INTERCEPT.to_string());
    put(tags::RESCALE_SLOPE, VR::DS, "1".into());
    put(tags::RESCALE_TYPE, VR::LO, "HU".into());
    for (tag, value) in [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, SIZE as u16),
        (tags::COLUMNS, SIZE as u16),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, 12),
        (tags::HIGH_BIT, 11),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        set.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
    }
    let stored: SmallVec<[u16; 2]> =
        hounsfield.iter().map(|hu| (i32::from(*hu) - INTERCEPT).clamp(0, 4095) as u16).collect();
    set.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(stored)));
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(instance);
    let mut bytes = Vec::with_capacity(SIZE * SIZE * 2 + 4096);
    let written = match set.with_meta(meta) {
        Ok(file) => file.write_all(&mut bytes).is_ok(),
        Err(_) => false,
    };
    // Nothing here comes from outside: what cannot be written is a mistake in this file.
    assert!(written, "the phantom is not DICOM");
    bytes
}

fn decimal(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
