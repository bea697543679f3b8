//! Text of DICOM as Unicode: single sets, GB18030, GBK, UTF-8, and code extensions by ISO 2022 (PS3.5, 6.1).
//!
//! A value is decoded before it is split at its backslashes: in GBK, GB18030 and JIS X 0208 the byte of a backslash is also
//! half of a Chinese character.

use encoding_rs as enc;

/// A set of characters that a code extension can switch to, or that is in force from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Ascii,
    Latin1,
    /// One byte a character in the upper half.
    Single(&'static enc::Encoding),
    Katakana,
    /// Two bytes a character in the lower half.
    JisX0208,
    JisX0212,
    /// Two bytes a character in the upper half.
    Korean,
    Chinese,
    /// Not extended: the whole value is in it.
    Whole(&'static enc::Encoding),
}

/// The value of Specific Character Set (0008,0005), understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charset {
    /// None when the file says nothing.
    first: Option<Set>,
}

fn set_of(term: &str) -> Option<Set> {
    Some(match term.trim().replace('_', " ").to_ascii_uppercase().as_str() {
        "" | "ISO IR 6" | "ISO 2022 IR 6" => Set::Ascii,
        "ISO IR 100" | "ISO 2022 IR 100" => Set::Latin1,
        "ISO IR 101" | "ISO 2022 IR 101" => Set::Single(enc::ISO_8859_2),
        "ISO IR 109" | "ISO 2022 IR 109" => Set::Single(enc::ISO_8859_3),
        "ISO IR 110" | "ISO 2022 IR 110" => Set::Single(enc::ISO_8859_4),
        "ISO IR 144" | "ISO 2022 IR 144" => Set::Single(enc::ISO_8859_5),
        "ISO IR 127" | "ISO 2022 IR 127" => Set::Single(enc::ISO_8859_6),
        "ISO IR 126" | "ISO 2022 IR 126" => Set::Single(enc::ISO_8859_7),
        "ISO IR 138" | "ISO 2022 IR 138" => Set::Single(enc::ISO_8859_8),
        "ISO IR 148" | "ISO 2022 IR 148" => Set::Single(enc::WINDOWS_1254),
        "ISO IR 203" | "ISO 2022 IR 203" => Set::Single(enc::ISO_8859_15),
        "ISO IR 166" | "ISO 2022 IR 166" => Set::Single(enc::WINDOWS_874),
        "ISO IR 13" | "ISO 2022 IR 13" => Set::Katakana,
        "ISO 2022 IR 87" | "ISO IR 87" => Set::JisX0208,
        "ISO 2022 IR 159" | "ISO IR 159" => Set::JisX0212,
        "ISO 2022 IR 149" | "ISO IR 149" => Set::Korean,
        "ISO 2022 IR 58" | "ISO IR 58" => Set::Chinese,
        "ISO IR 192" | "UTF-8" | "UTF8" => Set::Whole(enc::UTF_8),
        "GB18030" => Set::Whole(enc::GB18030),
        "GBK" | "GB2312" => Set::Whole(enc::GBK),
        _ => return None,
    })
}

impl Charset {
    /// Reads the attribute's value, for example `\ISO 2022 IR 87`.
    pub fn of(value: &str) -> Self {
        let first = value.split('\\').next().unwrap_or_default();
        // An unknown first term is treated like none at all.
        Self { first: set_of(first.trim_matches(['\0', ' '])) }
    }

    /// The text of a value, with its backslashes. `name`: the value is a person's, where `^` and `=` end a code extension too.
    pub fn decode(&self, bytes: &[u8], name: bool) -> String {
        if bytes.is_ascii() && !bytes.contains(&0x1B) {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        match self.first {
            None if !bytes.contains(&0x1B) => undeclared(bytes),
            Some(Set::Whole(encoding)) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            first => extended(first.unwrap_or(Set::Ascii), bytes, name),
        }
    }
}

/// Bytes above ASCII in a file that declares nothing. What hospitals here send is GBK or UTF-8 whose sender forgot to
/// say so; Latin 1 is what remains.
fn undeclared(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // In a European name letters above ASCII stand alone; a Chinese one has somewhere two such bytes together.
    let together = bytes.windows(2).any(|pair| pair[0] >= 0x81 && pair[1] >= 0xA1);
    match enc::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if together => text.into_owned(),
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

/// Decodes by ISO 2022: escapes change the sets of the lower (G0) and upper (G1) half, delimiters set them back.
fn extended(first: Set, bytes: &[u8], name: bool) -> String {
    let lower_first = if matches!(first, Set::JisX0208 | Set::JisX0212) { first } else { Set::Ascii };
    let upper_first = if lower_first == Set::Ascii { first } else { Set::Ascii };
    let (mut lower, mut upper) = (lower_first, upper_first);
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        if byte == 0x1B {
            let (taken, to_lower, to_upper) = escape(&rest[1..]);
            (lower, upper) = (to_lower.unwrap_or(lower), to_upper.unwrap_or(upper));
            rest = &rest[1 + taken..];
            continue;
        }
        let double_lower = matches!(lower, Set::JisX0208 | Set::JisX0212);
        let delimiter = matches!(byte, b'\\' | b'\r' | b'\n' | 0x0C | b'\t') || name && matches!(byte, b'^' | b'=');
        if byte < 0x80 && (!double_lower || byte <= 0x20) {
            if delimiter {
                (lower, upper) = (lower_first, upper_first);
            }
            text.push(char::from(byte));
            rest = &rest[1..];
            continue;
        }
        let high = byte >= 0x80;
        let run = rest.iter().take_while(|b| **b != 0x1B && **b > 0x20 && (**b >= 0x80) == high).count().max(1);
        decode_run(if high { upper } else { lower }, &rest[..run], &mut text);
        rest = &rest[run..];
    }
    text
}

fn decode_run(set: Set, run: &[u8], text: &mut String) {
    match set {
        Set::Ascii | Set::Latin1 => text.extend(run.iter().map(|b| char::from(*b))),
        Set::Single(encoding) | Set::Whole(encoding) => text.push_str(&encoding.decode_without_bom_handling(run).0),
        Set::Katakana => text.push_str(&enc::SHIFT_JIS.decode_without_bom_handling(run).0),
        Set::Korean => text.push_str(&enc::EUC_KR.decode_without_bom_handling(run).0),
        Set::Chinese => text.push_str(&enc::GBK.decode_without_bom_handling(run).0),
        Set::JisX0208 => {
            let euc: Vec<u8> = run.iter().map(|b| b | 0x80).collect();
            text.push_str(&enc::EUC_JP.decode_without_bom_handling(&euc).0);
        }
        Set::JisX0212 => {
            let euc: Vec<u8> =
                run.chunks(2).flat_map(|pair| std::iter::once(0x8F).chain(pair.iter().map(|b| b | 0x80))).collect();
            text.push_str(&enc::EUC_JP.decode_without_bom_handling(&euc).0);
        }
    }
}

/// What follows an escape: bytes taken, and the sets it puts into the lower and the upper half (PS3.3, C.12.1.1.2).
fn escape(after: &[u8]) -> (usize, Option<Set>, Option<Set>) {
    let lower = |taken, set| (taken, Some(set), None);
    let upper = |taken, set| (taken, None, Some(set));
    match after {
        [b'(', b'B' | b'J', ..] => lower(2, Set::Ascii),
        [b'$', b'B' | b'@', ..] => lower(2, Set::JisX0208),
        [b'$', b'(', b'D', ..] => lower(3, Set::JisX0212),
        [b'$', b')', b'C', ..] => upper(3, Set::Korean),
        [b'$', b')', b'A', ..] => upper(3, Set::Chinese),
        [b')', b'I', ..] => upper(2, Set::Katakana),
        [b'-', b'A', ..] => upper(2, Set::Latin1),
        [b'-', b'B', ..] => upper(2, Set::Single(enc::ISO_8859_2)),
        [b'-', b'C', ..] => upper(2, Set::Single(enc::ISO_8859_3)),
        [b'-', b'D', ..] => upper(2, Set::Single(enc::ISO_8859_4)),
        [b'-', b'L', ..] => upper(2, Set::Single(enc::ISO_8859_5)),
        [b'-', b'G', ..] => upper(2, Set::Single(enc::ISO_8859_6)),
        [b'-', b'F', ..] => upper(2, Set::Single(enc::ISO_8859_7)),
        [b'-', b'H', ..] => upper(2, Set::Single(enc::ISO_8859_8)),
        [b'-', b'M', ..] => upper(2, Set::Single(enc::WINDOWS_1254)),
        [b'-', b'T', ..] => upper(2, Set::Single(enc::WINDOWS_874)),
        [b'-', b'b', ..] => upper(2, Set::Single(enc::ISO_8859_15)),
        // An escape we do not know is dropped; its letters stay, so that nothing vanishes silently.
        _ => (0, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of PS3.5, annexes H, I, J and K.
    #[test]
    fn reads_the_examples_of_the_standard() {
        let cases: [(&str, &[u8], &str); 9] = [
            ("ISO_IR 192", "Wang^XiaoDong=王^小东=".as_bytes(), "Wang^XiaoDong=王^小东="),
            ("GB18030", b"Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=", "Wang^XiaoDong=王^小东="),
            ("GBK", b"\x81\x5C\\\xD0\xA1", "乗\\小"),
            (
                "\\ISO 2022 IR 87",
                b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
                "Yamada^Tarou=山田^太郎=やまだ^たろう",
            ),
            (
                "ISO 2022 IR 13\\ISO 2022 IR 87",
                b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
                "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
            ),
            (
                "\\ISO 2022 IR 149",
                b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
                "Hong^Gildong=洪^吉洞=홍^길동",
            ),
            ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="),
            ("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
            ("ISO_IR 144", b"\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3", "Люкceмбypг"),
        ];
        for (declared, bytes, text) in cases {
            assert_eq!(Charset::of(declared).decode(bytes, true), text, "{declared}");
        }
    }

    #[test]
    fn what_is_not_declared_is_read_as_what_is_sent_here() {
        let none = Charset::default();
        assert_eq!(none.decode("李四".as_bytes(), true), "李四");
        assert_eq!(none.decode(b"\xC0\xEE\xCB\xC4", true), "李四");
        assert_eq!(none.decode(b"J\xe9r\xf4me", true), "Jérôme");
    }
}
