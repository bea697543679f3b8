// Who manages people: mirrors Action::ManageHospital in crates/kernel/src/decide.rs.
import type { Me } from '../api/types';

export const mayManage = (me: Me): boolean => me.role?.role === 'hospital-administrator' || me.role?.role === 'platform-administrator';
export const runsAll = (me: Me): boolean => me.role?.role === 'platform-administrator';

/** Where somebody begins after signing in. */
export function home(me: Me): '/admin' | '/command' | '/inbox' {
  if (mayManage(me)) return '/admin';
  return me.role?.role === 'command-staff' || me.role?.role === 'outbreak-officer' ? '/command' : '/inbox';
}
