//! FHIR R4 (4.0.1) as JSON: type names, references, search parameters, validation. No IO.

mod reference;
mod resource_type;
pub mod search;
pub mod validate;

pub use reference::Reference;
pub use resource_type::ResourceType;
