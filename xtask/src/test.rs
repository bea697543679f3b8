//! `cargo xtask test`: every check and every test, in the order in which it fails soonest.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{check, needs, node, paths, python, tidy, web};
use anyhow::{Result, bail};

/// The steps that may be asked for by name, and what each says yes to.
const STEPS: &[(&str, &str)] = &[
    ("check", "format, house rules, clippy with warnings denied, API description, web lint and types"),
    ("rust", "the tests of all crates, the journeys over HTTP, the permission table, the crash cycles"),
    ("web", "the web app's unit tests"),
    ("python", "clients that were not written here: aiortc joins a room"),
    ("journey", "three Chromiums take a case from the first word to the signed and answered opinion"),
    (
        "room",
        "two devices, a pulled microphone, a shown screen, an end of access; as root a thin line, a change of line, TURN",
    ),
    ("screens", "every screen in both languages and sizes, pictured and held against axe"),
    ("fhir", "@medplum/core validates every resource that demonstration and journey wrote"),
];

pub fn main(args: &[&str]) -> Result<bool> {
    if args == ["list"] {
        for (name, what) in STEPS {
            println!("{name:<10} {what}");
        }
        return Ok(true);
    }
    if let Some(unknown) = args.iter().find(|a| STEPS.iter().all(|(name, _)| name != *a)) {
        bail!("`{unknown}` is not a step; `cargo xtask test list` names them");
    }
    let wanted = |name: &str| args.is_empty() || args.contains(&name);
    let mut steps = Steps::new();
    if !prepare(&mut steps) {
        return Ok(steps.close());
    }
    if wanted("check") {
        check::format(&mut steps);
        steps.work("house rules", tidy::check);
        check::web_lint(&mut steps);
        check::clippy(&mut steps);
    }
    if wanted("web") {
        steps.program("web unit tests", Judge::Tests, &web::npm(&["test", "--silent"]).dir(paths::root().join("web")));
    }
    let built = steps.work("web app", web::build)
        && steps.program("program", Judge::Code, &Cmd::cargo().args(["build", "--package", "consilium"]));
    // The comparison of DICOM files with pydicom compares nothing where there is no pydicom.
    if built && wanted("rust") && steps.work("PyPI packages for the Rust tests", python::ensure) {
        rust(&mut steps);
    }
    if built && wanted("check") {
        steps.work("API description", || tidy::openapi::check(false));
    }
    if built {
        outside(&mut steps, wanted);
    }
    Ok(steps.close())
}

fn prepare(steps: &mut Steps) -> bool {
    steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
}

/// The crates' tests; nextest where the machine has it, since it also runs the binaries beside each other.
fn rust(steps: &mut Steps) {
    let nextest = Cmd::cargo().args(["nextest", "--version"]).stdout().is_ok();
    let cmd = if nextest {
        Cmd::cargo().args(["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail"])
    } else {
        Cmd::cargo().args(["test", "--workspace", "--no-fail-fast", "--", "--quiet"])
    };
    steps.program("rust tests", Judge::Tests, &cmd.env("E2E_BIN", paths::binary()));
}

/// What talks to the built program from outside: Python, browsers, a foreign validator.
fn outside(steps: &mut Steps, wanted: impl Fn(&str) -> bool) {
    let python_ready = (wanted("python") || wanted("journey") || wanted("fhir") || wanted("room") || wanted("screens"))
        && steps.work("PyPI packages", python::ensure)
        && steps.work("journey packages", || web::install("tests/e2e"));
    if !python_ready {
        return;
    }
    let out = paths::target().join("e2e");
    let with_paths =
        |cmd: Cmd| cmd.env("E2E_BIN", paths::binary()).env("E2E_PYTHON", python::interpreter()).env("E2E_OUT", &out);
    let e2e = paths::root().join("tests/e2e");
    if wanted("python") {
        let aiortc = Cmd::new("node").args(["--test", "aiortc.test.mjs"]).dir(&e2e);
        steps.program("aiortc in a room", Judge::Tests, &with_paths(aiortc));
    }
    let journeyed = (wanted("journey") || wanted("fhir")) && {
        let journey = Cmd::new("node").args(["--test", "--test-concurrency=1", "journey.test.mjs"]);
        steps.program("journey in three browsers", Judge::Tests, &with_paths(journey.dir(&e2e)))
    };
    if wanted("room") && steps.work("tools for lines", needs::lines) {
        let room = Cmd::new("node").args(["--test", "room.test.mjs"]).dir(&e2e);
        steps.program("room", Judge::Tests, &with_paths(room));
    }
    if wanted("screens") {
        let screens = Cmd::new("node").args(["--test", "--test-concurrency=1", "screens.test.mjs"]);
        steps.program("screens", Judge::Tests, &with_paths(screens.dir(&e2e)));
    }
    if wanted("fhir") && journeyed {
        let fhir = Cmd::new("node").args(["--test", "fhir.test.mjs"]).dir(&e2e);
        steps.program("FHIR validation", Judge::Tests, &with_paths(fhir));
    }
}
