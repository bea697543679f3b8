//! Wrong copies of `decide`: each must be noticed. If one is not, the matrix has a blind spot.

use super::{Decide, compare};
use jiff::SignedDuration;
use kernel::decide::{CaseFacts, Facts, ReferralFacts};
use kernel::{Action, Actor, Decision, Id, Role, Time};
use std::collections::BTreeSet;

fn flipped(decision: Decision) -> Decision {
    let allow = !decision.allow;
    // A flipped yes keeps no duty; a flipped no has none.
    Decision { allow, duties: &[], ..decision }
}

fn noticed(what: &str, decide: Decide<'_>) {
    assert!(!compare(decide).is_empty(), "not noticed: {what}");
}

#[test]
fn every_cell_flipped_alone_is_noticed_in_every_situation() {
    let situations = super::situations().len();
    for role in Role::ALL {
        for action in Action::ALL {
            let wrong = |actor: &Actor, asked: Action, facts: &Facts, now: Time| {
                let decision = kernel::decide(actor, asked, facts, now);
                if (actor.role, asked) == (role, action) { flipped(decision) } else { decision }
            };
            let differs = compare(&wrong);
            assert_eq!(differs.len(), situations, "{role:?} {action:?}");
            assert!(differs.iter().all(|d| (d.role, d.action) == (role, action)));
        }
    }
}

#[test]
fn every_named_rule_flipped_alone_is_noticed() {
    let mut rules = BTreeSet::new();
    for situation in super::situations() {
        for role in Role::ALL {
            for action in Action::ALL {
                let decision = kernel::decide(&super::situations::me(role), action, &situation.facts, situation.now);
                rules.insert(decision.rule);
            }
        }
    }
    assert!(rules.len() > 10, "{rules:?}");
    for rule in rules {
        noticed(rule, &|actor, action, facts, now| {
            let decision = kernel::decide(actor, action, facts, now);
            if decision.rule == rule { flipped(decision) } else { decision }
        });
    }
}

/// A condition forgotten: the rules see these facts instead of the true ones.
fn forgets(what: &str, change: impl Fn(&Actor, &mut CaseFacts)) {
    noticed(what, &|actor, action, facts, now| {
        let mut facts = facts.clone();
        if let Some(case) = &mut facts.case {
            change(actor, case);
        }
        kernel::decide(actor, action, &facts, now)
    });
}

/// The same, of a referral.
fn forgets_of_referral(what: &str, change: impl Fn(&Actor, &mut ReferralFacts)) {
    noticed(what, &|actor, action, facts, now| {
        let mut facts = facts.clone();
        if let Some(referral) = &mut facts.referral {
            change(actor, referral);
        }
        kernel::decide(actor, action, &facts, now)
    });
}

#[test]
fn every_condition_of_a_referral_forgotten_is_noticed() {
    let mine = |me: &Actor| me.hospital.clone();
    forgets_of_referral("who refers", |me, r| r.sender = mine(me));
    forgets_of_referral("nobody refers", |_, r| r.sender = Id::new("nobody").unwrap());
    forgets_of_referral("who is asked", |me, r| r.asked = vec![mine(me)]);
    forgets_of_referral("nobody is asked", |_, r| r.asked.clear());
    forgets_of_referral("who takes the patient", |me, r| r.receiver = Some(mine(me)));
    forgets_of_referral("nobody takes the patient", |_, r| r.receiver = None);
    forgets_of_referral("that it goes home", |_, r| r.down = false);
    forgets_of_referral("that it does not go home", |_, r| r.down = true);
    forgets_of_referral("that it is out of hand", |_, r| r.in_hand = true);
    forgets_of_referral("that it is in hand", |_, r| r.in_hand = false);
    forgets_of_referral("that it ended", |_, r| r.ended_at = None);
}

#[test]
fn every_condition_forgotten_is_noticed() {
    forgets("who asks", |me, case| case.asking_hospital = me.hospital.clone());
    forgets("nobody asks", |_, case| case.asking_hospital = Id::new("nobody").unwrap());
    forgets("whose centre", |me, case| case.centre = me.hospital.clone());
    forgets("no centre", |_, case| case.centre = Id::new("nobody").unwrap());
    forgets("who is invited", |me, case| case.experts = vec![me.person.clone()]);
    forgets("nobody is invited", |_, case| case.experts.clear());
    forgets("which hospital advises", |me, case| case.advising_hospitals = vec![me.hospital.clone()]);
    forgets("no hospital advises", |_, case| case.advising_hospitals.clear());
    forgets("that a case is out of hand", |_, case| case.in_hand = true);
    forgets("that a case is in hand", |_, case| case.in_hand = false);
    forgets("that a case ended", |_, case| case.ended_at = None);
    forgets("that no room is announced", |_, case| case.room_announced = true);
    forgets("that a room is announced", |_, case| case.room_announced = false);
    for (what, within) in [("who stands above", true), ("that one stands above", false)] {
        noticed(what, &|actor, action, facts, now| {
            kernel::decide(actor, action, &Facts { custodian_is_within: within, ..facts.clone() }, now)
        });
    }
    for (what, directory) in [("that it is the directory", false), ("that it is none", true)] {
        noticed(what, &|actor, action, facts, now| {
            kernel::decide(actor, action, &Facts { directory, ..facts.clone() }, now)
        });
    }
    for (what, sees_all) in [("that a program sees all", false), ("that a program does not see all", true)] {
        noticed(what, &|actor, action, facts, now| {
            kernel::decide(actor, action, &Facts { sees_all, ..facts.clone() }, now)
        });
    }
    for (what, called) in [("who is called", true), ("that one is called", false)] {
        noticed(what, &|actor, action, facts, now| {
            kernel::decide(actor, action, &Facts { called, ..facts.clone() }, now)
        });
    }
    noticed("whose custody", &|actor, action, facts, now| {
        let custodian = Some(actor.hospital.clone());
        kernel::decide(actor, action, &Facts { custodian, ..facts.clone() }, now)
    });
    noticed("the custody of the own hospital", &|actor, action, facts, now| {
        kernel::decide(actor, action, &Facts { custodian: None, ..facts.clone() }, now)
    });
}

#[test]
fn every_limit_moved_is_noticed() {
    for (what, by) in [("a millisecond early", 1), ("a millisecond late", -1)] {
        noticed(what, &|actor, action, facts, now| {
            kernel::decide(actor, action, facts, now + SignedDuration::from_millis(by))
        });
    }
}

#[test]
fn a_mask_forgotten_or_put_everywhere_is_noticed() {
    noticed("no mask", &|actor, action, facts, now| Decision {
        duties: &[],
        ..kernel::decide(actor, action, facts, now)
    });
    noticed("mask for everybody", &|actor, action, facts, now| {
        let decision = kernel::decide(actor, action, facts, now);
        if decision.allow { Decision { duties: &[kernel::Duty::MaskName], ..decision } } else { decision }
    });
}
