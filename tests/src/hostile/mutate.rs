//! What a seed becomes: bytes changed, taken out, doubled, mixed with another seed's, or replaced by words that parsers
//! stumble over. By a number alone, so that a run can be had again.

/// A source of numbers that follow from the first (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap_or_default()
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Longest input made.
const LONGEST: usize = 1 << 16;

/// Words that mean something to one parser or another, or nothing good.
const WORDS: &[&str] = &[
    "null",
    "true",
    "-0",
    "0.0e-2147483648",
    "1e400",
    "-1",
    "18446744073709551616",
    "99999999999999999999",
    "NaN",
    "\\ud800",
    "\\u0000",
    "{}",
    "[]",
    "\"\"",
    "[[[[[[[[[[[[[[[[",
    "{\"a\":",
    ",",
    "|",
    "||",
    "$",
    "\\",
    "%",
    "%00",
    "%ff",
    ":",
    ":missing=",
    ":not=",
    ":iterate",
    ":above=",
    ":below=",
    ":of-type=",
    ":identifier=",
    ":in=",
    "_has:Observation:subject:",
    "_sort=-",
    "_include=",
    "_revinclude:iterate=",
    "_id=",
    "_list=",
    "_count=0",
    "_total=accurate",
    "_summary=count",
    "_elements=",
    "_filter=",
    "_content=",
    "_text=",
    "_lastUpdated=ge",
    "subject:Patient.",
    "patient.",
    "target.",
    "near=",
    "ap",
    "sa",
    "ne",
    "2026-02-30",
    "9999-12-31T23:59:60Z",
    "0000",
    "-0001-01-01",
    "T24:00",
    "+14:00",
    "urn:uuid:",
    "Patient/",
    "#",
    "?",
    "../",
    "Patient?identifier=",
    "\"resourceType\":\"Bundle\"",
    "\"type\":\"transaction\"",
    "\"method\":\"POST\"",
    "\"method\":\"PATCH\"",
    "\"method\":\"DELETE\"",
    "\"url\":\"Patient\"",
    "\"ifNoneExist\":\"name=a\"",
    "\"fullUrl\":\"urn:uuid:1\"",
    "\"reference\":\"urn:uuid:1\"",
    "\"contained\":[",
    "\"extension\":[{\"url\":\"x\"}]",
    "\"_value\":null",
    "\"op\":\"copy\",\"from\":\"\"",
    "\"path\":\"/-\"",
    "\"path\":\"\"",
    "{\"$serde_json::private::RawValue\":\"x\"}",
    "{\"$serde_json::private::Number\":\"1\"}",
    "~0",
    "~1",
    "王",
    "\u{202e}",
    "\u{feff}",
    "\u{fffe}",
    "e\u{301}",
    "\r\n",
    "\t",
    "\0",
];

/// One change of `input`, perhaps with a part of `other`.
fn change(input: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let end = (at + 1 + dice.below(16)).min(input.len());
    match dice.below(9) {
        0 if at < input.len() => input[at] ^= 1 << dice.below(8),
        1 if at < input.len() => input[at] = (dice.roll() & 0xff) as u8,
        2 => drop(input.drain(at..end)),
        3 => {
            let again = input[at..end].to_vec();
            let most = if dice.below(20) == 0 { 200 } else { 3 };
            let times = 1 + dice.below(most);
            let all = again.repeat(times);
            drop(input.splice(at..at, all));
        }
        4 if !other.is_empty() => {
            let from = dice.below(other.len());
            let to = (from + 1 + dice.below(64)).min(other.len());
            drop(input.splice(at..end, other[from..to].iter().copied()));
        }
        5 => input.truncate(at),
        6 if !other.is_empty() => {
            let from = dice.below(other.len());
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        7 => drop(input.splice(at..end, dice.pick(WORDS).bytes())),
        _ => drop(input.splice(at..at, dice.pick(WORDS).bytes())),
    }
    input.truncate(LONGEST);
}

/// An input made of one of the seeds.
pub fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.pick(seeds).clone();
    for _ in 0..=dice.below(6) {
        let other = dice.pick(seeds).clone();
        change(&mut input, &other, dice);
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_makes_the_same_input() {
        let seeds = vec![b"{\"a\":1}".to_vec(), b"name=x".to_vec()];
        let made = |seed| (0..50).scan(Dice::new(seed), |dice, _| Some(mutated(&seeds, dice))).collect::<Vec<_>>();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert!(made(3).iter().filter(|input| !seeds.contains(input)).count() > 40);
    }
}
