//! A chest CT of nobody: valid DICOM for demonstrations and tests, drawn from formulas, the same bytes for the same seed.
//!
//! Called by the demonstration and by tests. It must never be taken for a patient: every file says PHANTOM in its image
//! type and "demonstration" in its series description.

mod body;
mod file;

use body::Body;

/// Rows and columns of a slice.
pub const SIZE: usize = 512;
/// Millimetres between pixel centres.
pub const SPACING_MM: f64 = 0.72;

/// Whose file it pretends to be.
#[derive(Debug, Clone)]
pub struct Person {
    /// DICOM PN: ideographic name after `=`, for example `Wang^Xiaoming=王^小明`.
    pub name: String,
    /// Patient id.
    pub id: String,
    /// `M`, `F` or `O`.
    pub sex: &'static str,
    /// yyyymmdd; empty when unknown.
    pub birth_date: String,
}

/// One examination.
#[derive(Debug, Clone)]
pub struct Examination {
    /// Whose.
    pub person: Person,
    /// A root of our own for all UIDs of the examination; study, series and instances add to it.
    pub uid_root: String,
    /// yyyymmdd.
    pub date: String,
    /// hhmmss.
    pub time: String,
    /// Shown in lists.
    pub description: String,
    /// How many slices, from apex to base.
    pub slices: usize,
    /// Millimetres between slices.
    pub slice_mm: f64,
    /// 1.0: the lesions of the first day; larger: grown (by diameter); 0.0: healthy lungs.
    pub lesions: f64,
    /// Chance of vessels, lesions' texture and noise.
    pub seed: u64,
}

/// The files of an examination, one a slice, explicit VR little endian.
pub fn files(examination: &Examination) -> impl Iterator<Item = Vec<u8>> {
    let body = Body::new(examination);
    (0..examination.slices).map(move |slice| file::write(examination, slice, &body.slice(slice)))
}

/// SplitMix64: small, seeded, the same everywhere.
#[derive(Debug, Clone)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Even in 0..1.
    fn even(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.even()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination(lesions: f64) -> Examination {
        Examination {
            person: Person {
                name: "Demo^One=演^示".into(), id: "D-1".into(), sex: "M", birth_date: "19620314".into()
            },
            uid_root: "2.25.1".into(),
            date: "20261121".into(),
            time: "083000".into(),
            description: "CHEST".into(),
            slices: 24,
            slice_mm: 10.0,
            lesions,
            seed: 7,
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let first = |lesions| files(&examination(lesions)).nth(14).unwrap();
        assert_eq!(first(1.0), first(1.0));
        assert_ne!(first(1.0), first(1.5));
    }

    #[test]
    fn tissue_has_its_hounsfield_units_and_lesions_grow() {
        let share = |lesions: f64| {
            let examination = examination(lesions);
            let body = Body::new(&examination);
            let (mut dense, mut air, mut bone) = (0, 0, 0);
            for slice in 0..examination.slices {
                for hu in body.slice(slice) {
                    match hu {
                        -700..=-200 => dense += 1,
                        -930..=-780 => air += 1,
                        400.. => bone += 1,
                        _ => {}
                    }
                }
            }
            assert!(air > 200_000 && bone > 20_000, "lung {air}, bone {bone}");
            dense
        };
        let (healthy, day_2, day_6) = (share(0.0), share(1.0), share(1.5));
        assert!(healthy < day_2 && day_2 < day_6, "{healthy} {day_2} {day_6}");
    }
}
