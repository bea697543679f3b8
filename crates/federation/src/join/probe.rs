//! What is tried of a hospital's line and devices, and how what was found is judged. Pure; both sides use it.

use super::model::Confirmed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Below this a face and an image do not go side by side; ours, since no norm that we could read gives a figure. Bits a second.
pub const LINE_MIN_BIT_S: f64 = 1_000_000.0;
/// Above this video freezes more than it runs. Percent.
pub const LOSS_MAX_PERCENT: f64 = 5.0;
/// Below so many pictures a second a camera is none. Ours.
pub const FRAMES_MIN: f64 = 5.0;
/// A picture whose brightness (0 to 255) strays less around its mean is a covered lens. Ours.
pub const SPREAD_MIN: f64 = 4.0;
/// A voice is so much louder than the room when nobody speaks, decibels. Ours.
pub const LEVEL_MIN_DB: f64 = 10.0;
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
/// What a browser says went wrong: a word of these, never a text.
pub const TROUBLES: [&str; 12] = [
    "insecure",
    "denied",
    "none",
    "busy",
    "failed",
    "frozen",
    "dark",
    "silent",
    "miscounted",
    "no-line",
    "no-picture",
    "no-tone",
];

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
    /// What: `rate`, `bytes`, `median`, `longest`, `loss`, `udp`; of a browser `frames` (pictures), `spread` (of brightness, 0 to 255),
    /// `level` (of a voice over the silence), `played` and `heard` (tones), `picture` and `tone` (recognised), `first` (until the
    /// first picture), `relay` (a relay carries it).
    pub name: String,
    /// How much.
    pub value: f64,
    /// In UCUM: `bit/s`, `By`, `ms`, `%`, `1`, `/s`, `dB`.
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
    /// What is to be done, or what went wrong; empty when it passed. Of a browser: one of [`TROUBLES`].
    pub said: String,
    /// Who tried it in a browser, and when. Neither a gateway nor a browser can say this.
    #[serde(skip)]
    pub tried: Option<Confirmed>,
}

/// Units that figures have.
const UNITS: [&str; 7] = ["bit/s", "By", "ms", "%", "1", "/s", "dB"];
/// Figures that probes have.
const FIGURES: [&str; 15] = [
    "rate", "bytes", "median", "longest", "loss", "udp", "frames", "spread", "level", "played", "heard", "picture",
    "tone", "first", "relay",
];

impl Probe {
    /// A probe that nobody has tried.
    pub fn not_tried(name: &str) -> Self {
        let said = String::new();
        Self { name: name.to_owned(), state: ProbeState::NotTried, figures: vec![], took_ms: 0, said, tried: None }
    }

    /// Whether a gateway may say this: what a browser tries is not its to say, and nothing is unbounded.
    pub fn is_of_gateway(&self) -> bool {
        OF_GATEWAY.contains(&self.name.as_str()) && self.is_sound()
    }

    /// Whether a browser may say this: what it tries itself, and of what went wrong one word.
    pub fn is_of_browser(&self) -> bool {
        let said = self.said.is_empty() || TROUBLES.contains(&self.said.as_str());
        OF_BROWSER.contains(&self.name.as_str()) && self.state != ProbeState::NotTried && said && self.is_sound()
    }

    fn is_sound(&self) -> bool {
        let number = |f: &Figure| f.value.is_finite() && (0.0..=FIGURE_MAX).contains(&f.value);
        let known = |f: &Figure| FIGURES.contains(&f.name.as_str()) && UNITS.contains(&f.unit.as_str());
        self.figures.len() <= FIGURES_MAX
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
        "camera" => of("frames").is_some_and(|n| n >= FRAMES_MIN) && of("spread").is_some_and(|n| n >= SPREAD_MIN),
        "microphone" => of("level").is_some_and(|level| level >= LEVEL_MIN_DB),
        "loudspeaker" => of("played").is_some_and(|played| played >= 1.0) && of("heard") == of("played"),
        "test-call" => of("picture") == Some(1.0) && of("tone") == Some(1.0),
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

/// The same after a trial in a browser: what was tried is as told now, by this person; all else is as it was.
pub fn after_browser(before: &[Probe], told: Vec<Probe>, by: &Confirmed) -> Vec<Probe> {
    let told = told.into_iter().map(|probe| Probe { tried: Some(by.clone()), ..probe });
    let told: Vec<Probe> = told.filter(|p| OF_BROWSER.contains(&p.name.as_str())).collect();
    let kept = before.iter().filter(|p| told.iter().all(|t| t.name != p.name)).cloned();
    sheet(kept.chain(told.iter().cloned()).collect())
}

/// What stands in the way of acceptance: a gateway's probe that has not passed, a browser's that was tried and did not pass.
pub fn failing(probes: &[Probe]) -> Vec<String> {
    let state = |name: &str| probes.iter().find(|p| p.name == name).map_or(ProbeState::NotTried, |p| p.state);
    let gateway = OF_GATEWAY.iter().filter(|name| state(name) != ProbeState::Passed);
    let browser = OF_BROWSER.iter().filter(|name| matches!(state(name), ProbeState::Failed | ProbeState::Hung));
    gateway.chain(browser).map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::join::model::tests::who;

    pub fn passed(name: &str) -> Probe {
        let figure = |name: &str, value: f64, unit: &str| Figure { name: name.into(), value, unit: unit.into() };
        let figures = match name {
            "round-trip" => vec![figure("median", 31.5, "ms"), figure("longest", 80.0, "ms"), figure("loss", 0.0, "%")],
            "media" => vec![figure("udp", 1.0, "1")],
            "file" => vec![figure("bytes", 262_144.0, "By")],
            "camera" => vec![figure("frames", 24.0, "/s"), figure("spread", 41.0, "1")],
            "microphone" => vec![figure("level", 31.0, "dB")],
            "loudspeaker" => vec![figure("played", 3.0, "1"), figure("heard", 3.0, "1")],
            "test-call" => {
                vec![
                    figure("picture", 1.0, "1"),
                    figure("tone", 1.0, "1"),
                    figure("udp", 1.0, "1"),
                    figure("first", 412.0, "ms"),
                ]
            }
            _ => vec![figure("rate", 9_600_000.0, "bit/s"), figure("bytes", 4_194_304.0, "By")],
        };
        Probe { name: name.into(), state: ProbeState::Passed, figures, took_ms: 350, said: String::new(), tried: None }
    }

    #[test]
    fn what_a_gateway_may_say() {
        let one = passed("line-down");
        assert!(OF_GATEWAY.iter().all(|name| passed(name).is_of_gateway()));
        let with = |change: fn(&mut Probe)| {
            let mut probe = one.clone();
            change(&mut probe);
            probe.is_of_gateway()
        };
        assert!(with(|p| p.said = "慢".repeat(SAID_MAX)));
        assert!(!with(|p| p.said = "慢".repeat(SAID_MAX + 1)));
        assert!(!with(|p| p.said = "a\nb".into()));
        assert!(!passed("camera").is_of_gateway(), "a browser's");
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
        let good: Vec<_> = all.iter().filter(|p| p.state == ProbeState::Passed).map(|p| &p.name).collect();
        assert_eq!(good, ["media"]);
        assert_eq!(failing(&all), ["line-down", "line-up", "round-trip", "file"]);
        let dark = Probe { state: ProbeState::Failed, ..passed("camera") };
        let whole = OF_GATEWAY.iter().map(|name| passed(name)).chain([dark, passed("microphone")]).collect();
        assert_eq!(failing(&sheet(whole)), ["camera"], "tried and bad; what was not tried stands in nobody's way");
    }

    #[test]
    fn what_a_browser_may_say() {
        assert!(OF_BROWSER.iter().all(|name| passed(name).is_of_browser()));
        let with = |name: &str, change: fn(&mut Probe)| {
            let mut probe = passed(name);
            change(&mut probe);
            probe.is_of_browser()
        };
        assert!(!passed("file").is_of_browser(), "a gateway's");
        assert!(!with("camera", |p| p.state = ProbeState::NotTried));
        let said =
            |said: &str| Probe { state: ProbeState::Failed, said: said.into(), ..passed("camera") }.is_of_browser();
        assert!(said("denied") && said("") && !said("I, Zhao, was away"));
        assert!(!with("camera", |p| p.figures[0].value = FRAMES_MIN - 0.1));
        assert!(!with("camera", |p| p.figures[1].value = SPREAD_MIN - 0.1));
        assert!(!with("microphone", |p| p.figures[0].value = LEVEL_MIN_DB - 0.1));
        assert!(!with("loudspeaker", |p| p.figures[1].value = 2.0));
        assert!(!with("loudspeaker", |p| p.figures.clear()), "nothing played is nothing heard");
        assert!(!with("test-call", |p| p.figures[0].value = 0.0) && !with("test-call", |p| p.figures[1].value = 0.0));
        assert!(!with("test-call", |p| p.figures[0].value = f64::INFINITY));
    }

    #[test]
    fn a_trial_in_a_browser_replaces_what_was_tried_alone() {
        let by = |at: &str| Confirmed { who: who("guangshan"), at: at.parse().unwrap() };
        let (noon, later) = (by("2026-11-21T04:00:00Z"), by("2026-11-21T05:00:00Z"));
        let before = sheet(vec![passed("file"), Probe { tried: Some(noon.clone()), ..passed("camera") }]);
        let after = after_browser(&before, vec![passed("test-call"), Probe::not_tried("file")], &later);
        let of = |name: &str| after.iter().find(|p| p.name == name).unwrap();
        assert_eq!((of("file"), of("camera").tried.as_ref()), (&passed("file"), Some(&noon)));
        assert_eq!((of("test-call").state, of("test-call").tried.as_ref()), (ProbeState::Passed, Some(&later)));
        assert_eq!((of("microphone").state, after.len()), (ProbeState::NotTried, 9));
        let again = after_browser(&after, vec![Probe { state: ProbeState::Hung, ..passed("camera") }], &later);
        assert_eq!(again.iter().filter(|p| p.name == "camera").count(), 1);
        assert_eq!(failing(&again).last().map(String::as_str), Some("camera"));
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
        assert!(!judge("round-trip", &line) && !judge("round-trip", &[]) && !judge("nonsense", &line));
    }
}
