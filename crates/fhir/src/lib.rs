//! FHIR R4 (4.0.1) as JSON: type names, references, search parameters, shapes. No IO.

mod reference;
mod resource_type;
pub mod search;
mod shape;

pub use reference::Reference;
pub use resource_type::ResourceType;
pub use shape::Shape;
