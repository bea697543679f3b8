// Requests begun and not sent: one click goes on with them.
import { App, Button } from 'antd';
import { DeleteOutlined, FormOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Draft, RequestForm } from '../../api/types';
import { clockTime } from '../../ui/time';
import { forgetLocal } from '../draft/local';

export function Drafts() {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['drafts', 'consult'], queryFn: () => api.get<{ drafts: Draft<RequestForm>[] }>('/api/drafts/consult').then((answer) => answer.drafts), refetchOnMount: 'always' });
  if (!data?.length) return null;
  const drop = (id: string) => modal.confirm({
    title: t('inbox.draft_drop'), content: t('inbox.draft_drop_sure'), okText: t('ui.remove'), cancelText: t('ui.cancel'), okButtonProps: { danger: true },
    onOk: async () => {
      await api.delete(`/api/drafts/consult/${id}`);
      forgetLocal('consult', id);
      await client.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  return (
    <section className="drafts" aria-label={t('inbox.drafts')}>
      <b>{t('inbox.drafts')}</b>
      <ul>
        {data.map((draft) => (
          <li key={draft.id}>
            <Link to="/cases/new" search={{ draft: draft.id }}><FormOutlined aria-hidden /> <span>{draft.body.purpose || t('inbox.draft_empty')}</span> <small>{clockTime(draft.saved_at, i18n.language)}</small></Link>
            <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('inbox.draft_drop')} onClick={() => drop(draft.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
