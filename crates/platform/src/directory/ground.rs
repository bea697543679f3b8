//! What stands in the directory, and what earlier lines of a file would put there: so a person may be at a hospital that comes
//! by the same file. It must never change anything.

use super::device::Device;
use super::fields::Fault;
use super::profile::{Place, PlaceKind, Site};
use super::{Directory, area};
use crate::Op;
use kernel::{Id, Level};
use std::collections::HashMap;

/// Hospitals and places by id and by name.
pub struct Ground {
    sites: HashMap<String, Site>,
    sites_named: HashMap<String, Vec<Id>>,
    places: HashMap<Id, Place>,
    places_named: HashMap<(Id, String), Vec<Id>>,
    devices: HashMap<Id, Device>,
    devices_named: HashMap<(Id, String), Id>,
    /// The hospital whose and below which all is the actor's; none: all of them.
    own: Option<Id>,
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Ground {
    /// What stands there now, for this actor.
    pub fn of(op: &Op) -> Self {
        let directory: &Directory = &op.platform().directory;
        let own = (!area::runs_all(op)).then(|| op.actor().hospital.clone());
        let mut ground = Self {
            sites: HashMap::new(),
            sites_named: HashMap::new(),
            places: HashMap::new(),
            places_named: HashMap::new(),
            devices: HashMap::new(),
            devices_named: HashMap::new(),
            own,
        };
        directory.sites().iter().for_each(|site| ground.put_site(Site::clone(site)));
        directory.places().iter().for_each(|place| ground.put_place(Place::clone(place)));
        directory.devices().iter().for_each(|device| ground.put_device(Device::clone(device)));
        ground
    }

    /// Adds a hospital, or has another in its place.
    pub fn put_site(&mut self, site: Site) {
        let id = &site.hospital.id;
        for name in [&site.hospital.name, &site.hospital.name_en] {
            let named = self.sites_named.entry(plain(name)).or_default();
            if !named.contains(id) {
                named.push(id.clone());
            }
        }
        self.sites.insert(id.to_string(), site);
    }

    /// Adds a place, or has another in its place.
    pub fn put_place(&mut self, place: Place) {
        for name in [&place.name, &place.name_en] {
            let named = self.places_named.entry((place.hospital.clone(), plain(name))).or_default();
            if !named.contains(&place.id) {
                named.push(place.id.clone());
            }
        }
        self.places.insert(place.id.clone(), place);
    }

    /// Adds a device, or has another in its place.
    pub fn put_device(&mut self, device: Device) {
        if device.active {
            self.devices_named.insert((device.hospital.clone(), device.name.clone()), device.id.clone());
        }
        self.devices.insert(device.id.clone(), device);
    }

    /// A hospital by id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.get(id)
    }

    /// A place by id.
    pub fn place(&self, id: &Id) -> Option<&Place> {
        self.places.get(id)
    }

    /// A device by id.
    pub fn device(&self, id: &Id) -> Option<&Device> {
        self.devices.get(id)
    }

    /// The device in use that has this name at a hospital.
    pub fn device_of(&self, hospital: &Id, name: &str) -> Option<&Device> {
        let named = self.devices_named.get(&(hospital.clone(), name.to_owned())).and_then(|id| self.devices.get(id));
        named.filter(|device| device.active && device.name == name)
    }

    /// The hospitals that a cell names, by id or by either name as it is now.
    pub fn sites_of<'g>(&'g self, text: &str) -> impl Iterator<Item = &'g Site> {
        let text = plain(text);
        let named = self.sites_named.get(&text).into_iter().flatten().filter_map(|id| self.sites.get(id.as_str()));
        named.filter(move |site| {
            let h = &site.hospital;
            plain(&h.name) == text || plain(&h.name_en) == text
        })
    }

    /// The open places of a hospital that a cell names.
    pub fn places_of<'g>(&'g self, hospital: &Id, text: &str) -> impl Iterator<Item = &'g Place> {
        let text = plain(text);
        let ids = self.places_named.get(&(hospital.clone(), text.clone())).into_iter().flatten();
        let named = ids.filter_map(|id| self.places.get(id));
        named.filter(move |place| place.active && (plain(&place.name) == text || plain(&place.name_en) == text))
    }

    /// Whether a hospital is the actor's to manage, perhaps because of an earlier line.
    pub fn holds(&self, hospital: &Id) -> bool {
        self.own.as_ref().is_none_or(|own| self.chain(hospital).contains(own))
    }

    /// Whether something may be hung below `parent`, or below nothing.
    pub fn holds_below(&self, parent: Option<&Id>) -> bool {
        parent.map_or(self.own.is_none(), |parent| self.holds(parent))
    }

    /// The open hospital that a cell names, by id or by either name, among those that are the actor's to manage.
    pub fn hospital(&self, text: &str, faults: &mut Vec<Fault>) -> Option<&Site> {
        if text.is_empty() {
            faults.push(Fault::new("hospital", "missing", ""));
            return None;
        }
        let all = || self.site(text).into_iter().chain(self.sites_of(text)).filter(|site| site.active);
        let found = all().find(|site| self.holds(&site.hospital.id));
        if found.is_none() {
            let code = if all().next().is_some() { "outside" } else { self.absent() };
            faults.push(Fault::new("hospital", code, text));
        }
        found
    }

    /// What is said of a hospital that is not there: to an administrator of a part the same as of one that is not theirs.
    pub fn absent(&self) -> &'static str {
        if self.own.is_none() { "unknown" } else { "outside" }
    }

    /// A hospital and all above it.
    pub fn chain(&self, id: &Id) -> Vec<Id> {
        let mut chain = vec![id.clone()];
        while chain.len() <= Level::ALL.len() {
            let above = chain.last().and_then(|id| self.sites.get(id.as_str())).and_then(|s| s.hospital.parent.clone());
            let Some(above) = above else { break };
            chain.push(above);
        }
        chain
    }

    /// The open department, or the ward, of this name or id at a hospital.
    pub fn place_of(&self, hospital: &Id, text: &str, is: fn(PlaceKind) -> bool) -> Option<&Place> {
        let by_id = Id::new(text).ok().and_then(|id| self.places.get(&id));
        let by_id = by_id.filter(|p| p.active && p.hospital == *hospital && is(p.kind));
        by_id.or_else(|| self.places_of(hospital, text).find(|p| is(p.kind)))
    }
}
