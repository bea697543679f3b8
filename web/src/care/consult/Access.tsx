// Who has looked at this case, refused ones included: both sides can see it.
import { Skeleton } from 'antd';
import { StopOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { accessQuery } from './queries';

export function Access({ caseId }: { caseId: string }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { data, isPending, isError, error, refetch } = useQuery(accessQuery(caseId));
  if (isPending) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  if (isError) return <Failure error={error} retry={() => void refetch()} />;
  if (data.length === 0) return <p className="none">{t('consult.access_none')}</p>;
  return (
    <ul className="looks">
      {data.map((look, index) => (
        <li key={index} className={look.allowed ? undefined : 'refused'}>
          <time dateTime={look.at}>{clockTime(look.at, i18n.language)}</time>
          <span>{!look.allowed && <StopOutlined aria-hidden />} <b>{name(look.person)}</b> {t(`act.${look.what.replaceAll('.', '_')}`, { defaultValue: look.what })}{!look.allowed && <em> · {t('consult.access_refused')}</em>}<small>{t(`login.role.${look.role}`, { defaultValue: look.role })} · {name(look.person.hospital)}</small></span>
        </li>
      ))}
    </ul>
  );
}
