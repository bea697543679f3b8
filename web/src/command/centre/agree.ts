// The shapes of this slice held against those the server describes, as api/agree.ts does for the rest. Types only.
import type { Fits } from '../../api/agree';
import type { components } from '../../api/schema';
import type * as ours from './shape';

type Server = components['schemas'];
const held = <_T extends true>(): void => undefined;

export function agree(): void {
  held<Fits<Server['NetworkOverview'], ours.Overview>>();
  held<Fits<Server['NetworkNumber'], ours.NumberNow>>();
  held<Fits<Server['NetworkHospital'], ours.HospitalNow>>();
  held<Fits<Server['NetworkCases'], ours.NetworkCases>>();
  held<Fits<Server['NetworkCase'], ours.NetworkCase>>();
}
