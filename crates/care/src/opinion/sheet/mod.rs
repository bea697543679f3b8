//! The sheet of paper: a signed opinion as a PDF that a county hospital prints and files.
//!
//! `opinion::sign` renders it once and stores the bytes; nobody renders it again. A function of its input alone: it must
//! never read a clock, the network, the machine's fonts or the store.

mod face;
mod flow;
mod lines;
mod paint;
mod words;

pub use words::Tongue;

use bytes::Bytes;
use face::Face;
use flow::{Flow, HEIGHT, Ink, MARGIN, MEASURE, Mark, WIDTH};
use jiff::Zoned;
use qrcode::{Color, EcLevel, QrCode};

/// Shares of the usual distance between lines, tried in this order.
const SPACING: [f32; 4] = [1.0, 0.95, 0.90, 0.86];

/// Everything on the sheet, as it shall be read.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The language of the words around.
    pub tongue: Tongue,
    /// For people.
    pub case_number: String,
    /// 1 for the first opinion.
    pub version: u32,
    /// Names the document for ever: the Composition.
    pub document_id: String,
    /// The version before, of an amendment.
    pub replaces: Option<Before>,
    /// Where whoever holds the sheet asks whether it is genuine and the latest.
    pub verify_at: String,
    /// What that page must show for this sheet.
    pub check_code: String,
    /// Who asked.
    pub asking: Party,
    /// Who answers.
    pub advising: Party,
    /// Whose case.
    pub patient: Patient,
    /// The urgency in the sheet's language.
    pub urgency: String,
    /// The specialty in the sheet's language.
    pub specialty: String,
    /// When it was asked.
    pub requested_at: Zoned,
    /// What was asked.
    pub question: String,
    /// What the asking doctor thought.
    pub diagnosis: String,
    /// Laboratory values that came with the case.
    pub labs: Vec<Lab>,
    /// The doctor's words.
    pub findings: String,
    /// The doctor's words.
    pub opinion: String,
    /// The doctor's words.
    pub advice: String,
    /// What was marked in images.
    pub figures: Vec<Figure>,
    /// When it was signed, in the site's zone.
    pub signed_at: Zoned,
    /// Whether this is a demonstration.
    pub demonstration: bool,
}

/// The version that this one replaces.
#[derive(Debug, Clone)]
pub struct Before {
    /// Which.
    pub version: u32,
    /// When it was signed, in the site's zone.
    pub signed_at: Zoned,
    /// Why it is replaced, as typed.
    pub reason: String,
}

/// A hospital and its doctor.
#[derive(Debug, Clone)]
pub struct Party {
    /// The hospital's name in the sheet's language.
    pub hospital: String,
    /// The doctor's name.
    pub doctor: String,
    /// The doctor's title.
    pub title: String,
    /// The name on the hospital's seal.
    pub seal: String,
}

/// The patient, by two identifiers at least.
#[derive(Debug, Clone)]
pub struct Patient {
    /// The full name.
    pub name: String,
    /// In the sheet's language.
    pub sex: String,
    /// In the sheet's language.
    pub age: String,
    /// As known.
    pub birth_date: String,
    /// For example "身份证号".
    pub identifier_kind: String,
    /// Its value.
    pub identifier: String,
}

/// One laboratory value, as typed.
#[derive(Debug, Clone)]
pub struct Lab {
    /// The test.
    pub name: String,
    /// As typed.
    pub value: String,
    /// As typed.
    pub unit: String,
    /// For example "3.5-9.5".
    pub range: String,
    /// In the site's zone.
    pub at: String,
    /// Outside the range: `↑` or `↓`.
    pub flag: Option<char>,
}

/// A key image.
#[derive(Debug, Clone)]
pub struct Figure {
    /// "Figure 1".
    pub title: String,
    /// Which study, series and image, and how it is shown.
    pub caption: String,
    /// The doctor's words about it.
    pub note: String,
    /// The picture, decoded before by whoever made it.
    pub png: Bytes,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// The sheet cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// The font in the binary is damaged.
    #[error("the font in the binary is damaged")]
    Font,
    /// The writer refused.
    #[error("PDF: {0}")]
    Pdf(String),
}

impl Sheet {
    /// The file: A4, PDF/A-2b.
    pub fn render(&self) -> Result<Vec<u8>, SheetError> {
        let face = Face::new().ok_or(SheetError::Font)?;
        let code = QrCode::with_error_correction_level(&self.verify_at, EcLevel::M)
            .map_err(|e| SheetError::Pdf(e.to_string()))?;
        // A sheet that is a few lines too long for its pages is set a little tighter rather than sent on for them.
        let mut flow = self.set(&face, &code, SPACING[0]);
        for spacing in &SPACING[1..] {
            let tighter = self.set(&face, &code, *spacing);
            if tighter.pages.len() < flow.pages.len() {
                flow = tighter;
                break;
            }
        }
        self.running(&mut flow);
        let words = self.tongue.words();
        let about = paint::About {
            title: format!("{} {}", words.title, self.case_number),
            author: self.advising.doctor.clone(),
            language: words.language,
            id: self.document_id.clone(),
            at: self.signed_at.clone(),
        };
        paint::paint(&face, &flow.pages, about)
    }

    fn set<'a>(&self, face: &'a Face, code: &QrCode, spacing: f32) -> Flow<'a> {
        let mut flow = Flow::new(face, spacing);
        self.head(&mut flow);
        self.facts(&mut flow);
        self.body(&mut flow);
        self.signature(&mut flow, code);
        flow
    }

    fn head(&self, flow: &mut Flow<'_>) {
        let words = self.tongue.words();
        flow.space(-6.0);
        flow.centred(12.0, Ink::Black, false, &self.advising.hospital);
        flow.centred(20.0, Ink::Black, true, words.title);
        flow.space(2.0);
        let version = match self.version {
            0 | 1 => String::new(),
            n => format!("    {}{}{n}", words.version, words.colon),
        };
        flow.centred(
            9.5,
            Ink::Grey,
            false,
            &format!("{}{}{}{version}", words.case_number, words.colon, self.case_number),
        );
        if let Some(before) = &self.replaces {
            let at = moment(&before.signed_at);
            flow.centred(9.5, Ink::Black, true, &self.tongue.replaces(before.version, &at));
            flow.centred(9.5, Ink::Grey, false, &format!("{}{}{}", words.because, words.colon, before.reason));
        }
        if self.demonstration {
            flow.centred(9.5, Ink::Red, false, words.demonstration);
        }
        flow.space(6.0);
        flow.rule();
    }

    fn facts(&self, flow: &mut Flow<'_>) {
        let words = self.tongue.words();
        let patient = &self.patient;
        let asking = format!("{} {}", self.asking.doctor, self.asking.title);
        let advising = format!("{} {}", self.advising.doctor, self.advising.title);
        let requested = moment(&self.requested_at);
        let pairs = [
            (words.patient, patient.name.as_str(), patient.identifier_kind.as_str(), patient.identifier.as_str()),
            (words.sex, &patient.sex, words.age, &patient.age),
            (words.born, &patient.birth_date, words.urgency, &self.urgency),
            (words.asking, &self.asking.hospital, words.doctor, asking.trim()),
            (words.advising, &self.advising.hospital, words.signed_by, advising.trim()),
            (words.specialty, &self.specialty, words.requested, &requested),
        ];
        for (a, b, c, d) in pairs {
            let dash = |text: &str| if text.trim().is_empty() { "—".to_owned() } else { text.to_owned() };
            let (b, d) = (dash(b), dash(d));
            flow.row(
                &[0.18, 0.34, 0.16, 0.32],
                9.5,
                &[
                    (a, Ink::Grey, false),
                    (&b, Ink::Black, a == words.patient),
                    (c, Ink::Grey, false),
                    (&d, Ink::Black, false),
                ],
            );
        }
        flow.rule();
    }

    fn body(&self, flow: &mut Flow<'_>) {
        let words = self.tongue.words();
        let section = |flow: &mut Flow<'_>, title: &str, text: &str| {
            flow.heading(title);
            flow.paragraph(10.5, Ink::Black, false, if text.trim().is_empty() { words.none } else { text });
        };
        section(flow, words.question, &self.question);
        if !self.diagnosis.trim().is_empty() {
            section(flow, words.diagnosis, &self.diagnosis);
        }
        if !self.labs.is_empty() {
            self.labs(flow);
        }
        section(flow, words.findings, &self.findings);
        section(flow, words.opinion, &self.opinion);
        section(flow, words.advice, &self.advice);
        if !self.figures.is_empty() {
            flow.heading(words.figures);
            self.figures.chunks(2).for_each(|pair| figures(flow, pair));
        }
    }

    fn labs(&self, flow: &mut Flow<'_>) {
        const COLUMNS: [f32; 5] = [0.30, 0.18, 0.14, 0.18, 0.20];
        let words = self.tongue.words();
        flow.heading(words.labs);
        let head: Vec<_> = words.lab_columns.iter().map(|c| (*c, Ink::Grey, false)).collect();
        flow.row(&COLUMNS, 9.0, &head);
        flow.rule();
        for lab in &self.labs {
            // The sign says it without colour.
            let value = match lab.flag {
                Some(flag) => format!("{} {flag}", lab.value),
                None => lab.value.clone(),
            };
            let bold = lab.flag.is_some();
            flow.row(
                &COLUMNS,
                9.0,
                &[
                    (&lab.name, Ink::Black, false),
                    (&value, Ink::Black, bold),
                    (&lab.unit, Ink::Black, false),
                    (&lab.range, Ink::Black, false),
                    (&lab.at, Ink::Black, false),
                ],
            );
        }
    }

    fn signature(&self, flow: &mut Flow<'_>, code: &QrCode) {
        const BOX: f32 = 118.0;
        const SMALL: f32 = 8.5;
        let words = self.tongue.words();
        let small =
            format!("{}\n{}\n{}{}{}", words.advises, words.electronic, words.verify_at, words.colon, self.verify_at);
        flow.space(8.0);
        // Signature, seal, code and the words below them stay together.
        flow.need(BOX + flow.height(SMALL, &small));
        let top = flow.y;
        // Left of the seal: it must not cover the time.
        let x = WIDTH - MARGIN - 62.0 - 54.0 - 212.0;
        let name = format!("{}{}{} {}", words.signed_by, words.colon, self.advising.doctor, self.advising.title);
        let at = format!("{}{}{}", words.signed_at, words.colon, moment(&self.signed_at));
        flow.line_at(x, top + 30.0, 10.5, Ink::Black, true, name.trim());
        flow.line_at(x, top + 48.0, 10.5, Ink::Black, false, &self.advising.hospital);
        flow.line_at(x, top + 66.0, 10.5, Ink::Black, false, &at);
        flow.mark(Mark::Seal {
            x: WIDTH - MARGIN - 62.0,
            y: top + 56.0,
            name: self.advising.seal.clone(),
            legend: words.seal.to_owned(),
        });
        let side = 76.0;
        flow.mark(Mark::Code { x: MARGIN, y: top + 6.0, side, modules: modules(code) });
        flow.line_at(MARGIN, top + 6.0 + side + 11.0, 7.5, Ink::Grey, false, words.scan);
        flow.line_at(MARGIN, top + 6.0 + side + 21.0, 7.5, Ink::Black, false, &self.check_code);
        flow.y = top + BOX;
        flow.paragraph(SMALL, Ink::Grey, false, &small);
    }

    /// Every page says whose it is and how many there are: pages get lost.
    fn running(&self, flow: &mut Flow<'_>) {
        let count = flow.pages.len();
        let words = self.tongue.words();
        let whose = format!(
            "{}  {}  {} {}",
            words.title, self.patient.name, self.patient.identifier_kind, self.patient.identifier
        );
        let face = flow.face;
        let line = |text: &str| {
            let mut lines = lines::lines(face, text, (WIDTH - 2.0 * MARGIN - 110.0) / 8.5);
            lines.swap_remove(0)
        };
        for (at, page) in flow.pages.iter_mut().enumerate() {
            let mut put = |x: f32, y: f32, line: face::Shaped| {
                page.push(Mark::Text { x, y, size: 8.5, ink: Ink::Grey, bold: false, line });
            };
            if at > 0 {
                put(MARGIN, 44.0, line(&whose));
            }
            let foot = HEIGHT - 40.0;
            put(MARGIN, foot, line(&format!("{} {}", words.case_number, self.case_number)));
            let number = line(&self.tongue.page(at + 1, count));
            put(WIDTH - MARGIN - number.width * 8.5, foot, number);
        }
    }
}

/// One or two figures beside each other, each with its words below it.
fn figures(flow: &mut Flow<'_>, pair: &[Figure]) {
    const GAP: f32 = 14.0;
    /// Tallest picture.
    const TALL: f32 = 300.0;
    const SIZE: f32 = 9.0;
    let wide = (MEASURE - GAP) / 2.0;
    let fitted = |figure: &Figure| {
        let shape = figure.height as f32 / figure.width.max(1) as f32;
        let width = wide.min(TALL / shape.max(0.01));
        (width, width * shape)
    };
    let words: Vec<_> = pair
        .iter()
        .map(|figure| {
            let mut said = lines::lines(flow.face, &format!("{}  {}", figure.title, figure.caption), wide / SIZE);
            if !figure.note.is_empty() {
                said.extend(lines::lines(flow.face, &figure.note, wide / SIZE));
            }
            said
        })
        .collect();
    let step = SIZE * 1.45;
    let picture = pair.iter().map(|figure| fitted(figure).1).fold(0.0, f32::max);
    let tallest = words.iter().map(Vec::len).max().unwrap_or(0) as f32;
    flow.space(4.0);
    flow.need(picture + tallest * step + 8.0);
    let top = flow.y;
    let mut x = MARGIN;
    for (figure, said) in pair.iter().zip(words) {
        let (width, height) = fitted(figure);
        flow.mark(Mark::Picture { x, y: top, width, height, png: figure.png.clone() });
        for (at, line) in (1_u8..).zip(said) {
            let y = top + picture + f32::from(at) * step;
            flow.mark(Mark::Text { x, y, size: SIZE, ink: Ink::Black, bold: false, line });
        }
        x += wide + GAP;
    }
    flow.y = top + picture + tallest * step + 8.0;
}

/// Rows of modules, true where it is dark.
fn modules(code: &QrCode) -> Vec<Vec<bool>> {
    let dark: Vec<bool> = code.to_colors().into_iter().map(|c| c == Color::Dark).collect();
    dark.chunks(code.width()).map(<[bool]>::to_vec).collect()
}

/// "2026-11-21 12:30 (UTC+08:00)".
fn moment(at: &Zoned) -> String {
    format!("{} (UTC{})", at.strftime("%Y-%m-%d %H:%M"), at.strftime("%:z"))
}

#[cfg(test)]
mod tests;
