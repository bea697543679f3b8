// The shapes of `service.report`, `service.cases`, `service.kept` and `service.visits`, and what the page makes of them. No words here.
import type { HospitalRef, Id, Instant } from '../../api/types';

export interface Rule { code: string; version: number; text: { zh: string; en: string } }
export interface Numbers { cells: Record<string, number>; exchanges: number; replies?: { median_minutes: number; p90_minutes: number } }
export interface Line { key: string; name?: string; name_en?: string; numbers: Numbers }
export interface Report { from: string; to: string; by: By; cells: { cell: string; of?: string; rule: Rule }[]; rules: Rule[]; total: Numbers; count: number; rows: Line[] }
export interface Counted { id: Id; number: string; state: string; urgency: string; asking: HospitalRef; advising: HospitalRef[]; submitted_at: Instant; signed_at?: Instant }
export interface Share { visits: number; kept: number; percent_tenths?: number }
export interface Kept { rule: Rule; total: Share; elsewhere: number; unsaid: number; count: number; counties: { hospital: HospitalRef; share: Share }[] }
export interface Visit { id: Id; county: HospitalRef; seen_by: HospitalRef; within: boolean; began: Instant }

export const BY = ['asking', 'advising', 'department', 'expert', 'chapter', 'disease', 'month', 'quarter'] as const;
export type By = (typeof BY)[number];
/** Rows that tell of patients; mirrors `By::is_clinical` in crates/command/src/service/count.rs. */
export const CLINICAL: readonly By[] = ['chapter', 'disease'];
export const byOf = (text: string | undefined, clinical: boolean): By => BY.find((by) => by === text && (clinical || !CLINICAL.includes(by))) ?? 'asking';

/** What the page shows of a row, each as a group of columns: counts, and shares of what they are counted out of. */
export const GROUPS: readonly { key: string; cells: readonly string[] }[] = [
  { key: 'volume', cells: ['all', 'emergency', 'urgent', 'routine', 'live', 'record'] },
  { key: 'timers', cells: ['first-look-kept', 'expert-kept', 'opinion-kept', 'acknowledge-kept'] },
  { key: 'answers', cells: ['answered', 'adopted', 'partly', 'not-adopted', 'agreement-not-stated'] },
  { key: 'communication', cells: ['exchanged', 'accurate', 'solved'] },
];

/** In percent with one decimal, cut and not rounded, so that 90.0 is never said of less; none of nothing. */
export const percent = (part: number, whole: number): string | undefined => (whole > 0 ? (Math.floor((part * 1000) / whole) / 10).toFixed(1) : undefined);
/** Exchanges of a case, cut to one decimal. */
export const each = (sum: number, cases: number): string | undefined => (cases > 0 ? (Math.floor((sum * 10) / cases) / 10).toFixed(1) : undefined);

/** Windows that somebody asks for every month, as whole days. */
export function windows(today: string): { key: 'month' | 'last_month' | 'quarter' | 'year'; from: string; to: string }[] {
  const [year, month] = today.split('-').map(Number) as [number, number];
  const day = (y: number, m: number, d: number) => new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10);
  return [
    { key: 'month', from: day(year, month - 1, 1), to: today },
    { key: 'last_month', from: day(year, month - 2, 1), to: day(year, month - 1, 0) },
    { key: 'quarter', from: day(year, Math.floor((month - 1) / 3) * 3, 1), to: today },
    { key: 'year', from: day(year, 0, 1), to: today },
  ];
}
