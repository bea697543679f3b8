//! The read model itself.

use super::device::Device;
use super::profile::{Place, Post, Profile, Site};
use super::{Hospital, HospitalRef, Person, PersonRef, Role, Room, resources};
use fhir::{Reference, ResourceType};
use kernel::{HospitalTree, Id};
use records::{Entry, Query, Store, StoreError, Viewer};
use rpds::RedBlackTreeMapSync;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, RwLock};

/// The types it is made from.
const TYPES: [ResourceType; 5] = [
    ResourceType::ORGANIZATION,
    ResourceType::PRACTITIONER,
    ResourceType::PRACTITIONER_ROLE,
    ResourceType::LOCATION,
    ResourceType::DEVICE,
];

/// A map of which snapshots share all that is the same in them: somebody who is new must not copy 60,000 people.
type Map<T> = RedBlackTreeMapSync<Id, T>;

/// After so many resources others have their turn.
const TOGETHER: usize = 200;

#[derive(Debug, Default, Clone)]
struct Snapshot {
    hospitals: Map<Arc<Hospital>>,
    people: Map<Arc<Person>>,
    roles: Map<Arc<Role>>,
    rooms: Map<Arc<Room>>,
    tree: Arc<HospitalTree>,
    // What the administration sees, ended and closed ones too.
    profiles: Map<Arc<Profile>>,
    posts: Map<Arc<Post>>,
    sites: Map<Arc<Site>>,
    places: Map<Arc<Place>>,
    devices: Map<Arc<Device>>,
    /// The posts of each person, by id of the post.
    posts_of: Map<Arc<[Arc<Post>]>>,
}

/// Who is who. Cheap to ask; answers are shared, not copied.
#[derive(Debug, Default)]
pub struct Directory {
    now: RwLock<Arc<Snapshot>>,
    /// Held by who makes the next snapshot: one after the other, so that what was read earlier does not come later.
    turn: tokio::sync::Mutex<()>,
}

impl Directory {
    /// Reads everything there is.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let (mut snapshot, mut changed) = (Snapshot::default(), Changed::default());
        for ty in TYPES {
            let mut query = Query::of(ty).count(1000);
            loop {
                let page = store.search(&Viewer::System, &query).await?;
                for resource in &page.matches {
                    snapshot.put(&resource.at, Some(&resource.value()?), &mut changed);
                }
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
        }
        snapshot.follow_from(&changed);
        Ok(Self { now: RwLock::new(Arc::new(snapshot)), turn: tokio::sync::Mutex::default() })
    }

    /// Takes in what an entry changed, if it is of the directory.
    pub async fn follow(&self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        let changed = entry.versions.iter().map(|v| v.at.clone()).collect();
        self.refresh(store, changed).await
    }

    /// Reads these resources anew, those of the directory alone.
    pub async fn refresh(&self, store: &dyn Store, mut changed: Vec<Reference>) -> Result<(), StoreError> {
        changed.retain(|at| TYPES.contains(&at.ty));
        if changed.is_empty() {
            return Ok(());
        }
        let _mine = self.turn.lock().await;
        let (mut snapshot, mut news) = (Snapshot::clone(&self.now()), Changed::default());
        for (n, at) in changed.iter().enumerate() {
            let body = match store.read(&Viewer::System, at).await? {
                Some(resource) => Some(resource.value()?),
                None => None,
            };
            snapshot.put(at, body.as_ref(), &mut news);
            if n % TOGETHER == TOGETHER - 1 {
                tokio::task::yield_now().await;
            }
        }
        // Who committed it has told us already, mostly: then the ledger brings nothing new.
        if news.is_none() {
            return Ok(());
        }
        snapshot.follow_from(&news);
        *self.now.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }

    fn now(&self) -> Arc<Snapshot> {
        self.now.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// One hospital.
    pub fn hospital(&self, id: &Id) -> Option<Arc<Hospital>> {
        self.now().hospitals.get(id).cloned()
    }

    /// All hospitals, highest level first, then by name.
    pub fn hospitals(&self) -> Vec<Arc<Hospital>> {
        let mut all: Vec<_> = self.now().hospitals.values().cloned().collect();
        all.sort_by(|a, b| (a.level, &a.name).cmp(&(b.level, &b.name)));
        all
    }

    /// One person.
    pub fn person(&self, id: &Id) -> Option<Arc<Person>> {
        self.now().people.get(id).cloned()
    }

    /// One role.
    pub fn role(&self, id: &Id) -> Option<Arc<Role>> {
        self.now().roles.get(id).cloned()
    }

    /// The roles of a person, by id.
    pub fn roles_of(&self, person: &Id) -> Vec<Arc<Role>> {
        let now = self.now();
        let posts = now.posts_of.get(person).into_iter().flat_map(|posts| posts.iter());
        posts.filter_map(|post| now.roles.get(&post.id).cloned()).collect()
    }

    /// Whether no person has this role anywhere.
    pub fn nobody_is(&self, role: kernel::Role) -> bool {
        !self.now().roles.values().any(|r| r.role == role)
    }

    /// The specialists, of one specialty when given.
    pub fn experts(&self, specialty: Option<&str>) -> Vec<Arc<Role>> {
        let has = |role: &Role| specialty.is_none_or(|s| role.specialties.iter().any(|own| own == s));
        let roles = self.now();
        let experts = roles.roles.values().filter(|r| r.role == kernel::Role::Specialist && has(r));
        experts.cloned().collect()
    }

    /// Whether a person's licence to practise holds on a day.
    pub fn may_practise(&self, person: &Id, day: jiff::civil::Date) -> bool {
        self.now().profiles.get(person).is_none_or(|profile| profile.may_practise(day))
    }

    /// The time zone that a person works in, when it is another than the site's.
    pub fn zone_of(&self, person: &Id) -> Option<jiff::tz::TimeZone> {
        self.now().profiles.get(person).and_then(|profile| profile.zone())
    }

    /// All who have this role.
    pub fn roles_with(&self, role: kernel::Role) -> Vec<Arc<Role>> {
        self.now().roles.values().filter(|r| r.role == role).cloned().collect()
    }

    /// The hospitals at which somebody has a role: those that have joined.
    pub fn staffed(&self) -> HashSet<Id> {
        self.now().roles.values().map(|r| r.hospital.clone()).collect()
    }

    /// The rooms, of one hospital when given.
    pub fn rooms(&self, hospital: Option<&Id>) -> Vec<Arc<Room>> {
        self.now().rooms.values().filter(|r| hospital.is_none_or(|h| r.hospital == *h)).cloned().collect()
    }

    /// One room.
    pub fn room(&self, id: &Id) -> Option<Arc<Room>> {
        self.now().rooms.get(id).cloned()
    }

    /// Who lies below whom.
    pub fn tree(&self) -> Arc<HospitalTree> {
        self.now().tree.clone()
    }

    /// A hospital as the API shows it; a closed one too, because the record names it.
    pub fn hospital_ref(&self, id: &Id) -> Option<HospitalRef> {
        self.now().sites.get(id).map(|s| HospitalRef::from(&s.hospital))
    }

    /// A person as the API shows them, at the hospital of their first role.
    pub fn person_ref(&self, person: &Id) -> Option<PersonRef> {
        let now = self.now();
        let posts = now.posts_of.get(person)?;
        let first = posts.iter().find(|p| p.active).or_else(|| posts.first())?;
        self.person_ref_at(person, &first.hospital)
    }

    /// A person as the API shows them, at a hospital. Whoever works here no longer is still named in the record.
    pub fn person_ref_at(&self, person: &Id, hospital: &Id) -> Option<PersonRef> {
        let now = self.now();
        Some(PersonRef::new(now.people.get(person)?, &now.sites.get(hospital)?.hospital))
    }

    /// Everybody, ended ones too, for the administration.
    pub fn profiles(&self) -> Vec<Arc<Profile>> {
        self.now().profiles.values().cloned().collect()
    }

    /// One person for the administration.
    pub fn profile(&self, id: &Id) -> Option<Arc<Profile>> {
        self.now().profiles.get(id).cloned()
    }

    /// All posts, ended ones too, for the administration.
    pub fn posts(&self) -> Vec<Arc<Post>> {
        self.now().posts.values().cloned().collect()
    }

    /// The posts of a person, ended ones too.
    pub fn posts_of(&self, person: &Id) -> Vec<Arc<Post>> {
        self.now().posts_of.get(person).map_or_else(Vec::new, |posts| posts.to_vec())
    }

    /// All hospitals, closed ones too, highest level first, then by name.
    pub fn sites(&self) -> Vec<Arc<Site>> {
        let mut all: Vec<_> = self.now().sites.values().cloned().collect();
        all.sort_by(|a, b| (a.level(), &a.hospital.name).cmp(&(b.level(), &b.hospital.name)));
        all
    }

    /// One hospital, closed or not.
    pub fn site(&self, id: &Id) -> Option<Arc<Site>> {
        self.now().sites.get(id).cloned()
    }

    /// All departments and rooms, closed ones too.
    pub fn places(&self) -> Vec<Arc<Place>> {
        self.now().places.values().cloned().collect()
    }

    /// One department or room, closed or not.
    pub fn place(&self, id: &Id) -> Option<Arc<Place>> {
        self.now().places.get(id).cloned()
    }

    /// All terminals and devices, those out of use too.
    pub fn devices(&self) -> Vec<Arc<Device>> {
        self.now().devices.values().cloned().collect()
    }

    /// One terminal or device, in use or not.
    pub fn device(&self, id: &Id) -> Option<Arc<Device>> {
        self.now().devices.get(id).cloned()
    }
}

/// What of a snapshot is to be made anew.
#[derive(Debug, Default)]
struct Changed {
    /// Some hospital.
    sites: bool,
    /// These people.
    people: BTreeSet<Id>,
    /// These posts, and the people whose they are or were.
    posts: BTreeSet<Id>,
    posted: BTreeSet<Id>,
    /// A place, or a device.
    places: bool,
}

impl Changed {
    fn is_none(&self) -> bool {
        !self.sites && !self.places && self.people.is_empty() && self.posts.is_empty()
    }
}

/// Sets or takes away; whether that changed anything.
fn set<T: PartialEq>(map: &mut Map<Arc<T>>, id: &Id, value: Option<T>) -> bool {
    if map.get(id).map(|held| &**held) == value.as_ref() {
        return false;
    }
    match value {
        Some(value) => map.insert_mut(id.clone(), Arc::new(value)),
        None => {
            map.remove_mut(id);
        }
    }
    true
}

impl Snapshot {
    fn put(&mut self, at: &Reference, body: Option<&Value>, changed: &mut Changed) {
        match at.ty {
            ResourceType::ORGANIZATION => {
                changed.sites |= set(&mut self.sites, &at.id, body.and_then(Site::read));
                changed.places |= set(&mut self.places, &at.id, body.and_then(Place::read));
                changed.sites |= set(&mut self.hospitals, &at.id, body.and_then(resources::read_hospital));
            }
            ResourceType::PRACTITIONER => {
                let profile = body.and_then(Profile::read);
                // The record goes on naming who works here no longer.
                let seen = set(&mut self.people, &at.id, profile.as_ref().map(Profile::person));
                if set(&mut self.profiles, &at.id, profile) || seen {
                    changed.people.insert(at.id.clone());
                }
            }
            ResourceType::PRACTITIONER_ROLE => {
                let before = self.posts.get(&at.id).map(|post| post.person.clone());
                let post = body.and_then(Post::read);
                let person = post.as_ref().map(|post| post.person.clone());
                if set(&mut self.posts, &at.id, post) {
                    changed.posts.insert(at.id.clone());
                    changed.posted.extend(before.into_iter().chain(person));
                }
            }
            ResourceType::LOCATION => {
                changed.places |= set(&mut self.places, &at.id, body.and_then(Place::read));
                changed.places |= set(&mut self.rooms, &at.id, body.and_then(resources::read_room));
            }
            ResourceType::DEVICE => changed.places |= set(&mut self.devices, &at.id, body.and_then(Device::read)),
            _ => {}
        }
    }

    /// What follows from the rest: the tree, whose the posts are, and the roles that count. A role counts while it, its person
    /// and its hospital do.
    fn follow_from(&mut self, changed: &Changed) {
        if changed.sites {
            // Closed hospitals stay in the tree: what lies below them is still theirs to manage.
            let sites = self.sites.values().map(|s| &s.hospital);
            self.tree = Arc::new(HospitalTree::new(sites.map(|h| kernel::Hospital {
                id: h.id.clone(),
                level: h.level,
                parent: h.parent.clone(),
            })));
        }
        if !changed.posts.is_empty() {
            self.regroup(changed);
        }
        let counts = |post: &Post| {
            let person = self.profiles.get(&post.person).is_none_or(|p| p.active);
            post.active && person && self.sites.get(&post.hospital).is_none_or(|s| s.active)
        };
        let mut ids: BTreeSet<&Id> = changed.posts.iter().collect();
        if changed.sites {
            ids.extend(self.posts.keys());
        } else {
            let posts = changed.people.iter().filter_map(|person| self.posts_of.get(person));
            ids.extend(posts.flat_map(|posts| posts.iter().map(|post| &post.id)));
        }
        let roles = ids.into_iter().map(|id| (id.clone(), self.posts.get(id).filter(|p| counts(p)).map(|p| p.role())));
        let roles: Vec<_> = roles.collect();
        for (id, role) in roles {
            set(&mut self.roles, &id, role);
        }
    }

    /// Finds the posts of the people anew of whom one has changed.
    fn regroup(&mut self, changed: &Changed) {
        let mut groups: BTreeMap<Id, BTreeMap<Id, Arc<Post>>> = BTreeMap::new();
        for person in &changed.posted {
            let held = self.posts_of.get(person).into_iter().flat_map(|posts| posts.iter());
            let held = held.filter(|post| !changed.posts.contains(&post.id));
            groups.insert(person.clone(), held.map(|post| (post.id.clone(), post.clone())).collect());
        }
        for post in changed.posts.iter().filter_map(|id| self.posts.get(id)) {
            groups.entry(post.person.clone()).or_default().insert(post.id.clone(), post.clone());
        }
        for (person, posts) in groups {
            if posts.is_empty() {
                self.posts_of.remove_mut(&person);
            } else {
                self.posts_of.insert_mut(person, posts.into_values().collect());
            }
        }
    }
}
