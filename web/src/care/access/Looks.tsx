// Who looked: by case, person and day, newest first, as far back as the ledger reaches; and as a file.
import { useState } from 'react';
import { Button, Empty, Input, Skeleton } from 'antd';
import { DownloadOutlined, StopOutlined, UnlockOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, url } from '../../api/client';
import { useMe } from '../../api/session';
import type { Inbox } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { answersFor, type Archived, type Look, type LookFilter, type Looks } from './api';

function Row({ look }: { look: Look }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  return (
    <tr className={look.allowed ? undefined : 'refused'}>
      <td><time dateTime={look.at}>{clockTime(look.at, i18n.language)}</time></td>
      <td><b>{name(look.person)}</b><small>{t(`login.role.${look.role}`, { defaultValue: look.role })} · {name(look.person.hospital)}</small></td>
      <td>
        {t(`act.${look.what.replaceAll('.', '_')}`, { defaultValue: look.what })}
        {!look.allowed && <span className="lookmark bad"><StopOutlined aria-hidden /> {t('access.refused')}</span>}
        {look.glass && <span className="lookmark need"><UnlockOutlined aria-hidden /> {t('access.in_need')}</span>}
      </td>
      <td>{look.patient || '—'}<small className="mono">{look.case_number}</small></td>
    </tr>
  );
}

/** That nothing is shown of a time does not mean that nobody looked. */
function Archives({ archives }: { archives: Archived[] }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="archives" role="note">
      {archives.map((archive) => (
        <p key={archive.sha256}>
          {t('access.archived', { before: clockTime(archive.before, i18n.language), file: archive.file })}
          <small className="mono">SHA-256 {archive.sha256}</small>
        </p>
      ))}
    </div>
  );
}

export function LooksList() {
  const { t } = useTranslation();
  const me = useMe();
  const search = useSearch({ from: '/inside/access' });
  const navigate = useNavigate({ from: '/access' });
  const everything = answersFor(me.role?.role);
  const [number, setNumber] = useState(search.number ?? '');
  const [person, setPerson] = useState(search.person ?? '');
  const [failed, setFailed] = useState<'none' | null>(null);
  const filter: LookFilter = { case: search.case, patient: search.patient, person: search.person, day: search.day };
  const asked = everything || filter.case || filter.patient;
  const pages = useInfiniteQuery({
    queryKey: ['access', 'looks', filter],
    queryFn: ({ pageParam, signal }) => api.get<Looks>('/api/access/looks', { ...filter, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: Boolean(asked),
  });
  const looks = pages.data?.pages.flatMap((page) => page.looks);
  const archives = pages.data?.pages.at(-1)?.archives ?? [];
  const change = (more: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, tab: 'looks', ...more }), replace: true });
  const apply = async () => {
    const typed = number.trim();
    setFailed(null);
    if (!typed || everything) return change({ person: person.trim() || undefined, number: typed || undefined, case: typed ? search.case : undefined });
    // A case of mine by its number.
    const found = (await api.get<Inbox>('/api/consults', { q: typed })).rows.find((row) => row.number === typed);
    if (!found) return setFailed('none');
    change({ person: person.trim() || undefined, number: typed, case: found.id });
  };
  return (
    <section className="panel looksof" aria-label={t('access.tab.looks')}>
      <p className="lead">{t(everything ? 'access.looks_what' : 'access.looks_mine')}</p>
      <form className="lookfilter" role="search" onSubmit={(event) => { event.preventDefault(); void apply(); }}>
        {!everything && <label>{t('access.number.case')}<Input value={number} maxLength={64} onChange={(event) => setNumber(event.target.value)} status={failed ? 'error' : undefined} /></label>}
        <label>{t('access.person')}<Input value={person} maxLength={100} allowClear onChange={(event) => setPerson(event.target.value)} /></label>
        <label>{t('access.day')}<input type="date" className="dayinput" value={search.day ?? ''} onChange={(event) => change({ day: event.target.value || undefined })} /></label>
        <Button htmlType="submit">{t('access.filter')}</Button>
        {asked && <Button href={url('/api/access/looks.csv', { ...filter })} icon={<DownloadOutlined aria-hidden />} download>{t('access.export')}</Button>}
      </form>
      {failed && <p role="alert" className="bad">{t('access.no_such_case')}</p>}
      {pages.isError && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {asked && !looks && !pages.isError && <Skeleton active paragraph={{ rows: 8 }} title={false} />}
      {looks?.length === 0 && !pages.hasNextPage && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('access.no_looks')} />}
      {looks && looks.length > 0 && (
        <table className="lookstable">
          <thead><tr>{(['at', 'who', 'what', 'whose'] as const).map((key) => <th key={key} scope="col">{t(`access.col.${key}`)}</th>)}</tr></thead>
          <tbody>{looks.map((look) => <Row key={look.number} look={look} />)}</tbody>
        </table>
      )}
      {archives.length > 0 && <Archives archives={archives} />}
      {pages.hasNextPage && <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('access.older')}</Button></div>}
    </section>
  );
}
