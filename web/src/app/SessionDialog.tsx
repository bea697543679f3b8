// Waits for a session to end while somebody works; the dialog itself is fetched when it is needed.
import { lazy, Suspense, useEffect, useState } from 'react';
import { onGate } from '../api/gate';

const SessionForm = lazy(() => import('./SessionForm').then((file) => ({ default: file.SessionForm })));

export function SessionDialog() {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  useEffect(() => onGate((waiting) => { setOpen(waiting); if (waiting) setUsed(true); }), []);
  return used ? <Suspense><SessionForm open={open} /></Suspense> : null;
}
