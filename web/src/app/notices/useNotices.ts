// My notices as they come: the list, the sound, the note of the desktop. Of several windows one sounds.
import { useCallback, useEffect, useMemo } from 'react';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isLeading, type LedgerAct } from '../../api/events';
import { useActs } from '../../api/live';
import { BUNDLE_MS, paced, PATIENCE_MS } from '../../api/paced';
import { useMe } from '../../api/session';
import type { Notice, Notices } from '../../api/types';
import { actWords } from '../../care/consult/Timeline';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { isForMe, isPressing } from './forMe';
import { armSound, ring } from './sound';

export const noticesQuery = queryOptions({ queryKey: ['notices'], queryFn: ({ signal }) => api.get<Notices>('/api/notices', undefined, signal), staleTime: 60_000 });

/** A notice as one line: who did what, and the case's number; of a rota the time it is about. */
export function useNoticeWords(): (notice: Pick<Notice, 'what' | 'by' | 'params'>) => string {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  return useCallback((notice) => {
    const number = typeof notice.params.number === 'string' ? ` · ${notice.params.number}` : '';
    const { from, until, specialty } = notice.params;
    const span = notice.what.startsWith('schedule.') && typeof from === 'string' && typeof until === 'string' ? ` · ${clockTime(from, i18n.language)} – ${clockTime(until, i18n.language)}` : '';
    const what = span && typeof specialty === 'string' ? ` · ${t(`consult.specialty.${specialty}`, { defaultValue: specialty })}` : '';
    return `${notice.by ? name(notice.by) : t('act.system')} ${actWords(notice, t, name)}${number}${what}${span}`;
  }, [t, i18n.language, name]);
}

export function useNotices() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const words = useNoticeWords();
  useEffect(armSound, []);
  // Many at once are one question: those of a night arrive together when the stream stands again.
  const refresh = useMemo(() => paced(() => client.invalidateQueries({ queryKey: noticesQuery.queryKey }), BUNDLE_MS, PATIENCE_MS), [client]);
  useActs(useCallback((act: LedgerAct) => {
    const mine = isForMe(act, me);
    if (mine || (act.what === 'notify.read' && act.by?.id === me.person.id)) refresh.ask();
    if (!mine || !isLeading()) return;
    ring(isPressing(act));
    if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
      const note = new Notification(t('ui.app'), { body: words(act), tag: `notice-${act.number}`, icon: '/icon.svg' });
      note.onclick = () => window.focus();
    }
  }, [me, refresh, t, words]));
  return useQuery(noticesQuery);
}
