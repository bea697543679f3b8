// Sorts an admission note into the fields of the form by its headings, as hospitals write them: with full-width or half-width
// colons, bold marks, brackets, numbering, spaces inside the heading, in any order, also several in one line. Pure.

export const NOTE_FIELDS = ['purpose', 'complaint', 'history', 'past_history', 'allergies', 'drugs', 'examination', 'auxiliary', 'diagnosis', 'treatment'] as const;
export type NoteField = (typeof NOTE_FIELDS)[number];
export interface Section { field: NoteField; heading: string; text: string }
export interface Sorted { sections: Section[]; rest: string }

// Longer headings first where one begins with another.
const HEADINGS: readonly [NoteField, readonly string[]][] = [
  ['purpose', ['会诊目的', '会诊理由']],
  ['complaint', ['主诉']],
  ['history', ['现病史']],
  ['past_history', ['既往史', '过去史', '个人史', '婚育史', '月经史', '家族史', '流行病学史', '手术外伤史', '输血史']],
  ['allergies', ['过敏史', '药物过敏史', '食物药物过敏史']],
  ['drugs', ['用药史', '目前用药', '长期用药', '现用药物']],
  ['examination', ['体格检查', '查体', '体检', '专科检查', '专科情况', '入院查体']],
  ['auxiliary', ['辅助检查', '实验室检查', '实验室及器械检查', '影像学检查', '检验检查', '门诊检查']],
  ['diagnosis', ['初步诊断', '入院诊断', '目前诊断', '门诊诊断', '临床诊断', '诊断']],
  ['treatment', ['诊疗经过', '治疗经过', '入院后处理', '目前治疗', '处理经过']],
];
// Headings that end a section without having a field of their own.
const FOREIGN = ['诊疗计划', '诊断依据', '鉴别诊断', '医师签名', '签名', '记录时间', '一般情况', '基本信息', '姓名', '性别', '年龄', '民族', '职业', '入院时间', '入院日期', '记录日期', '病史陈述者', '籍贯', '婚姻', '住址'];

const byHeading = new Map<string, NoteField | null>([...HEADINGS.flatMap(([field, names]) => names.map((name) => [name, field] as const)), ...FOREIGN.map((name) => [name, null] as const)]);
const spaced = (name: string) => [...name].join('[ \\t\\u3000]*');
const names = [...byHeading.keys()].sort((a, b) => b.length - a.length).map(spaced).join('|');

const BEFORE = '(?:[#>*_\\s\\u3000■●◆▲]|[一二三四五六七八九十]{1,3}[、.．]|\\d{1,2}[、.．)）]|[（(][一二三四五六七八九十\\d]{1,3}[)）])*';
const OPEN = '(?:\\*\\*|__|【|\\[|〖|［|<b>)?[ \\t\\u3000]*';
const CLOSE = '[ \\t\\u3000]*(?:\\*\\*|__|】|\\]|〗|］|</b>)?[ \\t\\u3000]*';
// At the start of a line: closed by a colon, a bracket, or the end of the line. Inside a line: after a full stop, with a colon.
const atLine = `^${BEFORE}(?:${OPEN})(${names})${CLOSE}(?:[:：](?:\\*\\*|__)?|$|(?<=[】\\]〗］*_]))`;
const inLine = `(?<=[。；;！？.][ \\t\\u3000]*|[ \\u3000\\t]{2})${OPEN}(${names})${CLOSE}[:：](?:\\*\\*|__)?`;
const heading = new RegExp(`${atLine}|${inLine}`, 'gmu');

const tidy = (text: string) => text.replace(/\r/g, '').replace(/^(?:\*\*|__|[ \t\u3000\n])+|(?:\*\*|__|[ \t\u3000\n])+$/g, '').replace(/[ \t\u3000]+\n/g, '\n').replace(/\n{3,}/g, '\n\n');

export function sortNote(note: string): Sorted {
  const text = note.replace(/\r\n?/g, '\n');
  const marks = [...text.matchAll(heading)].map((match) => ({ at: match.index, end: match.index + match[0].length, name: (match[1] ?? match[2]).replace(/[ \t\u3000]/g, '') }));
  const rest: string[] = [];
  const before = tidy(text.slice(0, marks[0]?.at ?? text.length));
  if (before) rest.push(before);
  const sections: Section[] = [];
  marks.forEach((mark, index) => {
    const body = tidy(text.slice(mark.end, marks[index + 1]?.at ?? text.length));
    const field = byHeading.get(mark.name) ?? null;
    if (!body) return;
    if (field) sections.push({ field, heading: mark.name, text: body });
    else rest.push(`${mark.name}：${body}`);
  });
  return { sections, rest: rest.join('\n') };
}

/** One text per field: what comes from a second heading of the same field keeps that heading before it. */
export function fieldsOf({ sections }: Sorted): Partial<Record<NoteField, string>> {
  const fields: Partial<Record<NoteField, string>> = {};
  for (const { field, heading: name, text } of sections) {
    const before = fields[field];
    fields[field] = before === undefined ? text : `${before}\n${name}：${text}`;
  }
  return fields;
}

/** Whether a pasted text is a note with sections, rather than one field's words. */
export const looksLikeNote = (text: string): boolean => text.length > 20 && new Set(sortNote(text).sections.map((section) => section.field)).size >= 2;
