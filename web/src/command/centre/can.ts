// Who finds the command page in the navigation: those whose figures are the network's or a centre's. The server decides anew.
import type { Me } from '../../api/types';

const SEE = ['command-staff', 'outbreak-officer', 'dispatcher'];

export const seesCommand = (me: Me): boolean => SEE.includes(me.role?.role ?? '');
