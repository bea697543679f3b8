// Images of a case. To be written.
import type { Id } from '../../api/types';

export function DicomViewer(_: { caseId: Id }) {
  return null;
}
