// Takes a step, and tells what came of it: done, or who was first and the screen brought up to date.
import { App } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import type { CaseDetail } from '../../../api/types';
import { problemWords } from '../../../ui/words';

/** Refusals of an assignment that a reason can overrule: the dialog asks for it. */
export const OVERRULED = ['schedule.away', 'schedule.full', 'schedule.no_terminal'];

export function useStep(detail: Pick<CaseDetail, 'id' | 'version'>) {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ['case', detail.id] }), client.invalidateQueries({ queryKey: ['inbox'] }), client.invalidateQueries({ queryKey: ['schedule'] })]);
  return useMutation({
    mutationFn: ({ step, body }: { step: string; body?: Record<string, unknown> }) => api.post(`/api/consults/${detail.id}/${step}`, { version: detail.version, ...body }),
    onSuccess: async (_, { step }) => {
      void message.success(t(`steps.done.${step}`, { defaultValue: t('steps.done_any') }));
      await refresh();
    },
    onError: (error) => {
      if (OVERRULED.some((code) => isProblem(error, code))) return;
      const words = problemWords(error, t, i18n.language);
      const first = isProblem(error, 'consult.taken') || isProblem(error, 'consult.wrong_state') || isProblem(error, 'schedule.taken');
      if (first) {
        modal.warning({ title: t(isProblem(error, 'schedule.taken') ? 'steps.double_booked' : 'steps.conflict'), content: words, okText: t('steps.seen'), autoFocusButton: 'ok' });
        void refresh();
      } else void message.error(words, 6);
    },
  });
}
export type TakeStep = ReturnType<typeof useStep>;
