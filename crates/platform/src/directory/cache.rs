//! The read model itself.

use super::profile::{Place, Post, Profile, Site};
use super::{Hospital, HospitalRef, Person, PersonRef, Role, Room, resources};
use fhir::{Reference, ResourceType};
use kernel::{HospitalTree, Id};
use records::{Entry, Query, Store, StoreError, Viewer};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, RwLock};

/// The types it is made from.
const TYPES: [ResourceType; 4] =
    [ResourceType::ORGANIZATION, ResourceType::PRACTITIONER, ResourceType::PRACTITIONER_ROLE, ResourceType::LOCATION];

#[derive(Debug, Default, Clone)]
struct Snapshot {
    hospitals: BTreeMap<Id, Arc<Hospital>>,
    people: BTreeMap<Id, Arc<Person>>,
    roles: BTreeMap<Id, Arc<Role>>,
    rooms: BTreeMap<Id, Arc<Room>>,
    tree: Arc<HospitalTree>,
    // What the administration sees, ended and closed ones too.
    profiles: BTreeMap<Id, Arc<Profile>>,
    posts: BTreeMap<Id, Arc<Post>>,
    sites: BTreeMap<Id, Arc<Site>>,
    places: BTreeMap<Id, Arc<Place>>,
}

/// Who is who. Cheap to ask; answers are shared, not copied.
#[derive(Debug, Default)]
pub struct Directory(RwLock<Arc<Snapshot>>);

impl Directory {
    /// Reads everything there is.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let mut snapshot = Snapshot::default();
        for ty in TYPES {
            let mut query = Query::of(ty).count(1000);
            loop {
                let page = store.search(&Viewer::System, &query).await?;
                for resource in &page.matches {
                    snapshot.put(&resource.at, Some(&resource.value()?));
                }
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
        }
        snapshot.grow_tree();
        Ok(Self(RwLock::new(Arc::new(snapshot))))
    }

    /// Takes in what an entry changed, if it is of the directory.
    pub async fn follow(&self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        let changed = entry.versions.iter().map(|v| v.at.clone()).collect();
        self.refresh(store, changed).await
    }

    /// Reads these resources anew, those of the directory alone.
    pub async fn refresh(&self, store: &dyn Store, mut changed: Vec<Reference>) -> Result<(), StoreError> {
        changed.retain(|at| TYPES.contains(&at.ty));
        let mut news = vec![];
        for at in changed {
            let body = match store.read(&Viewer::System, &at).await? {
                Some(resource) => Some(resource.value()?),
                None => None,
            };
            news.push((at, body));
        }
        if news.is_empty() {
            return Ok(());
        }
        let mut held = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut snapshot = Snapshot::clone(&held);
        for (at, body) in news {
            snapshot.put(&at, body.as_ref());
        }
        snapshot.grow_tree();
        *held = Arc::new(snapshot);
        Ok(())
    }

    fn now(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
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
        self.now().roles.values().filter(|r| r.person == *person).cloned().collect()
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
        let mut posts: Vec<_> = now.posts.values().filter(|p| p.person == *person).collect();
        posts.sort_by_key(|p| !p.active);
        self.person_ref_at(person, &posts.first()?.hospital)
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
        self.now().posts.values().filter(|p| p.person == *person).cloned().collect()
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
}

impl Snapshot {
    fn put(&mut self, at: &Reference, body: Option<&Value>) {
        fn set<T>(map: &mut BTreeMap<Id, Arc<T>>, id: &Id, value: Option<T>) {
            match value {
                Some(value) => map.insert(id.clone(), Arc::new(value)),
                None => map.remove(id),
            };
        }
        match at.ty {
            ResourceType::ORGANIZATION => {
                set(&mut self.sites, &at.id, body.and_then(Site::read));
                set(&mut self.places, &at.id, body.and_then(Place::read));
                set(&mut self.hospitals, &at.id, body.and_then(resources::read_hospital));
            }
            ResourceType::PRACTITIONER => {
                set(&mut self.profiles, &at.id, body.and_then(Profile::read));
                // The record goes on naming who works here no longer.
                set(&mut self.people, &at.id, body.and_then(Profile::read).map(|p| p.person()));
            }
            ResourceType::PRACTITIONER_ROLE => set(&mut self.posts, &at.id, body.and_then(Post::read)),
            ResourceType::LOCATION => {
                set(&mut self.places, &at.id, body.and_then(Place::read));
                set(&mut self.rooms, &at.id, body.and_then(resources::read_room));
            }
            _ => {}
        }
    }

    /// What follows from the rest: the tree, and the roles that count. A role counts while it, its person and its hospital do.
    fn grow_tree(&mut self) {
        // Closed hospitals stay in the tree: what lies below them is still theirs to manage.
        let sites = self.sites.values().map(|s| &s.hospital);
        self.tree = Arc::new(HospitalTree::new(sites.map(|h| kernel::Hospital {
            id: h.id.clone(),
            level: h.level,
            parent: h.parent.clone(),
        })));
        let counts = |post: &Post| {
            let person = self.profiles.get(&post.person).is_none_or(|p| p.active);
            post.active && person && self.sites.get(&post.hospital).is_none_or(|s| s.active)
        };
        let roles = self.posts.iter().filter(|(_, post)| counts(post));
        self.roles = roles.map(|(id, post)| (id.clone(), Arc::new(post.role()))).collect();
    }
}
