//! A transaction: all entries in one commit, or none.
//!
//! In the specification's order (delete, create, update and patch, read): names are given first, conditions are looked up with the
//! caller's eyes, references rewritten, each body checked as if it came alone; then one Change. There is nothing to lock,
//! so nothing can lock each other; who was overtaken decides anew.

use super::super::answer::Answer;
use super::super::ask::{Ask, Return};
use super::super::caller::Caller;
use super::super::conditional::{Criteria, Found, Retry};
use super::super::refusal::{Issue, Refusal};
use super::super::update::{self, as_refusal};
use super::super::update_where::Planned;
use super::super::write::{self, Checked, Shown};
use super::super::{delete, guard, patch};
use super::item::{Item, Wish, look, within};
use super::links::Links;
use super::{done, refused};
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use kernel::Id;
use records::{Change, Expect, Receipt, Resource, Write};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Things that the act names; the ledger's entry names every version.
const ABOUT_MAX: usize = 10;

/// What becomes of an entry.
enum Fate {
    /// It is written: its place among the writes.
    Written { place: usize, is_new: bool, shown: Option<Shown>, issues: Vec<Issue> },
    /// There already.
    Found(Box<Resource>),
    /// Made by an entry before with the same condition: that one's place.
    Same(usize),
    /// There was nothing to do.
    Nothing,
    /// To be read afterwards.
    Read,
}

/// Does all, or refuses naming the entry.
pub async fn run(caller: &Caller, items: Vec<Item>) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut retry = Retry::default();
    loop {
        let plan = Plan::of(caller, &items, &retry).await?;
        let Plan { change, fates, .. } = plan;
        if change.writes.is_empty() {
            return answers(caller, &items, fates, None).await;
        }
        match caller.commit(change).await {
            Ok(receipt) => return answers(caller, &items, fates, Some(&receipt)).await,
            Err(error) if items.iter().all(|i| i.ask.if_match.is_none()) && retry.again(&error) => {}
            Err(error) => return Err(as_refusal(error)),
        }
    }
}

/// The place of an item in the specification's order.
fn rank(item: &Item) -> usize {
    match item.wish {
        Wish::Delete(_) | Wish::DeleteWhere(_) => 0,
        Wish::Create(..) => 1,
        Wish::Update(..) | Wish::UpdateWhere(..) | Wish::Patch(..) | Wish::PatchWhere(..) => 2,
        Wish::Read(_) => 3,
    }
}

/// What an entry is about, once conditions are looked up.
enum Target {
    New(Reference, Option<Criteria>),
    Old(Reference, Option<Expect>),
    Begun(Reference, Id, Criteria),
    Found(Box<Resource>),
    Same(usize),
    Nothing,
    Read,
}

struct Plan {
    change: Change,
    fates: Vec<Fate>,
    places: HashMap<Reference, usize>,
}

impl Plan {
    async fn of(caller: &Caller, items: &[Item], retry: &Retry) -> Result<Self, Refusal> {
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|n| rank(&items[*n]));
        let (targets, links) = targets(caller, items, &order).await?;
        let beside: HashSet<Reference> = targets.iter().filter_map(written).cloned().collect();
        let mut this = Self {
            change: Change::of(caller.act("fhir.bundle")),
            fates: items.iter().map(|_| Fate::Nothing).collect(),
            places: HashMap::new(),
        };
        retry.prepare(&mut this.change);
        let mut patients = HashSet::new();
        for n in order {
            let patient = this.entry(caller, n, &items[n], &targets[n], &links, &beside).await;
            patients.extend(patient.map_err(|refusal| within(n, &refusal))?);
        }
        // Of one patient: whose record it was is found by the patient. Of several, each version says its own.
        let mut patients = patients.into_iter();
        this.change.act.patient = patients.next().filter(|_| patients.next().is_none());
        this.change.act.about = this.change.writes.iter().take(ABOUT_MAX).map(|w| w.at.clone()).collect();
        Ok(this)
    }

    async fn entry(
        &mut self,
        caller: &Caller,
        n: usize,
        item: &Item,
        target: &Target,
        links: &Links,
        beside: &HashSet<Reference>,
    ) -> Result<Option<Reference>, Refusal> {
        let rewritten = |body: &Value| {
            let mut body = body.clone();
            links.rewrite(&mut body).map(|()| body)
        };
        match (&item.wish, target) {
            (_, Target::Found(found)) => self.fates[n] = Fate::Found(found.clone()),
            (_, Target::Same(first)) => self.fates[n] = Fate::Same(*first),
            (_, Target::Read) => self.fates[n] = Fate::Read,
            (_, Target::Nothing) => {}
            (Wish::Create(_, body), Target::New(at, criteria)) => {
                let checked = write::checked(caller, at, rewritten(body)?, beside).await?;
                if let Some(criteria) = criteria {
                    self.change.claims.push(criteria.claim(caller, at));
                }
                return self.put(n, item, checked, |body| Write::new(at.clone(), body, caller.hospital().clone()));
            }
            (Wish::UpdateWhere(_, body), Target::Begun(at, custodian, criteria)) => {
                let checked = write::checked(caller, at, rewritten(body)?, beside).await?;
                self.change.claims.push(criteria.claim(caller, at));
                return self.put(n, item, checked, |body| Write::new(at.clone(), body, custodian.clone()));
            }
            (Wish::Update(_, body) | Wish::UpdateWhere(_, body), Target::Old(at, expect)) => {
                let plan = update::Plan::of(caller, "fhir.update", at, &item.ask).await?;
                let checked = write::checked(caller, at, rewritten(body)?, beside).await?;
                self.change.expect.extend(plan.expect.clone().or_else(|| expect.clone()));
                return self.put(n, item, checked, |body| plan.write(at, body));
            }
            (Wish::Patch(_, operations) | Wish::PatchWhere(_, operations), Target::Old(at, _)) => {
                let (checked, custodian, expect) =
                    patch::planned(caller, "fhir.patch", at, &item.ask, operations, beside).await?;
                self.change.expect.push(expect);
                return self.put(n, item, checked, |body| Write::next(at.clone(), body, custodian));
            }
            (Wish::Delete(_) | Wish::DeleteWhere(_), Target::Old(at, _)) => {
                if let Some(((write, patient), expect)) = delete::planned(caller, "fhir.delete", at, &item.ask).await? {
                    self.change.expect.push(expect);
                    self.written(n, write, false, None, vec![])?;
                    return Ok(patient);
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn put(
        &mut self,
        n: usize,
        item: &Item,
        checked: Checked,
        write: impl FnOnce(Value) -> Write,
    ) -> Result<Option<Reference>, Refusal> {
        let Checked { body, issues, patient } = checked;
        let shown = (item.ask.wants == Some(Return::Representation)).then(|| Shown::of(&body));
        let write = write(body);
        let is_new = write.must_be_new;
        self.written(n, write, is_new, shown, issues)?;
        Ok(patient)
    }

    fn written(
        &mut self,
        n: usize,
        write: Write,
        is_new: bool,
        shown: Option<Shown>,
        issues: Vec<Issue>,
    ) -> Result<(), Refusal> {
        let place = self.change.writes.len();
        if let Some(first) = self.places.insert(write.at.clone(), place) {
            let text = format!("{} is written by two entries ({} and this one).", write.at, first + 1);
            return Err(Refusal::bad("fhir.written-twice", text));
        }
        self.change.writes.push(write);
        self.fates[n] = Fate::Written { place, is_new, shown, issues };
        Ok(())
    }
}

/// What each entry is about, and what its name means in the others.
async fn targets(caller: &Caller, items: &[Item], order: &[usize]) -> Result<(Vec<Target>, Links), Refusal> {
    let mut links = Links::default();
    let mut made: HashMap<String, usize> = HashMap::new();
    let mut targets: Vec<Target> = items.iter().map(|_| Target::Nothing).collect();
    for n in order.iter().copied() {
        let target = target(caller, &items[n], n, &mut made).await.map_err(|refusal| within(n, &refusal))?;
        let meant = match &target {
            Target::Found(found) => Some(&found.at),
            Target::Same(first) => written(&targets[*first]),
            other => written(other),
        };
        if let (Some(name), Some(at)) = (&items[n].full_url, meant)
            && !links.name(name, at)
        {
            let refusal = Refusal::bad("fhir.named-twice", "Another entry has the same fullUrl.");
            return Err(within(n, &refusal));
        }
        targets[n] = target;
    }
    for (n, item) in items.iter().enumerate() {
        if let Wish::Create(_, body) | Wish::Update(_, body) | Wish::UpdateWhere(_, body) = &item.wish {
            links.search(caller, body).await.map_err(|refusal| within(n, &refusal))?;
        }
    }
    Ok((targets, links))
}

fn written(target: &Target) -> Option<&Reference> {
    match target {
        Target::New(at, _) | Target::Old(at, _) | Target::Begun(at, ..) => Some(at),
        _ => None,
    }
}

async fn target(caller: &Caller, item: &Item, n: usize, made: &mut HashMap<String, usize>) -> Result<Target, Refusal> {
    let expected = |found: &Resource| Some(Expect { at: found.at.clone(), version: found.version });
    Ok(match &item.wish {
        Wish::Read(_) => Target::Read,
        Wish::Update(at, body) => {
            write::is_of_type(at.ty, body)?;
            write::is_of_id(&at.id, body)?;
            Target::Old(at.clone(), None)
        }
        Wish::Patch(at, _) | Wish::Delete(at) => Target::Old(at.clone(), None),
        Wish::Create(ty, body) => {
            write::is_of_type(*ty, body)?;
            guard::check_type(caller, *ty)?;
            caller.may_write("fhir.create", *ty, caller.hospital(), None).await?;
            let new = Reference::new(*ty, caller.op.new_id());
            let Some(told) = &item.ask.if_none_exist else { return Ok(Target::New(new, None)) };
            let criteria = Criteria::of_text(*ty, told)?;
            // As if the entries came one after the other: what the first one makes is there for the second.
            if let Some(first) = made.get(&criteria.key(caller)) {
                return Ok(Target::Same(*first));
            }
            match criteria.find(caller).await? {
                Found::One(found) => Target::Found(found),
                Found::None => {
                    made.insert(criteria.key(caller), n);
                    Target::New(new, Some(criteria))
                }
            }
        }
        Wish::UpdateWhere(ty, body) => {
            write::is_of_type(*ty, body)?;
            let criteria = Criteria::of(*ty, &item.ask.params)?;
            let plan = Planned::of(caller, &criteria, &item.ask, body).await?;
            match plan.expect {
                Some(expect) => Target::Old(plan.at, Some(expect)),
                None => Target::Begun(plan.at, plan.custodian, criteria),
            }
        }
        Wish::PatchWhere(ty, _) => match matching(caller, item, *ty, "fhir.patch_where").await? {
            Found::One(found) => Target::Old(found.at.clone(), expected(&found)),
            Found::None => return Err(Refusal::absent()),
        },
        Wish::DeleteWhere(ty) => match matching(caller, item, *ty, "fhir.delete_where").await? {
            Found::One(found) => Target::Old(found.at.clone(), expected(&found)),
            Found::None => Target::Nothing,
        },
    })
}

async fn matching(caller: &Caller, item: &Item, ty: ResourceType, operation: &'static str) -> Result<Found, Refusal> {
    caller.may_write(operation, ty, caller.hospital(), None).await?;
    guard::check_type(caller, ty)?;
    Criteria::of(ty, &item.ask.params)?.find(caller).await
}

/// What each entry answers, in the Bundle's order; what is read is read now.
async fn answers(
    caller: &Caller,
    items: &[Item],
    fates: Vec<Fate>,
    receipt: Option<&Receipt>,
) -> Result<Vec<Vec<u8>>, Refusal> {
    let places: Vec<Option<usize>> =
        fates.iter().map(|fate| if let Fate::Written { place, .. } = fate { Some(*place) } else { None }).collect();
    let mut all = Vec::with_capacity(items.len());
    for (item, fate) in items.iter().zip(fates) {
        let stored = |place: usize| receipt.and_then(|r| Some((r.stored.get(place)?, r.at)));
        all.push(match fate {
            Fate::Written { place, is_new, shown, issues } => match stored(place) {
                Some((stored, at)) => {
                    let status = status(item, is_new);
                    let body = match item.ask.wants {
                        Some(Return::Representation) => shown.map(|s| s.stored(&stored.at, stored.version, at)),
                        Some(Return::Outcome) => Some(write::said(&stored.at, &issues).to_string().into()),
                        _ => None,
                    };
                    done(Answer::new(status, body).about(&caller.base(), &stored.at, stored.version, at))
                }
                None => done(Answer::new(StatusCode::NO_CONTENT, None)),
            },
            Fate::Found(found) => done(there(caller, &item.ask, &found)),
            Fate::Same(first) => match places.get(first).copied().flatten().and_then(stored) {
                Some((stored, at)) => {
                    done(Answer::new(StatusCode::OK, None).about(&caller.base(), &stored.at, stored.version, at))
                }
                None => done(Answer::new(StatusCode::OK, None)),
            },
            Fate::Nothing => done(Answer::new(StatusCode::NO_CONTENT, None)),
            Fate::Read => match &item.wish {
                Wish::Read(path) => look(caller, path, &item.ask).await.map_or_else(|refusal| refused(&refusal), done),
                _ => done(Answer::new(StatusCode::NO_CONTENT, None)),
            },
        });
    }
    Ok(all)
}

fn status(item: &Item, is_new: bool) -> StatusCode {
    match item.wish {
        Wish::Delete(_) | Wish::DeleteWhere(_) => StatusCode::NO_CONTENT,
        _ if is_new => StatusCode::CREATED,
        _ => StatusCode::OK,
    }
}

fn there(caller: &Caller, ask: &Ask, found: &Resource) -> Answer {
    let body = (ask.wants == Some(Return::Representation)).then(|| found.json.clone());
    Answer::new(StatusCode::OK, body).about(&caller.base(), &found.at, found.version, found.stored_at)
}
