//! The font: which characters it has, how wide a text is, which glyphs draw it.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use platform::FONT;
use rustybuzz::{Direction, Face as Shaper, UnicodeBuffer, script};
use std::fmt::Write;

const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋";
const ON_THE_LINE: &str = "0123456789+-";

fn on_the_line(c: char) -> char {
    let at = RAISED.chars().position(|r| r == c).or_else(|| LOWERED.chars().position(|l| l == c));
    at.and_then(|at| ON_THE_LINE.chars().nth(at)).unwrap_or(c)
}

/// The font of all sheets.
pub struct Face {
    shaper: Shaper<'static>,
    font: Font,
}

/// A text with the glyphs that draw it, at size 1.
#[derive(Debug, Clone, Default)]
pub struct Shaped {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

impl Face {
    /// The font; none only if the binary itself were damaged.
    pub fn new() -> Option<Self> {
        Some(Self { shaper: Shaper::from_slice(FONT, 0)?, font: Font::new(FONT.into(), 0)? })
    }

    /// For drawing.
    pub fn font(&self) -> Font {
        self.font.clone()
    }

    /// The text as it can be printed: what has no glyph is named by its code point, because a box in a name says
    /// nothing and a gap lies. Marks that change nothing visible go.
    pub fn printable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut raised = false;
        for c in text.chars() {
            let was_raised = std::mem::replace(&mut raised, RAISED.contains(c));
            match c {
                // 10⁹ becomes 10^9, PaO₂ becomes PaO2, as laboratories print them.
                c if self.shaper.glyph_index(c).is_none() && (raised || LOWERED.contains(c)) => {
                    if raised && !was_raised {
                        out.push('^');
                    }
                    out.push(on_the_line(c));
                }
                '\t' => out.push_str("    "),
                '\n' => out.push(c),
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' => {
                }
                '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {}
                c if c.is_control() => {}
                c if self.shaper.glyph_index(c).is_some() => out.push(c),
                c => {
                    let _ = write!(out, "〔U+{:04X}〕", u32::from(c));
                }
            }
        }
        out
    }

    /// Glyphs for one run of text without line breaks.
    pub fn shape(&self, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        // The font has no script written from right to left.
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::HAN);
        let out = rustybuzz::shape(&self.shaper, &[], buffer);
        #[expect(clippy::cast_precision_loss, reason = "font units are small")]
        let em = |units: i32| units as f32 / self.font.units_per_em();
        let infos = out.glyph_infos();
        let mut glyphs = Vec::with_capacity(infos.len());
        let mut width = 0.0;
        for (at, (info, place)) in infos.iter().zip(out.glyph_positions()).enumerate() {
            let start = info.cluster as usize;
            let end = infos[at..].iter().map(|i| i.cluster as usize).find(|c| *c != start).unwrap_or(text.len());
            width += em(place.x_advance);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(place.x_advance),
                em(place.x_offset),
                em(place.y_offset),
                em(place.y_advance),
                start..end,
                None,
            ));
        }
        Shaped { text: text.to_owned(), glyphs, width }
    }
}

impl Shaped {
    /// Adds `other` behind.
    pub fn append(&mut self, other: &Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.width += other.width;
        self.glyphs.extend(other.glyphs.iter().cloned().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start + shift..glyph.text_range.end + shift;
            glyph
        }));
    }

    /// The same without blanks at the end.
    pub fn trimmed(mut self) -> Self {
        while self.text.ends_with(' ') {
            self.text.pop();
            while let Some(last) = self.glyphs.last().filter(|g| g.text_range.start >= self.text.len()) {
                self.width -= last.x_advance;
                self.glyphs.pop();
            }
        }
        self
    }
}
