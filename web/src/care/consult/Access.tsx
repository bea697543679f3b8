// Who has looked at this case, refused ones included: both sides can see it.
import { Skeleton } from 'antd';
import { EyeOutlined, StopOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../api/problem';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { accessQuery } from './queries';

function Head() {
  const { t } = useTranslation();
  return <h2><EyeOutlined aria-hidden /> {t('consult.access')}</h2>;
}

export function Access({ caseId }: { caseId: string }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { data, isPending, isError, error, refetch } = useQuery(accessQuery(caseId));
  if (isPending) return <section className="panel"><Head /><Skeleton active title={false} paragraph={{ rows: 2 }} /></section>;
  // Not everybody on a case may see who else looked: then there is nothing to say here.
  if (isProblem(error) && error.status === 404) return null;
  if (isError) return <section className="panel"><Head /><Failure error={error} retry={() => void refetch()} /></section>;
    return (
    <section className="panel">
      <Head />
      {data.length === 0 && <p className="none">{t('consult.access_none')}</p>}
      <ul className="looks" tabIndex={0}>
      {data.map((look, index) => (
        <li key={index} className={look.allowed ? undefined : 'refused'}>
          <time dateTime={look.at}>{clockTime(look.at, i18n.language)}</time>
          <span>{!look.allowed && <StopOutlined aria-hidden />} <b>{name(look.person)}</b> {t(`act.${look.what.replaceAll('.', '_')}`, { defaultValue: look.what })}{!look.allowed && <em> · {t('consult.access_refused')}</em>}<small>{t(`login.role.${look.role}`, { defaultValue: look.role })} · {name(look.person.hospital)}</small></span>
        </li>
      ))}
      </ul>
    </section>
  );
}
