// The inbox: what waits for me, most urgent first. Rows come and move by themselves; arrows choose, Enter opens.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Button, Empty, Skeleton } from 'antd';
import { CloseCircleFilled, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import type { CaseRow } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { useNarrow } from '../../ui/useNarrow';
import { mayBreak } from '../access/api';
import { keepsBeds } from '../referral/can';
import { Ahead } from './Ahead';
import { hasInbox, mayRequest } from './can';
import { Drafts } from './Drafts';
import { Clock, Mats, PatientLine, sexAge, StateDot, Urg } from './parts';
import { Preview } from './Preview';
import { countsQuery, rowsQuery } from './queries';
import { askFor, countOf, showOf, SHOWS } from './show';
import './inbox.css';

const specialtyKey = (row: CaseRow) => `consult.specialty.${row.specialty}`;

/** From which hospital to which specialty. Where it is tight the hospital gives way: the specialty decides who answers. */
function Route({ row }: { row: CaseRow }) {
  const { t } = useTranslation();
  const { name } = useNames();
  return (
    <small className="route">
      <span className="from">{name(row.asking.hospital)}</span> <span className="to"><i aria-hidden>→</i><span className="sr">{t('inbox.to')}</span> {t(specialtyKey(row), { defaultValue: row.specialty })}</span>
    </small>
  );
}

function Row({ row, chosen, fresh, choose, open }: { row: CaseRow; chosen: boolean; fresh: boolean; choose: () => void; open: () => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const ref = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (chosen && document.activeElement?.closest('.list')) ref.current?.focus({ preventScroll: false });
  }, [chosen]);
  return (
    <tr
      ref={ref}
      className={['row', row.urgency, chosen && 'sel', row.waiting_for_me && 'mine', fresh && 'fresh'].filter(Boolean).join(' ')}
      tabIndex={chosen ? 0 : -1}
      aria-selected={chosen}
      onClick={choose}
      onDoubleClick={open}
      onKeyDown={(event) => event.key === ' ' && (event.preventDefault(), choose())}
    >
      <td><Urg urgency={row.urgency} /></td>
      <td>{row.timer ? <span className="two"><Clock timer={row.timer} />{row.next && <Ahead next={row.next} short />}</span> : <span className="notimer">—</span>}</td>
      <td><span className="two"><b>{names.patient(row.patient)}</b><small>{row.patient ? sexAge(row.patient, t) : row.number}</small></span></td>
      <td><span className="two"><span className="ask">{row.purpose}</span><Route row={row} /></span></td>
      <td><Mats attachments={row.attachments} /></td>
      <td><span className="two"><StateDot state={row.state} />{row.waiting_for_me && <small className="waits">{t('inbox.waiting_mark')}</small>}</span></td>
    </tr>
  );
}

function PhoneCard({ row, fresh, open }: { row: CaseRow; fresh: boolean; open: () => void }) {
  return (
    <li>
      <button className={['card', row.urgency, row.waiting_for_me && 'mine', fresh && 'fresh'].filter(Boolean).join(' ')} onClick={open}>
        <span className="r1"><Urg urgency={row.urgency} />{row.timer && <Clock timer={row.timer} />}</span>
        {row.next && <Ahead next={row.next} />}
        <span className="r2"><PatientLine patient={row.patient} /><span className="grow" /><StateDot state={row.state} /></span>
        <span className="r3">{row.purpose}</span>
        <span className="r4"><Route row={row} /><Mats attachments={row.attachments} /></span>
      </button>
    </li>
  );
}

/** Rows that came or moved since the last look: shown for a moment, and said aloud politely. */
function useNews(rows: CaseRow[] | undefined, filter: string): { fresh: Set<string>; words: string } {
  const { t } = useTranslation();
  const names = useNames();
  const before = useRef<{ filter: string; states: Map<string, string> } | null>(null);
  const [news, setNews] = useState<{ fresh: Set<string>; words: string }>({ fresh: new Set(), words: '' });
  useEffect(() => {
    if (!rows) return;
    const states = new Map(rows.map((row) => [row.id, row.state as string]));
    const last = before.current;
    before.current = { filter, states };
    if (!last || last.filter !== filter) return;
    const changed = rows.filter((row) => last.states.get(row.id) !== row.state);
    if (changed.length === 0) return;
    const words = changed.slice(0, 3).map((row) => {
      const patient = names.patient(row.patient);
      return last.states.has(row.id) ? t('inbox.moved', { patient, state: t(`consult.state.${row.state}`) }) : t('inbox.arrived', { urgency: t(`consult.urgency.${row.urgency}`), patient, hospital: names.name(row.asking.hospital) });
    });
    setNews({ fresh: new Set(changed.map((row) => row.id)), words: words.join(' ') });
    const timer = setTimeout(() => setNews({ fresh: new Set(), words: '' }), 4000);
    return () => clearTimeout(timer);
  }, [rows, filter, t, names]);
  return news;
}

function SearchBox({ value, change }: { value: string; change: (text: string) => void }) {
  const { t } = useTranslation();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setSlot(document.getElementById('top-search')), []);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (next === value) return;
    timer.current = setTimeout(() => change(next), 250);
  };
  if (!slot) return null;
  return createPortal(
    <div className="searchbox" role="search">
      <SearchOutlined aria-hidden />
      <input id="inbox-search" value={text} placeholder={t('inbox.search')} aria-label={t('inbox.search')} maxLength={100} onChange={(event) => type(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && (type(''), event.currentTarget.blur())} />
      {text ? <button aria-label={t('inbox.search_clear')} onClick={() => type('')}><CloseCircleFilled aria-hidden /></button> : <kbd aria-hidden>/</kbd>}
    </div>,
    slot,
  );
}

export function Inbox() {
  const { t } = useTranslation();
  const me = useMe();
  if (hasInbox(me)) return <List />;
  if (me.role?.role === 'command-staff' || me.role?.role === 'outbreak-officer') return <Navigate to="/command" replace />;
  // Who is at the ward begins with its beds.
  if (keepsBeds(me)) return <Navigate to="/beds" replace />;
  return <div className="noinbox"><h1 className="sr">{t('inbox.title')}</h1><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('inbox.not_yours')}><p className="lead">{t('inbox.not_yours_what')}</p>{mayBreak(me.role?.role) && <Link to="/access"><Button>{t('inbox.not_yours_next')}</Button></Link>}</Empty></div>;
}

function List() {
  const { t } = useTranslation();
  const me = useMe();
  const narrow = useNarrow();
  const client = useQueryClient();
  const navigate = useNavigate({ from: '/inbox' });
  const search = useSearch({ from: '/inside/inbox' });
  const show = showOf(search.show);
  const ask = useMemo(() => askFor(show, search.q), [show, search.q]);
  const pages = useInfiniteQuery({ ...rowsQuery(client, ask), placeholderData: (before) => before });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.rows), [pages.data]);
  const counts = useQuery({ ...countsQuery, enabled: false }).data;
  const chosen = rows?.find((row) => row.id === search.case) ?? rows?.[0];
  const { fresh, words } = useNews(pages.isPlaceholderData ? undefined : rows, JSON.stringify(ask));

  const choose = useCallback((id: string) => void navigate({ search: (now) => ({ ...now, case: id }), replace: true, resetScroll: false }), [navigate]);
  const open = useCallback((id: string) => void navigate({ to: '/cases/$id', params: { id } }), [navigate]);

  useEffect(() => {
    if (narrow || !rows?.length) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector('[role="dialog"]')) return;
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.id !== 'inbox-search';
      if (typing) return;
      const at = rows.findIndex((row) => row.id === chosen?.id);
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        if (target.closest('.chips, [role=menu]')) return;
        event.preventDefault();
        const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))];
        if (target.id === 'inbox-search') target.blur();
        choose(next.id);
      }
      if (event.key === 'Enter' && chosen && !target.closest('button, a, [role=menuitem]')) open(chosen.id);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [rows, chosen, narrow, choose, open]);

  const empty = () => (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={search.q ? t('inbox.empty_filter') : show === 'waiting' ? t('inbox.empty_waiting') : show === 'all' ? t('inbox.empty') : t('inbox.empty_filter')}>
      {!search.q && (show === 'all' || show === 'waiting') && <p className="lead">{t('inbox.empty_waiting_what')}</p>}
      {(search.q || show !== 'all') && <Button onClick={() => void navigate({ search: {} })}>{t('inbox.show_all')}</Button>}
      {!search.q && show === 'all' && mayRequest(me) && <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/cases/new' })}>{t('inbox.new')}</Button>}
    </Empty>
  );
  const list = () => {
    if (pages.isPending) return <div className="list pad" aria-busy>{Array.from({ length: 7 }, (_, index) => <Skeleton key={index} active title={false} paragraph={{ rows: 2 }} />)}</div>;
    if (pages.isError && !rows) return <div className="list"><Failure error={pages.error} retry={() => void pages.refetch()} /></div>;
    if (!rows?.length) return <div className="list center">{empty()}</div>;
    const isCut = !pages.hasNextPage && pages.data?.pages.at(-1)?.next !== undefined;
    const more = pages.hasNextPage
      ? <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('inbox.more')}</Button></div>
      : isCut && <div className="more"><p className="lead">{t('inbox.narrow', { n: rows.length })}</p></div>;
    if (narrow) return <div className="list"><ul className="cards">{rows.map((row) => <PhoneCard key={row.id} row={row} fresh={fresh.has(row.id)} open={() => open(row.id)} />)}</ul>{more}</div>;
    return (
      <div className="list">
        <table>
          <caption className="sr">{t('inbox.title')}. {t('inbox.keys')}</caption>
          <thead><tr>{(['urgency', 'left', 'patient', 'purpose', 'attachments', 'state'] as const).map((key) => <th key={key} scope="col" className={`c-${key}`}>{t(`inbox.col.${key}`)}</th>)}</tr></thead>
          <tbody>{rows.map((row) => <Row key={row.id} row={row} chosen={row.id === chosen?.id} fresh={fresh.has(row.id)} choose={() => choose(row.id)} open={() => open(row.id)} />)}</tbody>
        </table>
        {more}
      </div>
    );
  };
  return (
    <div className="inbox">
      <h1 className="sr">{t('inbox.title')}</h1>
      <SearchBox value={search.q ?? ''} change={(q) => void navigate({ search: (now) => ({ ...now, q: q || undefined, case: undefined }), replace: true })} />
      <div className="chips" role="group" aria-label={t('inbox.filters')}>
        {SHOWS.map((key) => (
          <button key={key} aria-pressed={show === key} className={`chip ${key}${show === key ? ' on' : ''}`} onClick={() => void navigate({ search: (now) => ({ ...now, show: key === 'all' ? undefined : key, case: undefined }) })}>
            {t(`inbox.show.${key}`)}<b>{counts ? countOf(key, counts) : ''}</b>
          </button>
        ))}
      </div>
      {mayRequest(me) && show === 'all' && !search.q && <Drafts />}
      <div className={rows?.length === 0 ? 'split bare' : 'split'}>
        {list()}
        {!narrow && rows?.length !== 0 && <aside className="detail" aria-label={t('consult.summary')}>{chosen ? <Preview key={chosen.id} row={chosen} /> : <p className="lead center">{t('inbox.pick')}</p>}</aside>}
      </div>
      <p className="sr" role="status" aria-live="polite">{words}</p>
    </div>
  );
}
