//! Reading a table: what it is, is found out by looking at it; everything is bounded before it is kept.

use super::{Column, Kind};
use calamine::{Data, DataRef, Reader, Xlsx, open_workbook_from_rs};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{Cursor, Read};

/// A cell holds so many characters at most.
const CELL_MAX: usize = 1_000;
/// A line has so many cells at most.
const CELLS_MAX: u32 = 60;
/// A packed workbook unpacks to so much at most.
const UNPACKED_MAX: u64 = 160 * 1024 * 1024;
/// And has so many parts.
const PARTS_MAX: usize = 500;

/// A table whose columns are known.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// `utf-8`, `gb18030`, `utf-16` or `xlsx`.
    pub encoding: &'static str,
    /// The columns that are there.
    pub columns: Vec<&'static str>,
    /// Heads that mean nothing to us.
    pub unknown: Vec<String>,
    /// The lines with something in them: the number in the file, and the cells in the order of `columns`.
    pub lines: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// What stands in a column of a line; nothing when the column is missing.
    pub fn cell<'t>(&self, cells: &'t [String], code: &str) -> &'t str {
        let at = self.columns.iter().position(|column| *column == code);
        at.and_then(|at| cells.get(at)).map(String::as_str).unwrap_or_default()
    }
}

/// Why a file is no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither UTF-8 nor GB18030 text, nor a workbook.
    Encoding,
    /// A workbook that cannot be opened, or is not what it says.
    Workbook,
    /// Larger than is taken, when unpacked.
    TooLarge,
    /// More lines than are taken.
    TooManyLines(usize),
    /// A quote that is never closed, or the like, in this line.
    Line(usize),
    /// Nothing in it.
    Empty,
    /// Columns that must be there and are not.
    Columns(Vec<&'static str>),
}

/// Reads a file as the table of `columns`, of at most `lines_max` lines.
pub fn read(bytes: &[u8], columns: &'static [Column], lines_max: usize) -> Result<Table, Unreadable> {
    let (encoding, raw) = if bytes.starts_with(b"PK\x03\x04") {
        ("xlsx", workbook(bytes, lines_max)?)
    } else {
        let (encoding, text) = decode(bytes)?;
        (encoding, separated(&text, lines_max)?)
    };
    arrange(encoding, raw, columns)
}

/// The tables of a workbook, each with its place in `kinds`, in their order; and the names of sheets that are none of them.
pub type Sheets = (Vec<(usize, Table)>, Vec<String>);

/// Reads a workbook whose sheets are named as `kinds` are, of at most `lines_max` lines in all. Sheets without a line below
/// their heads are passed over.
pub fn read_book(bytes: &[u8], kinds: &'static [Kind], lines_max: usize) -> Result<Sheets, Unreadable> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(Unreadable::Workbook);
    }
    let mut book = opened(bytes)?;
    let (mut tables, mut unknown, mut left) = (vec![], vec![], lines_max);
    for name in book.sheet_names() {
        // One sheet of a kind: lines are told apart by kind and number.
        let is_held = |at: usize| tables.iter().any(|(held, _): &(usize, Table)| *held == at);
        let Some(at) = kinds.iter().position(|kind| kind.is(&name)).filter(|at| !is_held(*at)) else {
            unknown.push(name.chars().take(40).collect());
            continue;
        };
        let raw = rows(&mut book, &name, left).map_err(|why| match why {
            Unreadable::TooManyLines(_) => Unreadable::TooManyLines(lines_max),
            why => why,
        })?;
        left -= raw.len().saturating_sub(1).min(left);
        match arrange("xlsx", raw, kinds[at].columns) {
            Ok(table) => tables.push((at, table)),
            Err(Unreadable::Empty) => {}
            Err(why) => return Err(why),
        }
    }
    if tables.is_empty() {
        return Err(Unreadable::Empty);
    }
    tables.sort_by_key(|(at, _)| *at);
    Ok((tables, unknown))
}

fn decode(bytes: &[u8]) -> Result<(&'static str, String), Unreadable> {
    let marked = [(&[0xFF, 0xFE][..], "utf-16", UTF_16LE), (&[0xFE, 0xFF], "utf-16", UTF_16BE)];
    for (mark, name, encoding) in marked {
        if bytes.starts_with(mark) {
            let (text, wrong) = encoding.decode_with_bom_removal(bytes);
            return if wrong { Err(Unreadable::Encoding) } else { Ok((name, text.into_owned())) };
        }
    }
    // What is valid UTF-8 and has a Chinese character in it is hardly ever meant as GB18030.
    for (name, encoding) in [("utf-8", UTF_8), ("gb18030", GB18030)] {
        let (text, wrong) = encoding.decode_with_bom_removal(bytes);
        if !wrong && !text.contains('\0') {
            return Ok((name, text.into_owned()));
        }
    }
    Err(Unreadable::Encoding)
}

type Raw = Vec<(usize, Vec<String>)>;

fn separated(text: &str, lines_max: usize) -> Result<Raw, Unreadable> {
    // One kind of line end, so that lines are counted as people count them.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let head = text.lines().next().unwrap_or_default();
    let count = |c: char| head.chars().filter(|h| *h == c).count();
    let separator = [',', '\t', ';'].into_iter().max_by_key(|c| (count(*c), *c == ',')).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut lines = vec![];
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|_| Unreadable::Line(at + 1))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let number = record.position().map_or(at + 1, |p| line_of(&text, p));
        if record.len() > CELLS_MAX as usize || record.iter().any(|cell| cell.chars().count() > CELL_MAX) {
            return Err(Unreadable::Line(number));
        }
        lines.push((number, record.iter().map(tidy).collect()));
        if lines.len() > lines_max + 1 {
            return Err(Unreadable::TooManyLines(lines_max));
        }
    }
    Ok(lines)
}

/// The line on which a record begins: the reader says where it stood before it passed over empty lines.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(whole(position.byte())..).unwrap_or_default();
    whole(position.line()) + rest.iter().take_while(|b| **b == b'\n').count()
}

fn workbook(bytes: &[u8], lines_max: usize) -> Result<Raw, Unreadable> {
    let mut book = opened(bytes)?;
    let sheet = book.sheet_names().first().cloned().ok_or(Unreadable::Empty)?;
    rows(&mut book, &sheet, lines_max)
}

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

fn opened(bytes: &[u8]) -> Result<Book<'_>, Unreadable> {
    unpacks(bytes)?;
    open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)
}

/// Cell by cell: a sheet says itself how large it is, and may say so falsely.
fn rows(book: &mut Book<'_>, sheet: &str, lines_max: usize) -> Result<Raw, Unreadable> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|_| Unreadable::Workbook)?;
    let mut lines: Raw = vec![];
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Workbook)? {
        let (row, column) = cell.get_position();
        let text = said(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let number = row as usize + 1;
        if column >= CELLS_MAX || text.chars().count() > CELL_MAX {
            return Err(Unreadable::Line(number));
        }
        if lines.last().is_none_or(|(last, _)| *last != number) {
            lines.push((number, vec![]));
        }
        if lines.len() > lines_max + 1 {
            return Err(Unreadable::TooManyLines(lines_max));
        }
        if let Some((_, cells)) = lines.last_mut() {
            cells.resize(cells.len().max(column as usize + 1), String::new());
            cells[column as usize] = text;
        }
    }
    Ok(lines)
}

fn said(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        // A licence or a telephone typed as a number has no decimals.
        Data::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        // A day, as it is written elsewhere; a spreadsheet keeps it as a number.
        Data::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        Data::Error(_) => String::new(),
        other => tidy(&other.to_string()),
    }
}

/// Unpacks every part to nowhere: a small file must not fill the memory.
fn unpacks(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    if archive.len() > PARTS_MAX {
        return Err(Unreadable::TooLarge);
    }
    let mut left = UNPACKED_MAX;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| Unreadable::Workbook)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|_| Unreadable::Workbook)?;
        left = left.checked_sub(read).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

/// Takes away blanks around a cell, and the quote that keeps a spreadsheet from reading it as a formula.
fn tidy(cell: &str) -> String {
    let cell = cell.trim();
    let guarded = cell.strip_prefix('\'').filter(|rest| rest.starts_with(super::write::FORMULA));
    guarded.unwrap_or(cell).to_owned()
}

fn arrange(encoding: &'static str, raw: Raw, columns: &'static [Column]) -> Result<Table, Unreadable> {
    let mut raw = raw.into_iter();
    let (_, heads) = raw.next().ok_or(Unreadable::Empty)?;
    let mut places: Vec<(usize, &'static str)> = vec![];
    let mut unknown = vec![];
    for (at, head) in heads.iter().enumerate().filter(|(_, head)| !head.is_empty()) {
        let found =
            columns.iter().find(|column| column.is(head) && places.iter().all(|(_, code)| *code != column.code));
        match found {
            Some(column) => places.push((at, column.code)),
            None => unknown.push(head.chars().take(40).collect()),
        }
    }
    let missing = columns.iter().filter(|c| c.required && places.iter().all(|(_, code)| *code != c.code));
    let missing: Vec<_> = missing.map(|c| c.code).collect();
    if !missing.is_empty() {
        return Err(Unreadable::Columns(missing));
    }
    let lines = raw.map(|(number, cells)| {
        let cell = |(at, _): &(usize, &str)| cells.get(*at).cloned().unwrap_or_default();
        (number, places.iter().map(cell).collect())
    });
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(Table { encoding, columns: places.iter().map(|(_, code)| *code).collect(), unknown, lines })
}

#[cfg(test)]
mod tests {
    use super::super::{Format, HOSPITALS, PEOPLE, write};
    use super::*;
    use std::io::Write;

    const TEXT: &str = "用户名,姓名,医院,身份,备注\r\nli.wei,李伟,光山县人民医院,会诊专家,x\r\n\r\nwang,王兰,\"a,\"\"b\"\"\",调度员\r\n";

    #[test]
    fn utf8_gb18030_and_utf16_are_told_apart() {
        let (gb, _, _) = GB18030.encode(TEXT);
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [&[0xEF, 0xBB, 0xBF], TEXT.as_bytes()].concat();
        for (name, bytes) in [("utf-8", TEXT.as_bytes()), ("utf-8", &marked), ("gb18030", &*gb), ("utf-16", &utf16)] {
            let table = read(bytes, PEOPLE, 10).unwrap();
            assert_eq!((table.encoding, table.columns), (name, vec!["account", "name", "hospital", "role"]));
            assert_eq!(table.unknown, ["备注"]);
            let lines: Vec<_> = table.lines.iter().map(|(number, cells)| (*number, cells.join("|"))).collect();
            let expected = [(2, "li.wei|李伟|光山县人民医院|会诊专家"), (4, "wang|王兰|a,\"b\"|调度员")];
            assert_eq!(lines, expected.map(|(n, text)| (n, text.to_owned())), "{name}");
        }
    }

    #[test]
    fn what_is_no_table_is_said() {
        let of = |bytes: &[u8]| read(bytes, HOSPITALS, 3).unwrap_err();
        assert_eq!(of(b"\xff\xff\xff\x00"), Unreadable::Encoding);
        assert_eq!(of(b"PK\x03\x04 not really"), Unreadable::Workbook);
        assert_eq!(of(b""), Unreadable::Empty);
        assert_eq!(of("编号,名称,英文名称,级别\n".as_bytes()), Unreadable::Empty);
        assert_eq!(of("编号,名称\nx,y\n".as_bytes()), Unreadable::Columns(vec!["name_en", "level"]));
        let many = format!("id,name,name_en,level\n{}", "a,b,c,county\n".repeat(4));
        assert_eq!(of(many.as_bytes()), Unreadable::TooManyLines(3));
        let long = format!("id,name,name_en,level\na,{},c,county\n", "x".repeat(CELL_MAX + 1));
        assert_eq!(of(long.as_bytes()), Unreadable::Line(2));
        let wide = format!("id,name,name_en,level\n{}\n", "a,".repeat(61));
        assert_eq!(of(wide.as_bytes()), Unreadable::Line(2));
    }

    #[test]
    fn a_workbook_is_read_back() {
        let rows = vec![
            ["id", "name", "name_en", "level"].map(str::to_owned).to_vec(),
            ["h-1", "=SUM(A1)", "+86 A", "county"].map(str::to_owned).to_vec(),
        ];
        for format in [Format::Xlsx, Format::CsvUtf8, Format::CsvGb18030] {
            let table = read(&write(&rows, format).unwrap(), HOSPITALS, 10).unwrap();
            assert_eq!(table.lines, [(2, rows[1].clone())], "{format:?}");
        }
    }

    #[test]
    fn separators_line_ends_and_quoted_newlines() {
        for (separator, end) in [(',', "\n"), (';', "\r\n"), ('\t', "\r\n"), (';', "\r")] {
            let text = ["id,name,name_en,level,note", "a,甲,A,county,\"one\ntwo\"", "", "b,\"乙,丙\",B,village,x"];
            let text = text.join("\u{1}").replace(',', &separator.to_string()).replace('\u{1}', end);
            let table = read(text.as_bytes(), HOSPITALS, 10).unwrap();
            let lines: Vec<_> = table.lines.iter().map(|(n, cells)| (*n, cells.join("|"))).collect();
            let second = format!("b|乙{separator}丙|B|village");
            assert_eq!(lines, [(2, "a|甲|A|county".to_owned()), (5, second)], "{separator:?} {end:?}");
            assert_eq!(table.unknown, ["note"]);
        }
        // What Excel calls "Unicode text".
        let text = "id\tname\tname_en\tlevel\r\na\t甲\tA\tcounty\r\n";
        let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let table = read(&bytes, HOSPITALS, 10).unwrap();
        assert_eq!((table.encoding, table.lines[0].1.join("|")), ("utf-16", "a|甲|A|county".to_owned()));
        assert_eq!(read(b"id,name,name_en,level\na,\"never closed", HOSPITALS, 10).unwrap().lines.len(), 1);
    }

    #[test]
    fn of_a_formula_its_value_and_of_a_number_what_it_means() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, head) in (0..).zip(["id", "name", "name_en", "level", "parent"]) {
            sheet.write_string(0, column, head).unwrap();
        }
        let shown = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2027, 6, 30).unwrap();
        sheet.write_number(1, 0, 4_110_230.0).unwrap();
        sheet.write_formula(1, 1, rust_xlsxwriter::Formula::new("=A1&\"x\"").set_result("甲医院")).unwrap();
        sheet.write_datetime_with_format(1, 2, &day, &shown).unwrap();
        sheet.write_string(1, 3, "county").unwrap();
        sheet.write_string(1, 4, "'=up").unwrap();
        let file = book.save_to_buffer().unwrap();
        let table = read(&file, HOSPITALS, 10).unwrap();
        assert_eq!(table.lines[0].1, ["4110230", "甲医院", "2027-06-30", "county", "=up"]);
    }

    #[test]
    fn the_sheets_of_a_workbook() {
        use super::super::{KINDS, write_book};
        let rows = |lines: &[&[&str]]| -> Vec<Vec<String>> {
            lines.iter().map(|line| line.iter().map(|cell| (*cell).to_owned()).collect()).collect()
        };
        let people = rows(&[&["用户名", "姓名", "医院", "身份"], &["li", "李", "甲", "调度员"]]);
        let sites =
            rows(&[&["id", "name", "name_en", "level"], &["a", "甲", "A", "county"], &["b", "乙", "B", "county"]]);
        let empty = rows(&[&["kind", "hospital", "name"]]);
        let book = |sheets: &[(Option<&str>, &[Vec<String>])]| write_book(sheets).unwrap();
        let file = book(&[
            (Some("人员"), &people),
            (Some("说明"), &empty),
            (Some("Hospitals"), &sites),
            (Some("床位"), &empty),
        ]);
        let (tables, unknown) = read_book(&file, KINDS, 3).unwrap();
        let found: Vec<_> = tables.iter().map(|(at, table)| (KINDS[*at].code, table.lines.len())).collect();
        assert_eq!((found, unknown), (vec![("hospitals", 2), ("people", 1)], vec!["说明".to_owned()]));
        assert_eq!(read_book(&file, KINDS, 2), Err(Unreadable::TooManyLines(2)), "in all sheets together");
        assert_eq!(read_book(&book(&[(Some("说明"), &people)]), KINDS, 9), Err(Unreadable::Empty));
        assert_eq!(read_book(b"a,b\n", KINDS, 9), Err(Unreadable::Workbook));
        let wrong = rows(&[&["id"], &["a"]]);
        assert_eq!(
            read_book(&book(&[(Some("医院"), &wrong)]), KINDS, 9),
            Err(Unreadable::Columns(vec!["name", "name_en", "level"]))
        );
    }

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, bytes) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_and_a_cell_at_the_far_end() {
        let bomb = zipped(&[("xl/workbook.xml", &vec![b' '; usize::try_from(UNPACKED_MAX).unwrap() + 1])]);
        assert!(bomb.len() < 300_000);
        assert_eq!(read(&bomb, HOSPITALS, 10), Err(Unreadable::TooLarge));
        let names: Vec<String> = (0..=PARTS_MAX).map(|n| n.to_string()).collect();
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert_eq!(read(&zipped(&parts), HOSPITALS, 10), Err(Unreadable::TooLarge));

        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "id").unwrap();
        sheet.write_string(1_048_575, 16_383, "far").unwrap();
        let file = book.save_to_buffer().unwrap();
        assert_eq!(read(&file, HOSPITALS, 10), Err(Unreadable::Line(1_048_576)));
    }
}
