//! `near=latitude|longitude|distance|unit`: how far apart two places are on a sphere.

use crate::StoreError;
use fhir::search::on_sphere;

/// Mean radius of the Earth, in kilometres (IUGG).
const EARTH: f64 = 6_371.008_8;
/// What is near when no distance is said, in kilometres.
const USUAL: f64 = 50.0;
/// Kilometres of each unit, by its UCUM code.
const UNITS: [(&str, f64); 7] = [
    ("km", 1.0),
    ("m", 0.001),
    ("[mi_us]", 1_609.347_218_694 / 1_000.0),
    ("[mi_i]", 1.609_344),
    ("[nmi_i]", 1.852),
    ("[ft_i]", 0.000_304_8),
    ("[yd_i]", 0.000_914_4),
];

/// A place and how far from it, both on the unit sphere: `chord` is the straight line through the ball, which grows with
/// the way along its surface. So nothing but sums and products is left to the engines, and they agree to the last bit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Near {
    pub(crate) at: [f64; 3],
    pub(crate) chord: f64,
}

pub(crate) fn read(value: &str) -> Result<Near, StoreError> {
    let refused = |why: &str| StoreError::BadQuery(format!("near={value}: {why}"));
    let parts: Vec<&str> = value.split('|').collect();
    if !(2..=4).contains(&parts.len()) {
        return Err(refused("latitude|longitude|distance|unit"));
    }
    let number = |at: usize| parts[at].trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let at = number(0).zip(number(1)).and_then(|(lat, lon)| on_sphere(lat, lon));
    let at = at.ok_or_else(|| refused("degrees, -90 to 90 and -180 to 180"))?;
    let unit = parts
        .get(3)
        .filter(|unit| !unit.is_empty())
        .map_or(Some(1.0), |unit| UNITS.iter().find(|(name, _)| name == unit).map(|(_, km)| *km));
    let distance = match parts.get(2).filter(|d| !d.is_empty()) {
        None => USUAL,
        Some(_) => {
            let unit =
                unit.ok_or_else(|| refused("the unit is one of km, m, [mi_us], [mi_i], [nmi_i], [ft_i], [yd_i]"))?;
            number(2).filter(|d| *d >= 0.0).ok_or_else(|| refused("the distance is a number"))? * unit
        }
    };
    // Half of the way round is everywhere.
    let angle = (distance / EARTH).min(std::f64::consts::PI);
    // A millimetre more: the place itself is within 0.
    Ok(Near { at, chord: 2.0 * (angle / 2.0).sin() + 1e-3 / (EARTH * 1_000.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The way along the surface by the haversine formula, in kilometres.
    fn haversine((lat, lon): (f64, f64), (lat_2, lon_2): (f64, f64)) -> f64 {
        let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
        let h = half(lat, lat_2) + lat.to_radians().cos() * lat_2.to_radians().cos() * half(lon, lon_2);
        2.0 * EARTH * h.sqrt().min(1.0).asin()
    }

    fn within(near: &Near, lat: f64, lon: f64) -> bool {
        let point = on_sphere(lat, lon).unwrap();
        let apart: f64 = near.at.iter().zip(point).map(|(a, b)| (a - b) * (a - b)).sum();
        apart <= near.chord * near.chord
    }

    #[test]
    fn distances_are_those_of_the_map() {
        // Zhengzhou and Beijing: 621 km by the haversine formula.
        let (zhengzhou, beijing) = ((34.7466, 113.6254), (39.9042, 116.4074));
        assert!((haversine(zhengzhou, beijing) - 622.0).abs() < 2.0, "{}", haversine(zhengzhou, beijing));
        for (value, expected) in [
            ("34.7466|113.6254|630|km", true),
            ("34.7466|113.6254|610|km", false),
            ("34.7466|113.6254|630000|m", true),
            ("34.7466|113.6254|391|[mi_us]", true),
            ("34.7466|113.6254|379|[mi_us]", false),
            ("34.7466|113.6254|630", true),
            ("34.7466|113.6254||", false),
            ("34.7466|113.6254", false),
            ("34.7466|113.6254|99999", true),
            ("39.9042|116.4074|0|m", true),
            ("39.9042|116.4074", true),
        ] {
            assert_eq!(within(&read(value).unwrap(), beijing.0, beijing.1), expected, "{value}");
        }
        for value in
            ["", "1", "1|x", "91|0", "0|181", "0|0|x", "0|0|-1", "0|0|1|mile", "0|0|1|km|2", "0|0|inf", "NaN|0"]
        {
            assert!(read(value).is_err(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn as_the_haversine_formula_has_it(lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, to in -90.0..=90.0f64,
            lon_to in -180.0..=180.0f64, share in 0.0..2.0f64) {
            let apart = haversine((lat, lon), (to, lon_to));
            let distance = apart * share;
            // Between 0.999999 and 1.000001 of the way rounding decides.
            if (distance - apart).abs() > apart * 1e-6 + 0.001 {
                let near = read(&format!("{lat}|{lon}|{distance}|km")).unwrap();
                assert_eq!(within(&near, to, lon_to), apart < distance, "{apart} {distance}");
            }
        }

        #[test]
        fn whatever_is_asked_is_read_or_refused(value in "[0-9.|e+-]{0,24}|\\PC{0,20}") {
            if let Ok(near) = read(&value) {
                assert!(near.chord.is_finite() && near.at.iter().all(|x| x.is_finite()));
            }
        }
    }
}
