//! Who is told of a step, beside everybody who can see it happen: those who must now do something, and those who wait for it.
//! Pure.

use super::resources::{Loaded, Next};
use kernel::Id;
use records::Subject;

/// Those told of a step from `case` to `next`.
pub fn told(what: &str, case: &Loaded, next: &Next) -> Vec<Subject> {
    let person = |id: &Id| Subject::Person(id.clone());
    let asking = || person(&case.asking.person);
    let desk = || Subject::Desk(next.centre.clone().unwrap_or_else(|| case.centre.clone()));
    let booked = |consult: &super::model::Consult| -> Vec<Subject> {
        consult.stage.booking().into_iter().flat_map(|b| &b.experts).map(|e| person(&e.person)).collect()
    };
    let (before, after) = (booked(&case.consult), booked(&next.consult));
    let mut told: Vec<Subject> = match what {
        "consult.resubmit" => vec![desk()],
        "consult.first_look" | "consult.return_items" | "consult.ask" | "opinion.sign" | "opinion.amend" => {
            vec![asking()]
        }
        "consult.decline" | "consult.transfer" | "consult.accept" | "consult.hand_back" => vec![asking(), desk()],
        "consult.supply" | "consult.answer" | "consult.follow_up" => after,
        "consult.assign" | "consult.escalate" | "consult.convert" | "consult.start" => {
            [vec![asking()], before, after].concat()
        }
        "consult.cancel" | "consult.no_show" => [vec![asking(), desk()], after].concat(),
        _ => vec![],
    };
    told.sort();
    told.dedup();
    told
}
