// "May this step be offered?" for the few doors that are drawn before a case exists. The server decides; this mirrors
// platform's permission table (consult.request: asking doctors) so that a button is not offered in vain.
import type { Me } from '../../api/types';

export const mayRequest = (me: Me): boolean => me.role?.role === 'asking-doctor';
/** Who has an inbox at all: the others neither ask, dispatch nor advise. */
export const hasInbox = (me: Me): boolean => ['asking-doctor', 'dispatcher', 'specialist'].includes(me.role?.role ?? '');
export const isDispatcher = (me: Me): boolean => me.role?.role === 'dispatcher';
