// The shapes the screens use, held against those the server describes (schema.d.ts, made by `npm run api` from
// docs/openapi.json): what the server sends must fit what we read, what we send must fit what it reads. Types only.
import type { components } from './schema';
import type * as ours from './types';

type Server = components['schemas'];
/** Every field that we read must be there, and fit, in what the server says. Null and absent count as one. */
type Plain<T> = T extends (infer I)[] ? Plain<I>[] : T extends object ? { [K in keyof T]?: Plain<NonNullable<T[K]>> } : T extends string ? string : T extends number ? number : T;
export type Fits<Sent, Read> = keyof Read extends keyof Sent ? (Plain<Sent> extends Plain<Read> ? true : { differs: Plain<Sent>; from: Plain<Read> }) : { lacks: Exclude<keyof Read, keyof Sent> };
const held = <_T extends true>(): void => undefined;

export function agree(): void {
  held<Fits<Server['Me'], ours.Me>>();
  held<Fits<Server['PatientCard'], ours.PatientCard>>();
  held<Fits<ours.PatientInput, Server['PatientInput']>>();
  held<Fits<Server['CaseRow'], ours.CaseRow>>();
  held<Fits<Server['CaseAhead'], ours.NextRung>>();
  held<Fits<Server['NotifyList'], ours.Notices>>();
  held<Fits<Server['ConsultInbox'], ours.Inbox>>();
  held<Fits<ours.RequestForm, Server['RequestForm']>>();
  held<Fits<Server['CaseAct'], ours.Act>>();
  held<Fits<Server['CaseStep'], ours.Step>>();
  held<Fits<Server['CaseFigure'], ours.SummaryNumber>>();
  held<Fits<Server['ScheduleRoom'], ours.Room>>();
  held<Fits<Server['Message'], ours.Message>>();
  held<Fits<Server['ConsultLook'], ours.Look>>();
  held<Fits<Server['FileResult'], ours.FileResult>>();
  held<Fits<Server['HandoverBegun'], ours.HandoverBegun>>();
  held<Fits<Server['HandoverShown'], ours.HandoverShown>>();
}
