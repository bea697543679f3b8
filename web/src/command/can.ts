// Who finds figures, the command page and the cases behind a number. The server decides anew; mirrors `ReadFigures`, `OpenFigure`
// and `ReadService` in crates/kernel/src/decide.rs.
import type { Me } from '../api/types';

const is = (me: Me, roles: readonly string[]): boolean => roles.includes(me.role?.role ?? '');
const OWN = ['asking-doctor', 'specialist', 'dispatcher'] as const;

/** Those whose figures are the network's or a centre's find its page in the navigation. */
export const seesCommand = (me: Me): boolean => is(me, ['command-staff', 'outbreak-officer', 'dispatcher']);
export const seesFigures = (me: Me): boolean => is(me, [...OWN, 'command-staff', 'outbreak-officer']);
/** The list of cases behind a number. */
export const opensFigures = (me: Me): boolean => is(me, [...OWN, 'outbreak-officer']);
/** A case of that list; the others see its number and hospitals only. */
export const opensCases = (me: Me): boolean => is(me, OWN);
/** Reports of the service: `ReadService`. */
export const seesReports = (me: Me): boolean => is(me, ['command-staff', 'outbreak-officer', 'hospital-administrator']);
/** What tells of patients in them: not to an administrator; mirrors `Sight::must_see` in crates/command/src/service/sight.rs. */
export const seesClinical = (me: Me): boolean => is(me, ['command-staff', 'outbreak-officer']);

/** Notifiable cases: who reports those of the own hospital, and who sees and judges all; mirrors `ReportOutbreak` and `JudgeOutbreak`. */
export const reportsOutbreak = (me: Me): boolean => is(me, ['asking-doctor']);
export const judgesOutbreak = (me: Me): boolean => is(me, ['outbreak-officer']);
export const seesOutbreak = (me: Me): boolean => reportsOutbreak(me) || judgesOutbreak(me);
/** The daily series and the alerts; mirrors `ReadOutbreakFigures`. */
export const seesSeries = (me: Me): boolean => is(me, ['command-staff', 'outbreak-officer']);
