// The opinion while it is written. To be written.
import type { Id } from '../../api/types';

export function OpinionEditor(_: { caseId: Id }) {
  return null;
}
