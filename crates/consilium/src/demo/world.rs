//! People and their accounts, and the one commit that founds hospitals and people.

use super::hospitals::{self, Hospital};
use super::people;
use anyhow::{Context, Result};
use fhir::{Reference, ResourceType};
use kernel::{Id, Role};
use platform::directory::{self, resources};
use platform::pki::Signatory;
use platform::{Platform, Shared};
use records::{AccountChange, Act, Change, Write};
use std::borrow::Cow;

/// Every account's password; published, which is why a demonstration listens on loopback.
pub const PASSWORD: &str = "consilium-demo";

/// A role of somebody.
#[derive(Debug, Clone)]
pub struct RoleAt {
    /// Which.
    pub role: Role,
    /// The Organization's id.
    pub hospital: &'static str,
    specialties: &'static [&'static str],
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The sign-in name; with `-` for `.` also the Practitioner's id.
    pub name: &'static str,
    /// The name in Chinese.
    pub chinese: &'static str,
    /// The name in Latin letters.
    pub english: &'static str,
    pub(super) title: Option<(&'static str, &'static str)>,
    /// The roles to choose from.
    pub roles: Cow<'static, [RoleAt]>,
}

pub(super) const fn at(role: Role, hospital: &'static str) -> RoleAt {
    RoleAt { role, hospital, specialties: &[] }
}

pub(super) const fn expert(hospital: &'static str, specialties: &'static [&'static str]) -> RoleAt {
    RoleAt { role: Role::Specialist, hospital, specialties }
}

pub(super) const CHIEF: Option<(&str, &str)> = Some(("主任医师", "Chief physician"));
pub(super) const DEPUTY: Option<(&str, &str)> = Some(("副主任医师", "Deputy chief physician"));
pub(super) const ATTENDING: Option<(&str, &str)> = Some(("主治医师", "Attending physician"));

/// The people of the main job, as the table at the terminal lists them.
pub const ACCOUNTS: &[Account] = &[
    person("zhou.ming", "周明", "Zhou Ming", ATTENDING, &[at(Role::AskingDoctor, "guangshan")]),
    person("zhao.min", "赵敏", "Zhao Min", ATTENDING, &[at(Role::AskingDoctor, "lushi")]),
    person("chen.tao", "陈涛", "Chen Tao", None, &[at(Role::Dispatcher, "province")]),
    person("sun.li", "孙丽", "Sun Li", None, &[at(Role::Dispatcher, "province")]),
    person("li.wei", "李伟", "Li Wei", CHIEF, &[expert("province", &["respiratory", "critical-care"])]),
    person("zhang.jun", "张军", "Zhang Jun", CHIEF, &[expert("province", &["radiology"])]),
    person("wang.lan", "王兰", "Wang Lan", DEPUTY, &[expert("xinyang", &["cardiology", "neurology"])]),
    person(
        "liu.fang",
        "刘芳",
        "Liu Fang",
        DEPUTY,
        &[at(Role::AskingDoctor, "xinyang"), expert("xinyang", &["infectious", "endocrinology"])],
    ),
    person("wu.ying", "吴英", "Wu Ying", Some(("主管护师", "Nurse in charge")), &[at(Role::WardNurse, "guangshan")]),
    person("he.jing", "何静", "He Jing", None, &[at(Role::HospitalAdministrator, "guangshan")]),
    person("gao.yuan", "高原", "Gao Yuan", None, &[at(Role::CommandStaff, "province")]),
    person("admin", "管理员", "Administrator", None, &[at(Role::PlatformAdministrator, "province")]),
];

const fn person(
    name: &'static str,
    chinese: &'static str,
    english: &'static str,
    title: Option<(&'static str, &'static str)>,
    roles: &'static [RoleAt],
) -> Account {
    Account { name, chinese, english, title, roles: Cow::Borrowed(roles) }
}

impl Account {
    /// The Practitioner's id.
    pub fn person_id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// The PractitionerRole's id of one of the roles: the hospital stands in it where the person has the same role twice.
    pub fn role_id(&self, role: &RoleAt) -> String {
        let twice = self.roles.iter().filter(|r| r.role == role.role).count() > 1;
        let plain = format!("{}-{}", self.person_id(), role.role.code());
        if twice { format!("{plain}-{}", role.hospital) } else { plain }
    }
}

/// The hospitals and the people of a demonstration.
pub struct World {
    /// Highest first.
    pub hospitals: Vec<Hospital>,
    /// Those of [`ACCOUNTS`] first.
    pub people: Vec<Account>,
    /// Whether the hospitals have departments.
    pub departments: bool,
}

impl World {
    /// Those of [`ACCOUNTS`], and six hospitals of four levels: enough for a test of the main job.
    pub fn cast() -> Result<Self> {
        let six = ["province", "province-2", "xinyang", "guangshan", "lushi", "popihe"];
        Ok(Self { hospitals: hospitals::only(&six)?, people: ACCOUNTS.to_vec(), departments: false })
    }

    /// The whole province.
    pub fn province() -> Result<Self> {
        let hospitals = hospitals::all()?;
        let mut people = ACCOUNTS.to_vec();
        people.extend(people::others(&hospitals, &["guangshan", "lushi"]));
        Ok(Self { hospitals, people, departments: true })
    }

    /// Somebody's role at a hospital, at the only one when none is named: the Practitioner and the PractitionerRole.
    pub fn who(&self, name: &str, role: Role, hospital: Option<&str>) -> Result<(String, String)> {
        let found = self.people.iter().find(|a| a.name == name).with_context(|| format!("nobody is {name}"))?;
        let fits = |r: &&RoleAt| r.role == role && hospital.is_none_or(|h| r.hospital == h);
        let held = found.roles.iter().find(fits);
        let held = held.with_context(|| format!("{name} is no {} of {hospital:?}", role.code()))?;
        Ok((found.person_id(), found.role_id(held)))
    }
}

/// Writes the people of the main job and their hospitals in one commit: what tests begin with.
pub async fn found(platform: &Shared) -> Result<()> {
    found_world(platform, &World::cast()?).await
}

/// Writes hospitals, rooms, departments, people, roles and accounts in one commit.
pub async fn found_world(platform: &Shared, world: &World) -> Result<()> {
    // One hash for all: the password is published, and sixty would make the first start wait.
    let hash = platform.passwords.hash(PASSWORD, &*platform.ids).await.map_err(|p| anyhow::anyhow!(p.detail))?;
    let mut change = Change::of(Act::system("demonstration.found"));
    for hospital in &world.hospitals {
        change.writes.extend(hospitals::write(hospital, world.departments)?);
    }
    change.writes.extend(people(world)?);
    for write in &mut change.writes {
        if let Some(body) = &mut write.body {
            platform::mark_demonstration(body);
        }
    }
    change.accounts = accounts(platform, world, &hash).await?;
    let receipt = platform.store.commit(change).await?;
    let changed = receipt.stored.into_iter().map(|s| s.at).collect();
    Ok(platform.directory.refresh(&*platform.store, changed).await?)
}

fn people(world: &World) -> Result<Vec<Write>> {
    let mut writes = vec![];
    for account in &world.people {
        let person = directory::Person {
            id: Id::new(account.person_id())?,
            name: account.chinese.into(),
            name_en: Some(account.english.into()),
            title: account.title.map(|t| t.0.into()),
            title_en: account.title.map(|t| t.1.into()),
        };
        let home = Id::new(account.roles.first().context("everybody works somewhere")?.hospital)?;
        let at = Reference::new(ResourceType::PRACTITIONER, person.id.clone());
        writes.push(Write::new(at, resources::write_person(&person), home));
        for held in account.roles.iter() {
            let role = directory::Role {
                id: Id::new(account.role_id(held))?,
                person: person.id.clone(),
                hospital: Id::new(held.hospital)?,
                role: held.role,
                specialties: held.specialties.iter().map(|s| (*s).to_owned()).collect(),
            };
            let at = Reference::new(ResourceType::PRACTITIONER_ROLE, role.id.clone());
            writes.push(Write::new(at, resources::write_role(&role), role.hospital));
        }
    }
    Ok(writes)
}

async fn accounts(platform: &Shared, world: &World, hash: &str) -> Result<Vec<AccountChange>> {
    let mut working = vec![];
    for account in world.people.clone() {
        let (platform, password_hash) = (platform.clone(), hash.to_owned());
        let at = account.roles.first().and_then(|r| world.hospitals.iter().find(|h| h.id == r.hospital));
        let hospital = at.map_or("", |h| h.name);
        working.push(tokio::task::spawn_blocking(move || -> Result<AccountChange> {
            Ok(AccountChange::Put(records::Account {
                name: account.name.to_owned(),
                person: Id::new(account.person_id())?,
                password_hash,
                enabled: true,
                keys: signing_key(&platform, &account, hospital)?,
            }))
        }));
    }
    let mut accounts = vec![];
    for work in working {
        accounts.push(work.await.context("an account")??);
    }
    Ok(accounts)
}

/// Those of the main job who give opinions have their key from the start; the others get theirs with the first signature.
fn signing_key(platform: &Platform, account: &Account, hospital: &str) -> Result<Option<String>> {
    let signs = account.roles.iter().any(|r| r.role == Role::Specialist);
    if !signs || !ACCOUNTS.iter().any(|a| a.name == account.name) {
        return Ok(None);
    }
    let who = Signatory {
        person: Id::new(account.person_id())?,
        name: account.chinese.to_owned(),
        title: account.title.map(|t| t.0.to_owned()),
        hospital: hospital.to_owned(),
    };
    Ok(Some(platform.pki.enrol(&who, PASSWORD, platform.clock.now())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Level;
    use std::collections::HashSet;

    #[test]
    fn sixty_people_of_every_level_below_the_country() {
        let world = World::province().unwrap();
        assert_eq!(world.people.len(), 60);
        let names: HashSet<_> = world.people.iter().map(|a| a.name).collect();
        let chinese: HashSet<_> = world.people.iter().map(|a| a.chinese).collect();
        assert_eq!((names.len(), chinese.len()), (60, 60), "two people are called the same");
        let roles: Vec<_> = world.people.iter().flat_map(|a| a.roles.iter().map(|r| a.role_id(r))).collect();
        assert_eq!(roles.iter().collect::<HashSet<_>>().len(), roles.len(), "two roles have one id");
        let staffed = |h: &&Hospital| world.people.iter().any(|a| a.roles.iter().any(|r| r.hospital == h.id));
        for level in [Level::Province, Level::City, Level::County, Level::Township] {
            assert!(world.hospitals.iter().filter(|h| h.level == level).any(|h| staffed(&h)), "{level:?}");
        }
        let administered = |id: &str| {
            world
                .people
                .iter()
                .flat_map(|a| a.roles.iter())
                .any(|r| r.role == Role::HospitalAdministrator && r.hospital == id)
        };
        let above = |id: &str| world.hospitals.iter().find(|h| h.id == id).and_then(|h| h.above);
        let told = |h: &&Hospital| std::iter::successors(Some(h.id), |id| above(id)).any(administered);
        let untold: Vec<_> = world.hospitals.iter().filter(|h| staffed(h) && !told(h)).map(|h| h.id).collect();
        assert_eq!(untold, Vec::<&str>::new(), "nobody is told when a record of theirs is opened in need");
        let network = world.hospitals.iter().filter(|h| h.is_of_the_network());
        let waiting = network.filter(|h| !staffed(h)).count();
        assert!((5..=15).contains(&waiting), "{waiting} hospitals have not joined");
        let known: HashSet<_> = world.hospitals.iter().map(|h| h.id).collect();
        assert!(world.people.iter().flat_map(|a| a.roles.iter()).all(|r| known.contains(r.hospital)));
    }
}
