//! What a file is by its first bytes. A name and a declared type are what somebody says; these bytes are what it is.

use crate::dicom;

/// Kinds of file that a case takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A DICOM instance, with or without its preamble.
    Dicom,
    /// A PDF document.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A ZIP archive.
    Zip,
}

impl Kind {
    /// How many bytes from the start `sniff` wants to see, when there are so many.
    pub const WANTS: usize = 1024;

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Dicom => "application/dicom",
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Zip => "application/zip",
        }
    }
}

/// The kind of a file from its first [`Kind::WANTS`] bytes.
pub fn sniff(head: &[u8]) -> Option<Kind> {
    // A PDF may begin after a little junk (ISO 32000, annex H); everything else begins at once.
    let early = &head[..head.len().min(Kind::WANTS)];
    match head {
        _ if dicom::has_preamble(head) => Some(Kind::Dicom),
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Kind::Png),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        _ if early.windows(5).any(|w| w == b"%PDF-") => Some(Kind::Pdf),
        _ if dicom::looks_headless(head) => Some(Kind::Dicom),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_files_by_their_first_bytes() {
        let mut dicom = vec![0; 128];
        dicom.extend_from_slice(b"DICM\x02\0\0\0UL\x04\0");
        let cases: [(&[u8], Option<Kind>); 9] = [
            (&dicom, Some(Kind::Dicom)),
            (b"\x08\0\x05\0CS\x0a\0ISO_IR 100", Some(Kind::Dicom)),
            (b"%PDF-1.7\n", Some(Kind::Pdf)),
            (b"\r\n%PDF-1.4\n", Some(Kind::Pdf)),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some(Kind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Some(Kind::Png)),
            (b"PK\x03\x04rest", Some(Kind::Zip)),
            (b"MZ\x90\0", None),
            (b"", None),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }
}
