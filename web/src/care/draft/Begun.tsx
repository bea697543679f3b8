// Forms begun and not sent: a line that leads back to each, and a line in the form that says it goes on with what was begun.
import { Alert, App, Button } from 'antd';
import { DeleteOutlined, FormOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Draft, Id } from '../../api/types';
import { clockTime } from '../../ui/time';
import { forgetLocal } from './local';
import './draft.css';

const allQuery = <Body,>(kind: string) => ({ queryKey: ['drafts', kind], queryFn: () => api.get<{ drafts: Draft<Body>[] }>(`/api/drafts/${kind}`).then((answer) => answer.drafts), refetchOnMount: 'always' as const });

export async function dropDraft(kind: string, id: Id): Promise<void> {
  await api.delete(`/api/drafts/${kind}/${id}`);
  forgetLocal(kind, id);
}

/** `link` is the way back to one of them, with words that tell it from the others as its content. */
export function Begun<Body>({ kind, link, words }: { kind: string; link: (id: Id, content: ReactNode) => ReactNode; words: (body: Body) => string }) {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const { data } = useQuery(allQuery<Body>(kind));
  if (!data?.length) return null;
  const drop = (id: Id) => modal.confirm({
    title: t('inbox.draft_drop'), content: t('inbox.draft_drop_sure'), okText: t('ui.remove'), cancelText: t('ui.cancel'), okButtonProps: { danger: true },
    onOk: async () => {
      await dropDraft(kind, id);
      await client.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  return (
    <section className="drafts" aria-label={t('inbox.drafts')}>
      <b>{t('inbox.drafts')}</b>
      <ul>
        {data.map((draft) => (
          <li key={draft.id}>
            {link(draft.id, <><FormOutlined aria-hidden /> <span>{words(draft.body) || t('inbox.draft_empty')}</span> <small>{clockTime(draft.saved_at, i18n.language)}</small></>)}
            <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('inbox.draft_drop')} onClick={() => drop(draft.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Said once where a form opens with what was begun before. */
export function Continued({ opened, anew }: { opened: Draft<unknown>; anew: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  if (opened.revision === 0) return null;
  return <Alert className="continued" type="info" showIcon role="status" title={t('draft.continued', { time: clockTime(opened.saved_at, i18n.language) })} action={<Button size="small" onClick={() => void anew()}>{t('draft.anew')}</Button>} />;
}
