//! Draws marks into a PDF/A-2b, for keeping 15 years. No clock, no chance: the same sheet gives the same bytes.

use super::SheetError;
use super::face::{Face, Shaped};
use super::flow::{HEIGHT, Ink, Mark, WIDTH};
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use std::f32::consts::PI;
use std::sync::Arc;

/// What the file says of itself.
pub struct About {
    pub title: String,
    pub author: String,
    pub language: &'static str,
    pub id: String,
    pub at: jiff::Zoned,
}

/// The pages as a file.
pub fn paint(face: &Face, pages: &[Vec<Mark>], about: About) -> Result<Vec<u8>, SheetError> {
    let failed = |e: &dyn std::fmt::Display| SheetError::Pdf(e.to_string());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .finish()
        .map_err(|e| SheetError::Pdf(format!("{e:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    for marks in pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed(&"page size"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, face, mark)?;
        }
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata(about));
    document.finish().map_err(|e| failed(&e))
}

fn metadata(about: About) -> Metadata {
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let at = &about.at;
    let minutes = at.offset().seconds() / 60;
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(i8::try_from(minutes / 60).unwrap_or(0))
        .utc_offset_minute(u8::try_from((minutes % 60).abs()).unwrap_or(0));
    Metadata::new()
        .title(about.title)
        .authors(vec![about.author])
        .creator("Consilium".to_owned())
        .language(about.language.to_owned())
        .document_id(about.id)
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, face: &Face, mark: &Mark) -> Result<(), SheetError> {
    match mark {
        Mark::Picture { x, y, width, height, png } => {
            let png: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(png.clone());
            let image = Image::from_png(png.into(), false).map_err(SheetError::Pdf)?;
            let size = Size::from_wh(*width, *height).ok_or_else(|| SheetError::Pdf("picture size".to_owned()))?;
            surface.push_transform(&Transform::from_translate(*x, *y));
            surface.draw_image(image, size);
            surface.pop();
        }
        Mark::Text { x, y, size, ink, bold, line } => text(surface, face, (*x, *y), *size, *ink, *bold, line),
        Mark::Rule { x, y, to_x, to_y, ink, width } => {
            let mut path = PathBuilder::new();
            path.move_to(*x, *y);
            path.line_to(*to_x, *to_y);
            stroke(surface, path.finish(), *ink, *width);
        }
        Mark::Code { x, y, side, modules } => code(surface, (*x, *y), *side, modules),
        Mark::Seal { x, y, name, legend } => seal(surface, face, (*x, *y), name, legend),
    }
    Ok(())
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::new(20, 20, 20),
        Ink::Grey => rgb::Color::new(105, 105, 105),
        Ink::Red => rgb::Color::new(196, 22, 28),
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), ..Fill::default() }
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, ink: Ink, width: f32) {
    let Some(path) = path else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: colour(ink).into(), width, ..Stroke::default() }));
    surface.draw_path(&path);
}

fn text(surface: &mut Surface<'_>, face: &Face, at: (f32, f32), size: f32, ink: Ink, bold: bool, line: &Shaped) {
    if line.glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(fill(ink)));
    // The font comes in one weight: a heading's outline is drawn a little thicker.
    let width = size * 0.035;
    surface.set_stroke(bold.then(|| Stroke { paint: colour(ink).into(), width, ..Stroke::default() }));
    surface.draw_glyphs(Point::from_xy(at.0, at.1), &line.glyphs, face.font(), &line.text, size, false);
}

/// Black squares; those of a row that touch are one, so that no hair of white runs between them.
fn code(surface: &mut Surface<'_>, (x, y): (f32, f32), side: f32, modules: &[Vec<bool>]) {
    let size = side / modules.len().max(1) as f32;
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }));
    let mut path = PathBuilder::new();
    for (row, dark) in modules.iter().enumerate() {
        let top = y + row as f32 * size;
        let mut at = 0;
        while at < dark.len() {
            let run = dark[at..].iter().take_while(|d| **d).count();
            if run > 0 {
                let (left, right) = (x + at as f32 * size, x + (at + run) as f32 * size);
                path.move_to(left, top);
                path.line_to(right, top);
                path.line_to(right, top + size);
                path.line_to(left, top + size);
                path.close();
            }
            at += run.max(1);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// A round red seal: a ring, a star, the hospital's name along the upper arc, what the seal is for below.
fn seal(surface: &mut Surface<'_>, face: &Face, centre: (f32, f32), name: &str, legend: &str) {
    const RADIUS: f32 = 54.0;
    let (x, y) = centre;
    stroke(surface, circle(x, y, RADIUS), Ink::Red, 2.4);
    surface.set_stroke(None);
    surface.set_fill(Some(fill(Ink::Red)));
    if let Some(path) = star(x, y, 15.0) {
        surface.draw_path(&path);
    }
    let legend = face.shape(&face.printable(legend));
    let legend_size = (8.5_f32).min(58.0 / legend.width.max(1.0));
    let start = (x - legend.width * legend_size / 2.0, y + 33.0);
    text(surface, face, start, legend_size, Ink::Red, false, &legend);
    arc(surface, face, centre, RADIUS, &face.printable(name));
}

fn arc(surface: &mut Surface<'_>, face: &Face, (x, y): (f32, f32), radius: f32, name: &str) {
    let letters: Vec<Shaped> = name.chars().map(|c| face.shape(c.encode_utf8(&mut [0; 4]))).collect();
    let total: f32 = letters.iter().map(|l| l.width).sum();
    if total <= 0.0 {
        return;
    }
    // At most 215 degrees of the inner circle; long names become smaller.
    let room = radius * 0.80 * (215.0_f32).to_radians();
    let size = (room / total).min(12.5);
    let base = radius - 4.5 - size * 0.88;
    let spread = if total * size < room * 0.7 { (room * 0.7 / (total * size)).min(1.6) } else { 1.0 };
    let mut angle = -PI / 2.0 - total * size * spread / base / 2.0;
    for letter in &letters {
        let turn = letter.width * size * spread / base;
        let middle = angle + turn / 2.0;
        let (px, py) = (x + base * middle.cos(), y + base * middle.sin());
        let (sin, cos) = (middle + PI / 2.0).sin_cos();
        surface.push_transform(&Transform::from_row(cos, sin, -sin, cos, px, py));
        text(surface, face, (-letter.width * size / 2.0, 0.0), size, Ink::Red, false, letter);
        surface.pop();
        angle += turn;
    }
}

fn circle(x: f32, y: f32, r: f32) -> Option<Path> {
    // Four cubics; the constant puts their middle onto the circle.
    let k = r * 0.552_284_8;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
    path.finish()
}

fn star(x: f32, y: f32, r: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    for point in 0_u8..10 {
        let reach = if point % 2 == 0 { r } else { r * 0.382 };
        let angle = -PI / 2.0 + f32::from(point) * PI / 5.0;
        let (px, py) = (x + reach * angle.cos(), y + reach * angle.sin());
        if point == 0 { path.move_to(px, py) } else { path.line_to(px, py) }
    }
    path.close();
    path.finish()
}
