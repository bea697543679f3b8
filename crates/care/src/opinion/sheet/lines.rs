//! Cuts text into lines that fit (UAX 14: no stop or closing bracket begins a line of Chinese).

use super::face::{Face, Shaped};
use unicode_linebreak::{BreakOpportunity, linebreaks};

/// Lines of `text` no wider than `width`, both at font size 1. An empty line of the text stays one.
pub fn lines(face: &Face, text: &str, width: f32) -> Vec<Shaped> {
    let text = face.printable(text);
    let mut out = Vec::new();
    for paragraph in text.trim_end().split('\n') {
        let mut line = Shaped::default();
        let mut from = 0;
        for (at, kind) in linebreaks(paragraph) {
            for piece in pieces(face, &paragraph[from..at], width) {
                let visible = piece.clone().trimmed().width;
                if line.width > 0.0 && line.width + visible > width {
                    out.push(std::mem::take(&mut line).trimmed());
                }
                line.append(&piece);
            }
            from = at;
            debug_assert!(kind == BreakOpportunity::Allowed || at == paragraph.len());
        }
        out.push(line.trimmed());
    }
    out
}

/// A word wider than a line is cut where it must be.
fn pieces(face: &Face, word: &str, width: f32) -> Vec<Shaped> {
    let whole = face.shape(word);
    if whole.clone().trimmed().width <= width {
        return vec![whole];
    }
    let mut out = vec![];
    let mut piece = String::new();
    for c in word.chars() {
        let mut longer = piece.clone();
        longer.push(c);
        if !piece.is_empty() && face.shape(&longer).width > width {
            out.push(face.shape(&piece));
            longer = c.to_string();
        }
        piece = longer;
    }
    out.push(face.shape(&piece));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, width: f32) -> Vec<String> {
        lines(&Face::new().unwrap(), text, width).into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn chinese_breaks_anywhere_but_never_before_a_stop() {
        assert_eq!(cut("双肺多发磨玻璃影，考虑进展。", 8.0), ["双肺多发磨玻璃", "影，考虑进展。"]);
        assert_eq!(cut("", 8.0), [""]);
        assert_eq!(cut("一\n\n二", 8.0), ["一", "", "二"]);
    }

    #[test]
    fn english_breaks_at_words_and_long_words_are_cut() {
        assert_eq!(
            cut("bilateral ground-glass opacities", 12.0),
            ["bilateral ground-glass ", "opacities"].map(str::trim)
        );
        let long = cut(&"A".repeat(100), 10.0);
        assert!(long.len() > 5 && long.concat().len() == 100, "{long:?}");
    }

    #[test]
    fn what_has_no_glyph_is_named_and_what_is_invisible_goes() {
        assert_eq!(cut("张\u{2c3a0}\u{200b}三\u{7}😀", 80.0), ["张〔U+2C3A0〕三〔U+1F600〕"]);
        assert_eq!(cut("3.1×10⁹/L PaO₂ 10⁻⁶ m²", 80.0), ["3.1×10^9/L PaO2 10^-6 m²"]);
        assert_eq!(cut("龘䶮㛃𬭊", 80.0), ["龘䶮㛃𬭊"], "registered names");
    }

    #[test]
    fn no_line_is_too_wide() {
        let face = Face::new().unwrap();
        let text = "患者 SpO2 93%（FiO2 0.5），PaO2/FiO2=186 mmHg；see https://example.invalid/a/very/long/path/that/never/ends?x=1 复查。".repeat(9);
        for width in [2.0, 5.5, 17.0, 40.0] {
            for line in lines(&face, &text, width) {
                assert!(line.width <= width + 0.001, "{} > {width}: {}", line.width, line.text);
            }
        }
    }
}
