// Takes a step of a referral, and tells what came of it: done, or what stands against it and what to do. A bed that is gone is said at
// once, with the page as it is now behind it.
import { App } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import { refusalWords } from '../words';
import type { ReferralDetail } from '../shape';

/** Refusals after which what stands on the screen is not so any more. */
const MOVED_ON = ['referral.taken', 'referral.wrong_state', 'referral.no_offer', 'referral.bed_not_free', 'referral.offered_before', 'bed.taken'];
/** Of those, the ones that are about a bed. */
const BED_GONE = ['referral.no_offer', 'referral.bed_not_free', 'bed.taken'];

export function useStep(detail: Pick<ReferralDetail, 'id' | 'version'>) {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const refresh = () => Promise.all([['case', detail.id], ['referrals'], ['beds']].map((queryKey) => client.invalidateQueries({ queryKey })));
  return useMutation({
    mutationFn: ({ step, body }: { step: string; body?: Record<string, unknown> }) => api.post<{ id?: string }>(`/api/referrals/${detail.id}/${step}`, { version: detail.version, ...body }),
    onSuccess: async (_, { step }) => {
      void message.success(t(`referral.done.${step}`));
      await refresh();
    },
    onError: (error) => {
      const words = refusalWords(error, t, i18n.language);
      if (isProblem(error) && MOVED_ON.includes(error.code)) {
        modal.warning({ title: t(BED_GONE.includes(error.code) ? 'referral.bed_gone' : 'steps.conflict'), content: words, okText: t('steps.seen'), autoFocusButton: 'ok' });
        void refresh();
      } else void message.error(words, 8);
    },
  });
}

export const movedOn = (error: unknown): boolean => isProblem(error) && MOVED_ON.includes(error.code);
