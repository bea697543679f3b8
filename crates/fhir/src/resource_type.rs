//! The resource types of R4.

use std::fmt;

/// One of the 146 resource types, by its place in the alphabet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(u16);

/// All names (FHIR R4, resource list), in order.
const NAMES: [&str; 146] = [
    "Account",
    "ActivityDefinition",
    "AdverseEvent",
    "AllergyIntolerance",
    "Appointment",
    "AppointmentResponse",
    "AuditEvent",
    "Basic",
    "Binary",
    "BiologicallyDerivedProduct",
    "BodyStructure",
    "Bundle",
    "CapabilityStatement",
    "CarePlan",
    "CareTeam",
    "CatalogEntry",
    "ChargeItem",
    "ChargeItemDefinition",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "CodeSystem",
    "Communication",
    "CommunicationRequest",
    "CompartmentDefinition",
    "Composition",
    "ConceptMap",
    "Condition",
    "Consent",
    "Contract",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "DetectedIssue",
    "Device",
    "DeviceDefinition",
    "DeviceMetric",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentManifest",
    "DocumentReference",
    "EffectEvidenceSynthesis",
    "Encounter",
    "Endpoint",
    "EnrollmentRequest",
    "EnrollmentResponse",
    "EpisodeOfCare",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "GraphDefinition",
    "Group",
    "GuidanceResponse",
    "HealthcareService",
    "ImagingStudy",
    "Immunization",
    "ImmunizationEvaluation",
    "ImmunizationRecommendation",
    "ImplementationGuide",
    "InsurancePlan",
    "Invoice",
    "Library",
    "Linkage",
    "List",
    "Location",
    "Measure",
    "MeasureReport",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationKnowledge",
    "MedicationRequest",
    "MedicationStatement",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "MessageDefinition",
    "MessageHeader",
    "MolecularSequence",
    "NamingSystem",
    "NutritionOrder",
    "Observation",
    "ObservationDefinition",
    "OperationDefinition",
    "OperationOutcome",
    "Organization",
    "OrganizationAffiliation",
    "Parameters",
    "Patient",
    "PaymentNotice",
    "PaymentReconciliation",
    "Person",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RequestGroup",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "ResearchStudy",
    "ResearchSubject",
    "RiskAssessment",
    "RiskEvidenceSynthesis",
    "Schedule",
    "SearchParameter",
    "ServiceRequest",
    "Slot",
    "Specimen",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Subscription",
    "Substance",
    "SubstanceNucleicAcid",
    "SubstancePolymer",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
    "SubstanceSourceMaterial",
    "SubstanceSpecification",
    "SupplyDelivery",
    "SupplyRequest",
    "Task",
    "TerminologyCapabilities",
    "TestReport",
    "TestScript",
    "ValueSet",
    "VerificationResult",
    "VisionPrescription",
];

impl ResourceType {
    /// `AllergyIntolerance`.
    pub const ALLERGY_INTOLERANCE: Self = Self::of("AllergyIntolerance");
    /// `Appointment`.
    pub const APPOINTMENT: Self = Self::of("Appointment");
    /// `AuditEvent`.
    pub const AUDIT_EVENT: Self = Self::of("AuditEvent");
    /// `Basic`.
    pub const BASIC: Self = Self::of("Basic");
    /// `Binary`.
    pub const BINARY: Self = Self::of("Binary");
    /// `CodeSystem`.
    pub const CODE_SYSTEM: Self = Self::of("CodeSystem");
    /// `Communication`.
    pub const COMMUNICATION: Self = Self::of("Communication");
    /// `Composition`.
    pub const COMPOSITION: Self = Self::of("Composition");
    /// `Condition`.
    pub const CONDITION: Self = Self::of("Condition");
    /// `Consent`.
    pub const CONSENT: Self = Self::of("Consent");
    /// `DetectedIssue`.
    pub const DETECTED_ISSUE: Self = Self::of("DetectedIssue");
    /// `Device`.
    pub const DEVICE: Self = Self::of("Device");
    /// `DocumentReference`.
    pub const DOCUMENT_REFERENCE: Self = Self::of("DocumentReference");
    /// `Encounter`.
    pub const ENCOUNTER: Self = Self::of("Encounter");
    /// `HealthcareService`.
    pub const HEALTHCARE_SERVICE: Self = Self::of("HealthcareService");
    /// `ImagingStudy`.
    pub const IMAGING_STUDY: Self = Self::of("ImagingStudy");
    /// `Linkage`.
    pub const LINKAGE: Self = Self::of("Linkage");
    /// `List`.
    pub const LIST: Self = Self::of("List");
    /// `Location`.
    pub const LOCATION: Self = Self::of("Location");
    /// `MedicationStatement`.
    pub const MEDICATION_STATEMENT: Self = Self::of("MedicationStatement");
    /// `Observation`.
    pub const OBSERVATION: Self = Self::of("Observation");
    /// `Organization`.
    pub const ORGANIZATION: Self = Self::of("Organization");
    /// `Patient`.
    pub const PATIENT: Self = Self::of("Patient");
    /// `Practitioner`.
    pub const PRACTITIONER: Self = Self::of("Practitioner");
    /// `PractitionerRole`.
    pub const PRACTITIONER_ROLE: Self = Self::of("PractitionerRole");
    /// `Provenance`.
    pub const PROVENANCE: Self = Self::of("Provenance");
    /// `QuestionnaireResponse`.
    pub const QUESTIONNAIRE_RESPONSE: Self = Self::of("QuestionnaireResponse");
    /// `RelatedPerson`.
    pub const RELATED_PERSON: Self = Self::of("RelatedPerson");
    /// `Schedule`.
    pub const SCHEDULE: Self = Self::of("Schedule");
    /// `ServiceRequest`.
    pub const SERVICE_REQUEST: Self = Self::of("ServiceRequest");
    /// `Slot`.
    pub const SLOT: Self = Self::of("Slot");
    /// `Task`.
    pub const TASK: Self = Self::of("Task");
    /// `ValueSet`.
    pub const VALUE_SET: Self = Self::of("ValueSet");

    /// Reads a type's name.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.binary_search(&name).ok().and_then(|i| u16::try_from(i).ok()).map(Self)
    }

    /// The type's name.
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }

    /// All types.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).take(NAMES.len()).map(Self)
    }

    /// Its place among all types: a small number that stays while the version of FHIR does.
    pub fn number(self) -> u16 {
        self.0
    }

    /// The type at a place.
    pub fn from_number(number: u16) -> Option<Self> {
        (usize::from(number) < NAMES.len()).then_some(Self(number))
    }

    const fn of(name: &str) -> Self {
        let mut i = 0;
        while i < NAMES.len() {
            if same(NAMES[i].as_bytes(), name.as_bytes()) {
                return Self(i as u16);
            }
            i += 1;
        }
        panic!("no such resource type")
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        for ty in ResourceType::all() {
            assert_eq!(ResourceType::from_name(ty.name()), Some(ty));
        }
        assert_eq!(ResourceType::from_name("Patients"), None);
    }
}
