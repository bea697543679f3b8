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

fn outcomes(of: &Value) -> Vec<String> {
    let lines = of["lines"].as_array().unwrap();
    lines.iter().map(|l| format!("{} {}", l["line"], l["outcome"].as_str().unwrap())).collect()
}

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
    for (what, format) in
        [("people", "csv"), ("people", "csv-gb18030"), ("people", "xlsx"), ("hospitals", "xlsx"), ("hospitals", "csv")]
    {
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
    let many = format!("account,name,hospital,role\n{}", "a,b,c,d\n".repeat(5001));
    assert_eq!(what(many.into()).await, "too-many");
    send(&he, "what=people", vec![b'x'; 1024 * 1024 + 1]).await.refused(413, "request.too-large");
    send(&he, "what=rooms", "x").await.refused(404, "not_found");
    send(&app.login("zhou.ming").await, "what=people", LINES).await.refused(404, "not_found");
}
