//! Video terminals and devices at the hospitals that have wards, as their administrators would keep them.

use super::hospitals::Hospital;
use anyhow::Result;
use kernel::Id;
use platform::directory::device::{Device, TERMINAL};
use records::Write;

/// Hospital, code, kind, name, where it stands, maker, model.
type Line = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, &'static str, &'static str);

const DEVICES: &[Line] = &[
    ("province", "terminal-1", TERMINAL, "会诊室一终端", Some("province-room-1"), "华为", "TE60"),
    ("province", "terminal-2", TERMINAL, "多学科会诊室终端", Some("province-room-4"), "宝利通", "G7500"),
    ("province", "ct-1", "ct", "CT 一号机", None, "联影", "uCT 780"),
    ("province", "mr-1", "mr", "磁共振一号机", None, "联影", "uMR 790"),
    ("province", "slides", "slide-scanner", "病理切片扫描仪", None, "生强", "TEKSQRAY"),
    (
        "province",
        "monitor-1",
        "monitor",
        "呼吸监护 01 床监护仪",
        Some("province-ward-respiratory-icu"),
        "迈瑞",
        "BeneVision N15",
    ),
    ("guangshan", "terminal-1", TERMINAL, "会诊室终端", Some("guangshan-room-1"), "华为", "TE40"),
    ("guangshan", "terminal-2", TERMINAL, "急诊移动推车", None, "小鱼易连", "AE500"),
    ("guangshan", "terminal-3", TERMINAL, "内科病区移动推车", Some("guangshan-ward-medical"), "小鱼易连", "AE500"),
    ("guangshan", "terminal-4", TERMINAL, "重症监护室终端", Some("guangshan-ward-icu"), "华为", "TE20"),
    ("guangshan", "ct-1", "ct", "CT", None, "东软", "NeuViz 64"),
    ("guangshan", "x-ray-1", "x-ray", "数字X线机", None, "万东", "新东方1000"),
    ("guangshan", "ultrasound-1", "ultrasound", "彩超", None, "迈瑞", "Resona 7"),
    ("guangshan", "ecg-1", "ecg", "心电图机", None, "理邦", "SE-1200"),
];

/// The terminals and devices of a hospital.
pub fn write(h: &Hospital) -> Result<Vec<Write>> {
    let hospital = Id::new(h.id)?;
    let mut writes = vec![];
    for (of, code, kind, name, place, manufacturer, model) in DEVICES.iter().filter(|(of, ..)| *of == h.id) {
        let device = Device {
            id: Id::new(format!("{of}-{code}"))?,
            kind: (*kind).to_owned(),
            active: true,
            name: (*name).to_owned(),
            hospital: hospital.clone(),
            place: place.map(Id::new).transpose()?,
            manufacturer: Some((*manufacturer).to_owned()),
            model: Some((*model).to_owned()),
            serial: None,
        };
        writes.push(Write::new(device.at(), device.lay(None), hospital.clone()));
    }
    Ok(writes)
}

#[cfg(test)]
mod tests {
    use super::super::hospitals;
    use super::*;
    use platform::codes;
    use std::collections::HashSet;

    #[test]
    fn each_is_of_a_kind_that_there_is_and_stands_where_something_is() {
        let ids: HashSet<_> = DEVICES.iter().map(|(of, code, ..)| (of, code)).collect();
        assert_eq!(ids.len(), DEVICES.len(), "two devices have one id");
        let mut places = HashSet::new();
        for hospital in hospitals::all().unwrap() {
            places.extend(hospitals::write(&hospital, true).unwrap().into_iter().map(|write| write.at.id.to_string()));
        }
        for (.., kind, name, place, _, _) in DEVICES {
            assert!(codes::knows(codes::DEVICES, kind), "{name}");
            assert!(place.is_none_or(|place| places.contains(place)), "{name}");
        }
    }
}
