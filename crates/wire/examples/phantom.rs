//! Writes the phantom's files into a folder: `cargo run -p wire --example phantom -- FOLDER [LESIONS]`.
use std::path::PathBuf;
use wire::phantom::{Examination, Person, files};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "phantom".into()));
    let lesions = arguments.next().and_then(|l| l.parse().ok()).unwrap_or(1.0);
    std::fs::create_dir_all(&folder)?;
    let person = Person { name: "Demo^One=演^示".into(), id: "D-1".into(), sex: "M", birth_date: "19620314".into() };
    let examination = Examination {
        person,
        uid_root: "2.25.329800735698586629295641978511506172918".into(),
        date: "20261121".into(),
        time: "083000".into(),
        description: "CHEST demonstration".into(),
        slices: 32,
        slice_mm: 7.5,
        lesions,
        seed: 7,
    };
    for (n, bytes) in files(&examination).enumerate() {
        std::fs::write(folder.join(format!("{:03}.dcm", n + 1)), bytes)?;
    }
    Ok(())
}
