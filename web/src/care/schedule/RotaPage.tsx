// The week of duties: who is called first and who stands by, specialty by specialty; where nobody is; who is on leave. Whoever keeps
// a calendar adds and removes here; everybody else of the centre reads.
import { useCallback, useMemo, useState } from 'react';
import { Alert, App, Button, Empty, Popconfirm, Skeleton } from 'antd';
import { CopyOutlined, LeftOutlined, PlusOutlined, RightOutlined } from '@ant-design/icons';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, url } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useActs } from '../../api/live';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { OtherZone } from '../../ui/OtherZone';
import { useUndo } from '../../ui/useUndo';
import { problemWords } from '../../ui/words';
import { mayPlan } from './can';
import { ahead, type Call, daysOf, later, meets, mondayOf, rings, type Span } from './rota';
import { DutyForm, LeaveForm } from './RotaForms';
import { type Hours, RotaHours } from './RotaHours';
import { dateIn, type Rota, type RotaRow } from './shape';
import './rota.css';

const rotaQuery = (from: string, to: string) => queryOptions({ queryKey: ['rota', from, to], queryFn: ({ signal }) => api.get<Rota>('/api/rota', { from, to }, signal) });

export function RotaPage() {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { message } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const undoable = useUndo('rota');
  const search = useSearch({ from: '/inside/plan/rota' });
  const navigate = useNavigate({ from: '/plan/rota' });
  const monday = mondayOf(search.week ?? serverNow());
  const key = monday.format('YYYY-MM-DD');
  const days = useMemo(() => daysOf(mondayOf(key)), [key]);
  const window = { from: days[0]!.from, to: days.at(-1)!.to };
  const [from, to] = [new Date(window.from).toISOString(), new Date(window.to).toISOString()];
  const { data, isError, error, refetch } = useQuery(rotaQuery(from, to));
  const [adding, setAdding] = useState<'duty' | 'leave' | null>(null);
  /** How many are copied so far. */
  const [copying, setCopying] = useState<number | null>(null);
  useActs(useCallback((act) => { if (act.what.startsWith('schedule.')) void client.invalidateQueries({ queryKey: ['rota'] }); }, [client]));
  const week = (n: number) => void navigate({ search: { week: n === 0 ? undefined : monday.add(n * 7, 'day').format('YYYY-MM-DD') } });
  if (isError && !data) return <article className="rota"><Failure error={error} retry={() => void refetch()} /></article>;
  if (!data) return <article className="rota"><h1>{t('rota.title')}</h1><Skeleton active /></article>;

  /** The calendar's version as it is now: an undo comes after other changes. */
  const version = async (role: string) => (await api.get<Rota>('/api/rota', { from, to })).experts.find((one) => one.role === role)?.version ?? 0;
  const put = async (role: string, what: 'duties' | 'leaves', body: object) => (await api.post<{ id?: string }>(`/api/rota/${role}/${what}`, { version: await version(role), ...body })).id ?? '';
  const drop = async (role: string, what: 'duties' | 'leaves', id: string) => api.delete(url(`/api/rota/${role}/${what}/${id}`, { version: await version(role) }));
  /** Adds, or takes out, with the way back. */
  const add = async (role: string, what: 'duties' | 'leaves', body: object) => {
    let id = await put(role, what, body);
    await undoable(async () => undefined, async () => { await drop(role, what, id); id = ''; }, t(`rota.added.${what}`));
  };
  const remove = (role: string, what: 'duties' | 'leaves', id: string, body: object) => undoable(() => drop(role, what, id), async () => { await put(role, what, body); }, t(`rota.removed.${what}`));
  const setHours = async (role: string, hours: Hours) => { await api.put(`/api/rota/${role}/hours`, { version: await version(role), ...hours }); };
  /** What was refused stands in the form; what was kept can be taken back. */
  const saveHours = async (row: RotaRow, hours: Hours) => {
    await setHours(row.role, hours);
    await undoable(async () => undefined, () => setHours(row.role, { hours: row.hours ?? null, limit: row.limit ?? null }), t('rota.hours_kept', { name: name(row) }));
  };
  const bodyOf = ({ duty }: Call) => ({ from: duty.from, to: duty.to, specialty: duty.specialty, rank: duty.rank });

  // What is over hurts nobody any more.
  const now = Math.floor(serverNow() / 60_000) * 60_000;
  const all = rings(data, window).map((ring) => ({ ...ring, nobody: ahead(ring.nobody, now), alone: ahead(ring.alone, now) }));
  const mine = data.experts.filter((row) => row.mine_to_keep);
  const own = data.experts.filter((row) => row.mine_to_keep || row.id === me.person.id);
  const away = data.experts.flatMap((row) => row.away.filter((one) => meets(one, window)).map((one) => ({ row, one })));
  const begun = all.flatMap((ring) => ring.calls).filter(({ duty, row }) => row.mine_to_keep && Date.parse(duty.from) >= window.from);
  const copy = async () => {
    setCopying(0);
    const made: { role: string; id: string }[] = [];
    const refused: string[] = [];
    for (const [n, call] of begun.entries()) {
      setCopying(n);
      try {
        made.push({ role: call.row.role, id: await put(call.row.role, 'duties', { ...bodyOf(call), ...later(call.duty, 7) }) });
      } catch (why) {
        refused.push(`${name(call.row)}${t('ui.colon')}${problemWords(why, t, i18n.language)}`);
      }
    }
    setCopying(null);
    if (refused.length) void message.warning(t('rota.copy_refused', { n: refused.length, why: refused[0] }), 8);
    await undoable(async () => undefined, async () => { for (const one of made) await drop(one.role, 'duties', one.id); }, t('rota.copied', { n: made.length }));
    week(1);
  };

  const clock = (at: number) => dayjs(at).format('HH:mm');
  const dayName = (at: number) => dayjs(at).format(i18n.language.startsWith('en') ? 'ddd D MMM' : 'M月D日 ddd');
  // The end of a day is its own, not the next one's beginning.
  const endWords = (at: number) => (dayjs(at).startOf('day').valueOf() === at ? '24:00' : clock(at));
  const spanWords = (span: Span) => (dayjs(span.from).isSame(span.to - 1, 'day') ? `${dayName(span.from)} ${clock(span.from)}–${endWords(span.to)}` : `${dayName(span.from)} ${clock(span.from)} – ${dayName(span.to - 1)} ${endWords(span.to)}`);
  const list = (spans: Span[]) => spans.slice(0, 4).map(spanWords).join(t('ui.list_sep')) + (spans.length > 4 ? t('rota.and_more', { n: spans.length - 4 }) : '');
  const holes = all.filter((ring) => ring.nobody.length > 0);
  const specialty = (code: string) => t(`consult.specialty.${code}`, { defaultValue: code });
  return (
    <article className="rota">
      <header className="planhead">
        <h1>{t('rota.title')}</h1>
        <div className="rotanav" role="group" aria-label={t('rota.week')}>
          <Button icon={<LeftOutlined />} aria-label={t('rota.earlier')} onClick={() => week(-1)} />
          <b>{dayName(window.from)} – {dayName(window.to - 1)}</b>
          <Button icon={<RightOutlined />} aria-label={t('rota.later')} onClick={() => week(1)} />
          {search.week && <Button onClick={() => week(0)}>{t('rota.this_week')}</Button>}
        </div>
        <span className="grow" />
        {mayPlan(me) && <Link to="/plan" className="rotalink">{t('plan.title')}</Link>}
        {mine.length > 0 && <Popconfirm title={t('rota.copy_ask', { n: begun.length })} okText={t('rota.copy')} cancelText={t('ui.cancel')} onConfirm={copy} disabled={begun.length === 0}><Button icon={<CopyOutlined />} loading={copying !== null} disabled={begun.length === 0}>{copying === null ? t('rota.copy') : t('rota.copying', { n: copying, of: begun.length })}</Button></Popconfirm>}
        {own.length > 0 && <Button onClick={() => setAdding('leave')}>{t('rota.add_leave')}</Button>}
        {mine.length > 0 && <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding('duty')}>{t('rota.add_duty')}</Button>}
      </header>
      <OtherZone site={data.zone} />
      {holes.length > 0 && <Alert type="warning" showIcon title={t('rota.holes')} description={<ul className="holes">{holes.map((ring) => <li key={ring.specialty}><b>{specialty(ring.specialty)}</b> {list(ring.nobody)}</li>)}</ul>} />}
      {all.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('rota.none')}>{mine.length > 0 && <Button type="primary" onClick={() => setAdding('duty')}>{t('rota.add_duty')}</Button>}</Empty> : (
        <div className="rotawrap" tabIndex={0} role="region" aria-label={t('rota.title')}>
          <table className="rotaweek">
            <thead><tr><th scope="col">{t('rota.specialty')}</th>{days.map((day) => <th key={day.from} scope="col" className={serverNow() >= day.from && serverNow() < day.to ? 'today' : undefined}>{dayName(day.from)}<SpecialDay rota={data} at={day.from} /></th>)}</tr></thead>
            <tbody>
              {all.map((ring) => (
                <tr key={ring.specialty}>
                  <th scope="row">{specialty(ring.specialty)}{ring.alone.length > 0 && <small title={list(ring.alone)}>{t('rota.alone')}</small>}</th>
                  {days.map((day) => (
                    <td key={day.from} className={ring.nobody.some((span) => span.from < day.to && span.to > day.from) ? 'hole' : undefined}>
                      {ring.calls.filter(({ duty }) => meets(duty, day)).map((call) => <Duty key={call.duty.id} call={call} day={day} clock={clock} remove={() => void remove(call.row.role, 'duties', call.duty.id, bodyOf(call))} />)}
                      {ring.nobody.filter((span) => span.from < day.to && span.to > day.from).map((span) => <em key={span.from}>{t('rota.nobody', { from: clock(Math.max(span.from, day.from)), to: span.to >= day.to ? '24:00' : clock(span.to) })}</em>)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2>{t('rota.away')}</h2>
      {away.length === 0 ? <p className="none">{t('rota.nobody_away')}</p> : (
        <ul className="rotaaway">
          {away.map(({ row, one }) => (
            <li key={`${row.role} ${one.from}`}>
              <b>{name(row)}</b> <span>{spanWords({ from: Date.parse(one.from), to: Date.parse(one.to) })}</span> {one.reason && <small>{t(`rota.reason.${one.reason}`)}</small>}
              {one.id && one.reason && (row.mine_to_keep || row.id === me.person.id) && <Button size="small" aria-label={`${t('rota.remove')} ${name(row)}`} onClick={() => void remove(row.role, 'leaves', one.id!, { from: one.from, to: one.to, reason: one.reason })}>{t('rota.remove')}</Button>}
            </li>
          ))}
        </ul>
      )}
      {mine.length > 0 && <RotaHours experts={mine} save={saveHours} />}
      <DutyForm open={adding === 'duty'} experts={mine} from={window.from} close={() => setAdding(null)} send={(role, body) => add(role, 'duties', body)} />
      <LeaveForm open={adding === 'leave'} experts={own} from={window.from} close={() => setAdding(null)} send={(role, body) => add(role, 'leaves', body)} />
    </article>
  );
}

/** 休 or 班, as on a calendar on the wall. */
function SpecialDay({ rota, at }: { rota: Rota; at: number }) {
  const { t } = useTranslation();
  const date = dateIn(at, rota.zone);
  const kind = rota.holidays.includes(date) ? 'holiday' : rota.workdays.includes(date) ? 'workday' : null;
  return kind && <span className={`specialday ${kind}`} title={t(`rota.${kind}_what`)}>{t(`rota.${kind}`)}</span>;
}

/** A duty on one of its days: an arrow where it comes from the day before or goes on. */
function Duty({ call: { duty, row }, day, clock, remove }: { call: Call; day: Span; clock: (at: number) => string; remove: () => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const [from, to] = [Date.parse(duty.from), Date.parse(duty.to)];
  const words = `${from < day.from ? '…' : clock(from)}–${to > day.to ? '…' : to === day.to ? '24:00' : clock(to)}`;
  const face = <><i>{duty.rank}</i> <b>{name(row)}</b> <span>{words}</span></>;
  const whole = t('rota.duty', { name: name(row), rank: duty.rank, from: dayjs(from).format('MM-DD HH:mm'), to: dayjs(to).format('MM-DD HH:mm') });
  if (!(row as RotaRow).mine_to_keep) return <span className="rotaduty" title={whole}>{face}</span>;
  return <Popconfirm title={whole} okText={t('rota.remove')} okButtonProps={{ danger: true }} cancelText={t('ui.close')} onConfirm={remove}><button className="rotaduty" title={whole}>{face}</button></Popconfirm>;
}
