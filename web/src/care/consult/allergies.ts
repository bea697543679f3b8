// Whether what was typed about allergies says that there are none: then it is no warning, and red stays scarce.
// Only phrases that say nothing else count; whatever goes on is shown as a warning.
const NONE = /^(无|没有|否认|未见|未发现)(已知|明确|明显)?(药物|食物|药|及|和|与|、)*(过敏)?史?$/;
const NONE_LATIN = /^(none|nil|no|nkda|nka|none known|no known( drug| food)? allergies|denies( any)? allergies)$/i;

export function noneKnown(text: string | undefined): boolean {
  const said = text?.trim().replace(/[.。;；]$/, '') ?? '';
  return /^(无|没有|否认|未见|未发现)/.test(said) ? NONE.test(said) : NONE_LATIN.test(said);
}
