// The chosen case beside the list: what one needs to decide the next step, and that step.
import { useEffect, useState } from 'react';
import { Button, Skeleton } from 'antd';
import { PhoneOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { Ahead } from './Ahead';
import { Clock, Mats, PatientLine, Urg } from './parts';
import { caseQuery } from './queries';
import { StepBar } from './steps/StepBar';
import { Summary } from './Summary';
import { Timeline } from './Timeline';

export function Preview({ row }: { row: CaseRow }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const navigate = useNavigate();
  // Reading a case is recorded: passing over a row with the arrow keys is not reading it.
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), 250);
    return () => clearTimeout(timer);
  }, []);
  const { data: detail, isError, error, refetch } = useQuery({ ...caseQuery(row.id), enabled: settled });
  const phone = detail?.request.callback_phone;
  return (
    <>
      <div className="dh"><Urg urgency={row.urgency} /><span className="mono sub">{row.number}</span><span className="grow" />{row.timer && <Clock timer={row.timer} named />}</div>
      {row.next && <div className="dahead"><Ahead next={detail?.next ?? row.next} /></div>}
      <div className="dp"><PatientLine patient={row.patient} second /></div>
      <p className="q">{row.purpose}</p>
      {detail && <StepBar detail={detail} most={2} />}
      <div className="dlinks">
        <Button onClick={() => void navigate({ to: '/cases/$id', params: { id: row.id } })}>{t('inbox.open')}<kbd aria-hidden>↵</kbd></Button>
        {phone && <Button href={`tel:${phone.replace(/[^\d+]/g, '')}`} icon={<PhoneOutlined />} aria-label={t('consult.call', { phone })}>{phone}</Button>}
      </div>
      {isError && !detail && <Failure error={error} retry={() => void refetch()} />}
      {!detail && !isError && <Skeleton active paragraph={{ rows: 8 }} title={false} className="gapabove" />}
      {detail && (
        <>
          <h2>{t('consult.summary')}</h2>
          <Summary detail={detail} />
          <dl className="facts2">
            <div><dt>{t('consult.asked_by')}</dt><dd>{name(row.asking.doctor)}<small>{name(row.asking.hospital)}</small></dd></div>
            <div><dt>{t('consult.advised_by')}</dt><dd>{row.advising.length ? row.advising.map((one) => <span key={one.id}>{name(one)}<small>{name(one.hospital)}</small></span>) : t('consult.nobody_yet')}</dd></div>
            {row.scheduled && <div><dt>{t('consult.scheduled_at')}</dt><dd>{clockTime(row.scheduled.start, i18n.language)}{row.kind === 'live' && <small>{row.scheduled.room ? name(row.scheduled.room) : t('consult.virtual_room')}</small>}</dd></div>}
          </dl>
          {row.attachments.length > 0 && <><h2>{t('consult.attachments')}</h2><Mats attachments={row.attachments} /></>}
          <h2>{t('consult.timeline')}</h2>
          <Timeline acts={detail.timeline} most={5} />
        </>
      )}
    </>
  );
}
