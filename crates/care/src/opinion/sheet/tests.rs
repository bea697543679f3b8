use super::*;
use crate::opinion::key_image::tests::png;
use std::process::{Command, Stdio};

fn zoned(text: &str) -> Zoned {
    text.parse().unwrap()
}

fn sheet(tongue: Tongue) -> Sheet {
    let zh = tongue == Tongue::Zh;
    let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
    Sheet {
        tongue,
        case_number: "20261121-0007".to_owned(),
        version: 1,
        document_id: "Composition/0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f".to_owned(),
        replaces: None,
        verify_at: "https://consilium.example/verify/0123456789abcdef0123456789abcdef".to_owned(),
        check_code: "ab12 cd34 ef56 7890".to_owned(),
        asking: Party {
            hospital: pick("光山县人民医院", "光山县人民医院 Guangshan County Hospital"),
            doctor: pick("周明", "Zhou Ming"),
            title: pick("主治医师", "Attending physician"),
            seal: "光山县人民医院".to_owned(),
        },
        advising: Party {
            hospital: pick("河南省人民医院", "河南省人民医院 Henan Provincial Hospital"),
            doctor: pick("李伟", "Li Wei"),
            title: pick("主任医师", "Chief physician"),
            seal: "河南省人民医院".to_owned(),
        },
        patient: Patient {
            name: pick("欧阳䶮", "Ouyang Yan"),
            sex: pick("男", "Male"),
            age: pick("56 岁", "56 y"),
            birth_date: "1970-03-07".to_owned(),
            identifier_kind: pick("身份证号", "Resident id"),
            identifier: "41152219700307123X".to_owned(),
        },
        urgency: pick("加急", "Urgent"),
        specialty: pick("呼吸与危重症", "Respiratory"),
        requested_at: zoned("2026-11-21T09:12:00+08:00[Asia/Shanghai]"),
        question: pick("发热 5 天，氧合下降，是否需要气管插管？", "Fever for 5 days, falling oxygenation: intubate?"),
        diagnosis: pick("重症肺炎", "Severe pneumonia"),
        labs: vec![Lab {
            name: pick("白细胞计数", "White cells"),
            value: "3.10".to_owned(),
            unit: "10^9/L".to_owned(),
            range: "3.5-9.5".to_owned(),
            at: "2026-11-20 07:30".to_owned(),
            flag: Some('↓'),
        }],
        findings: pick(
            "胸部 CT（2 月 2 日、4 日、6 日）：双肺多发磨玻璃影，48 小时内病灶范围增大 > 50 %。PaO2/FiO2 186 mmHg。",
            "Chest CT of 2, 4 and 6 February: bilateral ground-glass opacities, grown by more than 50 % within 48 h.",
        ),
        opinion: pick("符合重型标准，建议转入 ICU。", "Meets the definition of severe; admit to the ICU."),
        advice: pick(
            "1. 经鼻高流量氧疗；\n2. 俯卧位；\n3. 4 小时后复查血气。",
            "1. High-flow oxygen.\n2. Prone position.\n3. Blood gas in 4 h.",
        ),
        figures: (1..=3)
            .map(|number| Figure {
                title: format!("{} {number}", pick("图", "Figure")),
                caption: format!("2026-02-0{number} CT 胸部 · 12/24 · W 1500 L -600"),
                note: pick("右下叶病灶 23 mm", "Right lower lobe, 23 mm"),
                png: png(300, 200 + 40 * number).into(),
                width: 300,
                height: 200 + 40 * number,
            })
            .collect(),
        signed_at: zoned("2026-11-21T10:41:07+08:00[Asia/Shanghai]"),
        demonstration: true,
    }
}

/// What a reader of the file sees, by Debian's poppler.
fn text_of(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext (Debian: poppler-utils)");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), pdf).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn everything_is_on_the_sheet_in_both_languages() {
    for tongue in [Tongue::Zh, Tongue::En] {
        let sheet = sheet(tongue);
        let text = text_of(&sheet.render().unwrap());
        let flat: String = text.split_whitespace().collect();
        // pdftotext ends each page with a form feed.
        let pages = text.matches('\u{c}').count();
        for wanted in [
            &sheet.asking.seal,
            &sheet.advising.seal,
            &sheet.asking.doctor,
            &sheet.advising.title,
            &sheet.patient.name,
            &sheet.patient.sex,
            &sheet.patient.age,
            &sheet.patient.identifier,
            &sheet.question,
            &sheet.findings,
            &sheet.opinion,
            &sheet.advice,
            &sheet.case_number,
            &sheet.check_code,
            &sheet.verify_at,
            "2026-11-21 10:41 (UTC+08:00)",
            "3.10 ↓",
            tongue.words().demonstration,
            tongue.words().figures,
            &sheet.figures[2].title,
            &sheet.figures[2].caption,
            &sheet.figures[2].note,
            &tongue.page(1, pages),
        ] {
            let wanted: String = wanted.split_whitespace().collect();
            assert!(flat.contains(&wanted), "{wanted} is missing in\n{text}");
        }
    }
}

/// What a camera reads from the first page, by the pixels that Debian's poppler paints.
fn scanned(pdf: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftoppm")
        .args(["-gray", "-r", "150", "-f", "1", "-l", "1", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftoppm (Debian: poppler-utils)");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), pdf).unwrap();
    let pgm = child.wait_with_output().unwrap().stdout;
    // P5, width, height, 255, then a byte a pixel.
    let mut head = pgm.splitn(4, |b| b.is_ascii_whitespace());
    let mut word = || std::str::from_utf8(head.next().unwrap()).unwrap().to_owned();
    let (kind, width, height) = (word(), word().parse().unwrap(), word().parse().unwrap());
    let pixels = &head.next().unwrap()[4..];
    assert_eq!((kind.as_str(), pixels.len()), ("P5", width * height));
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    image.detect_grids().first().map(|grid| grid.decode().unwrap().1)
}

#[test]
fn a_camera_reads_where_to_ask_and_the_sheet_stays_on_one_page() {
    for tongue in [Tongue::Zh, Tongue::En] {
        let first = Sheet { figures: vec![], ..sheet(tongue) };
        let signed_at = first.signed_at.clone();
        let before = Before { version: 1, signed_at, reason: "剂量有误 the dose was wrong".to_owned() };
        let second = Sheet { version: 2, replaces: Some(before), ..first.clone() };
        for sheet in [first, second] {
            let pdf = sheet.render().unwrap();
            assert_eq!(scanned(&pdf).as_ref(), Some(&sheet.verify_at));
            let text = text_of(&pdf);
            assert_eq!(text.matches('\u{c}').count(), 1, "{text}");
            let flat: String = text.split_whitespace().collect();
            let says = sheet.replaces.is_none() || flat.contains("剂量有误thedosewaswrong");
            assert!(says, "why it replaces the version before is printed: {text}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(sheet(Tongue::Zh).render().unwrap(), sheet(Tongue::Zh).render().unwrap());
    let other = Sheet { opinion: "另".to_owned(), ..sheet(Tongue::Zh) };
    assert_ne!(sheet(Tongue::Zh).render().unwrap(), other.render().unwrap());
}

#[test]
fn a_long_opinion_goes_on_to_further_pages_and_loses_nothing() {
    let findings: String = (0..400).map(|n| format!("第{n}条：双肺多发磨玻璃影，较前增大。\n")).collect();
    let text = text_of(&Sheet { findings, ..sheet(Tongue::Zh) }.render().unwrap());
    for n in 0..400 {
        assert!(text.contains(&format!("第{n}条：")), "{n}");
    }
    let pages = text.matches('\u{c}').count();
    assert!(pages > 8, "{pages}");
    assert!(text.contains(&format!("第 {pages} 页，共 {pages} 页")));
    assert_eq!(text.matches("欧阳䶮").count(), pages, "every page names the patient once");
}

#[test]
fn odd_input_is_printed_not_refused() {
    let odd = Sheet {
        patient: Patient { name: "李".repeat(300), ..sheet(Tongue::Zh).patient },
        advising: Party {
            hospital: "院".repeat(120),
            doctor: "😀".to_owned(),
            title: String::new(),
            seal: "院".repeat(120),
        },
        findings: "A".repeat(3000),
        opinion: "\u{0}\u{202e}مرحبا\r\n".to_owned(),
        advice: String::new(),
        figures: vec![
            Figure {
                note: "注".repeat(500),
                png: png(1, 900).into(),
                width: 1,
                height: 900,
                ..sheet(Tongue::Zh).figures[0].clone()
            };
            12
        ],
        labs: vec![Lab { name: "x".repeat(200), value: "9".repeat(80), ..sheet(Tongue::Zh).labs[0].clone() }; 60],
        ..sheet(Tongue::Zh)
    };
    let text = text_of(&odd.render().unwrap());
    assert!(text.contains("〔U+1F600〕") && text.contains("（无）"), "{text}");
}
