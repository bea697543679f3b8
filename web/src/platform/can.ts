// Who manages people: mirrors Action::ManageHospital in crates/kernel/src/decide.rs.
import type { Me } from '../api/types';

export const mayManage = (me: Me): boolean => me.role?.role === 'hospital-administrator' || me.role?.role === 'platform-administrator';
export const runsAll = (me: Me): boolean => me.role?.role === 'platform-administrator';

/** Where somebody begins after signing in. */
export const home = (me: Me): '/admin' | '/inbox' => (mayManage(me) ? '/admin' : '/inbox');
