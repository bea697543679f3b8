//! The read model itself.

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

    /// A hospital as the API shows it.
    pub fn hospital_ref(&self, id: &Id) -> Option<HospitalRef> {
        self.hospital(id).map(|h| HospitalRef::from(&*h))
    }

    /// A person as the API shows them, at the hospital of their first role.
    pub fn person_ref(&self, person: &Id) -> Option<PersonRef> {
        let role = self.roles_of(person).into_iter().next()?;
        self.person_ref_at(person, &role.hospital)
    }

    /// A person as the API shows them, at a hospital.
    pub fn person_ref_at(&self, person: &Id, hospital: &Id) -> Option<PersonRef> {
        let now = self.now();
        Some(PersonRef::new(now.people.get(person)?, now.hospitals.get(hospital)?))
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
            ResourceType::ORGANIZATION => set(&mut self.hospitals, &at.id, body.and_then(resources::read_hospital)),
            ResourceType::PRACTITIONER => set(&mut self.people, &at.id, body.and_then(resources::read_person)),
            ResourceType::PRACTITIONER_ROLE => set(&mut self.roles, &at.id, body.and_then(resources::read_role)),
            ResourceType::LOCATION => set(&mut self.rooms, &at.id, body.and_then(resources::read_room)),
            _ => {}
        }
    }

    fn grow_tree(&mut self) {
        let hospitals = self.hospitals.values();
        self.tree = Arc::new(HospitalTree::new(hospitals.map(|h| kernel::Hospital {
            id: h.id.clone(),
            level: h.level,
            parent: h.parent.clone(),
        })));
    }
}
