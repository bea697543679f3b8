//! `cargo xtask test`: every check and every test, in the order in which it fails soonest.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{check, definitions, needs, node, paths, python, questions, tidy, web};
use anyhow::{Result, bail};
use std::path::Path;

/// The steps that may be asked for by name, and what each says yes to.
const STEPS: &[(&str, &str)] = &[
    ("check", "format, house rules, clippy with warnings denied, API description, web lint and types"),
    ("rust", "the tests of all crates, the journeys over HTTP, the permission table, the crash cycles"),
    ("web", "the web app's unit tests"),
    ("python", "clients that were not written here: aiortc joins a room"),
    ("journey", "three Chromiums take a case from the first word to the signed and answered opinion"),
    ("admin", "an administrator in Chromium: import with bad lines, links, second factor, sessions, settings"),
    ("pixels", "the viewer decodes every test file of pydicom to the pixels that pydicom comes to"),
    ("compare", "three dates side by side, measured, and a key image on the signed opinion"),
    ("command", "the command page: from a number to its rule, its cases, a case; live; the wall"),
    (
        "upload",
        "a large file over a line that is cut, a killed server, a reload; a phone's photos; 60,000 files at once",
    ),
    (
        "room",
        "two devices, a pulled microphone, a shown screen, an end of access; as root a thin line, a change of line, TURN",
    ),
    ("killed", "kill -9 with two people in a room: together again by themselves, nothing said is lost"),
    ("amend", "an amended opinion: both versions, who is told, the code on the sheet and the page behind it"),
    ("mail", "a real SMTP server: delivery, a refusal for now, no patient in any byte"),
    ("breakglass", "a record opened in need, its countdown, its review, who looked, in browsers"),
    ("emergency", "the emergency lane with a silent first expert: the ring, one press, the virtual room"),
    ("calendar", "a person's calendar in a foreign reader: made, moved, cancelled, withdrawn"),
    (
        "join",
        "a hospital joins: the printed invitation, the machine, the PC tried by a person, the sheet of both sides",
    ),
    ("plan", "the plan of a day: why, what would be, taken in one go, refused in words"),
    (
        "outbreak",
        "a notifiable case from a phone to the figure, two reports joined, an alert taken note of, every page of it",
    ),
    ("referral", "a patient referred up with a named bed that is lost and found again, and home"),
    ("disk", "as root: a full disk is told on every page, in both languages, and forgotten when it is over"),
    ("screens", "every screen in both languages and sizes, pictured and held against axe"),
    (
        "hostile",
        "schemathesis asks the API what nobody would, as everybody: no 5xx, and no answer unlike its description",
    ),
    ("clients", "fhirpy and @medplum/core, FHIR clients that were not written here, work with the record"),
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
    // The comparison of DICOM files with pydicom compares nothing where there is no pydicom, validation and search nothing
    // without examples and what they must be found by, FHIRPath nothing without its suite.
    let helped = || {
        python::ensure()?;
        web::install("tests/e2e")?;
        definitions::suite()?;
        questions::ensure(&definitions::examples()?)
    };
    if built && wanted("rust") && steps.work("packages and questions for the Rust tests", helped) {
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
    steps.program("rust tests", Judge::Tests, &needs::told(cmd.env("E2E_BIN", paths::binary()).env("NEEDS_S3", "1")));
    let stories = Cmd::cargo().args(["test", "--workspace", "--test", "all", "--", "--quiet", "journeys::"]);
    let stories = stories.env("TESTS_ON", "postgres").env("NEEDS_POSTGRES", "1");
    steps.program("journeys on PostgreSQL", Judge::Tests, &stories);
}

/// A step's folder is in memory where so many gigabytes are free.
const SCRATCH_GB: u64 = 4;

/// What talks to the built program from outside, one after another: step, what it shows, file in `tests/e2e`.
/// The foreign validator reads what the journey wrote.
const OUTSIDE: &[(&str, &str, &str)] = &[
    ("python", "aiortc in a room", "aiortc.test.mjs"),
    ("pixels", "pixels held against pydicom", "pixels.test.mjs"),
    ("compare", "three dates to a key image", "compare.test.mjs"),
    ("journey", "journey in three browsers", "journey.test.mjs"),
    ("fhir", "FHIR validation", "fhir.test.mjs"),
    ("clients", "FHIR clients from elsewhere", "clients.test.mjs"),
    ("hostile", "an API asked by strangers", "hostile.test.mjs"),
    ("admin", "administration", "admin.test.mjs"),
    ("command", "command page", "command.test.mjs"),
    ("killed", "a killed server comes back", "killed.test.mjs"),
    ("amend", "an opinion amended and checked", "amend.test.mjs"),
    ("mail", "mail through an SMTP server", "mail.test.mjs"),
    ("breakglass", "a record opened in need", "breakglass.test.mjs"),
    ("disk", "a full disk", "disk.test.mjs"),
    ("emergency", "an emergency and its ring", "emergency.test.mjs"),
    ("join", "a hospital joins", "join.test.mjs"),
    ("plan", "the plan of a day", "plan.test.mjs"),
    ("calendar", "a calendar in a foreign reader", "calendar.test.mjs"),
    ("outbreak", "a notifiable case", "outbreak.test.mjs"),
    ("referral", "a referral and its bed", "referral.test.mjs"),
    ("upload", "upload over a bad line", "upload.test.mjs"),
    ("room", "room on bad lines", "room.test.mjs"),
    ("screens", "screens", "screens.test.mjs"),
];

/// Python, browsers, a foreign validator.
fn outside(steps: &mut Steps, wanted: impl Fn(&str) -> bool) {
    let ready = OUTSIDE.iter().any(|(step, ..)| wanted(step))
        && steps.work("PyPI packages", python::ensure)
        && steps.work("journey packages", || web::install("tests/e2e"));
    if !ready {
        return;
    }
    // It makes lines thin for four minutes, and what it waits for takes real time: asked for by name.
    let everything = STEPS.iter().all(|(step, _)| wanted(step));
    let mut journeyed = false;
    for (step, what, file) in OUTSIDE {
        let run = match *step {
            "journey" => wanted("journey") || wanted("fhir"),
            "fhir" => wanted("fhir") && journeyed,
            "room" => !everything && wanted("room") && steps.work("tools for lines", needs::lines),
            other => wanted(other),
        };
        if run {
            let test = Cmd::new("node").args(["--test", "--test-concurrency=1", file]);
            let test = test.dir(paths::root().join("tests/e2e")).env("E2E_BIN", paths::binary());
            let test = test.env("E2E_PYTHON", python::interpreter()).env("E2E_OUT", paths::target().join("e2e"));
            let passed = tidily(step, |scratch| steps.program(what, Judge::Tests, &test.env("TMPDIR", scratch)));
            journeyed |= *step == "journey" && passed;
        }
    }
}

/// Runs a step with a folder of its own for what servers and browsers leave behind, 200 MB of it; it goes unless the step failed.
/// In memory where there is enough: a demonstration is thousands of commits, and a disk that syncs twenty times a second would fail
/// every step. Short, since Chromium's socket lies below it, and a socket's path has at most 107 bytes.
fn tidily(step: &str, work: impl FnOnce(&Path) -> bool) -> bool {
    let memory = Path::new("/dev/shm");
    let roomy = paths::free_gb(memory).is_some_and(|gb| gb >= SCRATCH_GB);
    let parent = if roomy { memory.to_owned() } else { std::env::temp_dir() };
    let scratch = parent.join(format!("consilium-{step}-{}", std::process::id()));
    let passed = std::fs::create_dir_all(&scratch).is_ok() && work(&scratch);
    if passed {
        if let Err(error) = std::fs::remove_dir_all(&scratch) {
            println!("    {} stays: {error}", scratch.display());
        }
    } else {
        println!("    what it left is in {}", scratch.display());
    }
    passed
}
