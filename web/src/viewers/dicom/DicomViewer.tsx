// Images of a case. To be written.
import type { Id } from '../../api/types';
import type { ViewShare } from './share';

export function DicomViewer(_: { caseId: Id; share?: ViewShare }) {
  return null;
}
