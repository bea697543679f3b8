//! Orders and pages.

use super::*;

/// All pages of a query, `count` a page.
async fn all(f: &Fixture, viewer: &Viewer, query: &Query, count: usize) -> Vec<String> {
    let mut found = vec![];
    let mut query = query.clone().count(count);
    loop {
        let page = f.store.search(viewer, &query).await.unwrap();
        assert!(page.matches.len() <= count);
        found.extend(page.matches.iter().map(|r| r.at.id.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return found,
        }
    }
}

async fn fill(f: &Fixture) {
    for n in 0..60 {
        let mut body = json!({"status": if n % 3 == 0 { "final" } else { "preliminary" }});
        if n % 5 != 0 {
            body["effectiveDateTime"] = json!(format!("2026-01-{:02}", 1 + n % 7));
        }
        if n % 4 == 0 {
            body["valueString"] = json!(format!("v{}", n % 3));
        }
        f.put("h", &[(&format!("Observation/{n:02}"), body)]).await;
        f.clock.advance(jiff::SignedDuration::from_secs(1));
    }
}

pub async fn pages_neither_repeat_nor_skip(f: Fixture) {
    fill(&f).await;
    let queries: [&[(&str, &str)]; 8] = [
        &[],
        &[("_sort", "date")],
        &[("_sort", "-date")],
        &[("_sort", "-_lastUpdated")],
        &[("_sort", "value-string,-date")],
        &[("_sort", "-date,value-string,_id")],
        &[("status", "final"), ("_sort", "-date")],
        &[("date", "ge2026-01-03"), ("_sort", "_id")],
    ];
    for params in queries {
        let query = query("Observation", params);
        let whole = all(&f, &Viewer::System, &query, 1_000).await;
        let distinct: std::collections::HashSet<_> = whole.iter().collect();
        assert_eq!(distinct.len(), whole.len(), "{params:?}");
        for count in [1, 7] {
            for viewer in [Viewer::System, person(Some("h"), &[])] {
                assert_eq!(all(&f, &viewer, &query, count).await, whole, "{params:?} by {count}");
            }
        }
    }
    assert_eq!(all(&f, &Viewer::System, &query("Observation", &[]), 9).await.len(), 60);
    assert_eq!(all(&f, &Viewer::System, &query("Observation", &[("status", "final")]), 9).await.len(), 20);
}

pub async fn sorted_those_without_a_value_come_last(f: Fixture) {
    f.put(
        "h",
        &[
            ("Task/none1", json!({})),
            ("Task/late", json!({"authoredOn": "2026-05-01"})),
            ("Task/early", json!({"authoredOn": "2026-01-01"})),
            ("Task/none2", json!({})),
        ],
    )
    .await;
    let ids = async |sort: &str| all(&f, &Viewer::System, &query("Task", &[("_sort", sort)]), 1).await.join(" ");
    assert_eq!(ids("authored-on").await, "early late none1 none2");
    assert_eq!(ids("-authored-on").await, "late early none2 none1");
}

pub async fn sorted_by_several_keys(f: Fixture) {
    f.put(
        "h",
        &[
            ("Patient/a", json!({"birthDate": "1990", "name": [{"family": "B"}]})),
            ("Patient/b", json!({"birthDate": "1980", "name": [{"family": "B"}]})),
            ("Patient/c", json!({"birthDate": "1970", "name": [{"family": "A"}]})),
            ("Patient/d", json!({"birthDate": "1960"})),
            ("Patient/e", json!({"name": [{"family": "A"}]})),
        ],
    )
    .await;
    for count in [1, 2, 10] {
        let ids =
            async |sort: &str| all(&f, &Viewer::System, &query("Patient", &[("_sort", sort)]), count).await.join("");
        assert_eq!(ids("family,birthdate").await, "cebad");
        assert_eq!(ids("-family,-birthdate").await, "abced");
        assert_eq!(ids("birthdate,_id").await, "dcbae");
        assert_eq!(ids("-_id").await, "edcba");
    }
}

pub async fn pages_under_writes(f: Fixture) {
    fill(&f).await;
    let first =
        f.store.search(&Viewer::System, &query("Observation", &[("_sort", "_lastUpdated")]).count(30)).await.unwrap();
    // One that was seen moves to the end: it may come again there, but nothing else is repeated or lost.
    f.put("h", &[("Observation/05", json!({"status": "final"})), ("Observation/new", json!({}))]).await;
    let rest = Query { after: first.next.clone(), ..query("Observation", &[("_sort", "_lastUpdated")]) };
    let rest = f.store.search(&Viewer::System, &rest).await.unwrap();
    let ids: Vec<String> = rest.matches.iter().map(|r| r.at.id.to_string()).collect();
    let expected: Vec<String> = (30..60).map(|n| format!("{n:02}")).chain(["05".into(), "new".into()]).collect();
    assert_eq!(ids, expected);
}
