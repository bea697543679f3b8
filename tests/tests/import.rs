//! People and hospitals from a file and back, over HTTP: what it would change, three bad lines, all or the good ones.

use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp};

async fn start() -> TestApp {
    TestApp::at("2026-03-02T00:30:00Z".parse().unwrap()).await
}

async fn send(client: &Client, query: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let request = client.request("POST", &format!("/api/admin/import?{query}"));
    client.send(request.header("content-type", "application/octet-stream").body(bytes.into())).await
}

fn he_jing(app: &TestApp) -> kernel::Actor {
    let role = app.platform().directory.roles_of(&"he-jing".parse().unwrap()).remove(0);
    kernel::Actor {
        person: role.person.clone(),
        role: role.role,
        hospital: role.hospital.clone(),
        practitioner_role: role.id.clone(),
    }
}

fn outcomes(of: &Value) -> Vec<String> {
    let lines = of["lines"].as_array().unwrap();
    lines.iter().map(|l| format!("{} {}", l["line"], l["outcome"].as_str().unwrap())).collect()
}

fn faults(of: &Value) -> Vec<String> {
    let lines = of["lines"].as_array().unwrap().iter();
    let said = lines.map(|line| {
        let faults = line["faults"].as_array().into_iter().flatten();
        let faults: Vec<_> = faults.map(|f| format!("{} {}", f["field"], f["code"]).replace('"', "")).collect();
        format!("{} {}", line["line"], if faults.is_empty() { "good".to_owned() } else { faults.join(", ") })
    });
    said.collect()
}

/// Looks at a file and applies all of it.
async fn apply(client: &Client, what: &str, bytes: impl Into<Vec<u8>> + Clone) -> Value {
    let seen = send(client, &format!("what={what}"), bytes.clone()).await.ok();
    let digest = seen["digest"].as_str().unwrap();
    send(client, &format!("what={what}&apply=all&seen={digest}"), bytes).await.ok()
}

/// A bed before its ward, a department and a room.
const PLACES: &str = "\
类别,医院,名称,英文名称,所属病区
床位,光山县人民医院,12床,Bed 12,呼吸三病区
Ward,guangshan,呼吸三病区,Respiratory 3,
department,光山县人民医院,老年医学科,Geriatrics,
会诊室,光山县人民医院,第九会诊室,,
";

/// Three good lines (new, another post of the same, changed), one that says what is there, three bad ones.
const LINES: &str = "\
用户名,姓名,医院,身份,专科,职称,电话,备注
qian.jin,钱进,光山县人民医院,申请医生,,主治医师,0376-1,x
qian.jin,钱进,泼陂河镇卫生院,病区医生,呼吸内科,,,
zhou.ming,周明,光山县人民医院,申请医生,,副主任医师,,
zhou.ming2,,光山县人民医院,申请医生,,,,
sun.li,孙丽,ELSEWHERE,调度员,,,,
wu.fan,吴凡,光山县人民医院,魔法师,占星科,,电话,
he.jing,何静,guangshan,hospital-administrator,,,,
";

/// The lines, with a hospital that is not below Guangshan's.
fn people(app: &TestApp) -> (String, String) {
    let directory = &app.platform().directory;
    let role = directory.roles_of(&"sun-li".parse().unwrap()).remove(0);
    let elsewhere = directory.hospital(&role.hospital).unwrap().name.clone();
    (LINES.replace("ELSEWHERE", &elsewhere), elsewhere)
}

#[tokio::test]
async fn three_bad_lines_are_named_and_the_good_ones_applied() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let (text, elsewhere) = people(&app);
    let preview = send(&he, "what=people", text.clone()).await.ok();
    assert_eq!(outcomes(&preview), ["2 new", "3 new", "4 changed", "5 bad", "6 bad", "7 bad", "8 same"]);
    assert_eq!(
        (&preview["applied"], &preview["encoding"], &preview["unknown_columns"]),
        (&json!(false), &json!("utf-8"), &json!(["备注"]))
    );
    assert_eq!(
        preview["lines"][2]["changes"],
        json!([
            {"field": "title", "before": "主治医师", "after": "副主任医师"},
            {"field": "title_en", "before": "Attending physician", "after": "Deputy chief physician"},
        ])
    );
    let faults = |line: usize| {
        let faults = preview["lines"][line]["faults"].as_array().unwrap();
        faults
            .iter()
            .map(|f| format!("{} {} {}", f["field"], f["code"], f["value"]).replace('"', ""))
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(faults(3), "name missing ");
    assert_eq!(faults(4), format!("hospital outside {elsewhere}"));
    assert_eq!(faults(5), "phone not-allowed 电话; role unknown 魔法师");
    assert_eq!(he.get("/api/admin/people?q=qian.jin").await.ok()["total"], 0, "looking changes nothing");

    let seen = preview["digest"].as_str().unwrap();
    let all = send(&he, &format!("what=people&apply=all&seen={seen}"), text.clone()).await;
    assert_eq!(all.refused(422, "directory.import-faults")["params"]["bad"], 3);
    send(&he, "what=people&apply=good&seen=0", text.clone()).await.refused(409, "directory.import-moved");
    let before = app.platform().store.sealed().borrow().to_owned();
    let done = send(&he, &format!("what=people&apply=good&seen={seen}"), text.clone()).await.ok();
    assert_eq!((&done["applied"], outcomes(&done)), (&json!(true), outcomes(&preview)));
    let entries = app.platform().store.entries(before, 100).await.unwrap();
    let imports: Vec<_> = entries.iter().filter(|e| e.act.what == "directory.import").collect();
    assert_eq!(imports.len(), 1, "one commit");
    assert_eq!((&imports[0].act.params["new"], &imports[0].act.params["bad"]), (&json!(2), &json!(3)));

    let links: Vec<_> = done["lines"].as_array().unwrap().iter().filter(|l| !l["link"].is_null()).collect();
    assert_eq!(links.len(), 1, "one link a person");
    let welcome = json!({"token": links[0]["link"]["token"], "password": "a good password"});
    app.nobody().post("/api/welcome", &welcome).await.ok();
    let me = app.nobody().sign_in("qian.jin", "a good password").await.ok();
    assert_eq!(me["roles"].as_array().unwrap().len(), 2);
    let again = send(&he, "what=people", text.clone()).await.ok();
    assert_eq!(outcomes(&again), ["2 same", "3 same", "4 same", "5 bad", "6 bad", "7 bad", "8 same"]);
    send(&he, &format!("what=people&apply=good&seen={seen}"), text.clone())
        .await
        .refused(409, "directory.import-moved");
}

#[tokio::test]
async fn lines_of_one_person_that_say_two_things() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let text = "account,name,hospital,role\n\
        qian,钱进,guangshan,asking-doctor\nqian,钱退,popihe,ward-doctor\nqian,钱进,guangshan,asking-doctor\n=cmd,x,guangshan,asking-doctor\n";
    let preview = send(&he, "what=people", text).await.ok();
    assert_eq!(outcomes(&preview), ["2 new", "3 bad", "4 bad", "5 bad"]);
    let fault = |line: usize| preview["lines"][line]["faults"][0].clone();
    assert_eq!((fault(1)["code"].clone(), fault(1)["bound"].clone()), (json!("differs"), json!(2)));
    assert_eq!((fault(2)["code"].clone(), fault(3)["code"].clone()), (json!("twice"), json!("not-allowed")));
}

#[tokio::test]
async fn gb18030_and_workbooks_come_back_as_they_went() {
    let app = start().await;
    let he = app.login("he.jing").await;
    apply(&he, "places", PLACES).await;
    for (what, format) in [
        ("people", "csv"),
        ("people", "csv-gb18030"),
        ("people", "xlsx"),
        ("hospitals", "xlsx"),
        ("hospitals", "csv"),
        ("places", "csv"),
        ("places", "xlsx"),
        ("network", "xlsx"),
    ] {
        let file = he.get(&format!("/api/admin/export?what={what}&format={format}&lang=zh-CN")).await;
        assert_eq!(file.status, 200, "{what} {format}");
        assert!(file.headers["content-disposition"].to_str().unwrap().contains("attachment"), "{format}");
        let back = send(&he, &format!("what={what}"), file.bytes).await.ok();
        let lines = back["lines"].as_array().unwrap().len();
        assert!(lines >= 2 && back["same"] == lines, "{what} {format}: {back}");
        let encoding = match format {
            "xlsx" => "xlsx",
            "csv" => "utf-8",
            _ => "gb18030",
        };
        assert_eq!(back["encoding"], encoding);
    }
    let english = he.get("/api/admin/export?what=people&format=csv&lang=en").await;
    assert!(english.text().contains("Hospital administrator"), "{}", english.text());
    assert_eq!(send(&he, "what=people", english.bytes).await.ok()["changed"], 0);
}

#[tokio::test]
async fn hospitals_below_hospitals_of_earlier_lines() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let text = "编号,名称,英文名称,级别,上级编号\n\
        sunan,苏南乡卫生院,Sunan Health Centre,乡镇级,guangshan\n\
        sunan-1,一村卫生室,Village 1,village,苏南乡卫生院\n\
        other,别处,Elsewhere,village,xinyang\n\
        up,太高,Too high,省级,guangshan\n\
        guangshan,光山县人民医院,Guangshan,县级,xinyang\n";
    let preview = send(&he, "what=hospitals", text).await.ok();
    assert_eq!(outcomes(&preview), ["2 new", "3 new", "4 bad", "5 bad", "6 changed"]);
    let seen = preview["digest"].as_str().unwrap();
    send(&he, &format!("what=hospitals&apply=good&seen={seen}"), text).await.ok();
    let sites = he.get("/api/admin/hospitals").await.ok();
    let found = sites["sites"].as_array().unwrap().iter().find(|s| s["id"] == "sunan-1").cloned().unwrap();
    assert_eq!(found["parent"], "sunan");
}

#[tokio::test]
async fn files_that_are_none_and_files_too_large() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let what = async |bytes: Vec<u8>| {
        send(&he, "what=people", bytes).await.refused(422, "directory.import-unreadable")["params"]["what"].clone()
    };
    assert_eq!(what(vec![0xFF, 0xFF, 0xFF, 0]).await, "encoding");
    assert_eq!(what(b"PK\x03\x04 no".to_vec()).await, "workbook");
    assert_eq!(what(vec![]).await, "empty");
    assert_eq!(what("用户名\nx\n".into()).await, "columns");
    let many = format!("account,name,hospital,role\n{}", "a,b,c,d\n".repeat(100_001));
    let refused = send(&he, "what=people", many).await.refused(422, "directory.import-unreadable");
    assert_eq!((&refused["params"]["what"], &refused["params"]["most"]), (&json!("too-many"), &json!(100_000)));
    assert!(refused["detail"].as_str().unwrap().contains("Divide it"), "{refused}");
    send(&he, "what=people", vec![b'x'; 32 * 1024 * 1024 + 1]).await.refused(413, "request.too-large");
    send(&he, "what=network", LINES).await.refused(422, "directory.import-unreadable");
    send(&he, "what=rooms", "x").await.refused(404, "not_found");
    send(&app.login("zhou.ming").await, "what=people", LINES).await.refused(404, "not_found");
}

#[tokio::test]
async fn wards_beds_rooms_and_departments_and_who_works_there() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let done = apply(&he, "places", PLACES).await;
    assert_eq!(outcomes(&done), ["2 new", "3 new", "4 new", "5 new"]);
    let directory = &app.platform().directory;
    let places = directory.places();
    let named = |name: &str| places.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("{name}")).clone();
    assert_eq!(named("12床").ward, Some(named("呼吸三病区").id.clone()));
    assert_eq!((named("第九会诊室").name_en.as_str(), named("第九会诊室").kind.code()), ("第九会诊室", "room"));
    let again = send(&he, "what=places", PLACES).await.ok();
    assert_eq!(again["same"], 4, "{again}");

    let (bed, other) = (named("12床").id.clone(), named("老年医学科").id.clone());
    let text = format!(
        "kind,hospital,name,name in english,ward,id\n\
        bed,guangshan,12A床,Bed 12A,呼吸三病区,{bed}\n\
        bed,guangshan,13床,,,\nbed,guangshan,14床,,nowhere,\nsofa,guangshan,x,,,\n\
        ward,xinyang,外院病区,,,\nward,no such hospital,x,,,\nroom,guangshan,y,,,{other}\n\
        icu,guangshan,呼吸三病区,Respiratory 3,,\nbed,guangshan,12A床,,呼吸三病区,\n"
    );
    let seen = send(&he, "what=places", text.clone()).await.ok();
    let said = [
        "2 good",
        "3 ward missing",
        "4 ward unknown",
        "5 kind unknown",
        "6 hospital outside",
        "7 hospital outside",
        "8 id taken",
        "9 good",
        "10 name twice",
    ];
    assert_eq!(faults(&seen), said);
    assert_eq!((&seen["lines"][0]["outcome"], &seen["lines"][7]["outcome"]), (&json!("changed"), &json!("changed")));
    let digest = seen["digest"].as_str().unwrap();
    send(&he, &format!("what=places&apply=good&seen={digest}"), text).await.ok();
    assert_eq!(
        (directory.place(&bed).unwrap().name.clone(), directory.place(&bed).unwrap().taken),
        ("12A床".into(), false)
    );

    let people = "account,name,hospital,role,department\nqian,钱进,guangshan,asking-doctor,老年医学科\n";
    apply(&he, "people", people).await;
    let qian = he.get("/api/admin/people?q=qian").await.ok();
    assert_eq!(qian["people"][0]["posts"][0]["department"], other.as_str());
}

#[tokio::test]
async fn terminals_and_devices_where_they_stand() {
    let app = start().await;
    let he = app.login("he.jing").await;
    apply(&he, "places", PLACES).await;
    let text = "类别,医院,名称,所在位置,厂家,型号,序列号\n\
        会诊终端,光山县人民医院,一号终端,第九会诊室,宝利通,G7500,8L-2211\n\
        monitor,guangshan,12床监护仪,12床,迈瑞,N15,77\n\
        CT,guangshan,CT,,,,\n";
    let done = apply(&he, "devices", text).await;
    assert_eq!(outcomes(&done), ["2 new", "3 new", "4 new"]);
    let directory = &app.platform().directory;
    let devices = directory.devices();
    let named = |name: &str| devices.iter().find(|d| d.name == name).unwrap_or_else(|| panic!("{name}")).clone();
    let stands = named("12床监护仪").place.as_ref().and_then(|id| directory.place(id)).unwrap();
    assert_eq!((stands.name.as_str(), named("CT").kind.as_str()), ("12床", "ct"));
    assert_eq!(send(&he, "what=devices", text).await.ok()["same"], 3);

    let ct = named("CT").id.clone();
    let text = format!(
        "kind,hospital,name,place,manufacturer,id\nct,guangshan,CT 64,呼吸三病区,联影,{ct}\n\
        toaster,guangshan,x,,,\nct,xinyang,y,,,\nct,guangshan,z,老年医学科,,\nct,guangshan,,,,\n\
        ct,guangshan,一号终端,,,\nct,guangshan,CT 64,,,\n"
    );
    let seen = send(&he, "what=devices", text).await.ok();
    // The sixth becomes what the terminal was: a line may say that it is another kind of thing.
    assert_eq!(
        faults(&seen),
        [
            "2 good",
            "3 kind unknown",
            "4 hospital outside",
            "5 place unknown",
            "6 name missing",
            "7 good",
            "8 name twice"
        ]
    );
    assert_eq!(seen["lines"][0]["changes"].as_array().unwrap().len(), 3, "{seen}");

    // Out as they came in.
    for format in ["csv", "csv-gb18030", "xlsx"] {
        let out = he.get(&format!("/api/admin/export?what=devices&format={format}&lang=zh-CN")).await;
        let again = send(&he, "what=devices", out.bytes).await.ok();
        assert_eq!((&again["same"], &again["bad"]), (&json!(3), &json!(0)), "{format}: {again}");
    }

    // And all of it undone, but for what is in use since.
    let imports = he.get("/api/admin/imports").await.ok();
    let path = format!("/api/admin/imports/{}/undo", imports[0]["id"].as_str().unwrap());
    let seen = he.post(&path, &json!({})).await.ok();
    let fates: Vec<_> =
        seen["lines"].as_array().unwrap().iter().map(|l| (l["table"].clone(), l["fate"].clone())).collect();
    assert_eq!(fates, vec![(json!("devices"), json!("removed")); 3]);
    he.post(&format!("{path}?seen={}", seen["digest"].as_str().unwrap()), &json!({})).await.ok();
    assert!(directory.devices().is_empty());
}

#[tokio::test]
async fn hospitals_in_any_order_and_never_in_a_circle() {
    let app = start().await;
    let admin = app.login("admin").await;
    let text = "id,name,name in english,level,above\n\
        v,村,Village,村级,t\nt,乡,Township,Township,k\nk,县,County,县级,c\nc,市,City,city,p\np,省,Province,省级,n\n\
        n,国,Nation,国家级,i\ni,界,World,International,\n\
        a,甲,A,county,b\nb,乙,B,county,a\nx,丙,X,大区,p\nk,县,County,县级,c\nself,己,Self,county,self\n";
    let seen = send(&admin, "what=hospitals", text).await.ok();
    let said = faults(&seen);
    assert!(said[..7].iter().all(|line| line.ends_with("good")), "{said:?}");
    assert!(!said[7].ends_with("good") && !said[8].ends_with("good"), "a circle stands nowhere: {said:?}");
    assert_eq!(said[9..], ["11 level unknown", "12 id twice", "13 parent unknown"]);
    let digest = seen["digest"].as_str().unwrap();
    send(&admin, &format!("what=hospitals&apply=good&seen={digest}"), text).await.ok();
    let tree = app.platform().directory.tree();
    assert!(tree.is_within(&"v".parse().unwrap(), &"i".parse().unwrap()));

    // Under its own child, in one line; and in two lines that change places.
    let moved = "id,name,name in english,level,above\nc,市,City,city,k\n";
    assert_eq!(faults(&send(&admin, "what=hospitals", moved).await.ok()), ["2 level level, parent not-allowed"]);
    let swapped = "id,name,name in english,level,above\nc,市,City,county,k\nk,县,County,县级,p\n";
    assert_eq!(faults(&send(&admin, "what=hospitals", swapped).await.ok()), ["2 good", "3 good"]);
}

#[tokio::test]
async fn what_is_another_citys_is_not_told() {
    let app = start().await;
    let he = app.login("he.jing").await;
    // Two lines of a hospital that is elsewhere, of somebody who is known there and somebody who is not; one of no hospital.
    let text = "account,name,hospital,role\n\
        sun.li,孙丽,xinyang,dispatcher\nnobody.yet,孙丽,xinyang,dispatcher\nsun.li,Another,xinyang,magician\n\
        nobody.yet,孙丽,there is none,dispatcher\n";
    let seen = send(&he, "what=people", text).await.ok();
    assert!(app.platform().directory.site(&"xinyang".parse().unwrap()).is_some());
    assert_eq!(faults(&seen), [2, 3, 4, 5].map(|n| format!("{n} hospital outside")));
    let sites = "id,name,name in english,level,above\n\
        new-1,新一,New 1,village,xinyang\nnew-2,新二,New 2,village,there is none\n";
    assert_eq!(faults(&send(&he, "what=hospitals", sites).await.ok()), ["2 parent outside", "3 parent outside"]);
}

#[tokio::test]
async fn a_workbook_brings_a_whole_network() {
    let app = start().await;
    let admin = app.login("admin").await;
    let book = admin.get("/api/admin/export?what=network-template&format=xlsx&lang=zh-CN").await;
    assert_eq!(book.status, 200);
    let refused = send(&admin, "what=network", book.bytes).await.refused(422, "directory.import-unreadable");
    assert_eq!(refused["params"]["what"], "empty");
    let whole = admin.get("/api/admin/export?what=network&format=xlsx&lang=en").await;
    let seen = send(&admin, "what=network", whole.bytes).await.ok();
    let lines = seen["lines"].as_array().unwrap();
    let of = |table: &str| lines.iter().filter(|line| line["table"] == table).count();
    assert!(of("hospitals") >= 5 && of("places") >= 1 && of("people") >= 10, "{} {}", of("hospitals"), of("people"));
    assert_eq!((&seen["same"], &seen["bad"]), (&json!(lines.len()), &json!(0)), "nothing to do");
    admin.get("/api/admin/export?what=network&format=csv").await.refused(404, "not_found");
}

#[tokio::test]
async fn a_large_file_goes_in_pieces_and_says_what_was_not_kept() {
    let app = start().await;
    let he = app.login("he.jing").await;
    // A place that the directory does not know, of an id that the file names: the commit in which it is, is refused.
    let at: fhir::Reference = "Location/odd".parse().unwrap();
    let body = json!({"resourceType": "Location", "id": "odd", "status": "active", "name": "x"});
    let mut change = records::Change::of(records::Act::of(&he_jing(&app), "test"));
    change.writes.push(records::Write::new(at, body, "guangshan".parse().unwrap()));
    app.platform().store.commit(change).await.unwrap();
    let mut text = "kind,hospital,name,id\n".to_owned();
    for n in 0..2_500 {
        text += &format!("room,guangshan,Room {n},{}\n", if n == 1_700 { "odd" } else { "" });
    }
    let before = app.platform().store.sealed().borrow().to_owned();
    let done = apply(&he, "places", text).await;
    assert_eq!((&done["applied"], &done["new"], &done["bad"]), (&json!(true), &json!(1_000), &json!(1_500)));
    let lines = done["lines"].as_array().unwrap();
    assert_eq!((&lines[999]["outcome"], &lines[1_000]["faults"][0]["code"]), (&json!("new"), &json!("stale")));
    let entries = app.platform().store.entries(before, 100).await.unwrap();
    let imports: Vec<_> = entries.iter().filter(|e| e.act.what == "directory.import").collect();
    assert_eq!((imports.len(), imports[0].versions.len()), (1, 1_000));
}

#[tokio::test]
async fn one_file_of_a_person_at_a_time() {
    use platform::directory::import_progress::Running;
    let app = start().await;
    let he = app.login("he.jing").await;
    let none = he.get("/api/admin/import").await.ok();
    assert_eq!(none, json!({"step": "none", "done": 0, "total": 0}));
    let op = platform::Op::new(app.platform().clone(), he_jing(&app), platform::Lang::Zh);
    let running = Running::begin(&op).unwrap_or_else(|_| panic!("nobody else is at it"));
    running.progress.begin(platform::directory::import_progress::Step::Comparing, 60_000);
    running.progress.at(30_000);
    let half = he.get("/api/admin/import").await.ok();
    assert_eq!(half, json!({"step": "comparing", "done": 30_000, "total": 60_000}));
    assert_eq!(app.login("admin").await.get("/api/admin/import").await.ok(), none, "everybody sees their own");
    send(&he, "what=people", LINES).await.refused(409, "directory.import-busy");
    drop(running);
    send(&he, "what=people", LINES).await.ok();
}

/// An import is undone: what nobody used is deleted, what it changed stands as before, what was used since stays.
#[tokio::test]
async fn an_import_is_undone_but_for_what_was_used_since() {
    let app = start().await;
    let he = app.login("he.jing").await;
    assert_eq!(he.get("/api/admin/imports").await.ok(), json!([]), "nothing to undo");
    apply(&he, "places", PLACES).await;
    let text = "account,name,hospital,role,title\n\
        qian.jin,钱进,guangshan,asking-doctor,\nwu.fan,吴凡,guangshan,ward-nurse,\nzhou.ming,周明,guangshan,asking-doctor,主任医师\n";
    let done = apply(&he, "people", text).await;
    let zhou = app.platform().directory.profile(&"zhou-ming".parse().unwrap()).unwrap();
    assert_eq!(zhou.title.as_deref(), Some("主任医师"));
    // One of the two came and set a password.
    let links = done["lines"].as_array().unwrap().iter().filter(|line| !line["link"].is_null());
    let [qian, wu] = links.collect::<Vec<_>>().try_into().unwrap();
    let welcome = |line: &Value| json!({"token": line["link"]["token"], "password": "a good password"});
    app.nobody().post("/api/welcome", &welcome(qian)).await.ok();

    let listed = he.get("/api/admin/imports").await.ok();
    let said: Vec<_> = listed.as_array().unwrap().iter().map(|i| (&i["new"], &i["changed"], &i["by"])).collect();
    let name = json!("何静");
    assert_eq!(said, [(&json!(2), &json!(1), &name), (&json!(4), &json!(0), &name)], "the newest first");
    let undo = format!("/api/admin/imports/{}/undo", listed[0]["id"].as_str().unwrap());
    app.login("admin").await.post(&undo, &json!({})).await.refused(404, "not_found");
    let seen = he.post(&undo, &json!({})).await.ok();
    let fates = |of: &Value| -> Vec<String> {
        let lines = of["lines"].as_array().unwrap().iter();
        let mut all: Vec<_> =
            lines.map(|l| format!("{} {} {}", l["table"], l["name"], l["fate"]).replace('"', "")).collect();
        all.sort();
        all
    };
    let expected =
        ["people 吴凡 removed", "people 周明 restored", "people 钱进 used", "posts 吴凡 removed", "posts 钱进 used"];
    assert_eq!((fates(&seen), &seen["undone"]), (expected.map(str::to_owned).to_vec(), &json!(false)));
    assert_eq!(he.get("/api/admin/people?q=wu.fan").await.ok()["total"], 1, "looking changes nothing");
    he.post(&format!("{undo}?seen=0"), &json!({})).await.refused(409, "directory.import-moved");

    let digest = seen["digest"].as_str().unwrap();
    let done = he.post(&format!("{undo}?seen={digest}"), &json!({})).await.ok();
    assert_eq!(done["undone"], true);
    assert_eq!(he.get("/api/admin/people?q=wu.fan").await.ok()["total"], 0);
    app.nobody().post("/api/welcome", &welcome(wu)).await.refused(404, "not_found");
    let zhou = app.platform().directory.profile(&"zhou-ming".parse().unwrap()).unwrap();
    assert_eq!(zhou.title.as_deref(), Some("主治医师"));
    he.post(&undo, &json!({})).await.refused(404, "not_found");
    // The same file again: what was undone is new once more.
    let again = apply(&he, "people", text).await;
    assert_eq!(outcomes(&again), ["2 same", "3 new", "4 changed"]);

    // The places: the ward stays for the bed that was renamed.
    let listed = he.get("/api/admin/imports").await.ok();
    let undo = format!("/api/admin/imports/{}/undo", listed[1]["id"].as_str().unwrap());
    let directory = &app.platform().directory;
    let bed = directory.places().into_iter().find(|place| place.name == "12床").unwrap();
    let renamed = json!({"name": "13床", "name_en": "Bed 13", "active": true});
    he.put(&format!("/api/admin/places/{}", bed.id), &renamed).await.ok();
    let seen = he.post(&undo, &json!({})).await.ok();
    let expected =
        ["places 13床 changed", "places 呼吸三病区 used", "places 第九会诊室 removed", "places 老年医学科 removed"];
    assert_eq!(fates(&seen), expected.map(str::to_owned).to_vec());
    let digest = seen["digest"].as_str().unwrap();
    he.post(&format!("{undo}?seen={digest}"), &json!({})).await.ok();
    let names: Vec<String> = directory.places().iter().map(|place| place.name.clone()).collect();
    let stands = |name: &str| names.iter().any(|own| own == name);
    assert_eq!(["13床", "呼吸三病区", "第九会诊室", "老年医学科"].map(stands), [true, true, false, false]);

    // A week later nothing can be undone any more.
    app.clock().advance(jiff::SignedDuration::from_hours(7 * 24 + 1));
    let he = app.login("he.jing").await;
    assert_eq!(he.get("/api/admin/imports").await.ok(), json!([]));
}

/// A licence that a file renews by mistake: undone, its end is told of as if nothing had been.
#[tokio::test]
async fn the_end_of_a_licence_is_told_of_after_an_undo() {
    let app = start().await;
    let he = app.login("he.jing").await;
    for until in ["2026-05-10", "2031-05-10"] {
        let heads = "account,name,hospital,role,licence,licence_until";
        apply(&he, "people", format!("{heads}\nzhou.ming,周明,guangshan,asking-doctor,1104,{until}\n")).await;
    }
    let listed = he.get("/api/admin/imports").await.ok();
    let undo = format!("/api/admin/imports/{}/undo", listed[0]["id"].as_str().unwrap());
    let seen = he.post(&undo, &json!({})).await.ok();
    he.post(&format!("{undo}?seen={}", seen["digest"].as_str().unwrap()), &json!({})).await.ok();
    app.clock().advance(jiff::SignedDuration::from_hours(10 * 24));
    app.run_jobs().await;
    let told = app.login("zhou.ming").await.get("/api/notices").await.ok();
    let ends = |notice: &&Value| notice["what"] == "directory.licence_ends";
    let told: Vec<&Value> = told["notices"].as_array().unwrap().iter().filter(ends).collect();
    assert_eq!(told.iter().map(|n| &n["params"]["until"]).collect::<Vec<_>>(), ["2026-05-10"]);
}

/// A hospital that came and went comes again under the same id.
#[tokio::test]
async fn an_undone_hospital_can_come_again() {
    let app = start().await;
    let admin = app.login("admin").await;
    let text = "id,name,name_en,level,parent\nxinxian,新县人民医院,Xinxian,county,xinyang\nsuhe,苏河镇卫生院,Suhe,township,xinxian\n";
    apply(&admin, "hospitals", text).await;
    let id = admin.get("/api/admin/imports").await.ok()[0]["id"].as_str().unwrap().to_owned();
    let undo = format!("/api/admin/imports/{id}/undo");
    let seen = admin.post(&undo, &json!({})).await.ok();
    let digest = seen["digest"].as_str().unwrap();
    admin.post(&format!("{undo}?seen={digest}"), &json!({})).await.ok();
    assert!(app.platform().directory.site(&"xinxian".parse().unwrap()).is_none());
    let again = apply(&admin, "hospitals", text).await;
    assert_eq!((outcomes(&again), &again["applied"]), (vec!["2 new".to_owned(), "3 new".to_owned()], &json!(true)));
    assert!(app.platform().directory.site(&"suhe".parse().unwrap()).is_some());
}
