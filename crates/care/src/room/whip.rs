//! The little of SDP and of RFC 9725 that a restart needs: credentials in and out of fragments, and the state's name.

/// The name of the state that an answer stands for: our own ICE credentials, which change with each restart.
pub(super) fn etag(answer: &str) -> String {
    let name: String =
        value_of(answer, "a=ice-ufrag:").unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("\"{name}\"")
}

pub(super) fn value_of<'a>(sdp: &'a str, attribute: &str) -> Option<&'a str> {
    sdp.lines().find_map(|l| l.strip_prefix(attribute)).map(str::trim)
}

/// The offer with the credentials of a fragment; `None` when they are the same.
pub(super) fn with_credentials_of(offer: &str, fragment: &str) -> Option<String> {
    let (ufrag, password) = (value_of(fragment, "a=ice-ufrag:")?, value_of(fragment, "a=ice-pwd:")?);
    if value_of(offer, "a=ice-ufrag:") == Some(ufrag) {
        return None;
    }
    let lines = offer.lines().filter(|l| !l.starts_with("a=candidate:")).map(|line| {
        if line.starts_with("a=ice-ufrag:") {
            format!("a=ice-ufrag:{ufrag}\r\n")
        } else if line.starts_with("a=ice-pwd:") {
            format!("a=ice-pwd:{password}\r\n")
        } else {
            format!("{line}\r\n")
        }
    });
    Some(lines.collect())
}

/// Our new credentials and addresses, as a fragment.
pub(super) fn fragment_of(answer: &str) -> String {
    let wanted = |l: &&str| ["a=ice-ufrag:", "a=ice-pwd:", "a=candidate:"].iter().any(|a| l.starts_with(a));
    let mut lines: Vec<&str> = vec!["a=ice-lite"];
    for line in answer.lines().filter(wanted) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push("a=end-of-candidates");
    lines.join("\r\n") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_changes_the_credentials_and_nothing_else() {
        let offer =
            "v=0\r\na=ice-ufrag:old\r\na=ice-pwd:secret\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=mid:0\r\n";
        let fragment = "a=ice-ufrag:new\r\na=ice-pwd:other\r\n";
        let renewed = with_credentials_of(offer, fragment);
        assert_eq!(renewed.as_deref(), Some("v=0\r\na=ice-ufrag:new\r\na=ice-pwd:other\r\na=mid:0\r\n"));
        assert_eq!(with_credentials_of(offer, "a=ice-ufrag:old\r\na=ice-pwd:secret\r\na=candidate:x"), None);
        assert_eq!(with_credentials_of(offer, "garbage"), None);
        assert_eq!(
            fragment_of("v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=ice-ufrag:u\r\na=mid:0\r\n"),
            "a=ice-lite\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=end-of-candidates\r\n"
        );
        assert_eq!(etag("v=0\r\na=ice-ufrag:aB+/9\r\n"), "\"aB9\"");
    }
}
