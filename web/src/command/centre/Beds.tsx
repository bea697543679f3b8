// The beds of the own hospital and those below: how many are free, by level of care; opened, where they are.
import { useEffect, useRef } from 'react';
import { Button, Skeleton } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { type BedBoard, CARES, type Care } from '../../care/referral/shape';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { freeest } from './freeest';

/** A bed changes hands without an act that a command page hears of. */
const AGAIN_MS = 15_000;

/** What the address says when a level of care is opened. */
export const bedsOf = (open: string | undefined): Care | undefined => CARES.find((care) => open === `beds-${care}`);

function useBeds() {
  const me = useMe();
  const hospital = me.role?.hospital.id;
  return useQuery({ queryKey: ['beds', 'counts', hospital], queryFn: ({ signal }) => api.get<BedBoard>('/api/beds', { hospital, region: true, counts: true }, signal), refetchInterval: AGAIN_MS, enabled: !!hospital });
}

/** One line: free, held, taken of each level of care. Nothing where no hospital has put its beds in. */
export function Beds({ open, onOpen }: { open?: string; onOpen?: (figure: string) => void }) {
  const { t } = useTranslation();
  const { data } = useBeds();
  const known = CARES.filter((care) => data?.totals[care]);
  if (!data || known.length === 0) return null;
  return (
    <ul className="legend beds" aria-label={t('command.beds')}>
      {known.map((care) => {
        const { free = 0, held = 0, taken = 0 } = data.totals[care] ?? {};
        const face = <><span>{t(`command.beds_${care}`)}</span> <b className={free === 0 ? 'no' : undefined}>{t('command.beds_free', { n: free })}</b> <small>{t('command.beds_rest', { held, taken })}</small></>;
        return <li key={care}>{onOpen ? <button aria-pressed={open === `beds-${care}`} onClick={() => onOpen(`beds-${care}`)}>{face}</button> : <span>{face}</span>}</li>;
      })}
    </ul>
  );
}

/** Where they are: the hospital with most free beds first. */
export function BedsOpened({ care, onClose }: { care: Care; onClose: () => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { heading.current?.focus(); }, [care]);
  const { data, isPending, isError, error, refetch } = useBeds();
  const title = t(`command.beds_${care}`);
  return (
    <section className="panel opened" aria-label={title}>
      <header><h2 ref={heading} tabIndex={-1}>{title}</h2><Button type="text" icon={<CloseOutlined />} aria-label={t('ui.close')} onClick={onClose} /></header>
      {isError && !data ? <Failure error={error} retry={() => void refetch()} /> : isPending ? <Skeleton active /> : (
        <>
          <p className="big"><b>{data.totals[care]?.free ?? 0}</b> {t('command.beds_are_free')}</p>
          <p className="ruletext">{t('command.beds_rule')}</p>
          <ul className="caselist">
            {freeest(data, care).map((one) => <li key={one.hospital.id}><div><span className="who">{name(one.hospital)}</span><b className={one.free === 0 ? 'no' : undefined}>{t('command.beds_free', { n: one.free })}</b> <small>{t('command.beds_rest', { held: one.held, taken: one.taken })}</small></div></li>)}
          </ul>
        </>
      )}
    </section>
  );
}
