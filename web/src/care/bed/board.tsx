// The beds of the own hospital, ward by ward: free, held for somebody who is referred, taken. Who keeps them says so with two presses.
import { useState } from 'react';
import { Alert, App, Empty, Input, Modal, Skeleton } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { keepsBeds, seesReferrals } from '../referral/can';
import { Held } from '../referral/parts';
import { bedsQuery, listQuery, useReferralsLive } from '../referral/queries';
import { REASON_MAX, type BedRow, type WardBeds } from '../referral/shape';
import { refusalWords } from '../referral/words';
import '../patient/patient.css';
import '../consult/inbox.css';
import '../consult/case.css';
import '../consult/request.css';
import '../referral/referral.css';
import './bed.css';

const MARK: Record<BedRow['state'], string> = { free: '○', held: '◐', taken: '●' };

interface Chosen { bed: BedRow; ward: WardBeds }

/** What is said of a bed: somebody lies in it, or nobody does any more. A held one is taken with a reason, which who refers reads. */
function BedDialog({ chosen: { bed, ward }, close }: { chosen: Chosen; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const { name, patient } = useNames();
  const client = useQueryClient();
  const me = useMe();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  // Held since the board was asked: the server says so, and the reason is asked for then.
  const [heldNow, setHeldNow] = useState(false);
  const held = bed.state === 'held' || heldNow;
  const rows = useQuery({ ...listQuery(false), enabled: held && seesReferrals(me) }).data?.rows ?? [];
  const referral = rows.find((row) => row.bed?.id === bed.id || row.asked.some((one) => one.bed?.id === bed.id));
  const step = bed.state === 'taken' ? 'free' : 'occupy';
  const change = useMutation({
    mutationFn: () => api.post(`/api/beds/${bed.id}/${step}`, held ? { reason: reason.trim() } : {}),
    onSuccess: async () => {
      void message.success(t(`bed.done.${step}`, { bed: name(bed) }));
      await Promise.all([['beds'], ['referrals']].map((queryKey) => client.invalidateQueries({ queryKey })));
      close();
    },
    onError: (error) => {
      if (isProblem(error, 'bed.held')) setHeldNow(true);
      void client.invalidateQueries({ queryKey: ['beds'] });
    },
  });
  const presets = t('bed.presets', { returnObjects: true }) as unknown as string[];
  const send = () => {
    setTried(true);
    if (!held || reason.trim()) change.mutate();
  };
  return (
    <Modal open title={`${name(ward)} · ${name(bed)}`} okText={t(held ? 'bed.take_away' : `bed.step.${step}`)} cancelText={t('ui.cancel')} onOk={send} onCancel={close} okButtonProps={{ loading: change.isPending, size: 'large', danger: held }} cancelButtonProps={{ size: 'large' }} width={460}>
      {change.isError && !(isProblem(change.error, 'bed.held')) && <Alert type="warning" showIcon role="alert" className="gap" title={refusalWords(change.error, t, i18n.language)} />}
      {!held && <p className="lead">{t(`bed.what.${step}`)}</p>}
      {held && (
        <>
          <Alert type="warning" showIcon className="gap" title={t('bed.is_held')} description={<>{bed.until && <Held until={bed.until} />}{referral && <p><Link to="/referrals/$id" params={{ id: referral.id }}>{patient(referral.patient)} · {name(referral.sender)}</Link></p>}<span>{t('bed.is_held_what')}</span></>} />
          <label className="flabel" htmlFor="bed-reason">{t('bed.reason')}</label>
          <Input.TextArea id="bed-reason" rows={2} maxLength={REASON_MAX} value={reason} status={tried && !reason.trim() ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} />
          {tried && !reason.trim() && <em className="fielderror" role="alert">{t('steps.reason_missing')}</em>}
          <div className="presets">{presets.map((preset) => <button type="button" key={preset} onClick={() => setReason(preset)}>{preset}</button>)}</div>
        </>
      )}
    </Modal>
  );
}

function Tile({ bed, press }: { bed: BedRow; press?: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const body = (
    <>
      <b>{name(bed)}</b>
      <span className="how"><i aria-hidden>{MARK[bed.state]}</i>{t(`bed.state.${bed.state}`)}</span>
      {bed.state === 'held' && <small>{bed.until ? t('referral.until', { time: clockTime(bed.until, i18n.language) }) : t('bed.awaited')}</small>}
    </>
  );
  return <li>{press ? <button type="button" className={`bed is-${bed.state}`} onClick={press}>{body}</button> : <span className={`bed is-${bed.state}`}>{body}</span>}</li>;
}

export function BedsPage() {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { data, isPending, isError, error, refetch } = useQuery(bedsQuery);
  useReferralsLive();
  const keeps = keepsBeds(me);
  const wards = data?.hospitals[0]?.wards ?? [];
  // Intensive care first: there is least of it.
  const sorted = [...wards].sort((a, b) => Number(b.care === 'icu') - Number(a.care === 'icu'));
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <div className="bedpage">
      <header className="listhead">
        <h1>{t('bed.title')}</h1><span className="sub">{name(me.role?.hospital)}</span><span className="grow" />
        {data && <small>{t('ui.updated', { time: clockTime(data.at, i18n.language) })}</small>}
      </header>
      {isPending && <div className="panel"><Skeleton active paragraph={{ rows: 8 }} /></div>}
      {data && wards.length === 0 && <div className="panel"><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('bed.none')}><p className="lead">{t('bed.none_what')}</p></Empty></div>}
      {wards.length > 0 && (
        <dl className="bedtotals">
          {(['icu', 'ward'] as const).filter((care) => data?.totals[care]).map((care) => {
            const count = data?.totals[care];
            return count && <div key={care}><dt>{t(`referral.care.${care}`)}</dt><dd><b className={count.free ? 'some' : 'no'}>{count.free}</b> {t('bed.state.free')}<span>{t('bed.state.held')} {count.held}</span><span>{t('bed.state.taken')} {count.taken}</span></dd></div>;
          })}
        </dl>
      )}
      <div className="wards">
        {sorted.map((ward) => (
          <section key={ward.id} className="panel ward" aria-label={name(ward)}>
            <div className="panelhead"><h2>{name(ward)}</h2><small>{t(`referral.care.${ward.care}`)}</small><span className="grow" /><span className={ward.free ? 'freecount' : 'freecount none'}>{ward.free ? t('bed.free_of', { n: ward.free, all: ward.beds.length }) : t('bed.full')}</span></div>
            {ward.beds.length === 0 ? <p className="sub">{t('bed.no_beds')}</p> : <ul className="beds">{ward.beds.map((bed) => <Tile key={bed.id} bed={bed} press={keeps ? () => setChosen({ bed, ward }) : undefined} />)}</ul>}
          </section>
        ))}
      </div>
      {!keeps && wards.length > 0 && <p className="sub">{t('bed.not_yours')}</p>}
      {chosen && <BedDialog key={chosen.bed.id} chosen={chosen} close={() => setChosen(null)} />}
    </div>
  );
}
