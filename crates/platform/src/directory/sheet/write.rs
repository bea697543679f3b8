//! Writing a table. A cell that a spreadsheet would read as a formula gets a quote before it; reading takes it away again.

use crate::Problem;
use encoding_rs::GB18030;
use rust_xlsxwriter::{Format as Look, Workbook, Worksheet, XlsxError};

/// What a formula begins with.
pub(super) const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV in UTF-8 with a mark, which spreadsheets want.
    CsvUtf8,
    /// CSV in GB18030.
    CsvGb18030,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// Reads `csv`, `csv-gb18030`, `xlsx`.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "csv" => Some(Self::CsvUtf8),
            "csv-gb18030" => Some(Self::CsvGb18030),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::CsvUtf8 => "text/csv; charset=utf-8",
            Self::CsvGb18030 => "text/csv; charset=gb18030",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// How a file of it ends.
    pub fn ending(self) -> &'static str {
        if self == Self::Xlsx { "xlsx" } else { "csv" }
    }
}

fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

/// Writes rows, the heads first.
pub fn write(rows: &[Vec<String>], format: Format) -> Result<Vec<u8>, Problem> {
    if format == Format::Xlsx {
        return write_book(&[(None, rows)]);
    }
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell))).map_err(Problem::internal)?;
    }
    let bytes = writer.into_inner().map_err(Problem::internal)?;
    if format == Format::CsvUtf8 {
        return Ok([&[0xEF, 0xBB, 0xBF], bytes.as_slice()].concat());
    }
    let text = String::from_utf8(bytes).map_err(Problem::internal)?;
    Ok(GB18030.encode(&text).0.into_owned())
}

/// Writes a workbook: the name of each sheet and its rows, the heads first.
pub fn write_book(sheets: &[(Option<&str>, &[Vec<String>])]) -> Result<Vec<u8>, Problem> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        fill(book.add_worksheet(), *name, rows).map_err(Problem::internal)?;
    }
    book.save_to_buffer().map_err(Problem::internal)
}

fn fill(sheet: &mut Worksheet, name: Option<&str>, rows: &[Vec<String>]) -> Result<(), XlsxError> {
    if let Some(name) = name {
        sheet.set_name(name)?;
    }
    let head = Look::new().set_bold();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            let text = guarded(cell);
            if row == 0 {
                sheet.write_string_with_format(row, column, text, &head)?;
            } else {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let rows = vec![["=1+1", "+x", "-x", "@x", "\tx", "李伟", "a\"b,c"].map(str::to_owned).to_vec()];
        let bytes = write(&rows, Format::CsvUtf8).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "\u{feff}'=1+1,'+x,'-x,'@x,'\tx,李伟,\"a\"\"b,c\"\r\n");
        let gb = write(&rows, Format::CsvGb18030).unwrap();
        assert_eq!(GB18030.decode(&gb).0, text.trim_start_matches('\u{feff}'));
        assert!(write(&rows, Format::Xlsx).unwrap().starts_with(b"PK\x03\x04"));
    }
}
