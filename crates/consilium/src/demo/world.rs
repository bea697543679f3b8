//! Hospitals, rooms, people and their accounts.

use anyhow::{Context, Result};
use fhir::{Reference, ResourceType};
use kernel::{Id, Level, Role};
use platform::directory::{self, resources};
use platform::pki::Signatory;
use platform::{Platform, Shared};
use records::{AccountChange, Act, Change, Write};
use serde_json::Value;

/// Every account's password; published, which is why a demonstration listens on loopback.
pub const PASSWORD: &str = "consilium-demo";

/// A hospital of the demonstration.
pub struct Hospital {
    /// The Organization's id.
    pub id: &'static str,
    name: &'static str,
    english: &'static str,
    level: Level,
    parent: Option<&'static str>,
    /// Physical consulting rooms: Chinese name, English name.
    rooms: &'static [(&'static str, &'static str)],
}

/// A role of somebody.
pub struct RoleAt {
    /// Which.
    pub role: Role,
    /// The Organization's id.
    pub hospital: &'static str,
    specialties: &'static [&'static str],
}

/// Somebody with an account.
pub struct Account {
    /// The sign-in name; with `-` for `.` also the Practitioner's id.
    pub name: &'static str,
    /// The name in Chinese.
    pub chinese: &'static str,
    /// The name in Latin letters.
    pub english: &'static str,
    title: Option<(&'static str, &'static str)>,
    /// The roles to choose from.
    pub roles: &'static [RoleAt],
}

/// The hospitals, highest first.
pub const HOSPITALS: &[Hospital] = &[
    Hospital {
        id: "province",
        name: "省远程医学中心医院",
        english: "Provincial Telemedicine Centre Hospital",
        level: Level::Province,
        parent: None,
        rooms: &[
            ("会诊室一", "Consulting room 1"),
            ("会诊室二", "Consulting room 2"),
            ("会诊室三", "Consulting room 3"),
            ("多学科会诊室", "MDT room"),
        ],
    },
    Hospital {
        id: "province-2",
        name: "省第二人民医院",
        english: "Second Provincial People's Hospital",
        level: Level::Province,
        parent: Some("province"),
        rooms: &[("会诊室", "Consulting room")],
    },
    Hospital {
        id: "xinyang",
        name: "信阳市中心医院",
        english: "Xinyang Central Hospital",
        level: Level::City,
        parent: Some("province"),
        rooms: &[("会诊室", "Consulting room")],
    },
    Hospital {
        id: "guangshan",
        name: "光山县人民医院",
        english: "Guangshan County People's Hospital",
        level: Level::County,
        parent: Some("xinyang"),
        rooms: &[("会诊室", "Consulting room")],
    },
    Hospital {
        id: "lushi",
        name: "卢氏县人民医院",
        english: "Lushi County People's Hospital",
        level: Level::County,
        parent: Some("province"),
        rooms: &[("会诊室", "Consulting room")],
    },
    Hospital {
        id: "popihe",
        name: "泼陂河镇卫生院",
        english: "Popihe Township Health Centre",
        level: Level::Township,
        parent: Some("guangshan"),
        rooms: &[],
    },
];

const fn at(role: Role, hospital: &'static str) -> RoleAt {
    RoleAt { role, hospital, specialties: &[] }
}

const fn expert(hospital: &'static str, specialties: &'static [&'static str]) -> RoleAt {
    RoleAt { role: Role::Specialist, hospital, specialties }
}

const CHIEF: Option<(&str, &str)> = Some(("主任医师", "Chief physician"));
const DEPUTY: Option<(&str, &str)> = Some(("副主任医师", "Deputy chief physician"));
const ATTENDING: Option<(&str, &str)> = Some(("主治医师", "Attending physician"));

/// The people, as the table at the terminal lists them.
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
    Account { name, chinese, english, title, roles }
}

impl Account {
    /// The Practitioner's id.
    pub fn person_id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// The PractitionerRole's id of one of the roles.
    pub fn role_id(&self, role: &RoleAt) -> String {
        format!("{}-{}", self.person_id(), role.role.code())
    }
}

/// Writes hospitals, rooms, people, roles and accounts in one commit.
pub async fn found(platform: &Shared) -> Result<()> {
    // One hash for all: the password is published, and twelve would make the first start wait.
    let hash = platform.passwords.hash(PASSWORD, &*platform.ids).await.map_err(|p| anyhow::anyhow!(p.detail))?;
    let mut change = Change::of(Act::system("demonstration.found"));
    change.writes = places()?;
    change.writes.extend(people()?);
    for write in &mut change.writes {
        if let Some(body) = &mut write.body {
            platform::mark_demonstration(body);
        }
    }
    change.accounts = accounts(platform, &hash).await?;
    let receipt = platform.store.commit(change).await?;
    let changed = receipt.stored.into_iter().map(|s| s.at).collect();
    Ok(platform.directory.refresh(&*platform.store, changed).await?)
}

fn write(ty: ResourceType, id: &Id, body: Value, custodian: &Id) -> Write {
    Write::new(Reference::new(ty, id.clone()), body, custodian.clone())
}

fn places() -> Result<Vec<Write>> {
    let mut writes = vec![];
    for h in HOSPITALS {
        let id = Id::new(h.id)?;
        let body = resources::write_hospital(&directory::Hospital {
            id: id.clone(),
            name: h.name.into(),
            name_en: h.english.into(),
            level: h.level,
            parent: h.parent.map(Id::new).transpose()?,
        });
        writes.push(write(ResourceType::ORGANIZATION, &id, body, &id));
        let physical = h.rooms.iter().map(|(name, english)| (*name, *english, false));
        for (number, (name, english, is_virtual)) in physical.chain([("虚拟会诊室", "Virtual room", true)]).enumerate()
        {
            let room = if is_virtual { format!("{}-virtual", h.id) } else { format!("{}-room-{}", h.id, number + 1) };
            let room = directory::Room {
                id: Id::new(room)?,
                name: name.into(),
                name_en: english.into(),
                hospital: id.clone(),
                is_virtual,
            };
            writes.push(write(ResourceType::LOCATION, &room.id, resources::write_room(&room), &id));
        }
    }
    Ok(writes)
}

fn people() -> Result<Vec<Write>> {
    let mut writes = vec![];
    for account in ACCOUNTS {
        let person = directory::Person {
            id: Id::new(account.person_id())?,
            name: account.chinese.into(),
            name_en: Some(account.english.into()),
            title: account.title.map(|t| t.0.into()),
            title_en: account.title.map(|t| t.1.into()),
        };
        let home = Id::new(account.roles[0].hospital)?;
        writes.push(write(ResourceType::PRACTITIONER, &person.id, resources::write_person(&person), &home));
        for held in account.roles {
            let role = directory::Role {
                id: Id::new(account.role_id(held))?,
                person: person.id.clone(),
                hospital: Id::new(held.hospital)?,
                role: held.role,
                specialties: held.specialties.iter().map(|s| (*s).to_owned()).collect(),
            };
            let body = resources::write_role(&role);
            writes.push(write(ResourceType::PRACTITIONER_ROLE, &role.id, body, &role.hospital));
        }
    }
    Ok(writes)
}

async fn accounts(platform: &Shared, hash: &str) -> Result<Vec<AccountChange>> {
    let mut working = vec![];
    for account in ACCOUNTS {
        let (platform, password_hash) = (platform.clone(), hash.to_owned());
        working.push(tokio::task::spawn_blocking(move || -> Result<AccountChange> {
            Ok(AccountChange::Put(records::Account {
                name: account.name.to_owned(),
                person: Id::new(account.person_id())?,
                password_hash,
                enabled: true,
                keys: signing_key(&platform, account)?,
            }))
        }));
    }
    let mut accounts = vec![];
    for work in working {
        accounts.push(work.await.context("an account")??);
    }
    Ok(accounts)
}

/// Those who give opinions sign them.
fn signing_key(platform: &Platform, account: &Account) -> Result<Option<String>> {
    let Some(role) = account.roles.iter().find(|r| r.role == Role::Specialist) else { return Ok(None) };
    let hospital = HOSPITALS.iter().find(|h| h.id == role.hospital).map_or("", |h| h.name);
    let who = Signatory {
        person: Id::new(account.person_id())?,
        name: account.chinese.to_owned(),
        title: account.title.map(|t| t.0.to_owned()),
        hospital: hospital.to_owned(),
    };
    Ok(Some(platform.pki.enrol(&who, PASSWORD, platform.clock.now())?))
}
