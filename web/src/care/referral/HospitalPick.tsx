// Which hospitals to ask for a bed: those with a free one of the level wanted first, each with its free beds by ward.
import { useState } from 'react';
import { Alert, Button, Skeleton } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { allBedsQuery } from './queries';
import { ASKED_MAX, ranked, type Care } from './shape';

/** Hospitals that are shown before one asks for the rest. */
const SHOWN = 12;

export function HospitalPick({ care, value = [], onChange, without = [], most = ASKED_MAX, id }: { care: Care; value?: string[]; onChange?: (ids: string[]) => void; without?: string[]; most?: number; id?: string }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const [all, setAll] = useState(false);
  const { data, isPending, isError, error, refetch } = useQuery(allBedsQuery);
  if (isPending) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  const rows = ranked(data?.hospitals ?? [], care, me.role?.hospital.id ?? '').filter(({ at }) => !without.includes(at.hospital.id));
  if (rows.length === 0) return <Alert type="info" showIcon title={t('referral.nobody_to_ask')} />;
  const toggle = (hospital: string, on: boolean) => onChange?.(on ? [...value, hospital] : value.filter((one) => one !== hospital));
  const shown = all ? rows : rows.slice(0, SHOWN);
  return (
    <div className="hospitalpick" id={id} role="group" aria-label={t('referral.field.hospitals')}>
      <p className="picknote">{t('referral.beds_at', { time: clockTime(data?.at ?? '', i18n.language) })}</p>
      {shown.map(({ at, free }) => {
        const on = value.includes(at.hospital.id);
        const wards = at.wards.filter((ward) => ward.care === care);
        return (
          <label key={at.hospital.id} className={on ? 'on' : undefined}>
            <input type="checkbox" checked={on} disabled={!on && value.length >= most} onChange={(event) => toggle(at.hospital.id, event.target.checked)} />
            <span className="beside-beds"><b>{name(at.hospital)}</b><small>{wards.length === 0 ? t(`referral.no_care.${care}`) : wards.map((ward) => `${name(ward)} ${ward.free}/${ward.beds.length}`).join(' · ')}</small></span>
            <span className={free ? 'freecount' : 'freecount none'}>{free ? t('bed.n_free', { n: free }) : t('bed.full')}</span>
          </label>
        );
      })}
      {rows.length > shown.length && <Button onClick={() => setAll(true)}>{t('referral.more_hospitals', { n: rows.length - shown.length })}</Button>}
      {value.length >= most && <p className="picknote" role="status">{t('referral.hospitals_most', { n: most })}</p>}
    </div>
  );
}
