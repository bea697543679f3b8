/** Acts after which a list, a case, an alert or a figure of the outbreak may be another. */
const CHANGES = new Set(['report', 'confirm', 'exclude', 'facts', 'contact', 'type_case', 'judge', 'acknowledge', 'alert'].map((step) => `outbreak.${step}`));
export const changesOutbreak = (what: string): boolean => CHANGES.has(what);
