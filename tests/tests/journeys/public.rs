//! What everybody reads without signing in: the notices of the outbreak officer, and figures that give nobody away.

use super::outbreak::{does, officer, patient, positive, report};
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp};

fn notice(title: &str) -> Value {
    json!({"kind": "contact", "title": {"zh": title, "en": format!("{title} (en)")},
        "text": {"zh": "请拨打 12320\n全天接听", "en": "Call 12320\nDay and night"}})
}

async fn page(client: &Client, query: &str) -> String {
    let answer = client.get(&format!("/public{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// Without an origin and without a cookie, as a telephone asks.
async fn asked(client: &Client, etag: &str) -> Answer {
    client.send(client.request("GET", "/public").header("if-none-match", etag)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_writes_and_everybody_reads() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let (stranger, zhou, officer) = (app.nobody(), app.login("zhou.ming").await, officer(&app).await);
    let empty = page(&stranger, "").await;
    assert!(empty.contains("暂未发布") && empty.contains("没有可公布的数字"), "{empty}");
    assert!(page(&stranger, "?lang=en").await.contains("Nothing is published yet."));
    assert!(
        page(&stranger, "?lang=%3Cscript%3E").await.contains("<html lang=\"zh-CN\">"),
        "an unknown language is ours"
    );

    zhou.post("/api/public/notices", &notice("热线")).await.refused(404, "not_found");
    stranger.post("/api/public/notices", &notice("热线")).await.refused(401, "session.none");
    officer.post("/api/public/notices", &notice(" ")).await.refused(422, "public.words");
    let first = officer.post("/api/public/notices", &notice("<i>热线</i>")).await.ok();
    let shown = page(&stranger, "").await;
    assert!(
        shown.contains("&lt;i&gt;热线&lt;/i&gt;") && shown.contains("<p>请拨打 <a class=\"call\" href=\"tel:12320\">")
    );
    assert!(!shown.contains("<script") && !shown.contains("<i>"));

    let again = asked(&stranger, "\"x\"").await;
    let header = |name: &str| again.headers[name].to_str().unwrap().to_owned();
    assert_eq!((again.status, header("cache-control").as_str()), (200, "public, max-age=60"));
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(again.headers.get("set-cookie").is_none());
    assert_eq!(asked(&stranger, &header("etag")).await.status, 304);

    let mut better = notice("心理热线");
    better["replaces"] = json!({"id": first["id"], "version": 1});
    assert_eq!(officer.post("/api/public/notices", &better).await.ok()["version"], 2);
    officer.post("/api/public/notices", &better).await.refused(409, "public.changed");
    let all = stranger.get("/api/public/notices").await.ok();
    assert_eq!((all["notices"].as_array().unwrap().len(), &all["notices"][0]["title"]["zh"]), (1, &json!("心理热线")));
    assert_eq!(asked(&stranger, &header("etag")).await.status, 200, "it is another page now");

    let withdraw = format!("/api/public/notices/{}/withdraw", first["id"].as_str().unwrap());
    zhou.post(&withdraw, &json!({"version": 2})).await.refused(404, "not_found");
    officer.post(&withdraw, &json!({"version": 1})).await.refused(409, "public.changed");
    assert_eq!(officer.post(&withdraw, &json!({"version": 2})).await.status, 204);
    officer.post(&withdraw, &json!({"version": 3})).await.refused(404, "not_found");
    assert!(page(&stranger, "").await.contains("暂未发布"));
    let most = all["most"].as_u64().unwrap();
    for n in 0..most {
        officer.post("/api/public/notices", &notice(&format!("第{n}条"))).await.ok();
    }
    officer.post("/api/public/notices", &notice("太多")).await.refused(409, "public.many");
    assert_eq!(stranger.get("/api/public/notices").await.ok()["notices"].as_array().unwrap().len() as u64, most);
    let full = page(&stranger, "").await;
    assert!(full.len() < 50_000, "{} bytes", full.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn few_are_hidden_and_the_running_day_is_not_told() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    officer(&app).await;
    let confirmed = |n: usize| {
        let (zhou, name) = (&zhou, format!("王卫{}", ['一', '二', '三', '四', '五', '六', '七'][n]));
        async move {
            let at = patient(zhou, &name, &format!("E3000000{n}"), "1966-02-03").await;
            let case = zhou.post("/api/outbreak/cases", &report(&at, "covid-19", "2026-11-21T00:01:00Z")).await.ok();
            does(zhou, &case, "facts", positive()).await;
            does(zhou, &case, "confirm", json!({"class": "confirmed", "reason": "核酸阳性"})).await;
        }
    };
    for n in 0..3 {
        confirmed(n).await;
    }
    let stranger = app.nobody();
    let today = page(&stranger, "").await;
    assert!(!today.contains("<th scope=\"row\">2026-11-21</th>"), "the day runs");
    app.clock().advance(jiff::SignedDuration::from_hours(24));
    let row = |html: &str| {
        let from = html.find("<th scope=\"row\">2026-11-21</th>").expect("the day");
        html[from..].split("</tr>").next().unwrap().to_owned()
    };
    let after = row(&page(&stranger, "").await);
    assert!(after.contains("2026-11-21</th><td>&lt;5</td><td>"), "{after}");
    assert!(!page(&stranger, "").await.contains("王卫"));
}
