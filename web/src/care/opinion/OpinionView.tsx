// The signed opinion. To be written.
import type { Id } from '../../api/types';

export function OpinionView(_: { caseId: Id }) {
  return null;
}
