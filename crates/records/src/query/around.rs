//! What a query names beside its own words: resources by their address, and sets that stand in resources themselves.

use super::sets::{Ask, Found, Sets};
use crate::StoreError;
use fhir::{Reference, ResourceType};
use std::cell::RefCell;

/// The rid of `Type/id`, reserved ones included: a reference to what is not there yet is found.
pub(crate) type Rid<'n> = &'n dyn Fn(ResourceType, &str) -> Result<Option<i64>, StoreError>;

/// Looked into while a query is read.
pub(crate) struct Around<'n> {
    rid: Rid<'n>,
    sets: &'n Sets,
    wanted: RefCell<Vec<Ask>>,
}

impl<'n> Around<'n> {
    pub(crate) fn new(rid: Rid<'n>, sets: &'n Sets) -> Self {
        Self { rid, sets, wanted: RefCell::default() }
    }

    pub(super) fn rid(&self, of: ResourceType, id: &str) -> Result<Option<i64>, StoreError> {
        (self.rid)(of, id)
    }

    /// System and code of each member of a set; nothing as long as it was not looked up.
    pub(super) fn codes(&self, ask: Ask) -> &[(String, String)] {
        match self.sets.get(&ask) {
            Some(Found::Codes(codes)) => codes,
            _ => {
                self.wanted.borrow_mut().push(ask);
                &[]
            }
        }
    }

    /// The members of a hierarchy.
    pub(super) fn things(&self, ask: Ask) -> &[Reference] {
        match self.sets.get(&ask) {
            Some(Found::Things(things)) => things,
            _ => {
                self.wanted.borrow_mut().push(ask);
                &[]
            }
        }
    }

    /// What was not known.
    pub(super) fn wanted(self) -> Vec<Ask> {
        self.wanted.into_inner()
    }
}
