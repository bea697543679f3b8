//! Enums that are codes: the same word in FHIR, the API and the ledger.

macro_rules! codes {
    // A code is a `tt`: wrapped as a `literal` it would be hidden from what describes the API.
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:tt,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        $(#[$doc])*
        pub enum $name { $($(#[$each])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.code() == code)
            }
        }
    };
}

pub(crate) use codes;
