//! Tables of people and hospitals as files: CSV in UTF-8 or GB18030, and XLSX; read with bounds, written so that no cell is
//! a formula. Called by `directory.import` and `directory.export`. It must never know what the rows mean.

mod columns;
mod read;
mod write;

pub use columns::{
    Column, HOSPITALS, PEOPLE, languages_of, languages_word, role_of, role_word, specialties_of, specialties_word,
    title_in_english,
};
pub use read::{Table, Unreadable, read};
pub use write::{Format, write};
