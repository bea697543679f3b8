// Who finds the plan of the day. The server decides anew; mirrors `PlanDay` in crates/kernel/src/decide.rs.
import type { Me } from '../../api/types';

export const mayPlan = (me: Me): boolean => me.role?.role === 'dispatcher';

/** Whose own calendar it is; a dispatcher finds it beside the plan of the day. */
export const readsRota = (me: Me): boolean => me.role?.role === 'specialist';
