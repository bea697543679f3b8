//! `join.sheet`: the acceptance sheet as a PDF: which hospital, what was probed with which figures, who confirmed and when.
//!
//! Made of the record when it is asked for. A print says what stood in the record then; the record is what counts.

use super::loading;
use super::model::{Confirmed, Joined, State};
use super::probe::{Figure, Probe, ProbeState, sheet as all};
use super::resources::{Gateway, join_at};

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::{Id, Time};
use platform::directory::area;
use platform::paper::{self, Line, Paper};
use platform::{Lang, Op, Problem};

/// Where the columns of the sheet begin, points from its margin: what, how it came out, figures, by whom.
const COLUMNS: [f32; 4] = [0.0, 105.0, 160.0, 325.0];
/// Between columns.
const GAP: f32 = 8.0;

/// Not lying.
const LIES: bool = false;

fn line(size: f32, cells: Vec<String>) -> Line {
    Line::columns(size, cells, &COLUMNS, GAP, LIES)
}

/// The sheet of a hospital that has joined.
#[utoipa::path(get, path = "/api/admin/join/{hospital}/sheet", operation_id = "join.sheet", tag = "join",
    params(("hospital" = String, Path)), responses((status = 200, description = "PDF", content_type = "application/pdf"),
        (status = 409, description = "join.not-joined")))]
pub async fn sheet(op: Op, Path(hospital): Path<Id>) -> Result<impl IntoResponse, Problem> {
    op.may("join.sheet", &area::facts(&op, &hospital), Some(&join_at(&hospital))).await?;
    let join = loading::join(op.platform(), &hospital).await?.ok_or_else(Problem::not_found)?.is;
    let State::Joined(joined) = &join.state else {
        return Err(loading::refused(super::model::Refused::NotJoined));
    };
    let gateway = loading::gateway(op.platform(), &joined.gateway).await?.ok_or_else(Problem::not_found)?.is;
    let report = loading::report(op.platform(), &joined.gateway).await?.map(|r| r.is);
    let probed_at = report.as_ref().map(|r| r.at);
    let lines = lines(&op, joined, &gateway, probed_at, &all(report.map_or_else(Vec::new, |r| r.probes)));
    let paper = Paper {
        title: word(op.lang(), "医院接入验收单", "Acceptance of a hospital's joining"),
        lang: op.lang(),
        id: format!("{hospital}/{}", op.now()),
        at: op.now().to_zoned(op.platform().settings.time_zone()),
        lies: LIES,
        head: None,
    };
    let pdf =
        paper::pdf(&paper, &lines).map_err(|why| Problem::internal(format!("the sheet could not be made: {why}")))?;
    let name = "attachment; filename=\"acceptance.pdf\"";
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, name)], pdf))
}

fn word<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    if lang == Lang::Zh { zh } else { en }
}

fn lines(op: &Op, joined: &Joined, gateway: &Gateway, probed_at: Option<Time>, probes: &[Probe]) -> Vec<Line> {
    let (lang, directory) = (op.lang(), &op.platform().directory);
    let zone = op.platform().settings.time_zone();
    let at = |time: Time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M (UTC%:z)").to_string();
    let w = |zh, en| word(lang, zh, en);
    let hospital = directory.hospital_ref(&gateway.hospital);
    let name =
        hospital.map_or_else(|| gateway.hospital.to_string(), |h| if lang == Lang::Zh { h.name } else { h.name_en });
    let pair = |what: &str, is: String| line(10.0, vec![what.to_owned(), is]);
    let head = |text: &str| Line::of(13.0, text, LIES);
    let versions = format!("{} / {}", gateway.version, env!("CARGO_PKG_VERSION"));
    let mut out: Vec<Line> = vec![
        Line::of(18.0, w("医院接入验收单", "Acceptance of a hospital's joining"), LIES),
        line(12.0, vec![w("医院", "Hospital").to_owned(), format!("{name} ({})", gateway.hospital)]),
        pair(w("中心", "Centre"), op.platform().url().to_owned()),
        pair(w("网关", "Gateway"), gateway.id.to_string()),
        pair(w("版本：网关 / 中心", "Gateway / centre"), versions),
        pair(w("证书有效期至", "Certificate until"), at(gateway.until)),
        pair(w("密钥 SHA-256", "Key, SHA-256"), joined.key.clone()),
        head(w("探测结果", "Probes")),
        pair(w("网关探测时间", "By the gateway"), probed_at.map_or_else(|| w("尚未探测", "not yet").to_owned(), at)),
    ];
    let name_and_place = |by: &Confirmed| {
        let person = directory.person_ref_at(&by.who.person, &by.who.hospital);
        let Some(p) = person else { return (by.who.person.to_string(), by.who.hospital.to_string()) };
        let (name, place) = (p.name.clone(), p.hospital);
        if lang == Lang::Zh { (name, place.name) } else { (p.name_en.unwrap_or(name), place.name_en) }
    };
    let named = |by: &Confirmed| {
        let (name, place) = name_and_place(by);
        format!("{name}{}{place}  {}", w("，", ", "), at(by.at))
    };
    // Who tried is of the hospital named above, or of a centre above it: a name and a time fill the column.
    let short = |by: &Confirmed| {
        format!("{}  {}", name_and_place(by).0, by.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M"))
    };
    out.extend(probes.iter().map(|probe| {
        let mut cells = probed(lang, probe);
        cells.extend(probe.tried.as_ref().map(short));
        line(9.0, cells)
    }));
    out.push(head(w("验收确认", "Confirmed by")));
    // The record's confirmations are what counts; many a hospital files paper with a seal besides.
    let seal = || pair("", format!("{}  {}", w("签字（盖章）", "Signature, seal"), "_".repeat(40)));
    let by = |side: &str, by: &Option<Confirmed>| {
        pair(side, by.as_ref().map_or_else(|| w("尚未确认", "not yet confirmed").to_owned(), named))
    };
    out.extend([by(w("中心", "Centre"), &joined.centre), seal(), by(w("医院", "Hospital"), &joined.own), seal()]);
    let made = w("打印时间", "Made");
    let counts = w("以中心记录为准。", "The centre's record is what counts.");
    out.push(Line::of(8.5, format!("{made}  {}  {counts}", at(op.now())), LIES));
    out
}

/// A probe as it is read: name, outcome, figures and what was said.
fn probed(lang: Lang, probe: &Probe) -> Vec<String> {
    let w = |zh, en| word(lang, zh, en);
    let name = match probe.name.as_str() {
        "line-down" => w("下行", "line down"),
        "line-up" => w("上行", "line up"),
        "round-trip" => w("往返与丢失", "round trip and loss"),
        "media" => w("音视频端口", "media port"),
        "file" => w("DICOM 文件", "DICOM file"),
        "camera" => w("摄像头", "camera"),
        "microphone" => w("麦克风", "microphone"),
        "loudspeaker" => w("扬声器", "loudspeaker"),
        _ => w("测试通话", "test call"),
    };
    let state = match probe.state {
        ProbeState::Passed => w("通过", "passed"),
        ProbeState::Failed => w("未通过", "failed"),
        ProbeState::Hung => w("无响应", "hung"),
        ProbeState::NotTried => w("尚未测试", "not yet tried"),
    };
    let figures = probe.figures.iter().filter_map(|figure| read(lang, figure));
    let said = (!probe.said.is_empty()).then(|| trouble(lang, &probe.said).to_owned());
    let found: Vec<String> = figures.chain(said).collect();
    vec![name.to_owned(), state.to_owned(), found.join("  ")]
}

/// What went wrong in a browser, in words; what a gateway says is words already.
fn trouble(lang: Lang, said: &str) -> &str {
    let w = |zh, en| word(lang, zh, en);
    match said {
        "insecure" => w("页面不是 HTTPS，浏览器不提供设备", "the page is not HTTPS, so the browser gives no device"),
        "denied" => w("浏览器未获许可", "the browser was not allowed"),
        "none" => w("未找到设备", "no device found"),
        "busy" => w("设备被其他程序占用", "another program holds the device"),
        "failed" => w("设备出错", "the device failed"),
        "frozen" => w("画面过慢或静止", "too few pictures a second"),
        "dark" => w("画面全黑或单色（镜头被遮挡？）", "a picture of one colour (lens covered?)"),
        "silent" => w("没有听到声音", "nothing was heard"),
        "miscounted" => w("听到的提示音数目不符", "another number of tones was heard"),
        "no-line" => w("无法与中心建立通话", "no call to the centre came about"),
        "no-picture" => w("画面未传回", "the picture did not come back"),
        "no-tone" => w("声音未传回", "the tone did not come back"),
        other => other,
    }
}

/// A figure as people read it; none when the outcome has said it already.
fn read(lang: Lang, figure: &Figure) -> Option<String> {
    let w = |zh, en| word(lang, zh, en);
    let value = figure.value;
    Some(match figure.name.as_str() {
        "udp" if value > 0.0 => "UDP".to_owned(),
        "udp" | "played" | "picture" | "tone" | "spread" => return None,
        "relay" => w(
            if value > 0.0 { "中继可用" } else { "中继不可用" },
            if value > 0.0 { "relay works" } else { "relay fails" },
        )
        .to_owned(),
        "frames" => format!("{value:.0} {}", w("帧/秒", "pictures/s")),
        "level" => format!("{value:.0} dB"),
        "heard" => format!("{value:.0} {}", w("声", "tones")),
        "first" => format!("{} {value:.0} ms", w("首帧", "first picture")),
        "rate" => format!("{:.1} Mbit/s", value / 1e6),
        "bytes" if value >= 1_048_576.0 => format!("{:.1} MiB", value / 1_048_576.0),
        "bytes" => format!("{:.1} KiB", value / 1024.0),
        "median" => format!("{} {value:.1} ms", w("中位", "median")),
        "longest" => format!("{} {value:.1} ms", w("最长", "longest")),
        "loss" => format!("{} {value:.1} %", w("丢失", "loss")),
        other => format!("{other} {value} {}", figure.unit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::probe::tests::passed;

    #[test]
    fn a_probe_as_it_is_read() {
        for (lang, probe, read) in [
            (Lang::En, passed("media"), ["media port", "passed", "UDP"]),
            (Lang::Zh, passed("line-down"), ["下行", "通过", "9.6 Mbit/s  4.0 MiB"]),
            (Lang::Zh, passed("file"), ["DICOM 文件", "通过", "256.0 KiB"]),
            (
                Lang::En,
                passed("round-trip"),
                ["round trip and loss", "passed", "median 31.5 ms  longest 80.0 ms  loss 0.0 %"],
            ),
            (Lang::Zh, Probe::not_tried("camera"), ["摄像头", "尚未测试", ""]),
            (Lang::En, passed("camera"), ["camera", "passed", "24 pictures/s"]),
            (Lang::Zh, passed("loudspeaker"), ["扬声器", "通过", "3 声"]),
            (Lang::En, passed("test-call"), ["test call", "passed", "UDP  first picture 412 ms"]),
        ] {
            assert_eq!(probed(lang, &probe), read);
        }
        for said in crate::join::probe::TROUBLES {
            assert_ne!((trouble(Lang::Zh, said), trouble(Lang::En, said)), (said, said));
        }
    }
}
