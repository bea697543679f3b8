// Requests begun and not sent: one click goes on with them.
import { Link } from '@tanstack/react-router';
import type { RequestForm } from '../../api/types';
import { Begun } from '../draft/Begun';

export function Drafts() {
  return <Begun<RequestForm> kind="consult" words={(form) => form.purpose ?? ''} link={(id, content) => <Link to="/cases/new" search={{ draft: id }}>{content}</Link>} />;
}
