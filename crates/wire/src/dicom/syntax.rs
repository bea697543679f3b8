//! Transfer syntaxes: how a data set is written, and whether our viewer has a codec for its pixels.

/// Implicit VR little endian, the default.
pub const IMPLICIT_LE: &str = "1.2.840.10008.1.2";
/// Explicit VR little endian.
pub const EXPLICIT_LE: &str = "1.2.840.10008.1.2.1";
/// Deflated explicit VR little endian.
pub const DEFLATED_LE: &str = "1.2.840.10008.1.2.1.99";
/// Explicit VR big endian, retired and still met.
pub const EXPLICIT_BE: &str = "1.2.840.10008.1.2.2";
/// JPEG extended, which may hold 12 bits.
pub const JPEG_EXTENDED: &str = "1.2.840.10008.1.2.4.51";

/// How a data set is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    pub explicit: bool,
    pub big_endian: bool,
}

pub(super) fn encoding_of(uid: &str) -> Encoding {
    // Private syntaxes are explicit little endian but for a handful that nobody sends any more.
    Encoding { explicit: uid != IMPLICIT_LE && uid != "1.2.840.113619.5.2", big_endian: uid == EXPLICIT_BE }
}

/// What the viewer does with the pixels of a syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// As they lie in the file.
    Native,
    /// By one of the viewer's codecs.
    Decoder,
    /// No codec.
    None,
}

/// A transfer syntax of the standard.
pub(super) struct Known {
    uid: &'static str,
    name: &'static str,
    codec: Codec,
}

const fn known(uid: &'static str, name: &'static str, codec: Codec) -> Known {
    Known { uid, name, codec }
}

/// Those met in hospitals. Video is kept and downloaded, not shown here.
const TABLE: &[Known] = &[
    known(IMPLICIT_LE, "Implicit VR Little Endian", Codec::Native),
    known(EXPLICIT_LE, "Explicit VR Little Endian", Codec::Native),
    known(DEFLATED_LE, "Deflated Explicit VR Little Endian", Codec::Native),
    known(EXPLICIT_BE, "Explicit VR Big Endian", Codec::Native),
    known("1.2.840.10008.1.2.4.50", "JPEG Baseline", Codec::Decoder),
    known(JPEG_EXTENDED, "JPEG Extended", Codec::Decoder),
    known("1.2.840.10008.1.2.4.57", "JPEG Lossless", Codec::Decoder),
    known("1.2.840.10008.1.2.4.70", "JPEG Lossless, first-order prediction", Codec::Decoder),
    known("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", Codec::Decoder),
    known("1.2.840.10008.1.2.4.81", "JPEG-LS Near-lossless", Codec::Decoder),
    known("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", Codec::Decoder),
    known("1.2.840.10008.1.2.4.91", "JPEG 2000", Codec::Decoder),
    known("1.2.840.10008.1.2.4.100", "MPEG-2 Main Profile / Main Level", Codec::None),
    known("1.2.840.10008.1.2.4.101", "MPEG-2 Main Profile / High Level", Codec::None),
    known("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile", Codec::None),
    known("1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible", Codec::None),
    known("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile", Codec::None),
    known("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", Codec::None),
    known("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", Codec::None),
    known("1.2.840.10008.1.2.4.112", "JPEG XL", Codec::None),
    known("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", Codec::Decoder),
    known("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 RPCL", Codec::Decoder),
    known("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", Codec::Decoder),
    known("1.2.840.10008.1.2.5", "RLE Lossless", Codec::Decoder),
];

pub(super) fn codec_of(uid: &str) -> Codec {
    TABLE.iter().find(|k| k.uid == uid).map_or(Codec::None, |k| k.codec)
}

/// The name of a transfer syntax, for people; the UID itself when it is not of the standard.
pub fn name_of(uid: &str) -> &str {
    TABLE.iter().find(|k| k.uid == uid).map_or(uid, |k| k.name)
}
