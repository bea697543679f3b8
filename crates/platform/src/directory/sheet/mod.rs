//! Tables of hospitals, places and people as files: CSV in UTF-8 or GB18030, and XLSX; read with bounds, written so that no cell is
//! a formula. Called by `directory.import` and `directory.export`. It must never know what the rows mean.

mod columns;
mod read;
mod write;

pub use columns::{
    Column, KINDS, Kind, languages_of, languages_word, role_of, role_word, same, specialties_of, specialties_word,
    title_in_english,
};
#[cfg(test)]
use columns::{HOSPITALS, PEOPLE};
pub use read::{Sheets, Table, Unreadable, read, read_book};
pub use write::{Format, write, write_book};
