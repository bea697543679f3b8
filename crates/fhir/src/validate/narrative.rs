//! The markup of a narrative (rules txt-1 and txt-2 of R4): well-formed, only formatting, nothing that runs or loads.
//!
//! Elements and attributes are those of HTML 4.0 that the rule names by chapter (7-11 without section 4 of chapter 9, and
//! 15), with `style`, and without scripts, forms, frames, objects and events.

use super::issue::quoted;
use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

/// The reader compares each attribute's name with those before it.
const ATTRIBUTES_MAX: usize = 64;
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// In the order of the alphabet.
const ELEMENTS: [&str; 58] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// In the order of the alphabet.
const ATTRIBUTES: [&str; 64] = [
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "clear",
    "color",
    "cols",
    "colspan",
    "compact",
    "coords",
    "datetime",
    "dir",
    "face",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "idref",
    "ismap",
    "lang",
    "longdesc",
    "name",
    "nohref",
    "noshade",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "size",
    "space",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "target",
    "title",
    "type",
    "usemap",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:id",
    "xml:lang",
    "xml:space",
    "xmlns",
];

/// What was read of a narrative.
pub(super) struct Read {
    /// Why it breaks txt-1.
    pub(super) fault: Option<String>,
    /// Whether there is something to read (txt-2).
    pub(super) speaks: bool,
}

/// Reads the `div` of a narrative.
pub(super) fn read(text: &str) -> Read {
    let mut read = Read { fault: None, speaks: false };
    if let Err(fault) = walk(text, &mut read.speaks) {
        read.fault = Some(fault);
    }
    read
}

fn walk(text: &str, speaks: &mut bool) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut roots) = (0_usize, 0);
    loop {
        let event = reader.read_event().map_err(|e| format!("the XHTML is not well-formed: {e}"))?;
        match event {
            Event::Start(tag) => {
                element(&tag, depth, &mut roots, speaks)?;
                depth += 1;
            }
            Event::Empty(tag) => element(&tag, depth, &mut roots, speaks)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(words) => {
                let blank = words.bytes().all(|b| b.is_ascii_whitespace());
                if depth == 0 && !blank {
                    return Err("there is text outside the div".into());
                }
                *speaks |= !blank;
            }
            Event::CData(_) => *speaks = true,
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                if !name.starts_with('#') && resolve_html5_entity(name).is_none() {
                    return Err(format!("entity {} is not one of HTML", quoted(name)));
                }
                *speaks |= name != "nbsp";
            }
            Event::Comment(_) => {}
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                return Err("a declaration or processing instruction may not stand in a narrative".into());
            }
            Event::Eof if depth > 0 => return Err("the XHTML is not well-formed: an element is not closed".into()),
            Event::Eof if roots == 0 => return Err("there is no div".into()),
            Event::Eof => return Ok(()),
        }
    }
}

fn element(tag: &BytesStart, depth: usize, roots: &mut usize, speaks: &mut bool) -> Result<(), String> {
    let name = tag.name();
    let name: &str = name.as_ref();
    // A prefix may be given to the whole of XHTML.
    let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
    if depth == 0 {
        *roots += 1;
        if name != "div" || *roots > 1 {
            return Err("a narrative is one div".into());
        }
    }
    if ELEMENTS.binary_search(&name).is_err() {
        return Err(format!("element {} may not stand in a narrative", quoted(name)));
    }
    *speaks |= name == "img";
    for (i, attribute) in tag.attributes().enumerate() {
        if i >= ATTRIBUTES_MAX {
            return Err(format!("element {} has more than {ATTRIBUTES_MAX} attributes", quoted(name)));
        }
        let attribute = attribute.map_err(|e| format!("the XHTML is not well-formed: {e}"))?;
        let key: &str = attribute.key.as_ref();
        let value: &str = &attribute.value;
        if key.starts_with("xmlns") {
            if key == "xmlns" && value != XHTML {
                return Err(format!("the namespace {} is not that of XHTML", quoted(value)));
            }
            continue;
        }
        if ATTRIBUTES.binary_search(&key).is_err() {
            return Err(format!("attribute {} of element {} may not stand in a narrative", quoted(key), quoted(name)));
        }
        if matches!(key, "href" | "src" | "cite" | "longdesc" | "usemap") && runs(value) {
            return Err(format!("attribute {} of element {} holds a script", quoted(key), quoted(name)));
        }
    }
    Ok(())
}

/// Whether a browser would run the address. Character references and control characters do not hide it.
fn runs(address: &str) -> bool {
    let plain = quick_xml::escape::unescape(address).unwrap_or_default();
    let bare: String = plain.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(11).collect();
    let bare = bare.to_ascii_lowercase();
    bare.starts_with("javascript:") || bare.starts_with("vbscript:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(ELEMENTS.is_sorted() && ATTRIBUTES.is_sorted());
    }

    #[test]
    fn formatting_passes_and_what_runs_does_not() {
        let div = |inner: &str| format!("<div xmlns=\"{XHTML}\">{inner}</div>");
        for (inner, good) in [
            ("张三 &nbsp;<b>x</b><br/><a href=\"#n1\" title='q'>y</a>", true),
            ("<table class=\"grid\"><tr><td style=\"color: red\">1</td></tr></table><!-- c -->", true),
            ("&#x4e2d;&lt;", true),
            ("<script>alert(1)</script>", false),
            ("<p onclick=\"x()\">y</p>", false),
            ("<a href=\" java&#x73;cript:x()\">y</a>", false),
            ("<iframe src=\"http://a.b\"/>", false),
            ("<p>x", false),
            ("<p>x</q>", false),
            ("<p a=1>x</p>", false),
            ("&bogus;", false),
            ("<form><input/></form>", false),
            ("a & b", false),
        ] {
            assert_eq!(read(&div(inner)).fault.is_none(), good, "{inner}");
        }
        for outer in [
            "",
            "x",
            "<p>x</p>",
            "<div>x</div><div>y</div>",
            "<?xml version=\"1.0\"?><div>x</div>",
            "<div xmlns=\"urn:x\">x</div>",
            "<!DOCTYPE div><div>x</div>",
        ] {
            assert!(read(outer).fault.is_some(), "{outer}");
        }
    }

    #[test]
    fn a_narrative_without_words_says_nothing() {
        for (inner, speaks) in
            [("", false), (" <p> \n</p>", false), ("<p>x</p>", true), ("<img src='a.png'/>", true), ("&#65;", true)]
        {
            assert_eq!(read(&format!("<div>{inner}</div>")).speaks, speaks, "{inner}");
        }
    }

    #[test]
    fn deep_markup_needs_no_stack() {
        let deep = format!("<div>{}{}</div>", "<b>".repeat(100_000), "</b>".repeat(100_000));
        assert!(read(&deep).fault.is_none());
    }
}
