//! Papers that the centre makes of the record, as PDF/A-2b for keeping: lines and tables in one font, page by page. The signed
//! opinion has a layout of its own (`care::opinion::sheet`).
//!
//! Must stay pure: text and time in, bytes out.

use crate::{FONT, Lang};
use jiff::Zoned;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use rustybuzz::{Face, UnicodeBuffer};
use std::fmt::Write;

/// A4, its short side and its long one, points.
const SIDES: (f32, f32) = (595.0, 842.0);
/// Left free on every side, points.
const MARGIN: f32 = 56.0;
/// From one row's foot to the next, in sizes of its letters.
const LEADING: f32 = 1.7;
/// Letters of the line at a page's foot, points.
const FOOT: f32 = 7.5;

/// A paper.
pub struct Paper<'a> {
    /// Its title, for the file; what stands on it is in the lines.
    pub title: &'a str,
    /// The language of its words.
    pub lang: Lang,
    /// Unique; what the file calls itself.
    pub id: String,
    /// When it was made, in the zone of its readers.
    pub at: Zoned,
    /// The long side lies.
    pub lies: bool,
    /// Stands above the rows of every page but the first, which has it among its lines: the head of a table.
    pub head: Option<Line>,
}

/// What stands side by side.
#[derive(Debug, Clone)]
pub struct Line {
    /// Letters, points.
    pub size: f32,
    /// From left to right.
    pub cells: Vec<Cell>,
}

/// A piece of a line; what is too long for it goes on below.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Where it begins, points from the margin.
    pub x: f32,
    /// How wide it is at most, points.
    pub width: f32,
    /// What it says.
    pub text: String,
}

impl Line {
    /// One text from margin to margin.
    pub fn of(size: f32, text: impl Into<String>, lies: bool) -> Self {
        Self { size, cells: vec![Cell { x: 0.0, width: measure(lies), text: text.into() }] }
    }

    /// Texts in columns that begin at `at`, points from the margin, with `gap` between them; the last of them goes on to the margin.
    pub fn columns(size: f32, texts: Vec<String>, at: &[f32], gap: f32, lies: bool) -> Self {
        let last = texts.len().saturating_sub(1);
        let end = |n: usize| if n == last { None } else { at.get(n + 1).map(|next| next - gap) };
        let cells = texts.into_iter().zip(at).enumerate();
        let cells = cells.map(|(n, (text, x))| Cell { x: *x, width: end(n).unwrap_or(measure(lies)) - x, text });
        Self { size, cells: cells.collect() }
    }
}

/// From margin to margin, points.
pub fn measure(lies: bool) -> f32 {
    (if lies { SIDES.1 } else { SIDES.0 }) - 2.0 * MARGIN
}

/// The file. An error is a defect of ours, in words.
pub fn pdf(paper: &Paper<'_>, lines: &[Line]) -> Result<Vec<u8>, String> {
    let font = Font::new(FONT.into(), 0).ok_or("the font")?;
    let face = Face::from_slice(FONT, 0).ok_or("the font")?;
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_B).finish();
    let configuration = configuration.map_err(|e| format!("{e:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let (width, height) = if paper.lies { (SIDES.1, SIDES.0) } else { SIDES };
    let pages = pages(&face, paper, lines, height);
    for (n, rows) in pages.iter().enumerate() {
        let mut page = document.start_page_with(PageSettings::from_wh(width, height).ok_or("page size")?);
        let mut surface = page.surface();
        let mut y = MARGIN;
        for (size, pieces) in rows {
            y += size * LEADING;
            pieces.iter().for_each(|(x, row)| draw(&mut surface, &font, row, MARGIN + x, y, *size));
        }
        if pages.len() > 1 {
            let number = format!("{} / {}", n + 1, pages.len());
            for row in wrapped(&face, &number, width) {
                let x = width - MARGIN - row.width * FOOT;
                draw(&mut surface, &font, &row, x, height - MARGIN / 2.0, FOOT);
            }
        }
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata(paper));
    document.finish().map_err(|e| e.to_string())
}

fn metadata(paper: &Paper<'_>) -> Metadata {
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let (at, minutes) = (&paper.at, paper.at.offset().seconds() / 60);
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(i8::try_from(minutes / 60).unwrap_or(0))
        .utc_offset_minute(u8::try_from((minutes % 60).abs()).unwrap_or(0));
    Metadata::new()
        .title(paper.title.to_owned())
        .creator("Consilium".to_owned())
        .language(paper.lang.tag().to_owned())
        .document_id(paper.id.clone())
        .creation_date(date)
}

/// A row of a page: the size of its letters, and its pieces with where each begins.
type Placed = (f32, Vec<(f32, Row)>);

/// The rows of each page. A line is not torn over two.
fn pages(face: &Face<'_>, paper: &Paper<'_>, lines: &[Line], height: f32) -> Vec<Vec<Placed>> {
    let room = height - 2.0 * MARGIN;
    let tall = |rows: &[Placed]| rows.iter().map(|(size, _)| size * LEADING).sum::<f32>();
    let head = paper.head.as_ref().map(|head| rows(face, head)).unwrap_or_default();
    let mut pages: Vec<Vec<Placed>> = vec![vec![]];
    for line in lines {
        for part in parts(rows(face, line), room - tall(&head)) {
            let full = pages.last().is_some_and(|page| !page.is_empty() && tall(page) + tall(&part) > room);
            if full {
                pages.push(head.clone());
            }
            pages.last_mut().into_iter().for_each(|page| page.extend(part.iter().cloned()));
        }
    }
    pages
}

/// A line that is taller than a page, in parts that are not.
fn parts(rows: Vec<Placed>, room: f32) -> Vec<Vec<Placed>> {
    let size = rows.first().map_or(1.0, |(size, _)| *size);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred, and not negative")]
    let most = (room / (size * LEADING)).max(1.0) as usize;
    rows.chunks(most).map(<[Placed]>::to_vec).collect()
}

fn draw(surface: &mut Surface<'_>, font: &Font, row: &Row, x: f32, y: f32, size: f32) {
    if !row.glyphs.is_empty() {
        surface.draw_glyphs(Point::from_xy(x, y), &row.glyphs, font.clone(), &row.text, size, false);
    }
}

/// A line as rows of pieces, each piece with where it begins.
fn rows(face: &Face<'_>, line: &Line) -> Vec<Placed> {
    let mut rows: Vec<Placed> = vec![];
    for cell in &line.cells {
        for (at, row) in wrapped(face, &printable(face, &cell.text), cell.width / line.size).into_iter().enumerate() {
            if rows.len() == at {
                rows.push((line.size, vec![]));
            }
            rows[at].1.push((cell.x, row));
        }
    }
    rows
}

/// What has no glyph is named by its code point: a gap lies.
fn printable(face: &Face<'_>, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if face.glyph_index(c).is_some() {
            out.push(c);
        } else {
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        }
    }
    out
}

/// A row of text with its glyphs, at size 1.
#[derive(Debug, Clone, Default)]
struct Row {
    text: String,
    glyphs: Vec<KrillaGlyph>,
    width: f32,
}

impl Row {
    fn push(&mut self, c: char, glyph: GlyphId, advance: f32) {
        let start = self.text.len();
        self.text.push(c);
        self.glyphs.push(KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, start..self.text.len(), None));
        self.width += advance;
    }
}

/// A text in rows that are at most so wide at size 1. Broken at a space unless that leaves less than a third, else between
/// any two characters: Chinese has no spaces, and hashes have none either.
fn wrapped(face: &Face<'_>, text: &str, measure: f32) -> Vec<Row> {
    let (mut rows, mut row) = (vec![], Row::default());
    for c in text.chars() {
        let (glyph, advance) = shaped(face, c);
        if row.width + advance > measure && !row.text.is_empty() {
            let space = row.text.rfind(' ').filter(|at| c != ' ' && at * 3 > row.text.len());
            let rest: Vec<char> = space.map(|at| row.text[at + 1..].chars().collect()).unwrap_or_default();
            let mut next = Row::default();
            for c in &rest {
                let (glyph, advance) = shaped(face, *c);
                next.push(*c, glyph, advance);
                let gone = row.glyphs.pop().is_some().then(|| row.text.pop()).flatten();
                row.width -= gone.map_or(0.0, |_| advance);
            }
            rows.push(std::mem::replace(&mut row, next));
        }
        row.push(c, glyph, advance);
    }
    rows.push(row);
    rows
}

#[expect(clippy::cast_precision_loss, reason = "font units are small")]
fn shaped(face: &Face<'_>, c: char) -> (GlyphId, f32) {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(c.encode_utf8(&mut [0; 4]));
    let out = rustybuzz::shape(face, &[], buffer);
    let glyph = out.glyph_infos().first().map_or(0, |info| info.glyph_id);
    let advance = out.glyph_positions().first().map_or(0, |place| place.x_advance);
    (GlyphId::new(glyph), advance as f32 / face.units_per_em() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Face<'static> {
        Face::from_slice(FONT, 0).unwrap()
    }

    fn paper(head: Option<Line>) -> Paper<'static> {
        let at = "2026-11-21T12:00:00+08:00[Asia/Shanghai]".parse().unwrap();
        Paper { title: "验收单", lang: Lang::Zh, id: "guangshan".into(), at, lies: false, head }
    }

    fn said(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.text.as_str()).collect()
    }

    #[test]
    fn a_text_is_broken_at_spaces_or_anywhere_and_nothing_is_lost() {
        let face = face();
        let line = "下行  通过  9.6 Mbit/s  4.0 MiB ".repeat(8);
        let rows = wrapped(&face, &line, 48.0);
        assert!(rows.len() > 2 && rows.iter().all(|row| row.width <= 48.001), "{:?}", said(&rows));
        assert_eq!(said(&rows).concat(), line);
        assert_eq!(said(&wrapped(&face, "Median answer, minutes", 7.0)), ["Median ", "answer, ", "minutes"]);
        assert_eq!(said(&wrapped(&face, "回应第九十百分位", 4.0)), ["回应第九", "十百分位"]);
        assert_eq!(said(&wrapped(&face, "", 4.0)), [""]);
        for row in &rows {
            let wide: f32 = row.text.chars().map(|c| shaped(&face, c).1).sum();
            assert!((wide - row.width).abs() < 0.001 && row.glyphs.len() == row.text.chars().count());
        }
        assert_eq!(printable(&face, "a\u{e000}\n中"), "a[U+E000]中");
    }

    #[test]
    fn columns_keep_their_places_and_go_on_below() {
        let texts = ["test call", "passed", &"UDP 412 ms ".repeat(9), "He Jing"].map(ToOwned::to_owned).to_vec();
        let line = Line::columns(9.0, texts, &[0.0, 105.0, 160.0, 325.0], 8.0, false);
        let placed = rows(&face(), &line);
        assert!(placed.len() > 2 && placed[0].1.len() == 4 && placed[1].1.len() == 1);
        for (x, row) in placed.iter().flat_map(|(_, pieces)| pieces) {
            let end = line.cells.iter().find(|cell| cell.x.total_cmp(x).is_eq()).map(|cell| cell.x + cell.width);
            assert!(x + 9.0 * row.width <= end.unwrap() + 0.01);
        }
    }

    #[test]
    fn pages_hold_every_line_once_under_their_head() {
        let head = Line::of(10.0, "head", false);
        let lines: Vec<Line> = (0..100).map(|n| Line::of(10.0, format!("line {n}"), false)).collect();
        let with = paper(Some(head));
        let pages = pages(&face(), &with, &lines, SIDES.1);
        let texts: Vec<Vec<&str>> =
            pages.iter().map(|page| page.iter().map(|(_, pieces)| pieces[0].1.text.as_str()).collect()).collect();
        assert!(texts.len() > 1 && texts[0][0] == "line 0");
        assert!(texts[1..].iter().all(|page| page[0] == "head"));
        let all: Vec<&str> = texts.concat().into_iter().filter(|text| *text != "head").collect();
        assert_eq!(all, (0..100).map(|n| format!("line {n}")).collect::<Vec<_>>());
        let long = Line::of(10.0, "慢".repeat(5_000), false);
        let whole = super::pages(&face(), &paper(None), &[long], SIDES.1);
        let count: usize = whole.iter().flatten().flat_map(|(_, p)| p).map(|(_, row)| row.text.chars().count()).sum();
        assert!(whole.len() > 1 && count == 5_000);
        let made = pdf(&with, &lines).unwrap();
        assert!(made.starts_with(b"%PDF-") && made.len() > pdf(&with, &lines[..1]).unwrap().len());
    }
}
