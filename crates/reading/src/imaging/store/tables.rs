//! The archive's tables as both engines have them, for copies from one to the other.

use records::copy::{Follows, Kind, Table};

use Kind::{Bool, Bytes, Integer, Text};

/// For `records::copy::copy`: of this and of the handovers.
pub const TABLES: [Table; 7] = [
    Table {
        name: "dicom_study",
        key: 1,
        counts: false,
        follows: Follows::Subject("id"),
        columns: &[("id", Text), ("uid", Text), ("case_id", Text), ("row", Text)],
    },
    Table {
        name: "dicom_series",
        key: 1,
        counts: true,
        follows: Follows::Subject("study"),
        columns: &[
            ("id", Integer),
            ("study", Text),
            ("uid", Text),
            ("modality", Text),
            ("number", Integer),
            ("facts", Text),
            ("attributes", Text),
            ("base", Bytes),
        ],
    },
    Table {
        name: "dicom_instance",
        key: 1,
        counts: true,
        follows: Follows::Subject("study"),
        columns: &[
            ("id", Integer),
            ("study", Text),
            ("series", Integer),
            ("uid", Text),
            ("number", Integer),
            ("sha256", Bytes),
            ("bytes", Integer),
            ("not_shown", Text),
            ("attributes", Text),
            ("place", Text),
            ("metadata", Bytes),
        ],
    },
    Table {
        name: "attachment_held",
        key: 3,
        counts: false,
        follows: Follows::Whole,
        columns: &[("case_id", Text), ("upload", Text), ("seq", Integer), ("row", Text)],
    },
    Table {
        name: "attachment_confirmed",
        key: 2,
        counts: false,
        follows: Follows::Whole,
        columns: &[("case_id", Text), ("identity", Bytes)],
    },
    Table {
        name: "attachment_subject",
        key: 2,
        counts: false,
        follows: Follows::Whole,
        columns: &[("case_id", Text), ("subject", Text)],
    },
    Table {
        name: "attachment_handover",
        key: 1,
        counts: false,
        follows: Follows::Whole,
        columns: &[
            ("token", Bytes),
            ("case_id", Text),
            ("person", Text),
            ("begun", Integer),
            ("device", Bytes),
            ("photos", Integer),
            ("ended", Bool),
            ("row", Text),
        ],
    },
];
