//! Reading a table: what it is, is found out by looking at it; everything is bounded before it is kept.

use super::Column;
use calamine::{Data, DataRef, Reader, Xlsx, open_workbook_from_rs};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{Cursor, Read};

/// A cell holds so many characters at most.
const CELL_MAX: usize = 1_000;
/// A line has so many cells at most.
const CELLS_MAX: u32 = 60;
/// A packed workbook unpacks to so much at most.
const UNPACKED_MAX: u64 = 48 * 1024 * 1024;
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
    unpacks(bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    let sheet = book.sheet_names().first().cloned().ok_or(Unreadable::Empty)?;
    // Cell by cell: a sheet says itself how large it is, and may say so falsely.
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| Unreadable::Workbook)?;
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
        let bomb = zipped(&[("xl/workbook.xml", &vec![b' '; 49 * 1024 * 1024])]);
        assert!(bomb.len() < 100_000);
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
