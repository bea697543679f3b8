// The patient summary that goes with a referral: problems, allergies, drugs, as the record said them when it was made.
import { Skeleton } from 'antd';
import { QuestionCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../api/problem';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { readSummary } from './ips';
import { summaryQuery } from './queries';

export function PatientSummary({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { data, isPending, isError, error, refetch } = useQuery({ ...summaryQuery(id), select: readSummary });
  if (isProblem(error) && error.status === 404) return null;
  return (
    <section className="panel" aria-label={t('referral.summary')}>
      <div className="panelhead"><h2>{t('referral.summary')}</h2><span className="grow" />{data?.at && <small>{t('referral.summary_at', { from: data.from ?? '', time: clockTime(data.at, i18n.language) })}</small>}</div>
      {isPending && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {isError && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <div className="ips below">
          {data.sections.map((section) => (
            <div key={section.code}>
              <h3>{t(`referral.section.${section.code}`)}</h3>
              <ul>{section.lines.map((line, index) => line.absent
                ? <li key={index} className="absent"><QuestionCircleOutlined aria-hidden /> {t('referral.absent')}</li>
                : <li key={index}>{line.text}{line.note && <small>{line.note}</small>}</li>)}</ul>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
