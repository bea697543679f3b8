//! Who is told of a step, beside everybody who can see it happen: those who must now do something, and those who wait for it.
//! Pure.

use super::model::{Answer, Asked, Referral};
use super::resources::{Loaded, Next};
use kernel::Id;
use records::Subject;

/// Everybody who may hear of a step, beside those told: who refers, who takes the patient, and the desk that took it. What one
/// asked hospital says is not for the others.
pub fn parties(of: &Loaded, next: &Next, by: Option<&Id>) -> Vec<Subject> {
    let mut all = vec![Subject::Hospital(of.sender.clone()), Subject::Person(of.words.asking.person.clone())];
    all.extend(of.words.home.iter().map(|home| Subject::Person(home.person.clone())));
    all.extend(by.filter(|hospital| of.referral.of(hospital).is_some()).map(|h| Subject::Desk(h.clone())));
    for place in [&of.referral, &next.referral].into_iter().filter_map(|r| r.stage.place()) {
        all.extend([Subject::Hospital(place.hospital.clone()), Subject::Desk(place.hospital.clone())]);
    }
    all.sort();
    all.dedup();
    all
}

/// Those told of a step from `of` to `next`.
pub fn told(what: &str, of: &Loaded, next: &Next) -> Vec<Subject> {
    let asking = || vec![Subject::Person(of.words.asking.person.clone())];
    let home = || of.words.home.iter().map(|h| Subject::Person(h.person.clone())).collect::<Vec<_>>();
    let desk = |hospital: &Id| Subject::Desk(hospital.clone());
    let open = |a: &&Asked| matches!(a.answer, Answer::Waiting | Answer::Offered(_) | Answer::Chosen(_));
    let desks = |referral: &Referral| referral.asked.iter().filter(open).map(|a| desk(&a.hospital)).collect::<Vec<_>>();
    let receiver = || next.referral.stage.place().map(|p| desk(&p.hospital)).into_iter().collect::<Vec<_>>();
    let mut told = match what {
        "referral.request" | "referral.send_back" => [desks(&next.referral), home()].concat(),
        // Those asked before are not told again.
        "referral.ask" => {
            let new = next.referral.asked.iter().filter(|a| of.referral.of(&a.hospital).is_none());
            new.map(|a| desk(&a.hospital)).collect()
        }
        "referral.offer" | "referral.decline" | "referral.withdraw" | "referral.take_back" | "referral.close" => {
            asking()
        }
        "referral.accept" | "referral.reopen" | "referral.cancel" => [desks(&of.referral), home()].concat(),
        "referral.transport" | "referral.depart" | "referral.eta" | "referral.turn_back" => {
            [receiver(), home()].concat()
        }
        "referral.arrive" => [asking(), receiver(), home()].concat(),
        // What a bed's end means is for both sides: who had it and who counted on it.
        "bed.occupy" | "referral.lapse" => {
            let had = of.referral.asked.iter().filter(|a| a.answer.bed().is_some());
            let gone = had.filter(|a| next.referral.of(&a.hospital).is_none_or(|n| n.answer.bed().is_none()));
            [asking(), gone.map(|a| desk(&a.hospital)).collect()].concat()
        }
        _ => vec![],
    };
    told.sort();
    told.dedup();
    told
}
