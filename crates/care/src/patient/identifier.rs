//! What proves who a patient is: the resident id (GB 11643-1999), a passport, or nothing yet.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The identifier system of the resident identity number, as HL7 China's registries name it.
pub const RESIDENT: &str = "urn:oid:2.16.156.10011.1.3";
/// Passports, whoever issued them (HL7 v2 table 0203, PPN).
pub const PASSPORT: &str = "urn:consilium:identifier:passport";
/// Patients without papers, named by us until they are identified.
pub const TEMPORARY: &str = "urn:consilium:identifier:temporary";

/// People made up for a drill.
pub const DRILL: &str = "urn:consilium:identifier:drill";

/// Which kind of identifier a person gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierKind {
    /// Chinese resident identity number, 18 characters.
    Resident,
    /// A passport number.
    Passport,
    /// Unknown, to be identified later.
    Unknown,
    /// Nobody: made up for a drill.
    Drill,
}

/// The identifier system of a kind; none for somebody without papers.
pub fn system_of(kind: IdentifierKind) -> Option<&'static str> {
    match kind {
        IdentifierKind::Resident => Some(RESIDENT),
        IdentifierKind::Passport => Some(PASSPORT),
        IdentifierKind::Unknown | IdentifierKind::Drill => None,
    }
}

/// A resident id taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident {
    /// Day of birth.
    pub birth_date: Date,
    /// Male when the seventeenth digit is odd.
    pub is_male: bool,
}

/// Why a number is not a resident id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotResident {
    /// Not 17 digits and a check character.
    #[error("a resident id has 17 digits and a check character (0-9 or X)")]
    Shape,
    /// Digits 7 to 14 are no date.
    #[error("digits 7 to 14 are not a date of birth")]
    Date,
    /// The last character does not follow from the others.
    #[error("the check character does not match: a digit is mistyped")]
    Checksum,
}

/// Weights of the first seventeen digits (GB 11643-1999, 5.2; ISO 7064:1983, MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by remainder.
const CHECK: &[u8; 11] = b"10X98765432";

/// Reads and checks a resident id; spaces around it and a small `x` are forgiven.
pub fn resident(text: &str) -> Result<(String, Resident), NotResident> {
    let text = text.trim().to_ascii_uppercase();
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X');
    if !shaped {
        return Err(NotResident::Shape);
    }
    let date = Date::strptime("%Y%m%d", &text[6..14]).map_err(|_| NotResident::Date)?;
    let sum: u32 = bytes[..17].iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    if CHECK[(sum % 11) as usize] != bytes[17] {
        return Err(NotResident::Checksum);
    }
    let is_male = (bytes[16] - b'0') % 2 == 1;
    Ok((text, Resident { birth_date: date, is_male }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        // GB 11643-1999, annex A.
        let (text, person) = resident(" 11010519491231002x ").unwrap();
        assert_eq!(text, "11010519491231002X");
        assert_eq!(person, Resident { birth_date: "1949-12-31".parse().unwrap(), is_male: false });
        let (_, person) = resident("440524188001010014").unwrap();
        assert_eq!(person, Resident { birth_date: "1880-01-01".parse().unwrap(), is_male: true });
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("", NotResident::Shape),
            ("1101051949123100", NotResident::Shape),
            ("１１0105194912310021", NotResident::Shape),
            ("11010519491331002X", NotResident::Date),
            ("110105194912310021", NotResident::Checksum),
            ("110105194912310200", NotResident::Checksum),
        ] {
            assert_eq!(resident(text), Err(why), "{text}");
        }
    }

    #[test]
    fn every_single_mistyped_digit_is_found() {
        let good = "11010519491231002X";
        for at in 0..17 {
            for digit in b'0'..=b'9' {
                let mut wrong = good.as_bytes().to_vec();
                if wrong[at] == digit {
                    continue;
                }
                wrong[at] = digit;
                assert!(resident(std::str::from_utf8(&wrong).unwrap()).is_err(), "digit {at} as {digit}");
            }
        }
    }
}
