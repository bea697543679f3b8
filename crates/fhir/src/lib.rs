//! FHIR R4 (4.0.1) as JSON: type names, references, FHIRPath, search parameters, shapes, validation. No IO.

pub mod fhirpath;
pub mod pinyin;
mod reference;
mod resource_type;
pub mod search;
mod shape;
pub mod validate;

pub use reference::Reference;
pub use resource_type::ResourceType;
pub use shape::Shape;
