// The dispatcher's plan of the day: what is proposed beside what there is, why, and what would be. What is taken is taken by
// `schedule.accept`; nothing else on this page changes anything.
import { useState } from 'react';
import { Alert, Button, Segmented, Skeleton } from 'antd';
import { ReloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { serverNow } from '../../api/clock';
import { Failure } from '../../ui/Failure';
import { clockSeconds } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { OtherZone } from '../../ui/OtherZone';
import { problemWords } from '../../ui/words';
import { Board } from './Board';
import { Proposals } from './Proposals';
import { Results } from './Results';
import { acceptance, AWAY_MAX, dateIn, daysFrom, isOpen, isShow, ROOMS_MAX, sameMeeting, type Meeting, type Plan, type Taken } from './shape';
import { usePlan } from './usePlan';
import { WhatIf } from './WhatIf';
import './plan.css';

/** What a person chose belongs to the plan they saw: another plan begins without it. */
interface Choice { of?: Plan; cases: string[]; instead: Record<string, Meeting> }

export function PlanPage() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: '/inside/plan' });
  const navigate = useNavigate({ from: '/plan' });
  const narrow = useNarrow();
  const away = search.away?.split(',').filter(Boolean).slice(0, AWAY_MAX) ?? [];
  const rooms = Math.min(ROOMS_MAX, Math.max(0, Number(search.rooms) || 0));
  const { shown, real, isThought, changed, again, planning, error, retry } = usePlan({ day: search.day, rooms, away });
  const [kept, setChoice] = useState<Choice>({ cases: [], instead: {} });
  const [open, setOpen] = useState<string>();
  const [view, setView] = useState<'proposals' | 'board'>('proposals');
  const plan = shown?.plan;
  const choice = kept.of === plan ? kept : { of: plan, cases: [], instead: {} };
  const show = isShow(search.show) ? search.show : 'open';

  const accept = useMutation({
    mutationFn: async (chosen: { number: string; case: string; meeting: Meeting; version: number }[]) => {
      const answer = await api.post<Taken>('/api/schedule/accept', { proposals: chosen.map((one) => acceptance(one, one.meeting)) });
      return { chosen, answer: answer.cases };
    },
    // Also when the answer was lost: what was taken is seen in the plan made anew.
    onSettled: again,
  });
  const send = () => {
    if (!plan || isThought || accept.isPending) return;
    const chosen = plan.proposals.filter((one) => choice.cases.includes(one.case) && isOpen(one));
    accept.mutate(chosen.flatMap((one) => {
      const meeting = choice.instead[one.case] ?? one.proposed;
      return meeting ? [{ number: one.number, case: one.case, version: one.version, meeting }] : [];
    }));
  };

  const days = daysFrom(dateIn(serverNow(), shown?.zone));
  const day = search.day ?? days[0];
  const dayWords = (date: string, n: number) => (n === 0 ? t('plan.today') : dayjs(date).format(i18n.language === 'en' ? 'ddd D' : 'ddd D日'));
  const toAway = (list: string[]) => void navigate({ search: (now) => ({ ...now, away: list.length ? list.join(',') : undefined }), resetScroll: false });
  const toggleAway = (role: string) => toAway(away.includes(role) ? away.filter((one) => one !== role) : [...away, role].slice(0, AWAY_MAX));
  const differs = new Set(real ? plan?.proposals.filter((one) => !sameMeeting(one.proposed, real.plan.proposals.find((other) => other.case === one.case)?.proposed)).map((one) => one.case) : []);
  const pick = (id: string) => {
    setView('proposals');
    setOpen(id);
    if (plan?.proposals.some((one) => one.case === id && one.becomes === 'stays')) void navigate({ search: (now) => ({ ...now, show: 'all' }), resetScroll: false });
    requestAnimationFrame(() => document.getElementById(`plan-${id}`)?.scrollIntoView({ block: 'nearest' }));
  };

  return (
    <article className={isThought ? 'plan thought' : 'plan'}>
      <header className="planhead">
        <h1>{t('plan.title')}</h1>
        <nav className="days" aria-label={t('plan.days')}>
          {days.map((date, n) => (
            <button key={date} className={date === day ? 'chip on' : 'chip'} aria-pressed={date === day} onClick={() => void navigate({ search: (now) => ({ ...now, day: n ? date : undefined }), resetScroll: false })}>{dayWords(date, n)}</button>
          ))}
        </nav>
        <span className="grow" />
        <Link to="/plan/rota" className="rotalink">{t('rota.title')}</Link>
        <WhatIf rooms={rooms} away={away} people={shown?.people ?? []} onRooms={(n) => void navigate({ search: (now) => ({ ...now, rooms: n ? String(n) : undefined }), resetScroll: false })} />
        {shown && <small className="age">{t(planning ? 'plan.planning' : 'plan.planned', { time: clockSeconds(shown.planned_ms) })}</small>}
        <Button icon={<ReloadOutlined />} loading={planning} onClick={again}>{t('plan.again')}</Button>
      </header>
      <div role="status" className="planbanners">
        <OtherZone site={shown?.zone} />
        {isThought && (
          <Alert
            type="warning" showIcon
            title={<>{t('plan.thought', { what: [rooms ? t('plan.thought_rooms', { n: rooms }) : '', away.length ? t('plan.thought_away', { n: away.length }) : ''].filter(Boolean).join(t('ui.list_sep')) })} {real && !planning && t('plan.thought_differs', { n: differs.size })}</>}
            action={<Button size="small" onClick={() => void navigate({ search: (now) => ({ ...now, rooms: undefined, away: undefined }), resetScroll: false })}>{t('plan.thought_end')}</Button>}
          />
        )}
        {changed > 0 && !planning && <Alert type="info" showIcon title={t('plan.changed', { n: changed })} action={<Button size="small" type="primary" onClick={again}>{t('plan.again')}</Button>} />}
      </div>
      {accept.isError && <Alert className="planfault" type="error" showIcon role="alert" title={t('plan.not_sent')} description={problemWords(accept.error, t, i18n.language)} closable={{ onClose: () => accept.reset() }} />}
      {accept.data && <Results chosen={accept.data.chosen} answer={accept.data.answer} rooms={shown?.rooms ?? []} close={() => accept.reset()} />}
      {narrow && <Segmented block className="planviews" value={view} onChange={setView} options={[{ value: 'proposals', label: t('plan.proposals') }, { value: 'board', label: t('plan.board') }]} aria-label={t('plan.view')} />}
      {error && !planning ? <Failure error={error} retry={retry} /> : !shown || !plan ? <Skeleton active className="planwait" paragraph={{ rows: 10 }} /> : (
        <div className={planning ? 'planbody old' : 'planbody'} aria-busy={planning}>
          {(!narrow || view === 'board') && <Board snapshot={shown} day={day} isThought={isThought} away={away} toggleAway={toggleAway} instead={choice.instead} chosen={choice.cases} open={open} pick={pick} extraRooms={rooms} setInstead={isThought || accept.isPending ? undefined : (id, meeting) => setChoice({ ...choice, instead: { ...choice.instead, [id]: meeting }, cases: choice.cases.includes(id) ? choice.cases : [...choice.cases, id] })} />}
          {(!narrow || view === 'proposals') && (
            <Proposals
              plan={plan} rooms={shown.rooms} show={show} setShow={(next) => void navigate({ search: (now) => ({ ...now, show: next === 'open' ? undefined : next }), resetScroll: false })}
              chosen={choice.cases} choose={(cases) => setChoice({ ...choice, cases })}
              instead={choice.instead} setInstead={(instead) => setChoice({ ...choice, instead })}
              refused={accept.data?.answer} differs={differs} open={open} setOpen={setOpen}
              isThought={isThought} sending={accept.isPending} send={send} isLater={day !== days[0]}
            />
          )}
        </div>
      )}
    </article>
  );
}
