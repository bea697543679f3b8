export default { search: "Search patient, number, question", new: "New consultation" };
