//! The chest itself: ellipses, tubes and spheres in millimetres (x to the patient's left, y to the back, z to the head).

use super::{Chance, Examination, SIZE, SPACING_MM};

/// A straight piece of vessel.
#[derive(Debug, Clone, Copy)]
struct Tube {
    from: [f64; 3],
    to: [f64; 3],
    radius: f64,
}

/// A consolidation or ground-glass opacity.
#[derive(Debug, Clone, Copy)]
struct Lesion {
    at: [f64; 3],
    radius: f64,
    /// How much denser than lung its middle is.
    rise_hu: f64,
}

/// A chest, ready to be cut.
#[derive(Debug, Clone)]
pub(super) struct Body {
    tubes: Vec<Tube>,
    lesions: Vec<Lesion>,
    slices: usize,
    slice_mm: f64,
    seed: u64,
}

const LUNG_HU: f64 = -860.0;
const HEIGHT_MM: f64 = 240.0;

impl Body {
    pub(super) fn new(examination: &Examination) -> Self {
        let mut chance = Chance(examination.seed);
        let mut tubes = Vec::new();
        for side in [-1.0, 1.0] {
            for _ in 0..17 {
                let hilum = [side * 38.0, 8.0, -110.0 + chance.between(-14.0, 14.0)];
                branch(&mut chance, &mut tubes, hilum, side, 3.6, 0);
            }
        }
        let mut lesions = Vec::new();
        for n in 0..11 {
            let side = if n % 3 == 0 { 1.0 } else { -1.0 };
            let at = [side * chance.between(62.0, 108.0), chance.between(5.0, 58.0), chance.between(-205.0, -95.0)];
            let radius = chance.between(13.0, 22.0) * examination.lesions;
            let rise_hu = chance.between(330.0, 760.0);
            if examination.lesions > 0.0 {
                lesions.push(Lesion { at, radius, rise_hu });
            }
        }
        let Examination { slices, slice_mm, seed, .. } = *examination;
        Self { tubes, lesions, slices, slice_mm, seed }
    }

    /// Hounsfield units of a slice, row by row; slice 0 is the highest.
    pub(super) fn slice(&self, slice: usize) -> Vec<i16> {
        let z = z_of(slice, self.slices, self.slice_mm);
        let mut field: Vec<f32> = Vec::with_capacity(SIZE * SIZE);
        let mut in_lung = vec![false; SIZE * SIZE];
        for row in 0..SIZE {
            for column in 0..SIZE {
                let (x, y) = (millimetres(column), millimetres(row));
                let (hu, lung) = tissue(x, y, z);
                in_lung[row * SIZE + column] = lung;
                field.push(hu as f32);
            }
        }
        self.draw_vessels(z, &mut field, &in_lung);
        self.draw_lesions(z, &mut field, &in_lung);
        let field = soften(&field);
        let mut chance = Chance(self.seed ^ (slice as u64 + 1).wrapping_mul(0xA24B_AED4_963E_E407));
        let noisy = |hu: f32| {
            // Three even draws are near enough to a bell: standard deviation about 16 HU.
            let noise = (chance.even() + chance.even() + chance.even() - 1.5) * 32.0;
            (f64::from(hu) + noise).clamp(-1024.0, 3071.0) as i16
        };
        field.into_iter().map(noisy).collect()
    }

    fn draw_vessels(&self, z: f64, field: &mut [f32], in_lung: &[bool]) {
        for tube in &self.tubes {
            let (low, high) = (tube.from[2].min(tube.to[2]), tube.from[2].max(tube.to[2]));
            if z < low - tube.radius || z > high + tube.radius {
                continue;
            }
            let length: f64 = (0..3).map(|i| (tube.to[i] - tube.from[i]).powi(2)).sum::<f64>().max(1e-9);
            let bounds =
                |i: usize| (tube.from[i].min(tube.to[i]) - tube.radius, tube.from[i].max(tube.to[i]) + tube.radius);
            for_each_pixel(bounds(0), bounds(1), |at, x, y| {
                let p = [x, y, z];
                let along = (0..3).map(|i| (p[i] - tube.from[i]) * (tube.to[i] - tube.from[i])).sum::<f64>() / length;
                let along = along.clamp(0.0, 1.0);
                let far: f64 =
                    (0..3).map(|i| (p[i] - tube.from[i] - along * (tube.to[i] - tube.from[i])).powi(2)).sum();
                if far < tube.radius * tube.radius && in_lung[at] {
                    field[at] = 30.0;
                }
            });
        }
    }

    fn draw_lesions(&self, z: f64, field: &mut [f32], in_lung: &[bool]) {
        for lesion in &self.lesions {
            let reach = lesion.radius * 1.25;
            let bounds = |i: usize| (lesion.at[i] - reach, lesion.at[i] + reach);
            for_each_pixel(bounds(0), bounds(1), |at, x, y| {
                let far = ((x - lesion.at[0]).powi(2) + (y - lesion.at[1]).powi(2) + (z - lesion.at[2]).powi(2)).sqrt();
                // Edges of ground glass fade and are never round: slow waves across each other bend them.
                let wave = 1.0 + 0.17 * ((0.17 * x + 0.12 * y).sin() + (0.22 * y - 0.10 * x + 0.1 * z).sin());
                let edge = ((lesion.radius * wave - far) / (0.34 * lesion.radius)).clamp(0.0, 1.0);
                if in_lung[at] && edge > 0.0 {
                    let mottle = 0.84
                        + 0.06 * ((0.52 * x + 0.31 * y).sin() + (0.63 * y - 0.27 * x + 0.2 * z).sin())
                        + 0.04 * (0.91 * x - 0.84 * y).sin();
                    let risen = LUNG_HU + lesion.rise_hu * edge * mottle;
                    field[at] = field[at].max(risen as f32);
                }
            });
        }
    }
}

/// Height of a slice's plane: the apex at -10 mm, downwards.
pub(super) fn z_of(slice: usize, _slices: usize, slice_mm: f64) -> f64 {
    -5.0 - slice as f64 * slice_mm
}

/// Millimetres of a pixel's centre from the middle of the picture.
fn millimetres(pixel: usize) -> f64 {
    (pixel as f64 - (SIZE as f64 - 1.0) / 2.0) * SPACING_MM
}

fn for_each_pixel(x: (f64, f64), y: (f64, f64), mut visit: impl FnMut(usize, f64, f64)) {
    let pixel = |mm: f64| ((mm / SPACING_MM + (SIZE as f64 - 1.0) / 2.0).clamp(0.0, SIZE as f64 - 1.0)) as usize;
    for row in pixel(y.0)..=pixel(y.1) {
        for column in pixel(x.0)..=pixel(x.1) {
            visit(row * SIZE + column, millimetres(column), millimetres(row));
        }
    }
}

fn branch(chance: &mut Chance, tubes: &mut Vec<Tube>, from: [f64; 3], side: f64, radius: f64, depth: usize) {
    let reach = chance.between(20.0, 44.0) * 0.9f64.powi(depth as i32);
    let out = [side * chance.between(0.25, 1.0), chance.between(-0.75, 0.75), chance.between(-1.0, 0.85)];
    let norm = out.iter().map(|v| v * v).sum::<f64>().sqrt();
    let to = [0, 1, 2].map(|i| from[i] + reach * out[i] / norm);
    tubes.push(Tube { from, to, radius });
    if depth < 4 {
        for _ in 0..2 {
            branch(chance, tubes, to, side, radius * 0.72, depth + 1);
        }
    }
}

fn ellipse(x: f64, y: f64, centre: (f64, f64), axes: (f64, f64)) -> f64 {
    ((x - centre.0) / axes.0).powi(2) + ((y - centre.1) / axes.1).powi(2)
}

/// What is at a point, without vessels and lesions, and whether it is lung.
fn tissue(x: f64, y: f64, z: f64) -> (f64, bool) {
    let depth = (-z / HEIGHT_MM).clamp(0.0, 1.0);
    let wall = (160.0 + 8.0 * depth, 112.0 + 6.0 * depth);
    let skin = ellipse(x, y, (0.0, 0.0), wall);
    if skin > 1.0 {
        // The table under the patient.
        let table = y > 134.0 - 0.0009 * x * x && y < 140.0 - 0.0009 * x * x && x.abs() < 170.0;
        return (if table { -520.0 } else { -1000.0 }, false);
    }
    if let Some(bone) = skeleton(x, y, z, skin) {
        return (bone, false);
    }
    if let Some(hu) = middle(x, y, depth) {
        return (hu, false);
    }
    for side in [-1.0, 1.0] {
        let open = (depth * 2.6).min(1.0).sqrt();
        let centre = (side * (66.0 + 4.0 * depth), 4.0);
        let axes = (58.0 * open + 4.0, 82.0 * open + 4.0);
        if open > 0.05 && ellipse(x, y, centre, axes) < 1.0 {
            // The dome of the diaphragm; on the right, with the liver under it, it stands higher.
            let dome = if side < 0.0 { 0.70 } else { 0.78 };
            let under = (depth - dome) / 0.30;
            if under > 0.0 && ellipse(x, y, (centre.0, -6.0), (62.0 * under.sqrt(), 86.0 * under.sqrt())) < 1.0 {
                return (if side < 0.0 { 58.0 } else { 46.0 }, false);
            }
            // Gravity: lung is denser at the back.
            return (LUNG_HU + 0.35 * y, true);
        }
    }
    let fat = skin > 0.86 || (skin > 0.80 && y < 0.0);
    (if fat { -98.0 } else { 52.0 }, false)
}

/// Spine, ribs, breastbone.
fn skeleton(x: f64, y: f64, z: f64, skin: f64) -> Option<f64> {
    let vertebra = ellipse(x, y, (0.0, 66.0), (19.0, 15.5));
    if vertebra < 1.0 {
        let disc = z.rem_euclid(27.0) < 6.0;
        return Some(if disc {
            85.0
        } else if vertebra > 0.78 {
            620.0
        } else {
            210.0
        });
    }
    if ellipse(x, y, (0.0, 88.0), (9.0, 8.0)) < 1.0 {
        return Some(24.0);
    }
    let arch = ellipse(x, y, (0.0, 88.0), (15.0, 13.0)) < 1.0 || (x.abs() < 3.5 && (92.0..112.0).contains(&y));
    if arch && z.rem_euclid(27.0) > 8.0 {
        return Some(480.0);
    }
    if ellipse(x, y, (0.0, -97.0), (19.0, 6.5)) < 1.0 && z < -45.0 && z > -185.0 {
        return Some(290.0);
    }
    if (0.70..0.82).contains(&skin) {
        // Ribs run down and forward: seen in a slice they are short pieces of a ring.
        let turn = (x.abs() / 165.0).atan2(-y / 115.0) / std::f64::consts::PI;
        let along = (z - 78.0 * turn).rem_euclid(26.0) - 13.0;
        let across = (skin - 0.76) / 0.06;
        let inside = (along / 6.0).powi(2) + across.powi(2);
        if inside < 1.0 && turn > 0.12 {
            return Some(if inside > 0.55 { 760.0 } else { 330.0 });
        }
    }
    None
}

/// Trachea, heart, great vessels, gullet, and the fat between them.
fn middle(x: f64, y: f64, depth: f64) -> Option<f64> {
    if depth < 0.42 && ellipse(x, y, (0.0, -2.0), (9.0, 8.5)) < 1.0 {
        return Some(-990.0);
    }
    if (0.42..0.56).contains(&depth) {
        let apart = 9.0 + (depth - 0.42) * 190.0;
        if [-1.0, 1.0].iter().any(|side| ellipse(x, y, (side * apart, 4.0), (7.0, 6.5)) < 1.0) {
            return Some(-985.0);
        }
    }
    if ellipse(x, y, (20.0, 44.0), (12.5, 12.5)) < 1.0 && depth > 0.3 {
        return Some(46.0);
    }
    if (0.26..0.34).contains(&depth) && ellipse(x, y, (10.0, 14.0), (17.0, 38.0)) < 1.0 {
        return Some(46.0);
    }
    if ellipse(x, y, (-2.0, 36.0), (7.5, 5.5)) < 1.0 {
        return Some(34.0);
    }
    let heart = ((depth - 0.40) / 0.42).clamp(0.0, 1.0);
    let bulge = (heart * std::f64::consts::PI).sin().max(0.0).sqrt();
    if bulge > 0.05 && ellipse(x, y, (22.0, -28.0), (64.0 * bulge, 50.0 * bulge)) < 1.0 {
        return Some(43.0);
    }
    let pleura = ellipse(x, y, (0.0, -4.0), (30.0, 76.0));
    (pleura < 1.0).then_some(if pleura > 0.5 || y < -40.0 { -86.0 } else { 40.0 })
}

/// What a scanner's kernel does to sharp edges: a 3 x 3 binomial.
fn soften(field: &[f32]) -> Vec<f32> {
    let at = |row: usize, column: usize| field[row.min(SIZE - 1) * SIZE + column.min(SIZE - 1)];
    let mut out = Vec::with_capacity(field.len());
    for row in 0..SIZE {
        for column in 0..SIZE {
            let (up, down) = (row.saturating_sub(1), row + 1);
            let (left, right) = (column.saturating_sub(1), column + 1);
            let corners = at(up, left) + at(up, right) + at(down, left) + at(down, right);
            let sides = at(up, column) + at(down, column) + at(row, left) + at(row, right);
            out.push((corners + 2.0 * sides + 4.0 * at(row, column)) / 16.0);
        }
    }
    out
}
