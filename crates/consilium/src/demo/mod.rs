//! The demonstration: a province of 126 hospitals in the tree of seven levels, sixty people in all roles, forty patients,
//! thirty cases in every state, an outbreak of three weeks, wards with beds, and patients referred to them.
//!
//! Hospitals and people are written at once; patients and cases come about through the very operations that doctors use, at
//! the hours when they would have happened. Everything carries the tag `demonstration`. It must never be mixed with an
//! installation that treats people: a folder is one or the other for ever.

pub mod accounts;
mod beds;
mod caller;
mod clock;
mod devices;
mod files;
mod forms;
mod hospitals;
mod observations;
mod outbreak;
mod patients;
mod people;
mod referrals;
mod stories;
mod timeline;
mod vignettes;
mod world;

pub use caller::{Caller, Callers};
pub use clock::ShiftedClock;
pub use world::{ACCOUNTS, Account, PASSWORD, World, found};

use crate::app::{App, make_private};
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use kernel::{Clock, Role, Time};
use patients::PATIENTS;
use serde_json::json;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use stories::{Ct, Story};
use timeline::{Glance, Teller};

/// What the mark says while the demonstration is being filled.
const FILLING: &str = "filling";
/// What it says afterwards.
const FILLED: &str = "filled";
/// How long before the present the patients were recorded.
const RECORDED: SignedDuration = SignedDuration::from_hours(30);
/// How long before the present the hospitals joined: before the first report of the outbreak.
const FOUNDED: SignedDuration = SignedDuration::from_hours(21 * 24);

/// Says that a folder is a demonstration, and whether all of it is there.
fn mark(data_dir: &Path) -> PathBuf {
    data_dir.join("demonstration")
}

/// Whether a folder is a demonstration.
pub fn is_one(data_dir: &Path) -> bool {
    mark(data_dir).exists()
}

/// Makes a new folder a demonstration; refuses one that is an installation. A filling that was cut short begins anew:
/// nobody has worked in it yet.
pub fn claim(data_dir: &Path) -> Result<()> {
    if is_one(data_dir) {
        if is_filled(data_dir) {
            return Ok(());
        }
        for part in ["records", "incoming"] {
            let part = data_dir.join(part);
            if part.exists() {
                std::fs::remove_dir_all(&part).with_context(|| format!("begin anew: remove {}", part.display()))?;
            }
        }
    } else if data_dir.join("records").exists() {
        bail!("{} holds an installation; a demonstration wants a folder of its own", data_dir.display());
    }
    make_private(data_dir).with_context(|| format!("make the folder {}", data_dir.display()))?;
    keep(data_dir, FILLING)
}

/// The first demonstrations counted their steps; eight of them were all.
fn is_filled(data_dir: &Path) -> bool {
    let said = std::fs::read_to_string(mark(data_dir)).unwrap_or_default();
    said.trim() == FILLED || said.trim().parse().is_ok_and(|steps: usize| steps >= 8)
}

/// Durable: without the mark the next start would begin anew, and throw away what people have done since.
fn keep(data_dir: &Path, said: &str) -> Result<()> {
    let write = || {
        let beside = mark(data_dir).with_extension("new");
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(said.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, mark(data_dir))?;
        records::make_folder(data_dir)
    };
    write().context("keep how far the demonstration is")
}

/// Fills a demonstration at its first start.
pub async fn fill(app: &App, clock: &ShiftedClock, say: &mut dyn FnMut(&str)) -> Result<()> {
    let dir = app.platform.data_dir.clone();
    if is_filled(&dir) {
        return Ok(());
    }
    say("filling the demonstration (first start only)");
    let (present, stories, world) = (clock.now(), stories::stories(), World::province()?);
    let images = draw(&stories, present);
    clock.go_on_from(present - FOUNDED);
    world::found_world(&app.platform, &world).await.context("hospitals and people")?;
    let network = world.hospitals.iter().filter(|h| h.is_of_the_network()).count();
    say(&format!("  {network} hospitals, {} people", world.people.len()));
    let reports = outbreak::reports();
    let mut teller = Teller {
        callers: Callers::new(app, &world),
        clock,
        present,
        stories: &stories,
        outbreak: &reports,
        patients: HashMap::new(),
        images,
        cases: HashMap::new(),
        reported: HashMap::new(),
        referrals: HashMap::new(),
    };
    teller.tell(&glances(&world), say).await?;
    begin_a_draft(&mut teller).await.context("a draft")?;
    clock.follow_the_machine();
    keep(&dir, FILLED)
}

fn draw(stories: &[Story], present: Time) -> HashMap<usize, Vec<files::Drawing>> {
    let mut all: Vec<(usize, &Story)> = stories.iter().enumerate().filter(|(_, s)| !matches!(s.ct, Ct::None)).collect();
    // The oldest story wants its images first.
    all.sort_by_key(|(_, story)| -story.ago);
    let of = |(number, story): (usize, &Story)| {
        let asked = present - SignedDuration::from_mins(story.ago);
        (number, files::draw(number, &PATIENTS[story.patient], asked, present, story.ct))
    };
    all.into_iter().map(of).collect()
}

/// Everybody has looked at their list in the last quarter of an hour, where their first role is one that has a list.
fn glances(world: &World) -> Vec<Glance> {
    let mut glances = vec![];
    for (place, person) in world.people.iter().enumerate() {
        let Some(first) = person.roles.first() else { continue };
        if matches!(first.role, Role::AskingDoctor | Role::Specialist | Role::Dispatcher) {
            let ago = (place * 7 % 14) as i64;
            glances.push(Glance { ago, who: person.name, role: first.role, hospital: first.hospital });
        }
    }
    glances
}

/// Somebody is still writing: the one state that is not in the record.
async fn begin_a_draft(teller: &mut Teller<'_>) -> Result<()> {
    let (place, now) = (39, teller.clock.now());
    let (doctor, hospital) = PATIENTS[place].doctor;
    let patient = teller.patients.get(&place).context("the patient is recorded")?.clone();
    let caller = teller.callers.of(doctor, Role::AskingDoctor, Some(hospital)).await?;
    let mut form = forms::thyroid(now);
    form["patient"] = patient.into();
    form["purpose"] = "产后甲状腺炎，是否需要用药？".into();
    caller.call("POST", "/api/drafts/consult", Some(&json!({"body": form}))).await.map(|_| ())
}

/// The accounts, for the terminal.
pub fn table(url: &str) -> String {
    let mut text = format!("\nConsilium demonstration: {url}\n\n  every account has the password {PASSWORD}\n\n");
    for account in ACCOUNTS {
        let roles = account.roles.iter().map(|r| format!("{} ({})", r.role.code(), r.hospital));
        let roles = roles.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("  {:<11} {:<12} {roles}\n", account.name, account.english));
    }
    text.push_str(
        "\nand 48 more in the hospitals of the province. Made-up hospitals, people and cases. Stop with Ctrl-C.",
    );
    text
}
