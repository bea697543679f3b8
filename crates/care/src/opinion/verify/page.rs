//! The page itself: a few kilobytes, no file beside it, readable on any telephone.

use super::{Known, Typed, grouped};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Zoned;
use platform::Lang;

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:#f3f5f8;color:#17212b;\
font:16px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}main{max-width:560px;margin:0 auto;\
padding:24px 16px 48px}header{display:flex;justify-content:space-between;align-items:baseline;margin-bottom:16px}\
header b{color:#0b5cad}a{color:#0b5cad}.card{background:#fff;border:1px solid #dfe4ea;border-radius:12px;padding:20px;\
margin-bottom:16px}.say{display:flex;gap:14px;align-items:flex-start;border-width:2px}.say h1{font-size:1.3rem;margin:0 0 4px}\
.say p{margin:0}.mark{flex:none;width:44px;height:44px;border-radius:50%;display:grid;place-items:center;font-size:24px;\
font-weight:700;color:#fff}.good{border-color:#00735c;background:#e3f4ef}.good .mark{background:#00735c}\
.old{border-color:#8a5000;background:#fff4e0}.old .mark{background:#8a5000;border-radius:10px}\
.bad{border-color:#b3261e;background:#fdecea}.bad .mark{background:#b3261e;border-radius:0}\
dl{margin:0;display:grid;grid-template-columns:max-content 1fr;gap:6px 16px}dt{color:#55626f}dd{margin:0;\
overflow-wrap:anywhere}code{font:600 1.05rem/1.4 ui-monospace,Consolas,monospace}h2{font-size:1rem;margin:0 0 8px}\
form{display:flex;gap:8px;flex-wrap:wrap}input{font:inherit;padding:9px 12px;border:1px solid #8494a4;border-radius:8px;\
flex:1 1 220px;min-width:0;max-width:100%}button,.pick{font:inherit;padding:9px 16px;border:1px solid #0b5cad;border-radius:8px;\
background:#0b5cad;color:#fff;cursor:pointer}input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #4da3ff;\
outline-offset:2px}.said{margin:12px 0 0;font-weight:600}main>.said{margin:0 0 12px}.said.yes{color:#00735c}.said.no{color:#b3261e}small{color:#55626f}";

/// Compares a file with the sheet's hash in the browser: the file goes nowhere.
const SCRIPT: &str = "const f=document.getElementById('file'),o=document.getElementById('filesaid');if(f&&crypto.subtle){\
document.getElementById('filecard').hidden=false;f.addEventListener('change',async()=>{const p=f.files[0];if(!p)return;\
const d=new Uint8Array(await crypto.subtle.digest('SHA-256',await p.arrayBuffer()));\
const h=[...d].map(b=>b.toString(16).padStart(2,'0')).join('');const same=h===f.dataset.sha;\
o.textContent=same?f.dataset.yes:f.dataset.no;o.className='said '+(same?'yes':'no')})}";

struct Words {
    tag: &'static str,
    other: (&'static str, &'static str),
    title: &'static str,
    latest: (&'static str, &'static str),
    unknown: (&'static str, &'static str),
    doctor: &'static str,
    hospital: &'static str,
    signed: &'static str,
    version: &'static str,
    check: &'static str,
    check_what: &'static str,
    typed: &'static str,
    compare: &'static str,
    same: &'static str,
    differs: &'static str,
    short: &'static str,
    file: &'static str,
    file_what: &'static str,
    file_same: &'static str,
    file_differs: &'static str,
    patient: &'static str,
    demonstration: &'static str,
}

const ZH: Words = Words {
    tag: "zh-CN",
    other: ("en", "English"),
    title: "会诊意见书核验",
    latest: ("真实，且为最新版本", "这份意见书由本系统签发，没有更新的版本。"),
    unknown: (
        "查无此意见书",
        "本系统没有签发过带有此二维码的意见书。请核对网址是否完整；若扫自纸质意见书，请勿采信，并联系申请医院。",
    ),
    doctor: "签署医师",
    hospital: "医院",
    signed: "签署时间",
    version: "版本",
    check: "核对码",
    check_what: "应与纸质意见书二维码下方的核对码一致。不一致时，二维码可能取自另一份意见书。",
    typed: "输入纸上的核对码",
    compare: "核对",
    same: "一致：与签发的意见书相同。",
    differs: "不一致：这份纸质意见书与签发的不同，请勿采信。",
    short: "请至少输入 8 位字符。",
    file: "核对 PDF 文件",
    file_what: "选择收到的 PDF，在您的设备上计算校验值并比较；文件不会上传。",
    file_same: "一致：文件未被改动。",
    file_differs: "不一致：不是这一版的原始文件，或已被改动。",
    patient: "为保护隐私，本页不显示患者和意见内容。",
    demonstration: "演示数据，非真实病例",
};

const EN: Words = Words {
    tag: "en",
    other: ("zh", "中文"),
    title: "Check a consultation opinion",
    latest: ("Genuine, and the latest version", "This opinion was issued here, and no later version replaces it."),
    unknown: (
        "Not known here",
        "No opinion with this code was issued here. See whether the address is whole; if it comes from a printed \
         opinion, do not rely on that, and ask the asking hospital.",
    ),
    doctor: "Signed by",
    hospital: "Hospital",
    signed: "Signed at",
    version: "Version",
    check: "Check code",
    check_what: "It must be the one printed below the code on the sheet. If it differs, the code was taken from another opinion.",
    typed: "Type the check code of the sheet",
    compare: "Compare",
    same: "Same: it is the opinion that was issued.",
    differs: "Different: the sheet is not what was issued. Do not rely on it.",
    short: "Type 8 characters at least.",
    file: "Check a PDF file",
    file_what: "Choose the PDF you were given: its hash is computed on your device and compared; the file is not uploaded.",
    file_same: "Same: the file has not been changed.",
    file_differs: "Different: not the original file of this version, or changed.",
    patient: "To protect privacy this page shows neither the patient nor the opinion.",
    demonstration: "Demonstration data, not a real case",
};

fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn moment(at: &Zoned) -> String {
    format!("{} (UTC{})", at.strftime("%Y-%m-%d %H:%M"), at.strftime("%:z"))
}

fn shell(lang: Lang, nonce: &str, body: &str) -> String {
    let w = words(lang);
    let (other, named) = w.other;
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title><style nonce=\"{nonce}\">{STYLE}</style>\
         </head><body><main><header><b>Consilium</b><a href=\"?lang={other}\" lang=\"{other}\">{named}</a></header>{body}</main>\
         <script nonce=\"{nonce}\">{SCRIPT}</script></body></html>",
        w.tag,
        title = w.title,
    )
}

fn say(kind: &str, mark: &str, (head, what): (&str, &str)) -> String {
    format!(
        "<section class=\"card say {kind}\" role=\"status\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span>\
         <div><h1>{head}</h1><p>{what}</p></div></section>"
    )
}

/// No sheet has this code.
pub fn unknown(lang: Lang, nonce: &str) -> String {
    shell(lang, nonce, &say("bad", "×", words(lang).unknown))
}

/// What is known of a sheet.
pub fn known(lang: Lang, nonce: &str, sheet: &Known, typed: Option<Typed>) -> String {
    let w = words(lang);
    let mut body = match &sheet.replaced {
        None => say("good", "✓", w.latest),
        Some((version, at)) => {
            let at = moment(at);
            let (head, what) = match lang {
                Lang::Zh => (
                    format!("真实，但已被第 {version} 版替代"),
                    format!("请向申请医院索取 {at} 签署的第 {version} 版。"),
                ),
                Lang::En => (
                    format!("Genuine, but replaced by version {version}"),
                    format!("Ask the asking hospital for version {version}, signed {at}."),
                ),
            };
            say("old", "!", (&head, &what))
        }
    };
    if sheet.demonstration {
        body.push_str(&format!("<p class=\"said no\">{}</p>", w.demonstration));
    }
    let row = |name: &str, value: &str| format!("<dt>{name}</dt><dd>{value}</dd>");
    let doctor = format!("{} {}", escaped(&sheet.doctor), escaped(&sheet.title));
    let code = format!("<code>{}</code><br><small>{}</small>", grouped(&sheet.content), w.check_what);
    let facts = [
        row(w.doctor, doctor.trim()),
        row(w.hospital, &escaped(&sheet.hospital)),
        row(w.signed, &moment(&sheet.signed_at)),
        row(w.version, &sheet.version.to_string()),
        row(w.check, &code),
    ];
    body.push_str(&format!("<section class=\"card\"><dl>{}</dl></section>", facts.concat()));
    let said = match typed {
        None => String::new(),
        Some(Typed::Same) => format!("<p class=\"said yes\" role=\"status\">{}</p>", w.same),
        Some(Typed::Differs) => format!("<p class=\"said no\" role=\"alert\">{}</p>", w.differs),
        Some(Typed::Short) => format!("<p class=\"said no\" role=\"alert\">{}</p>", w.short),
    };
    let lang_code = if lang == Lang::Zh { "zh" } else { "en" };
    body.push_str(&format!(
        "<section class=\"card\"><h2><label for=\"check\">{typed}</label></h2><form method=\"get\"><input type=\"hidden\" \
         name=\"lang\" value=\"{lang_code}\"><input id=\"check\" name=\"check\" maxlength=\"80\" autocomplete=\"off\" \
         autocapitalize=\"none\" spellcheck=\"false\" required><button>{compare}</button></form>{said}</section>",
        typed = w.typed,
        compare = w.compare,
    ));
    body.push_str(&format!(
        "<section class=\"card\" id=\"filecard\" hidden><h2><label for=\"file\">{file}</label></h2><p><small>{what}</small></p>\
         <input id=\"file\" type=\"file\" accept=\"application/pdf\" data-sha=\"{sha}\" data-yes=\"{yes}\" data-no=\"{no}\">\
         <p id=\"filesaid\" role=\"status\"></p></section><p><small>{patient}</small></p>",
        file = w.file,
        what = w.file_what,
        sha = sheet.file,
        yes = w.file_same,
        no = w.file_differs,
        patient = w.patient,
    ));
    shell(lang, nonce, &body)
}

/// The page with a policy that lets nothing else in.
pub fn answer(status: StatusCode, html: &str, nonce: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = (status, html.to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
