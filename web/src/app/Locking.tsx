// Locks this computer by Alt+L or when nobody has touched it for a while. The page goes first, so that its draft is saved, then
// the session; who signs in again goes on where they were, and somebody else finds nothing of it.
import { useCallback, useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { armGate } from '../api/gate';
import { endSession, meQuery, useMe } from '../api/session';
import { useNames } from '../ui/names';
import { byHand, keepPlace, lockMinutes, onIdle } from '../api/lock';

const SAVING_MS = 400;

function useLock(): () => void {
  const me = useMe();
  const { name } = useNames();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(() => {
    keepPlace({ id: me.person.id, name: name(me.person) }, window.location.pathname + window.location.search);
    armGate(false);
    const gone = async () => {
      client.setQueryData(meQuery.queryKey, null);
      await navigate({ to: '/login', search: {} });
      await new Promise((done) => setTimeout(done, SAVING_MS));
      await endSession();
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    };
    void gone();
  }, [client, me, name, navigate]);
}

/** Does what was chosen by hand, and asks before while nobody could sign in again. */
export function useByHand(words: 'lock' | 'leave', go: () => void): () => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return useCallback(() => void byHand(go, async () => await modal.confirm({ title: t(`login.${words}_sure`), content: t(`login.${words}_sure_what`), okText: t(`login.${words}_ok`), cancelText: t('ui.cancel') })), [go, modal, t, words]);
}

export const useLockByHand = (): (() => void) => useByHand('lock', useLock());

/** `minutes` is a choice made for this computer; in a room one listens with the hands off, so there the shortcut alone locks. */
export function Locking({ minutes }: { minutes?: number }) {
  const lock = useLock();
  const lockByHand = useLockByHand();
  const inRoom = useRouterState({ select: (state) => state.location.pathname.endsWith('/room') });
  const [usual] = useState(lockMinutes);
  const after = minutes ?? usual;
  useEffect(() => (inRoom ? undefined : onIdle(after, lock)), [after, inRoom, lock]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.code !== 'KeyL' || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      event.preventDefault();
      lockByHand();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [lockByHand]);
  return null;
}
