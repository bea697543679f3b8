// Work that failed for good, for whoever runs the installation: what, why, and again.
import { useState } from 'react';
import { App, Button, Empty, Skeleton } from 'antd';
import { ReloadOutlined } from '@ant-design/icons';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import './jobs.css';

export interface DeadJob { key: string; kind: string; attempts: number; at: string; why: string }
export interface DeadJobList { jobs: DeadJob[] }

const deadQuery = queryOptions({ queryKey: ['jobs', 'dead'], queryFn: ({ signal }) => api.get<DeadJobList>('/api/jobs/dead', undefined, signal), refetchInterval: 30_000 });

function One({ job }: { job: DeadJob }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    try {
      await api.post('/api/jobs/retry', { key: job.key });
      void message.success(t('jobs.again_done'));
    } catch (error) {
      void message.error(problemWords(error, t, i18n.language));
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: deadQuery.queryKey });
    }
  };
  return (
    <li className="deadjob">
      <div className="deadhead">
        <b>{t(`jobs.kind.${job.kind.replaceAll('.', '_')}`, { defaultValue: job.kind })}</b>
        <small>{t('jobs.tried', { n: job.attempts })} · <time dateTime={job.at}>{clockTime(job.at, i18n.language)}</time></small>
        <span className="grow" />
        <Button icon={<ReloadOutlined aria-hidden />} loading={busy} onClick={() => void again()}>{t('jobs.again')}</Button>
      </div>
      <p>{job.why}</p>
      <small className="mono">{job.key}</small>
    </li>
  );
}

export function DeadJobs() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(deadQuery);
  return (
    <article className="jobspage">
      <h1>{t('jobs.title')}</h1>
      <p className="lead">{t('jobs.what')}</p>
      {isError && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !isError && <Skeleton active paragraph={{ rows: 4 }} title={false} />}
      {data?.jobs.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('jobs.none')} />}
      {data && data.jobs.length > 0 && <ul>{data.jobs.map((job) => <One key={job.key} job={job} />)}</ul>}
    </article>
  );
}
