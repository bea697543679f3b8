//! Each state x each step, and random walks.

use super::model::{Ask, Booking, Consult, Expert, Refused, Stage, Stepped};
use super::state::{Absent, FormKind, Kind, State, Step, Urgency, Verdict};
use jiff::SignedDuration;
use kernel::{Id, Time};
use proptest::prelude::*;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn at(minutes: i64) -> Time {
    Time::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn draft(urgency: Urgency, kind: Kind) -> Consult {
    let ask = Ask { form: FormKind::Full, urgency, kind, clock_from: at(0), returned: false };
    Consult { ask, stage: Stage::Draft, since: at(0) }
}

fn expert(person: &str) -> Expert {
    Expert { role: id(&format!("{person}-role")), person: id(person), hospital: id("province"), accepted: None }
}

fn booking(start: i64) -> Booking {
    Booking::new(vec![expert("li"), expert("zhang")], at(start), at(start + 30), Some(id("room"))).unwrap()
}

/// Takes a step with the usual arguments, at minute `now`; the expert is `li`.
fn take(case: Consult, step: Step, now: i64) -> Stepped {
    let (li, now) = (id("li"), at(now));
    match step {
        Step::Submit => case.submit(now),
        Step::FirstLook => case.first_look(now),
        Step::Return => case.return_items(now),
        Step::Resubmit => {
            let urgency = case.ask.urgency;
            case.resubmit(urgency, now)
        }
        Step::Decline => case.decline(false, now),
        Step::Transfer => case.transfer(now),
        Step::Escalate => case.escalate(now),
        Step::Convert => case.convert(now),
        Step::Cancel => case.cancel(now),
        Step::Assign => case.assign(booking(0), now),
        Step::Accept => case.accept(&li, now),
        Step::HandBack => case.hand_back(&li, now),
        Step::Ask => case.ask_more(&li).map(|()| case),
        Step::Supply => case.supply().map(|()| case),
        Step::Consent => case.consent().map(|()| case),
        Step::Start => case.start(now),
        Step::Suspend => case.suspend(now),
        Step::Resume => case.resume(now),
        Step::NoShow => case.no_show(Absent::Expert, now),
        Step::Conclude => case.conclude(&li, now),
        Step::Sign => case.sign(&li, id("opinion"), now),
        Step::Amend => case.amend(&li, id("another"), now),
        Step::Deliver => case.deliver(now),
        Step::Answer => case.answer(Verdict::Adopted, None, &id("zhou"), now),
        Step::FollowUp => case.follow_up(now),
        Step::Close => case.close(now),
    }
}

/// A live, urgent case brought to a state by the shortest way.
fn standing_at(state: State) -> Consult {
    let way: &[Step] = match state {
        State::Draft => &[],
        State::Submitted => &[Step::Submit],
        State::Returned => &[Step::Submit, Step::Return],
        State::Triaged => &[Step::Submit, Step::FirstLook],
        State::Scheduled => &[Step::Submit, Step::Assign],
        State::Waiting => &[Step::Submit, Step::Assign, Step::Accept],
        State::InSession => &[Step::Submit, Step::Assign, Step::Accept, Step::Start],
        State::Suspended => &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Suspend],
        State::OpinionDrafted => &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Conclude],
        State::Signed => &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Sign],
        State::Delivered => &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Sign, Step::Deliver],
        State::Acknowledged => &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Sign, Step::Answer],
        State::FollowedUp => {
            &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Sign, Step::Answer, Step::FollowUp]
        }
        State::Closed => {
            &[Step::Submit, Step::Assign, Step::Accept, Step::Start, Step::Sign, Step::Answer, Step::Close]
        }
        State::Declined => &[Step::Submit, Step::Decline],
        State::Cancelled => &[Step::Submit, Step::Cancel],
        State::Transferred => &[Step::Submit, Step::Transfer],
        State::ConvertedAsync => &[Step::Submit, Step::Convert],
        State::Escalated => &[Step::Submit, Step::Escalate],
        State::NoShow => &[Step::Submit, Step::Assign, Step::NoShow],
    };
    way.iter().fold(draft(Urgency::Routine, Kind::Live), |case, &step| take(case, step, 1).unwrap())
}

/// The whole table: for each state the steps that can be taken and where they lead. All others are refused.
const TABLE: &[(State, &[(Step, State)])] = {
    use State as S;
    use Step as T;
    &[
        (S::Draft, &[(T::Submit, S::Submitted)]),
        (
            S::Submitted,
            &[
                (T::FirstLook, S::Triaged),
                (T::Return, S::Returned),
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Supply, S::Submitted),
            ],
        ),
        (
            S::Returned,
            &[
                (T::Resubmit, S::Submitted),
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Supply, S::Returned),
            ],
        ),
        (
            S::Triaged,
            &[
                (T::Return, S::Returned),
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Supply, S::Triaged),
            ],
        ),
        (
            S::Scheduled,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Accept, S::Waiting),
                (T::HandBack, S::Scheduled),
                (T::Ask, S::Scheduled),
                (T::Supply, S::Scheduled),
                (T::NoShow, S::NoShow),
            ],
        ),
        (
            S::Waiting,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::HandBack, S::Scheduled),
                (T::Ask, S::Waiting),
                (T::Supply, S::Waiting),
                (T::Start, S::InSession),
                (T::NoShow, S::NoShow),
            ],
        ),
        (
            S::InSession,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Ask, S::InSession),
                (T::Supply, S::InSession),
                (T::Suspend, S::Suspended),
                (T::NoShow, S::NoShow),
                (T::Conclude, S::OpinionDrafted),
                (T::Sign, S::Signed),
            ],
        ),
        (
            S::Suspended,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Ask, S::Suspended),
                (T::Supply, S::Suspended),
                (T::Resume, S::InSession),
                (T::NoShow, S::NoShow),
            ],
        ),
        (
            S::OpinionDrafted,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Ask, S::OpinionDrafted),
                (T::Supply, S::OpinionDrafted),
                (T::Sign, S::Signed),
            ],
        ),
        (S::Signed, &[(T::Deliver, S::Delivered), (T::Answer, S::Acknowledged), (T::Amend, S::Signed)]),
        (S::Delivered, &[(T::Answer, S::Acknowledged), (T::Amend, S::Signed)]),
        (S::Acknowledged, &[(T::FollowUp, S::FollowedUp), (T::Close, S::Closed), (T::Amend, S::Signed)]),
        (S::FollowedUp, &[(T::Close, S::Closed), (T::Amend, S::Signed)]),
        (S::Closed, &[(T::Amend, S::Signed)]),
        (S::Declined, &[]),
        (S::Cancelled, &[]),
        (
            S::Transferred,
            &[
                (T::FirstLook, S::Triaged),
                (T::Return, S::Returned),
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Supply, S::Transferred),
            ],
        ),
        (
            S::ConvertedAsync,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Supply, S::ConvertedAsync),
            ],
        ),
        (
            S::Escalated,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::Supply, S::Escalated),
            ],
        ),
        (
            S::NoShow,
            &[
                (T::Decline, S::Declined),
                (T::Transfer, S::Transferred),
                (T::Escalate, S::Escalated),
                (T::Convert, S::ConvertedAsync),
                (T::Cancel, S::Cancelled),
                (T::Assign, S::Scheduled),
                (T::HandBack, S::NoShow),
                (T::Ask, S::NoShow),
                (T::Supply, S::NoShow),
            ],
        ),
    ]
};

#[test]
fn each_state_and_each_step() {
    assert_eq!(TABLE.iter().map(|(s, _)| *s).collect::<Vec<_>>(), State::ALL, "every state stands in the table");
    for (state, allowed) in TABLE {
        let case = standing_at(*state);
        assert_eq!(case.state(), *state);
        for &step in Step::ALL.iter().filter(|s| **s != Step::Consent) {
            let expected = allowed.iter().find(|(s, _)| *s == step).map(|(_, to)| *to);
            let got = take(case.clone(), step, 2).map(|c| c.state());
            match (expected, got) {
                (Some(to), got) => assert_eq!(got, Ok(to), "{state:?} {step:?}"),
                (None, Ok(to)) => panic!("{state:?} must not {step:?}, it led to {to:?}"),
                (None, Err(_)) => {}
            }
        }
    }
}

#[test]
fn a_consent_is_added_in_every_state_but_where_none_is_owed() {
    for &state in State::ALL {
        let owes_none = matches!(state, State::Draft | State::Declined | State::Cancelled);
        let got = take(standing_at(state), Step::Consent, 2).map(|c| c.state());
        let wrong = Err(Refused::WrongState { state, step: Step::Consent });
        assert_eq!(got, if owes_none { wrong } else { Ok(state) });
    }
}

#[test]
fn a_return_happens_once_and_never_to_an_emergency() {
    let again = take(take(standing_at(State::Returned), Step::Resubmit, 5).unwrap(), Step::Return, 6);
    assert_eq!(again, Err(Refused::ReturnedBefore));
    let emergency = take(draft(Urgency::Emergency, Kind::Live), Step::Submit, 0).unwrap();
    assert_eq!(take(emergency, Step::Return, 1), Err(Refused::NeverReturn));
}

#[test]
fn a_resubmission_starts_the_clocks_again() {
    let case = take(standing_at(State::Returned), Step::Resubmit, 50).unwrap();
    assert_eq!(case.ask.clock_from, at(50));
}

#[test]
fn a_decline_offers_the_case_to_the_next_centre_if_one_is_left() {
    let case = standing_at(State::Triaged).decline(true, at(9)).unwrap();
    assert_eq!((case.state(), case.ask.clock_from), (State::Transferred, at(9)));
}

#[test]
fn escalating_raises_the_urgency_and_an_emergency_keeps_its_clock() {
    let urgent = take(standing_at(State::Submitted), Step::Escalate, 10).unwrap();
    assert_eq!((urgent.ask.urgency, urgent.ask.clock_from), (Urgency::Urgent, at(10)));
    let emergency = take(urgent, Step::Escalate, 20).unwrap();
    assert_eq!((emergency.ask.urgency, emergency.ask.clock_from), (Urgency::Emergency, at(20)));
    let still = take(emergency, Step::Escalate, 30).unwrap();
    assert_eq!((still.ask.urgency, still.ask.clock_from), (Urgency::Emergency, at(20)));
}

#[test]
fn the_room_opens_when_all_accept_or_a_quarter_of_an_hour_before() {
    let case = |start| standing_at(State::Triaged).assign(booking(start), at(2)).unwrap();
    for (start, persons, expected) in [
        (60, &["li"][..], State::Scheduled),
        (60, &["li", "zhang"], State::Waiting),
        (18, &["li"], State::Scheduled),
        (17, &["li"], State::Waiting),
    ] {
        let got = persons.iter().fold(case(start), |c, p| c.accept(&id(p), at(2)).unwrap());
        assert_eq!(got.state(), expected, "{start} {persons:?}");
    }
    assert_eq!(case(60).accept(&id("wang"), at(2)), Err(Refused::NotInvited));
    let once = case(60).accept(&id("li"), at(2)).unwrap();
    assert_eq!(once.accept(&id("li"), at(3)), Err(Refused::AcceptedBefore));
}

#[test]
fn when_the_last_expert_hands_back_the_dispatcher_has_it_again() {
    let case = standing_at(State::Scheduled).hand_back(&id("li"), at(3)).unwrap();
    assert_eq!(case.stage.booking().unwrap().experts, [expert("zhang")]);
    let case = case.hand_back(&id("zhang"), at(4)).unwrap();
    assert_eq!((case.state(), case.stage.booking()), (State::Triaged, None));
    assert_eq!(standing_at(State::Scheduled).hand_back(&id("wang"), at(3)), Err(Refused::NotInvited));
}

#[test]
fn an_amendment_is_its_signers_and_asks_for_another_answer() {
    for state in [State::Signed, State::Delivered, State::Acknowledged, State::FollowedUp, State::Closed] {
        let before = standing_at(state);
        assert_eq!(before.clone().amend(&id("zhang"), id("another"), at(9)), Err(Refused::NotSigner), "{state:?}");
        let after = take(before.clone(), Step::Amend, 9).unwrap();
        let (old, new) = (before.stage.advice().unwrap(), after.stage.advice().unwrap());
        assert_eq!((old.version, new.version, &new.opinion, new.at), (1, 2, &id("another"), at(9)));
        assert_eq!(
            (new.first_at, new.by.clone()),
            (old.at, old.by.clone()),
            "when the case was first advised on stays"
        );
        assert_eq!((after.since, after.stage.answer()), (at(9), None), "the answer was to the version before");
        assert_eq!(take(after, Step::Amend, 10).unwrap().stage.advice().unwrap().version, 3);
    }
}

#[test]
fn a_record_consultation_has_no_session_and_is_signed_after_accepting() {
    let steps = [Step::Submit, Step::Assign];
    let invited = steps.iter().fold(draft(Urgency::Urgent, Kind::Record), |c, &s| take(c, s, 1).unwrap());
    assert_eq!(take(invited.clone(), Step::Sign, 2), Err(Refused::NotAccepted));
    let willing = take(invited, Step::Accept, 2).unwrap();
    assert_eq!(take(willing.clone(), Step::Start, 3), Err(Refused::NotForKind(Kind::Record)));
    assert_eq!(take(willing.clone(), Step::NoShow, 3), Err(Refused::NotForKind(Kind::Record)));
    assert_eq!(take(willing.clone(), Step::Conclude, 3).unwrap().state(), State::OpinionDrafted);
    assert_eq!(willing.clone().sign(&id("zhang"), id("o"), at(3)), Err(Refused::NotAccepted));
    assert_eq!(willing.clone().sign(&id("wang"), id("o"), at(3)), Err(Refused::NotInvited));
    assert_eq!(take(willing, Step::Sign, 3).unwrap().state(), State::Signed);
}

#[test]
fn a_live_case_that_goes_on_by_record_keeps_its_experts() {
    let converted = take(standing_at(State::InSession), Step::Convert, 2).unwrap();
    assert_eq!(converted.stage.booking().unwrap().room, None);
    assert_eq!(take(converted, Step::Sign, 3).unwrap().state(), State::Signed);
}

#[test]
fn nobody_is_absent_before_the_time() {
    let case = standing_at(State::Triaged).assign(booking(60), at(2)).unwrap();
    assert_eq!(take(case.clone(), Step::NoShow, 59), Err(Refused::TooEarly(at(60))));
    assert_eq!(take(case, Step::NoShow, 60).unwrap().state(), State::NoShow);
}

#[test]
fn partly_and_not_need_a_reason() {
    for verdict in [Verdict::Partly, Verdict::Not] {
        for reason in [None, Some("  ".to_owned())] {
            assert_eq!(
                standing_at(State::Delivered).answer(verdict, reason, &id("zhou"), at(9)),
                Err(Refused::NoReason)
            );
        }
        let answered = standing_at(State::Delivered).answer(verdict, Some("no such drug".into()), &id("zhou"), at(9));
        assert_eq!(answered.unwrap().state(), State::Acknowledged);
    }
}

#[test]
fn bookings_that_cannot_be() {
    let new = |experts, start, end| Booking::new(experts, at(start), at(end), None);
    assert!(new(vec![expert("li")], 0, 30).is_ok());
    for bad in [
        new(vec![], 0, 30),
        new(vec![expert("li"), expert("li")], 0, 30),
        new(vec![expert("li")], 30, 30),
        new(vec![expert("li")], 0, 8 * 60 + 1),
        new((0..9).map(|n| expert(&format!("e{n}"))).collect(), 0, 30),
    ] {
        assert_eq!(bad, Err(Refused::NotABooking));
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop::sample::select(Step::ALL)
}

proptest! {
    #[test]
    fn no_walk_leads_where_none_may(
        urgency in prop::sample::select(Urgency::ALL),
        kind in prop::sample::select(Kind::ALL),
        steps in prop::collection::vec((any_step(), 0i64..5), 0..60),
    ) {
        let mut case = draft(urgency, kind);
        let (mut now, mut returns, mut signed) = (0, 0, None);
        for (step, later) in steps {
            now += later;
            let before = case.clone();
            let Ok(after) = take(case.clone(), step, now) else { continue };
            if step == Step::Return {
                returns += 1;
                prop_assert_ne!(before.ask.urgency, Urgency::Emergency, "an emergency was returned");
            }
            prop_assert!(returns <= 1, "returned twice");
            let moves = !matches!(step, Step::Consent | Step::Amend);
            prop_assert!(!moves || !before.state().is_end(), "{:?} took {:?}", before.state(), step);
            if step == Step::Amend {
                prop_assert_eq!(after.stage.advice().map(|a| a.version), before.stage.advice().map(|a| a.version + 1));
                signed = after.stage.advice().cloned();
            }
            if before.state().is_signed() {
                prop_assert!(after.state().is_signed(), "{:?} undid a signature", step);
                prop_assert_eq!(after.stage.advice(), signed.as_ref(), "a signed opinion changed");
            }
            if let Some(advice) = after.stage.advice() {
                prop_assert!(advice.booking.accepted_by(&advice.by), "signed by one who had not accepted");
                signed.get_or_insert_with(|| advice.clone());
            }
            if let Some(booking) = after.stage.booking() {
                prop_assert!(!booking.experts.is_empty(), "a booking without experts");
            }
            let talking = matches!(after.state(), State::InSession | State::Suspended);
            prop_assert!(!talking || after.ask.kind == Kind::Live, "a record consultation in session");
            prop_assert!(after.ask.urgency <= before.ask.urgency, "became less urgent by {:?}", step);
            prop_assert!(after.since >= before.since);
            case = after;
        }
    }
}
