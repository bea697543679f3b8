// Files of a case. To be written.
import type { Id } from '../../api/types';

export function AttachPanel(_: { caseId: Id; patientId: Id | null; readOnly?: boolean }) {
  return null;
}
