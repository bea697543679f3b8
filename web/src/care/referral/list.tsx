// The referrals of the own hospital, both ways: what waits for me first, then the most severe. Arrows go from row to row, Enter opens.
import { useState, type KeyboardEvent } from 'react';
import { Button, Empty, Skeleton } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { useNarrow } from '../../ui/useNarrow';
import { Begun } from '../draft/Begun';
import { PatientLine, sexAge } from '../consult/parts';
import { mayRefer } from './can';
import { Next, Sev, Stands, Way } from './parts';
import { listQuery, useReferralsLive } from './queries';
import type { Form } from './request';
import { urgencyOf, type Referral } from './shape';
import '../consult/inbox.css';
import '../consult/ahead.css';
import '../bed/bed.css';
import './referral.css';

const SHOWS = ['all', 'mine', 'out', 'in', 'ended'] as const;
type Show = (typeof SHOWS)[number];
/** Rows that are drawn at once: a desk has some thirty, and hundreds are for a search. */
const DRAWN = 100;

function Row({ row }: { row: Referral }) {
  const { t } = useTranslation();
  const names = useNames();
  const navigate = useNavigate();
  return (
    <tr className={`row ${urgencyOf[row.severity]}${row.waiting_for_me ? ' mine' : ''}`} onClick={() => void navigate({ to: '/referrals/$id', params: { id: row.id } })}>
      <td><Sev severity={row.severity} /></td>
      <td><span className="two"><Link to="/referrals/$id" params={{ id: row.id }} className="opens" onClick={(event) => event.stopPropagation()}><b>{names.patient(row.patient)}</b></Link><small>{row.patient && sexAge(row.patient, t)}</small></span></td>
      <td><span className="two"><Way row={row} /><small>{t(`referral.care.${row.care}`)} · {t(`consult.specialty.${row.specialty}`, { defaultValue: row.specialty })}</small></span></td>
      <td><span className="two"><Stands row={row} />{row.bed ? <small className="bedname">{names.name(row.bed)}</small> : row.waiting_for_me && <small className="waits">{t('inbox.waiting_mark')}</small>}</span></td>
      <td><Next row={row} /></td>
    </tr>
  );
}

function Card({ row }: { row: Referral }) {
  const { t } = useTranslation();
  const { name } = useNames();
  return (
    <li>
      <Link to="/referrals/$id" params={{ id: row.id }} className={`card refcard ${urgencyOf[row.severity]}${row.waiting_for_me ? ' mine' : ''}`}>
        <span className="r1"><Sev severity={row.severity} /><Stands row={row} /></span>
        <span className="r2"><PatientLine patient={row.patient} /></span>
        <span className="r4"><Way row={row} /></span>
        <span className="r4"><Next row={row} />{row.bed ? <small className="bedname">{name(row.bed)}</small> : row.waiting_for_me && <small className="mywait">{t('inbox.waiting_mark')}</small>}</span>
      </Link>
    </li>
  );
}

/** Up and down go along the rows' links. */
function along(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('a.opens, a.card')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (all.length === 0) return;
  event.preventDefault();
  all[Math.min(all.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
}

export function ReferralsPage() {
  const { t } = useTranslation();
  const me = useMe();
  const narrow = useNarrow();
  const navigate = useNavigate({ from: '/referrals' });
  const search = useSearch({ from: '/inside/referrals' });
  const show = SHOWS.find((one) => one === search.show) ?? 'all';
  const [drawn, setDrawn] = useState(DRAWN);
  const own = me.role?.hospital.id;
  useReferralsLive();
  const open = useQuery(listQuery(false));
  const ended = useQuery({ ...listQuery(true), enabled: show === 'ended' });
  const { data, isPending, isError, error, refetch } = show === 'ended' ? ended : open;
  const isOver = (row: Referral) => ['closed', 'declined', 'cancelled', 'turned-back'].includes(row.state) || (row.state === 'arrived' && row.direction === 'down');
  const fits: Record<Show, (row: Referral) => boolean> = { all: () => true, mine: (row) => row.waiting_for_me, out: (row) => row.sender.id === own, in: (row) => row.sender.id !== own, ended: isOver };
  const rows = data?.rows.filter(fits[show]) ?? [];
  const refer = mayRefer(me) && <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate({ to: '/referrals/new' })}>{t('referral.new')}</Button>;

  const list = () => {
    if (isPending) return <div className="list pad" aria-busy>{Array.from({ length: 5 }, (_, index) => <Skeleton key={index} active title={false} paragraph={{ rows: 2 }} />)}</div>;
    if (isError && !data) return <div className="list"><Failure error={error} retry={() => void refetch()} /></div>;
    if (rows.length === 0) {
      return (
        <div className="list center">
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(show === 'all' ? 'referral.empty' : show === 'mine' ? 'referral.empty_mine' : 'referral.empty_here')}>
            <p className="lead">{t(show === 'all' ? (mayRefer(me) ? 'referral.empty_what' : 'referral.empty_desk') : 'referral.empty_other')}</p>
            {show === 'all' ? refer : <Button onClick={() => void navigate({ search: {} })}>{t('inbox.show_all')}</Button>}
          </Empty>
        </div>
      );
    }
    const shown = rows.slice(0, drawn);
    const more = rows.length > drawn ? <div className="more"><Button onClick={() => setDrawn(drawn + DRAWN)}>{t('inbox.more')}</Button></div> : data?.more && <div className="more"><p className="lead">{t('referral.more')}</p></div>;
    if (narrow) return <div className="list" onKeyDown={along}><ul className="cards">{shown.map((row) => <Card key={row.id} row={row} />)}</ul>{more}</div>;
    return (
      <div className="list" onKeyDown={along}>
        <table className="referrals">
          <caption className="sr">{t('referral.title')}</caption>
          <thead><tr>{(['severity', 'patient', 'way', 'state', 'next'] as const).map((key) => <th key={key} scope="col" className={`rc-${key}`}>{t(`referral.col.${key}`)}</th>)}</tr></thead>
          <tbody>{shown.map((row) => <Row key={row.id} row={row} />)}</tbody>
        </table>
        {more}
      </div>
    );
  };
  return (
    <div className="inbox referralpage">
      <header className="listhead"><h1>{t('referral.title')}</h1><span className="grow" />{refer}</header>
      {mayRefer(me) && <Begun<Form> kind="referral" words={(form) => form.reason.slice(0, 40)} link={(id, content) => <Link to="/referrals/new" search={{ patient: id === 'new' ? undefined : id }}>{content}</Link>} />}
      <div className="chips" role="group" aria-label={t('inbox.filters')}>
        {SHOWS.map((key) => (
          <button key={key} aria-pressed={show === key} className={`chip${show === key ? ' on' : ''}`} onClick={() => void navigate({ search: { show: key === 'all' ? undefined : key } })}>
            {t(`referral.show.${key}`)}{key !== 'ended' && open.data && <b>{open.data.rows.filter(fits[key]).length}</b>}
          </button>
        ))}
      </div>
      <div className="split bare">{list()}</div>
    </div>
  );
}
