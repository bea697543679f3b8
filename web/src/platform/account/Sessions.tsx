// Where somebody is signed in and who tried to be them; ends the sessions.
import { App, Button, Skeleton } from 'antd';
import { useQuery, useQueryClient, type UseQueryOptions } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import type { Recent } from '../api';
import { deviceName } from '../device';

interface Props { query: Pick<UseQueryOptions<Recent>, 'queryKey'> & { queryFn?: unknown }; end: () => Promise<void>; endWords: string; others?: boolean }

export function Sessions({ query, end, endWords, others }: Props) {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const recent = useQuery(query as UseQueryOptions<Recent>);
  if (recent.isError) return <Failure error={recent.error} retry={() => void recent.refetch()} />;
  if (!recent.data) return <Skeleton active />;
  const { open, tries } = recent.data;
  const none = others ? !open.some((one) => !one.this) : open.length === 0;
  const ask = () => modal.confirm({
    title: endWords, content: t('account.end_what'), okText: endWords, cancelText: t('ui.cancel'),
    onOk: () => end().then(() => { void message.success(t('account.ended')); return client.invalidateQueries({ queryKey: query.queryKey }); }, (error: unknown) => void message.error(problemWords(error, t, i18n.language))),
  });
  return (
    <>
      <div className="cardhead"><h3>{t('account.open')}</h3><span className="grow" /><Button danger disabled={none} onClick={ask}>{endWords}</Button></div>
      {open.length === 0 ? <p className="lead">{t('account.open_none')}</p> : (
        <ul className="rows">
          {open.map((one) => (
            <li key={`${one.opened_at}${one.address}`}>
              <b>{deviceName(one.device)}</b>{one.this && <span className="tag">{t('account.this')}</span>}
              <small>{t('account.since', { time: clockTime(one.opened_at, i18n.language) })}{one.address && <> · <span className="mono">{one.address}</span></>}</small>
            </li>
          ))}
        </ul>
      )}
      <h3>{t('account.tries')}</h3>
      {tries.length === 0 ? <p className="lead">{t('account.tries_none')}</p> : (
        <ul className="rows tries">
          {tries.map((one, at) => (
            <li key={`${one.at}${at}`} className={one.outcome === 'opened' ? '' : 'bad'}>
              <span>{t(`account.outcome.${one.outcome}`, { defaultValue: one.outcome })}</span>
              <small><time dateTime={one.at}>{clockTime(one.at, i18n.language)}</time> · {deviceName(one.device)}{one.address && <> · <span className="mono">{one.address}</span></>}</small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
