//! What is tried of a hospital's line and devices, and how what was found is judged. Pure; both sides use it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Below this a face and an image do not go side by side; ours, since no norm that we could read gives a figure. Bits a second.
pub const LINE_MIN_BIT_S: f64 = 1_000_000.0;
/// Above this video freezes more than it runs. Percent.
pub const LOSS_MAX_PERCENT: f64 = 5.0;
/// Characters of what a probe says.
pub const SAID_MAX: usize = 300;
/// No probe runs longer; what does not come back by then hangs. Milliseconds.
pub const LIMIT_MS: u64 = 20_000;
/// No figure is larger.
const FIGURE_MAX: f64 = 1e15;
/// Figures of one probe.
const FIGURES_MAX: usize = 8;

/// What the gateway tries, in this order.
pub const OF_GATEWAY: [&str; 5] = ["line-down", "line-up", "round-trip", "media", "file"];
/// What a person tries in a browser.
pub const OF_BROWSER: [&str; 4] = ["camera", "microphone", "loudspeaker", "test-call"];

/// What came of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = JoinProbeState)]
pub enum ProbeState {
    /// Done, and good enough.
    Passed,
    /// Done and not good enough, or not to be done.
    Failed,
    /// It did not come back in its time.
    Hung,
    /// Nobody has tried it.
    NotTried,
}

impl ProbeState {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Hung => "hung",
            Self::NotTried => "not-tried",
        }
    }

    /// Reads [`ProbeState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Passed, Self::Failed, Self::Hung, Self::NotTried].into_iter().find(|s| s.code() == code)
    }
}

/// One number that a probe found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinFigure)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What: `rate`, `bytes`, `median`, `longest`, `loss`, `udp`.
    pub name: String,
    /// How much.
    pub value: f64,
    /// In UCUM: `bit/s`, `By`, `ms`, `%`, `1`.
    pub unit: String,
}

/// A probe and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinProbe)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Which: `line-down`, `line-up`, `round-trip`, `media`, `file`, `camera`, `microphone`, `loudspeaker`, `test-call`.
    pub name: String,
    /// What came of it.
    pub state: ProbeState,
    /// The numbers.
    pub figures: Vec<Figure>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// What is to be done, or what went wrong; empty when it passed.
    pub said: String,
}

/// Units that figures have.
const UNITS: [&str; 5] = ["bit/s", "By", "ms", "%", "1"];
/// Figures that probes have.
const FIGURES: [&str; 6] = ["rate", "bytes", "median", "longest", "loss", "udp"];

impl Probe {
    /// A probe that nobody has tried.
    pub fn not_tried(name: &str) -> Self {
        let said = String::new();
        Self { name: name.to_owned(), state: ProbeState::NotTried, figures: vec![], took_ms: 0, said }
    }

    /// Whether a gateway may say this: what a browser tries is not its to say, and nothing is unbounded.
    pub fn is_sound(&self) -> bool {
        let number = |f: &Figure| f.value.is_finite() && (0.0..=FIGURE_MAX).contains(&f.value);
        let known = |f: &Figure| FIGURES.contains(&f.name.as_str()) && UNITS.contains(&f.unit.as_str());
        OF_GATEWAY.contains(&self.name.as_str())
            && self.figures.len() <= FIGURES_MAX
            && self.figures.iter().all(|f| number(f) && known(f))
            && self.said.chars().count() <= SAID_MAX
            && !self.said.chars().any(char::is_control)
            && self.took_ms <= 10 * LIMIT_MS
            && self.agrees()
    }

    /// Whether a probe said to have passed has the figures that it passes with: the centre judges again.
    fn agrees(&self) -> bool {
        self.state != ProbeState::Passed || judge(&self.name, &self.figures)
    }

    /// One of its figures.
    pub fn figure(&self, name: &str) -> Option<f64> {
        figure(&self.figures, name)
    }
}

fn figure(figures: &[Figure], name: &str) -> Option<f64> {
    figures.iter().find(|f| f.name == name).map(|f| f.value)
}

/// Whether a probe passes with these figures.
pub fn judge(name: &str, figures: &[Figure]) -> bool {
    let of = |name| figure(figures, name);
    match name {
        "line-down" | "line-up" => of("rate").is_some_and(|rate| rate >= LINE_MIN_BIT_S),
        "round-trip" => of("loss").is_some_and(|loss| loss <= LOSS_MAX_PERCENT) && of("median").is_some(),
        "media" => of("udp") == Some(1.0),
        "file" => of("bytes").is_some_and(|bytes| bytes > 0.0),
        _ => false,
    }
}

/// All probes of a sheet, in its order: the gateway's as told, each of the others not tried.
pub fn sheet(told: Vec<Probe>) -> Vec<Probe> {
    let all = OF_GATEWAY.iter().chain(&OF_BROWSER);
    let of = |name: &str| told.iter().find(|p| p.name == name).cloned().unwrap_or_else(|| Probe::not_tried(name));
    all.map(|name| of(name)).collect()
}

/// All probes of a sheet after a gateway's run: its own as told now, those of the browser as they were. A gateway that probes again
/// must not take away what a person has tried.
pub fn after_gateway(before: &[Probe], told: Vec<Probe>) -> Vec<Probe> {
    let of_browser = before.iter().filter(|p| OF_BROWSER.contains(&p.name.as_str())).cloned();
    let told = told.into_iter().filter(|p| OF_GATEWAY.contains(&p.name.as_str()));
    sheet(told.chain(of_browser).collect())
}

/// Names of the gateway's probes that did not pass.
pub fn failing(probes: &[Probe]) -> Vec<String> {
    let passed = |name: &str| probes.iter().any(|p| p.name == name && p.state == ProbeState::Passed);
    OF_GATEWAY.iter().filter(|name| !passed(name)).map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn passed(name: &str) -> Probe {
        let figure = |name: &str, value: f64, unit: &str| Figure { name: name.into(), value, unit: unit.into() };
        let figures = match name {
            "round-trip" => vec![figure("median", 31.5, "ms"), figure("longest", 80.0, "ms"), figure("loss", 0.0, "%")],
            "media" => vec![figure("udp", 1.0, "1")],
            "file" => vec![figure("bytes", 262_144.0, "By")],
            _ => vec![figure("rate", 9_600_000.0, "bit/s"), figure("bytes", 4_194_304.0, "By")],
        };
        Probe { name: name.into(), state: ProbeState::Passed, figures, took_ms: 350, said: String::new() }
    }

    #[test]
    fn what_a_gateway_may_say() {
        let one = passed("line-down");
        assert!(OF_GATEWAY.iter().all(|name| passed(name).is_sound()));
        let with = |change: fn(&mut Probe)| {
            let mut probe = one.clone();
            change(&mut probe);
            probe.is_sound()
        };
        assert!(with(|p| p.said = "慢".repeat(SAID_MAX)));
        assert!(!with(|p| p.said = "慢".repeat(SAID_MAX + 1)));
        assert!(!with(|p| p.said = "a\nb".into()));
        assert!(!with(|p| p.name = "camera".into()), "a browser's");
        assert!(!with(|p| p.figures[0].value = f64::NAN));
        assert!(!with(|p| p.figures[0].value = -1.0));
        assert!(!with(|p| p.figures[0].unit = "furlong".into()));
        assert!(!with(|p| p.figures[0].value = 999_999.0), "passed below the limit");
        assert!(with(|p| (p.figures[0].value, p.state) = (999_999.0, ProbeState::Failed)));
        assert!(!with(|p| p.figures = vec![p.figures[0].clone(); FIGURES_MAX + 1]));
        assert!(!with(|p| p.took_ms = 10 * LIMIT_MS + 1));
    }

    #[test]
    fn a_sheet_names_all_and_passes_none_that_was_not_tried() {
        let all = sheet(vec![passed("media")]);
        assert_eq!(all.len(), OF_GATEWAY.len() + OF_BROWSER.len());
        let passed: Vec<_> = all.iter().filter(|p| p.state == ProbeState::Passed).map(|p| &p.name).collect();
        assert_eq!(passed, ["media"]);
        assert_eq!(failing(&all), ["line-down", "line-up", "round-trip", "file"]);
    }

    #[test]
    fn a_gateways_run_replaces_its_own_probes_alone() {
        let camera = Probe { state: ProbeState::Failed, said: "black".into(), ..Probe::not_tried("camera") };
        let claimed = Probe { state: ProbeState::Hung, ..Probe::not_tried("camera") };
        let before = sheet(vec![passed("file"), passed("line-up"), camera.clone()]);
        let after = after_gateway(&before, vec![passed("media"), claimed]);
        let of = |name: &str| after.iter().find(|p| p.name == name);
        assert_eq!(of("camera"), Some(&camera), "a person's, and not the gateway's to say");
        assert_eq!(of("media"), Some(&passed("media")));
        assert_eq!(of("file"), Some(&Probe::not_tried("file")), "not of this run");
        assert_eq!(after.len(), before.len());
    }

    #[test]
    fn limits() {
        let of = |name: &str, value: f64| vec![Figure { name: name.into(), value, unit: "1".into() }];
        assert!(judge("line-up", &of("rate", LINE_MIN_BIT_S)) && !judge("line-up", &of("rate", LINE_MIN_BIT_S - 1.0)));
        assert!(judge("media", &of("udp", 1.0)) && !judge("media", &of("udp", 0.0)));
        let mut line = passed("round-trip").figures;
        line[2].value = LOSS_MAX_PERCENT + 0.1;
        assert!(!judge("round-trip", &line) && !judge("round-trip", &[]) && !judge("camera", &line));
    }
}
