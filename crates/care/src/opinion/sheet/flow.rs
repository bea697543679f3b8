//! Puts lines, rules and boxes onto pages, from the top down. Knows geometry, not opinions.

use super::face::{Face, Shaped};
use super::lines::lines;

/// A4 in points.
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;
pub const MARGIN: f32 = 56.0;
/// Where the text of a page begins and ends; the running head and foot lie outside.
const TOP: f32 = 64.0;
const BOTTOM: f32 = HEIGHT - 66.0;
/// The width of the text.
pub const MEASURE: f32 = WIDTH - 2.0 * MARGIN;
const LEADING: f32 = 1.55;

/// Ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Black,
    Grey,
    Red,
}

/// One thing on a page.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line of text; `y` is its baseline. `bold` thickens the strokes.
    Text { x: f32, y: f32, size: f32, ink: Ink, bold: bool, line: Shaped },
    /// A thin line.
    Rule { x: f32, y: f32, to_x: f32, to_y: f32, ink: Ink, width: f32 },
    /// A picture, by its upper left corner.
    Picture { x: f32, y: f32, width: f32, height: f32, png: bytes::Bytes },
    /// A code to be read by a camera; `x`, `y` its upper left corner.
    Code { x: f32, y: f32, side: f32, modules: Vec<Vec<bool>> },
    /// The hospital's seal around a centre.
    Seal { x: f32, y: f32, name: String, legend: String },
}

/// Pages being filled.
pub struct Flow<'a> {
    pub face: &'a Face,
    pub pages: Vec<Vec<Mark>>,
    /// Where the next thing begins.
    pub y: f32,
    /// The share of the usual distance between lines.
    spacing: f32,
}

impl<'a> Flow<'a> {
    pub fn new(face: &'a Face, spacing: f32) -> Self {
        Self { face, pages: vec![vec![]], y: TOP, spacing }
    }

    pub fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Begins a page unless `height` still fits on this one.
    pub fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(vec![]);
            self.y = TOP;
        }
    }

    pub fn space(&mut self, height: f32) {
        self.y += height * self.spacing;
    }

    /// How high a paragraph of this text is.
    pub fn height(&self, size: f32, text: &str) -> f32 {
        lines(self.face, text, MEASURE / size).len() as f32 * size * LEADING * self.spacing
    }

    /// One line, without breaking, its left end at `x`.
    pub fn line_at(&mut self, x: f32, y: f32, size: f32, ink: Ink, bold: bool, text: &str) {
        let line = self.face.shape(&self.face.printable(text).replace('\n', " "));
        self.mark(Mark::Text { x, y, size, ink, bold, line });
    }

    /// One line in the middle of the page.
    pub fn centred(&mut self, size: f32, ink: Ink, bold: bool, text: &str) {
        for line in lines(self.face, text, MEASURE / size) {
            let x = (WIDTH - line.width * size) / 2.0;
            self.y += size * 1.35;
            self.mark(Mark::Text { x, y: self.y - size * 0.3, size, ink, bold, line });
        }
    }

    /// Lines as wide as the text, going on to the next page.
    pub fn paragraph(&mut self, size: f32, ink: Ink, bold: bool, text: &str) {
        for line in lines(self.face, text, MEASURE / size) {
            let leading = size * LEADING * self.spacing;
            self.need(leading);
            self.y += leading;
            self.mark(Mark::Text { x: MARGIN, y: self.y - size * 0.4, size, ink, bold, line });
        }
    }

    /// A heading that stays with the two lines below it.
    pub fn heading(&mut self, text: &str) {
        self.space(9.0);
        self.need(56.0);
        self.paragraph(11.5, Ink::Black, true, text);
        let y = self.y + 1.0;
        self.mark(Mark::Rule { x: MARGIN, y, to_x: WIDTH - MARGIN, to_y: y, ink: Ink::Grey, width: 0.5 });
        self.space(4.0);
    }

    /// A row of cells, each its lines below one another; `columns` are shares of the width. Kept whole on a page unless
    /// it is longer than one.
    pub fn row(&mut self, columns: &[f32], size: f32, cells: &[(&str, Ink, bool)]) {
        let gap = 6.0;
        let set: Vec<_> = columns
            .iter()
            .zip(cells)
            .map(|(share, (text, ..))| lines(self.face, text, (MEASURE * share - gap) / size))
            .collect();
        let step = size * 1.45 * self.spacing;
        let tallest = set.iter().map(Vec::len).max().unwrap_or(0);
        self.need((tallest.min(20) as f32) * step + 4.0);
        for at in 0..tallest {
            self.need(step);
            self.y += step;
            let mut x = MARGIN;
            for ((share, cell), (_, ink, bold)) in columns.iter().zip(&set).zip(cells) {
                if let Some(line) = cell.get(at) {
                    let (y, line) = (self.y - size * 0.3, line.clone());
                    self.mark(Mark::Text { x, y, size, ink: *ink, bold: *bold, line });
                }
                x += MEASURE * share;
            }
        }
        self.space(3.0);
    }

    /// A thin line over the whole width.
    pub fn rule(&mut self) {
        let y = self.y;
        self.mark(Mark::Rule { x: MARGIN, y, to_x: WIDTH - MARGIN, to_y: y, ink: Ink::Grey, width: 0.4 });
        self.space(2.0);
    }
}
