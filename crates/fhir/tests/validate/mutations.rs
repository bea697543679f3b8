//! What is broken in a valid example is found, at the very place where it was broken.

use super::{Example, all, one};
use fhir::validate::{Code, Issue, Options, Severity, validate};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Errors alone.
fn errors(value: &Value) -> Vec<Issue> {
    let issues = validate(value, Options { warnings: false, issues_max: 1000 });
    assert!(issues.iter().all(|i| i.severity == Severity::Error), "{issues:?}");
    issues
}

/// Example (`Type-name`), JSON pointer, what is put there (`-` takes it away), the code and place of the finding. Without a
/// place: as the pointer says, seen from the type.
const BROKEN: &str = r##"
Patient-example /resourceType - required Patient.resourceType
Patient-example /resourceType 7 structure Patient.resourceType
Patient-example /gender "woman" code-invalid Patient.gender
Patient-example /gender "Male" code-invalid Patient.gender
Patient-example /gender ["male"] structure Patient.gender
Patient-example /gender 1 structure Patient.gender
Patient-example /gender null structure Patient.gender
Patient-example /Gender "male" structure Patient.Gender
Patient-example /birthDate "1974-02-30" value Patient.birthDate
Patient-example /birthDate "1974-12-25T00:00:00Z" value Patient.birthDate
Patient-example /birthDate "25.12.1974" value Patient.birthDate
Patient-example /birthDate "" value Patient.birthDate
Patient-example /birthDate 1974 structure Patient.birthDate
Patient-example /active "true" structure Patient.active
Patient-example /active {} structure Patient.active
Patient-example /deceasedDateTime "2020" structure Patient.deceased
Patient-example /deceasedString "yes" structure Patient.deceasedString
Patient-example /deceased true structure Patient.deceased
Patient-example /_deceasedDateTime {"id":"x"} structure Patient.deceased
Patient-example /multipleBirthInteger 1.5 value Patient.multipleBirth
Patient-example /multipleBirthInteger 2147483648 value Patient.multipleBirth
Patient-example /name {"family":"x"} structure Patient.name
Patient-example /name [] structure Patient.name
Patient-example /name/0 {} structure Patient.name[0]
Patient-example /name/1 null structure Patient.name[1]
Patient-example /name/1 "Jim" structure Patient.name[1]
Patient-example /name/0/given "Peter" structure Patient.name[0].given
Patient-example /name/0/given/1 7 structure Patient.name[0].given[1]
Patient-example /name/0/given/1 "" value Patient.name[0].given[1]
Patient-example /name/0/given/1 null structure Patient.name[0].given[1]
Patient-example /name/0/given/1 ["x"] structure Patient.name[0].given[1]
Patient-example /name/0/_given [null] structure Patient.name[0].given
Patient-example /name/0/_given [null,{"extension":[{"url":"u"}]}] invariant Patient.name[0].given[1].extension[0]
Patient-example /name/0/_given {"id":"x"} structure Patient.name[0].given
Patient-example /name/0/family "\u0007" value Patient.name[0].family
Patient-example /name/0/family {"value":"x"} structure Patient.name[0].family
Patient-example /name/0/use "legal" code-invalid Patient.name[0].use
Patient-example /name/0/use " official" value Patient.name[0].use
Patient-example /name/2/period {"start":"2003","end":"2002"} invariant Patient.name[2].period
Patient-example /name/2/period/end "2002-13" value Patient.name[2].period.end
Patient-example /name/0/first "x" structure Patient.name[0].first
Patient-example /telecom/1/system - invariant Patient.telecom[1]
Patient-example /telecom/1/system "telephone" code-invalid Patient.telecom[1].system
Patient-example /telecom/1/rank 0 value Patient.telecom[1].rank
Patient-example /telecom/1/rank -1 value Patient.telecom[1].rank
Patient-example /telecom/1/rank "1" structure Patient.telecom[1].rank
Patient-example /identifier/0/system "urn oid" value Patient.identifier[0].system
Patient-example /identifier/0/value 12345 structure Patient.identifier[0].value
Patient-example /identifier/0/type [] structure Patient.identifier[0].type
Patient-example /identifier/0/type/coding {} structure Patient.identifier[0].type.coding
Patient-example /identifier/0/type/coding/0/code " MR" value Patient.identifier[0].type.coding[0].code
Patient-example /identifier/0/type/coding/0/userSelected "yes" structure Patient.identifier[0].type.coding[0].userSelected
Patient-example /identifier/0/assigner {"reference":"Patient/1"} value Patient.identifier[0].assigner.reference
Patient-example /identifier/0/assigner {"reference":"urn:uuid:1"} value Patient.identifier[0].assigner.reference
Patient-example /address/0/line "x" structure Patient.address[0].line
Patient-example /address/0/type "both " value Patient.address[0].type
Patient-example /address/0/zip "1" structure Patient.address[0].zip
Patient-example /managingOrganization {"reference":"Patient/1"} value Patient.managingOrganization.reference
Patient-example /managingOrganization {"reference":"Organisation/1"} value Patient.managingOrganization.reference
Patient-example /managingOrganization {"reference":"Organization/a b"} value Patient.managingOrganization.reference
Patient-example /managingOrganization {"reference":"#org"} invariant Patient.managingOrganization.reference
Patient-example /managingOrganization {"type":"Patient","identifier":{"value":"7"}} value Patient.managingOrganization.type
Patient-example /managingOrganization {"reference":"Organization/1","type":"Patient"} value Patient.managingOrganization.type
Patient-example /managingOrganization {"id":"x"} invariant Patient.managingOrganization
Patient-example /managingOrganization [] structure Patient.managingOrganization
Patient-example /managingOrganization "Organization/1" structure Patient.managingOrganization
Patient-example /generalPractitioner [{"reference":"https://a.b/fhir/Patient/7"}] value Patient.generalPractitioner[0].reference
Patient-example /link [{"type":"seealso"}] required Patient.link[0].other
Patient-example /link [{"other":{"reference":"Patient/2"}}] required Patient.link[0].type
Patient-example /link [{"other":{"reference":"Practitioner/2"},"type":"seealso"}] value Patient.link[0].other.reference
Patient-example /link [{"other":{"reference":"Patient/2"},"type":"same"}] code-invalid Patient.link[0].type
Patient-example /contact/0 {"gender":"female"} invariant Patient.contact[0]
Patient-example /contact/0/name [] structure Patient.contact[0].name
Patient-example /contact/0/name/given [""] value Patient.contact[0].name.given[0]
Patient-example /contact/0/gender "f" code-invalid Patient.contact[0].gender
Patient-example /communication [{"preferred":true}] required Patient.communication[0].language
Patient-example /photo [{"data":"AAAA"}] invariant Patient.photo[0]
Patient-example /photo [{"data":"AAA","contentType":"image/png"}] value Patient.photo[0].data
Patient-example /photo [{"contentType":"png"}] code-invalid Patient.photo[0].contentType
Patient-example /photo [{"size":-1,"contentType":"image/png"}] value Patient.photo[0].size
Patient-example /photo [{"url":"http://a b","contentType":"image/png"}] value Patient.photo[0].url
Patient-example /meta {"lastUpdated":"2020-01-01"} value Patient.meta.lastUpdated
Patient-example /meta {"versionId":"a_b"} value Patient.meta.versionId
Patient-example /meta {"profile":"http://a"} structure Patient.meta.profile
Patient-example /meta {} structure Patient.meta
Patient-example /implicitRules "a b" value Patient.implicitRules
Patient-example /extension [{"valueString":"x"}] required Patient.extension[0].url
Patient-example /extension [{"url":"urn:x"}] invariant Patient.extension[0]
Patient-example /extension [{"url":"urn:x","valueString":"x","extension":[{"url":"y","valueCode":"z"}]}] invariant Patient.extension[0]
Patient-example /extension [{"url":"urn:x","valueString":"x","valueCode":"y"}] structure Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valuePatient":"x"}] structure Patient.extension[0].valuePatient
Patient-example /extension [{"url":"urn:x","extension":[{"url":"y","valueDate":"1.1.2020"}]}] value Patient.extension[0].extension[0].value
Patient-example /extension [{"url":"urn:x","valueQuantity":{"value":"1"}}] structure Patient.extension[0].value.value
Patient-example /extension [{"url":"urn:x","valueOid":"1.2"}] value Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueUuid":"urn:uuid:X"}] value Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueTime":"24:00:00"}] value Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueInstant":"2020"}] value Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueDecimal":"1.0"}] structure Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueBase64Binary":"%"}] value Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueAge":{"value":-1,"system":"http://unitsofmeasure.org","code":"a"}}] invariant Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueRatio":{"numerator":{"value":1}}}] invariant Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueRange":{"low":{"value":10},"high":{"value":9.5}}}] invariant Patient.extension[0].value
Patient-example /extension [{"url":"urn:x","valueMoney":{"value":1,"currency":"yuan"}}] code-invalid Patient.extension[0].value.currency
Patient-example /extension [{"url":"urn:x","valueSignature":{"when":"2020-01-01T00:00:00Z","who":{"display":"x"}}}] required Patient.extension[0].value.type
Patient-example /extension [{"url":"urn:x","valueTiming":{"repeat":{"period":1}}}] invariant Patient.extension[0].value.repeat
Patient-example /extension [{"url":"urn:x","valueTiming":{"repeat":{"dayOfWeek":["Monday"]}}}] code-invalid Patient.extension[0].value.repeat.dayOfWeek[0]
Patient-example /_birthDate/extension/0/valueDateTime "1974-12-25T14:35:45" value Patient.birthDate.extension[0].value
Patient-example /_birthDate/value "x" structure Patient.birthDate.value
Patient-example /_birthDate [] structure Patient.birthDate
Patient-example /_birthDate {} structure Patient.birthDate
Patient-example /_name [{"id":"x"}] structure Patient._name
Patient-example /contained [{"resourceType":"Organization","id":"o","name":"x"}] invariant Patient.contained[0]
Patient-example /contained [{"id":"o"}] required Patient.contained[0].resourceType
Patient-example /contained [{"resourceType":"Org","id":"o"}] value Patient.contained[0].resourceType
Patient-example /contained ["x"] structure Patient.contained[0]
Patient-example /text/status "ready" code-invalid Patient.text.status
Patient-example /text/status - required Patient.text.status
Patient-example /text/div - required Patient.text.div
Patient-example /text/div "<p>x</p>" invariant Patient.text.div
Patient-example /text/div "<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>x</div>" invariant Patient.text.div
Patient-example /text/div "<div xmlns=\"http://www.w3.org/1999/xhtml\"><img src=\"x\" onerror=\"y\"/></div>" invariant Patient.text.div
Observation-example /status - required Observation.status
Observation-example /status "done" code-invalid Observation.status
Observation-example /code - required Observation.code
Observation-example /code "29463-7" structure Observation.code
Observation-example /code {"coding":{"code":"x"}} structure Observation.code.coding
Observation-example /dataAbsentReason {"text":"x"} invariant Observation
Observation-example /valueString "x" structure Observation.value
Observation-example /valueDecimal 1 structure Observation.valueDecimal
Observation-example /valueQuantity/value "185" structure Observation.value.value
Observation-example /valueQuantity/value true structure Observation.value.value
Observation-example /valueQuantity/system - invariant Observation.value
Observation-example /valueQuantity/comparator "=" code-invalid Observation.value.comparator
Observation-example /valueQuantity/units "kg" structure Observation.value.units
Observation-example /effectivePeriod {"start":"2016"} structure Observation.effective
Observation-example /effectiveDateTime "2016-03-28T10:00" value Observation.effective
Observation-example /effectiveDateTime "2016-03-28T25:00:00Z" value Observation.effective
Observation-example /issued "2016-03-28" value Observation.issued
Observation-example /subject/reference "Practitioner/1" value Observation.subject.reference
Observation-example /subject/reference "patient/1" value Observation.subject.reference
Observation-example /encounter/reference "" value Observation.encounter.reference
Observation-example /referenceRange [{"appliesTo":[{"text":"x"}]}] invariant Observation.referenceRange[0]
Observation-example /referenceRange [{"low":{"value":1,"comparator":"<"}}] structure Observation.referenceRange[0].low.comparator
Observation-example /component [{"valueInteger":1}] required Observation.component[0].code
Observation-example /component [{"code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body Weight"}]},"valueInteger":1}] invariant Observation
Observation-blood-pressure /component/0/valueQuantity/value "107" structure Observation.component[0].value.value
Observation-blood-pressure /component/1/referenceRange [{}] structure Observation.component[1].referenceRange[0]
Observation-blood-pressure /component/1/referenceRange [{"type":{"text":"x"}}] invariant Observation.component[1].referenceRange[0]
Observation-blood-pressure /component/1/component [{"code":{"text":"x"}}] structure Observation.component[1].component
Observation-blood-pressure /interpretation/0/coding/0/system " " value Observation.interpretation[0].coding[0].system
Condition-example /subject - required Condition.subject
Condition-example /clinicalStatus/coding/0/code "alive" code-invalid Condition.clinicalStatus
Condition-example /clinicalStatus {"text":"active"} code-invalid Condition.clinicalStatus
Condition-example /clinicalStatus/coding/0/system "http://a.b" code-invalid Condition.clinicalStatus
Condition-example /abatementDateTime "2013" invariant Condition
Condition-example /evidence [{}] structure Condition.evidence[0]
Condition-example /evidence [{"extension":[{"url":"u","valueCode":"c"}]}] invariant Condition.evidence[0]
Condition-example /stage [{"type":{"text":"x"}}] invariant Condition.stage[0]
AllergyIntolerance-example /category ["foods"] code-invalid AllergyIntolerance.category[0]
AllergyIntolerance-example /category "food" structure AllergyIntolerance.category
AllergyIntolerance-example /patient - required AllergyIntolerance.patient
AllergyIntolerance-example /clinicalStatus - invariant AllergyIntolerance
AllergyIntolerance-example /reaction/0/manifestation - required AllergyIntolerance.reaction[0].manifestation
AllergyIntolerance-example /reaction/0/severity "bad" code-invalid AllergyIntolerance.reaction[0].severity
AllergyIntolerance-example /onsetAge {"value":1,"code":"a"} structure AllergyIntolerance.onset
Appointment-example /start - invariant Appointment
Appointment-example /participant - required Appointment.participant
Appointment-example /participant/0/actor - invariant Appointment.participant[0]
Appointment-example /participant/0/status "yes" code-invalid Appointment.participant[0].status
Appointment-example /participant/1/required true structure Appointment.participant[1].required
Appointment-example /priority -1 value Appointment.priority
Appointment-example /cancelationReason {"text":"x"} invariant Appointment
Appointment-example /start "2013-12-10T09:00:00" value Appointment.start
Task-example1 /intent - required Task.intent
Task-example1 /intent "now" code-invalid Task.intent
Task-example1 /for/reference "x" value Task.for.reference
Task-example1 /lastModified "2010-01-01T00:00:00Z" invariant Task
Task-example1 /input [{"type":{"text":"x"}}] required Task.input[0].value
Task-example1 /input [{"valueString":"x"}] required Task.input[0].type
Task-example1 /input [{"type":{"text":"x"},"valueFoo":1}] structure Task.input[0].valueFoo
Task-example1 /restriction {"repetitions":0} value Task.restriction.repetitions
Task-example1 /contained/0/recorded "2016-10-31" value Task.contained[0].recorded
Task-example1 /contained/0/agent - required Task.contained[0].agent
Task-example1 /contained/0/id "elsewhere" invariant Task.contained[0]
Task-example1 /contained/0/meta {"versionId":"1"} invariant Task.contained[0].meta.versionId
Task-example1 /contained/0/meta {"security":[{"code":"x"}]} invariant Task.contained[0].meta.security
Task-example1 /contained/0/contained [{"resourceType":"Basic","id":"b","code":{"text":"x"}}] invariant Task.contained[0].contained
ServiceRequest-example /status "open" code-invalid ServiceRequest.status
ServiceRequest-example /intent - required ServiceRequest.intent
ServiceRequest-example /orderDetail [{"text":"x"}] none -
ServiceRequest-example /code - none -
ServiceRequest-example /quantityRatio {"numerator":{"value":1},"denominator":{"value":"2"}} structure ServiceRequest.quantity.denominator.value
Encounter-example /class - required Encounter.class
Encounter-example /class {"coding":[{"code":"IMP"}]} structure Encounter.class.coding
Encounter-example /status "running" code-invalid Encounter.status
Encounter-example /location [{"status":"active"}] required Encounter.location[0].location
Composition-example /title - required Composition.title
Composition-example /author [] structure Composition.author
Composition-example /author - required Composition.author
Composition-example /confidentiality "secret" code-invalid Composition.confidentiality
Composition-example /attester/0/mode "signed" code-invalid Composition.attester[0].mode
Composition-example /section/0/section [{"title":"x"}] invariant Composition.section[0].section[0]
Composition-example /section/0/section [{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"section":[{"code":7}]}] structure Composition.section[0].section[0].section[0].code
Composition-example /relatesTo/0/targetIdentifier {"value":"x"} structure Composition.relatesTo[0].target
Consent-consent-example-basic /policyRule - invariant Consent
Consent-consent-example-basic /provision/period/end "1960-01-01" invariant Consent.provision.period
Consent-consent-example-basic /provision/provision [{"type":"maybe"}] code-invalid Consent.provision.provision[0].type
Claim-100150 /item/0/sequence "1" structure Claim.item[0].sequence
Claim-100150 /item/0/net/value "1" structure Claim.item[0].net.value
Claim-100150 /use "bill" code-invalid Claim.use
Claim-100150 /insurance - required Claim.insurance
ImagingStudy-example /series/0/uid - required ImagingStudy.series[0].uid
ImagingStudy-example /series/0/instance/0/number -1 value ImagingStudy.series[0].instance[0].number
ImagingStudy-example /series/0/modality - required ImagingStudy.series[0].modality
Questionnaire-f201 /item/1/item/0/linkId "2" invariant Questionnaire
Questionnaire-f201 /item/1/item/0/type "text box" code-invalid Questionnaire.item[1].item[0].type
Questionnaire-f201 /item/0/item [{"linkId":"9"}] required Questionnaire.item[0].item[0].type
Questionnaire-f201 /item/1/item - invariant Questionnaire.item[1]
Questionnaire-f201 /item/0/maxLength 7 none -
Questionnaire-f201 /item/0/enableWhen [{"question":"2.1","operator":"exists","answerString":"x"}] invariant Questionnaire.item[0].enableWhen[0]
Questionnaire-f201 /name "not a name" none -
Bundle-bundle-transaction /type "transactions" code-invalid Bundle.type
Bundle-bundle-transaction /type "collection" invariant Bundle
Bundle-bundle-transaction /total 4 invariant Bundle
Bundle-bundle-transaction /entry/0/request - invariant Bundle
Bundle-bundle-transaction /entry/0/request/method "FETCH" code-invalid Bundle.entry[0].request.method
Bundle-bundle-transaction /entry/0/request/url - required Bundle.entry[0].request.url
Bundle-bundle-transaction /entry/0/resource/gender "x" code-invalid Bundle.entry[0].resource.gender
Bundle-bundle-transaction /entry/0/resource/name/0/given/1 1 structure Bundle.entry[0].resource.name[0].given[1]
Bundle-bundle-transaction /entry/0/resource/managingOrganization {"reference":"#x"} invariant Bundle.entry[0].resource.managingOrganization.reference
Bundle-bundle-transaction /entry/0/resource/resourceType "Patiens" value Bundle.entry[0].resource.resourceType
Bundle-bundle-transaction /entry/0/fullUrl "http://a.b/Patient/1/_history/2" invariant Bundle.entry[0]
Bundle-bundle-transaction /entry/0/fullUrl "http://example.org/fhir/Patient/123" invariant Bundle
MedicationRequest-medrx0302 /medicationReference/reference "#nothing" invariant MedicationRequest.medication.reference
MedicationRequest-medrx0302 /medicationReference - required MedicationRequest.medication
MedicationRequest-medrx0302 /medicationCodeableConcept {"text":"x"} structure MedicationRequest.medication
MedicationRequest-medrx0302 /dosageInstruction/0/timing/repeat/period - none -
MedicationRequest-medrx0302 /dosageInstruction/0/timing/repeat/periodUnit - invariant MedicationRequest.dosageInstruction[0].timing.repeat
MedicationRequest-medrx0302 /dosageInstruction/0/timing/repeat/periodUnit "day" code-invalid MedicationRequest.dosageInstruction[0].timing.repeat.periodUnit
MedicationRequest-medrx0302 /dosageInstruction/0/timing/repeat/when ["NOONISH"] code-invalid MedicationRequest.dosageInstruction[0].timing.repeat.when[0]
MedicationRequest-medrx0302 /dosageInstruction/0/timing/repeat/offset 5 invariant MedicationRequest.dosageInstruction[0].timing.repeat
MedicationRequest-medrx0302 /dosageInstruction/0/sequence 1.0 value MedicationRequest.dosageInstruction[0].sequence
MedicationRequest-medrx0302 /priority "high" code-invalid MedicationRequest.priority
DiagnosticReport-f201 /presentedForm [{"data":"AAAA"}] invariant DiagnosticReport.presentedForm[0]
DiagnosticReport-f201 /issued "2012-12-01T12:00:00" value DiagnosticReport.issued
DiagnosticReport-f201 /result [{"reference":"Patient/1"}] value DiagnosticReport.result[0].reference
Procedure-example /performedPeriod {"start":"2013"} structure Procedure.performed
Procedure-example /performer/0/actor - structure Procedure.performer[0]
CarePlan-example /contained/0/subject - required CarePlan.contained[0].subject
CarePlan-example /addresses - invariant CarePlan.contained[0]
CarePlan-example /activity/0/reference {"reference":"Task/1"} invariant CarePlan.activity[0]
"##;

/// Puts a value at a JSON pointer; arrays grow by one at most.
fn put(value: &mut Value, pointer: &str, new: Option<Value>) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => match new {
            Some(new) => drop(members.insert(last.to_owned(), new)),
            None => assert!(members.shift_remove(last).is_some(), "nothing at {pointer}"),
        },
        Some(Value::Array(items)) => items[last.parse::<usize>().expect("a place")] = new.expect("a value"),
        other => panic!("nothing holds {pointer}: {other:?}"),
    }
}

#[test]
fn what_is_broken_is_found_where_it_was_broken() {
    if all().is_none() {
        return;
    }
    let (mut broken, mut wrong) = (0, String::new());
    for line in BROKEN.lines().filter(|line| !line.is_empty()) {
        let (head, place) = line.rsplit_once(' ').expect("a place");
        let (head, code) = head.rsplit_once(' ').expect("a code");
        let mut words = head.splitn(3, ' ');
        let mut next = || words.next().expect("three words");
        let (name, pointer, new) = (next(), next(), next());
        let mut value = one(&format!("{name}.json")).expect("examples");
        assert_eq!(errors(&value), [], "{name} is not valid before it is broken");
        let new = (new != "-").then(|| serde_json::from_str(new).unwrap_or_else(|e| panic!("{line}: {e}")));
        put(&mut value, pointer, new);
        let found = errors(&value);
        if code == "none" {
            // Looks broken, and is not.
            if !found.is_empty() {
                let _ = writeln!(wrong, "{line}\n    {found:?}");
            }
            continue;
        }
        broken += 1;
        // Without its type nothing else about a resource is known, its name neither.
        let place =
            if pointer == "/resourceType" { place.replacen("Patient.", "Resource.", 1) } else { place.to_owned() };
        if !found.iter().any(|issue| issue.code.code() == code && issue.location == place) || found.len() > 3 {
            let told: Vec<String> = found.iter().map(ToString::to_string).collect();
            let _ = writeln!(wrong, "{line}\n    {}", told.join("\n    "));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(broken >= 200, "only {broken}");
}

type Break = fn(&mut Map<String, Value>) -> bool;

/// What can be broken in a resource of any type: the element, the code, and how. False: not in this one.
const ANYWHERE: [(&str, Code, Break); 10] = [
    (".nonsense", Code::Structure, |r| r.insert("nonsense".into(), json!(1)).is_none()),
    (".id", Code::Value, |r| r.insert("id".into(), json!("a b")).is_some()),
    (".id", Code::Structure, |r| r.insert("id".into(), json!(["a"])).is_some()),
    (".meta", Code::Structure, |r| r.insert("meta".into(), json!([])).is_none()),
    (".language", Code::CodeInvalid, |r| r.insert("language".into(), json!("zh_CN")).is_none()),
    (".implicitRules", Code::Value, |r| r.insert("implicitRules".into(), json!("a b")).is_none()),
    (".extension[0]", Code::Invariant, |r| {
        r.contains_key("text") && r.insert("extension".into(), json!([{"url": "urn:x"}])).is_none()
    }),
    (".contained[0].created", Code::Value, |r| {
        let basic = json!([{"resourceType": "Basic", "id": "b", "code": {"text": "x"}, "created": "x", "subject": {"reference": "#"}}]);
        r.contains_key("text") && r.insert("contained".into(), basic).is_none()
    }),
    (".text.div", Code::Invariant, |r| {
        let text = r.get_mut("text").and_then(Value::as_object_mut);
        text.is_some_and(|text| text.insert("div".into(), json!("<div><script/></div>")).is_some())
    }),
    (".text.status", Code::Required, |r| {
        let text = r.get_mut("text").and_then(Value::as_object_mut);
        text.is_some_and(|text| text.shift_remove("status").is_some())
    }),
];

#[test]
fn what_is_broken_in_any_type_is_found_and_nothing_else() {
    let Some(all) = all() else { return };
    let mut first: BTreeMap<&str, &Value> = BTreeMap::new();
    for Example { bytes, value, .. } in all {
        if let Some(ty) = value["resourceType"].as_str()
            && !first.contains_key(ty)
            && *bytes < 100_000
            && errors(value).is_empty()
        {
            first.insert(ty, value);
        }
    }
    assert!(first.len() > 130, "examples of {} types", first.len());
    let (mut broken, mut wrong) = (0, String::new());
    for (ty, value) in first {
        for (place, code, apply) in ANYWHERE {
            let mut value = value.clone();
            if !apply(value.as_object_mut().expect("a resource")) {
                continue;
            }
            broken += 1;
            let found = errors(&value);
            if !matches!(&found[..], [issue] if issue.code == code && issue.location == format!("{ty}{place}")) {
                let _ = writeln!(wrong, "{ty}{place} {code:?}: {found:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(broken > 1000, "only {broken}");
}
