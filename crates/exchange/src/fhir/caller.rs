//! Who asks: a person with a session, or a client with a token.

use super::refusal::Refusal;
use ::fhir::{Reference, ResourceType};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::Id;
use kernel::decide::{Facts, is_clinical};
use platform::{Lang, Op, Shared, glass};
use records::{Act, Change, Client, CommitError, Receipt, Resource, Store, Viewer};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Types that say who and where, never anything about a patient.
pub const DIRECTORY: [ResourceType; 5] = [
    ResourceType::HEALTHCARE_SERVICE,
    ResourceType::LOCATION,
    ResourceType::ORGANIZATION,
    ResourceType::PRACTITIONER,
    ResourceType::PRACTITIONER_ROLE,
];

/// Somebody who asks.
#[derive(Clone)]
pub struct Caller {
    /// The audited door.
    pub op: Op,
    client: Option<Arc<Client>>,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, platform: &Shared) -> Result<Self, Refusal> {
        if let Some(client) = platform.clients.of(&*platform.store, &parts.headers).await? {
            let op = Op::of_client(platform.clone(), &client, Lang::of(&parts.headers));
            return Ok(Self { op, client: Some(client) });
        }
        Ok(Self { op: Op::from_request_parts(parts, platform).await?, client: None })
    }
}

impl Caller {
    /// The address under which the face is reached.
    pub fn base(&self) -> String {
        format!("{}/fhir", self.op.platform().url())
    }

    /// The records.
    pub fn store(&self) -> &dyn Store {
        self.op.store()
    }

    /// The caller's eyes.
    pub fn viewer(&self) -> &Viewer {
        self.op.viewer()
    }

    /// The hospital in whose custody the caller writes.
    pub fn hospital(&self) -> &Id {
        &self.op.actor().hospital
    }

    /// An import: may choose ids.
    pub fn chooses_ids(&self) -> bool {
        self.client.as_ref().is_some_and(|c| c.create_by_put)
    }

    /// A migration: sees all custody, and may refer to what comes later.
    pub fn is_unrestricted(&self) -> bool {
        self.client.as_ref().is_some_and(|c| c.unrestricted)
    }

    /// Whether what does not fit its profile is refused; people are told at once.
    pub fn is_strict(&self) -> bool {
        self.client.as_ref().is_none_or(|c| c.strict)
    }

    /// Asks whether this may be looked at with the caller's eyes.
    pub async fn may_read(
        &self,
        operation: &'static str,
        ty: Option<ResourceType>,
        about: Option<&Reference>,
    ) -> Result<(), Refusal> {
        let facts = Facts { directory: ty.is_some_and(|ty| DIRECTORY.contains(&ty)), ..Facts::default() };
        self.op.may(operation, &facts, about).await?;
        Ok(())
    }

    /// Asks whether something of this type and custody may be written.
    pub async fn may_write(
        &self,
        operation: &'static str,
        ty: ResourceType,
        custodian: &Id,
        about: Option<&Reference>,
    ) -> Result<(), Refusal> {
        let facts =
            Facts { custodian: Some(custodian.clone()), directory: DIRECTORY.contains(&ty), ..Facts::default() };
        self.op.may(operation, &facts, about).await?;
        Ok(())
    }

    /// An act of this caller.
    pub fn act(&self, what: &'static str) -> Act {
        let mut act = self.op.act(what);
        if let Some(client) = &self.client {
            act.params.insert("client".into(), client.name.as_str().into());
        }
        act
    }

    /// Keeps a change as it was sent.
    pub async fn commit(&self, change: Change) -> Result<Receipt, CommitError> {
        self.op.commit_as_sent(change).await
    }

    /// Ledgers that these were read: once for each patient and case. What is read in need is ledgered before it is shown.
    pub async fn note(&self, what: &'static str, read: Vec<&Resource>) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        for resource in read {
            let of_whom = (resource.patient.clone(), resource.case.clone());
            if !DIRECTORY.contains(&resource.at.ty) && seen.insert(of_whom) {
                self.note_one(what, resource).await?;
            }
        }
        Ok(())
    }

    async fn note_one(&self, what: &'static str, resource: &Resource) -> Result<(), Refusal> {
        let (patient, case) = (resource.patient.clone(), resource.case.clone());
        let actor = self.op.actor();
        if resource.custodian != actor.hospital
            && is_clinical(actor.role)
            && let Some(about) = &patient
            && glass::is_broken(self.store(), &actor.person, about, self.op.now()).await?
        {
            return Ok(self.op.note_durably(what, patient, case).await?);
        }
        Ok(self.op.note_read(what, patient, case, None).await?)
    }
}
