// Experts × time and rooms × time: hours as ground, what is taken as blocks, what is proposed as dashed blocks.
import { useEffect, useRef, useState } from 'react';
import { Button, Segmented, Tooltip } from 'antd';
import { UserDeleteOutlined, UserAddOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { useNames } from '../../ui/names';
import { ThereClock } from '../../ui/OtherZone';
import { useNow } from '../../ui/useNow';
import { shape } from '../consult/parts';
import { type Hindrance, hindrance, movedTo, type Row, STEP_MS } from './drag';
import { useMeetingWords } from './meeting';
import { axisOf, blockOf, HOUR_MS, HOUR_PX, isOpen, lines, place, shortNumber, type Axis, type Meeting, type Proposal, type Room, type RotaRow, type Spell } from './shape';
import type { Snapshot } from './usePlan';

/** A proposal as it would be taken. */
interface Drawn { proposal: Proposal; meeting: Meeting }
/** One under the hand: where it would be, and what speaks against it. */
interface Held { case: string; meeting: Meeting; against: Hindrance | null }
/** A hand that trembles holds nothing yet. */
const TREMBLE_PX = 5;
/** When nothing is proposed, a day ahead is looked at from here. */
const MORNING = 8;

function Span({ on, spell, className, title, children }: { on: Axis; spell: Spell; className: string; title?: string; children?: React.ReactNode }) {
  const at = place(on, Date.parse(spell.from), Date.parse(spell.to));
  return at && <span className={className} style={at} title={title}>{children}</span>;
}

function Blocks({ on, busy, drawn, leaving, chosen, open, pick, label, row, held, grab, keys }: { row?: Row; held: Held | null; grab?: (event: React.PointerEvent<HTMLElement>, one: Drawn, row: Row) => void; keys?: (event: React.KeyboardEvent, one: Drawn, row: Row) => void; on: Axis; busy: RotaRow['busy']; drawn: Drawn[]; leaving: Set<string>; chosen: string[]; open?: string; pick: (id: string) => void; label: (one: Drawn) => string }) {
  const { t } = useTranslation();
  const times = (spell: Spell) => `${dayjs(spell.from).format('HH:mm')}–${dayjs(spell.to).format('HH:mm')}`;
  return (
    <>
      {busy.map((block) => {
        const moves = block.case !== undefined && leaving.has(block.case);
        const words = block.case ? shortNumber(block.what) : t('plan.busy');
        const at = place(on, Date.parse(block.from), Date.parse(block.to));
        if (!at) return null;
        const title = `${block.case ? block.what : t('plan.busy')} ${times(block)}`;
        return block.case && !moves
          ? <button key={block.from} className="block own" style={at} title={title} aria-label={title} onClick={() => pick(block.case ?? '')}>{words}</button>
          : <span key={block.from} className={moves ? 'block leaves' : 'block'} style={at} title={title}>{words}</span>;
      })}
      {drawn.map((one) => {
        const { from, to } = blockOf(one.proposal.case, one.meeting);
        const at = place(on, from, to);
        const { urgency, number, case: id } = one.proposal;
        return at && (
          <button
            key={id} style={at} title={label(one)} aria-label={label(one)} onClick={() => pick(id)} aria-keyshortcuts={grab && 'Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown'}
            className={['block', 'proposed', urgency, open === id ? 'open' : '', chosen.includes(id) ? 'chosen' : '', held?.case === id ? (held.against ? 'held not' : 'held') : '', grab ? 'moves' : ''].join(' ')}
            onPointerDown={grab && row ? (event) => grab(event, one, row) : undefined} onKeyDown={keys && row ? (event) => keys(event, one, row) : undefined}
          >
            <i aria-hidden>{shape[urgency]}</i>{shortNumber(number)}
          </button>
        );
      })}
    </>
  );
}

function Expert({ row, on, day, now, drawn, isAway, toggle, children }: { row: RotaRow; on: Axis; day: string; now: number; drawn: number; isAway: boolean; toggle: () => void; children: React.ReactNode }) {
  const { t } = useTranslation();
  const { name, title } = useNames();
  const specialties = row.specialties.map((one) => t(`consult.specialty.${one}`, { defaultValue: one })).join(t('ui.list_sep'));
  const count = row.days[day] ?? 0;
  const full = row.limit !== undefined && count >= row.limit;
  const duties = row.duties.filter((duty) => Date.parse(duty.from) < on.to && Date.parse(duty.to) > on.from);
  const first = duties.reduce<RotaRow['duties'][number] | undefined>((best, duty) => (!best || duty.rank < best.rank ? duty : best), undefined);
  return (
    <li className={isAway ? 'brow away' : 'brow'} data-row={`expert ${row.role}`}>
      <div className="bwho">
        <span className="btwo"><b>{name(row)} <small>{title(row)}</small></b><small title={`${name(row.hospital)} · ${specialties}`}><ThereClock zone={row.zone} at={now} />{specialties}</small></span>
        {isAway && <span className="ifgone">{t('plan.thought_gone')}</span>}
        {first && !isAway && <span className="oncall" title={t('plan.on_call_for', { specialty: t(`consult.specialty.${first.specialty}`, { defaultValue: first.specialty }) })}>{t('plan.on_call', { rank: first.rank })}</span>}
        <span className={full ? 'load full' : 'load'} title={t('plan.load')}><span className="sr">{t('plan.load')} </span>{count}{drawn > 0 && <em>+{drawn}</em>}{row.limit !== undefined && <>/{row.limit}</>}</span>
        <Tooltip title={t(isAway ? 'plan.back' : 'plan.away_if')}>
          <Button type="text" size="small" className="ifaway" aria-pressed={isAway} aria-label={`${t('plan.away_if')} ${name(row)}`} icon={isAway ? <UserAddOutlined /> : <UserDeleteOutlined />} onClick={toggle} />
        </Tooltip>
      </div>
      <div className="track" style={{ width: on.width }}>
        {!isAway && row.there.map((spell) => <Span key={spell.from} on={on} spell={spell} className="there" />)}
        {row.away.map((spell) => <Span key={spell.from} on={on} spell={spell} className="leave" title={t('plan.on_leave')}>{t('plan.on_leave')}</Span>)}
        {duties.map((duty) => <Span key={duty.id} on={on} spell={duty} className="duty" title={t('plan.on_call', { rank: duty.rank })} />)}
        {children}
      </div>
    </li>
  );
}

/** The row of the board under the hand. */
function rowAt(x: number, y: number): Row | undefined {
  const [kind, id] = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-row]')?.dataset.row?.split(' ') ?? [];
  if (kind === 'expert' && id) return { kind, role: id };
  if (kind === 'room' && id) return { kind, room: id };
  return kind === 'virtual' ? { kind } : undefined;
}

interface Props {
  snapshot: Snapshot; day: string; isThought: boolean; away: string[]; toggleAway: (role: string) => void; instead: Record<string, Meeting>;
  chosen: string[]; open?: string; pick: (id: string) => void; extraRooms: number;
  /** Puts a proposal elsewhere; absent where nothing can be taken. */
  setInstead?: (id: string, meeting: Meeting) => void;
}

export function Board({ snapshot, day, away, toggleAway, instead, chosen, open, pick, extraRooms, setInstead }: Props) {
  const { t } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const [which, setWhich] = useState<'concerned' | 'all'>('concerned');
  const now = useNow();
  const [held, setHeld] = useState<Held | null>(null);
  const [said, setSaid] = useState('');
  const dropped = useRef(0);
  const at = useRef<HTMLDivElement>(null);
  const { plan, people, rooms } = snapshot;
  const words = useMeetingWords(rooms);
  const on = axisOf(plan);
  const drawn: Drawn[] = plan.proposals.flatMap((proposal) => {
    const meeting = held?.case === proposal.case ? held.meeting : instead[proposal.case] ?? proposal.proposed;
    return meeting && isOpen(proposal) ? [{ proposal, meeting }] : [];
  });
  const label = ({ proposal, meeting }: Drawn) => t('plan.block', { urgency: t(`consult.urgency.${proposal.urgency}`), number: proposal.number, meeting: words(meeting) });
  const asked = new Set(plan.proposals.map((proposal) => proposal.specialty));
  const of = (role: string) => drawn.filter((one) => one.meeting.experts.some((expert) => expert.role === role));
  const concerned = (row: RotaRow) => away.includes(row.role) || row.busy.length > 0 || row.specialties.some((one) => asked.has(one)) || of(row.role).length > 0;
  const rows = which === 'all' ? people : people.filter(concerned);
  const mine = rooms.filter((room) => !room.virtual && room.hospital.id === me.role?.hospital.id).sort((a, b) => a.name_en.localeCompare(b.name_en, 'en', { numeric: true }));
  // Of a room that there is not only the time is known: as many rows as there would be rooms.
  const thought = lines(drawn.filter((one) => !one.meeting.virtual && !one.meeting.room).map((one) => ({ ...one, ...blockOf(one.proposal.case, one.meeting) })));
  const inVirtual = lines(drawn.filter((one) => one.meeting.virtual).map((one) => ({ ...one, ...blockOf(one.proposal.case, one.meeting) })));
  // What would be another booking, or none: its block makes room.
  const leaving = new Set(plan.proposals.filter((one) => one.told && one.becomes !== 'stays').map((one) => one.case));
  // What was under the hand a moment ago is not pressed by letting go of it.
  const press = (id: string) => { if (performance.now() - dropped.current > 300) pick(id); };
  const against = (one: Drawn, meeting: Meeting) => hindrance(one.proposal, meeting, { plan, people, rooms, leaving, now, others: drawn.map(({ proposal, meeting: other }) => ({ case: proposal.case, meeting: other })) });
  const settle = (one: Drawn, meeting: Meeting, why: Hindrance | null) => {
    setSaid(why ? t(`plan.against.${why}`) : t('plan.put', { number: one.proposal.number, meeting: words(meeting) }));
    if (!why) setInstead?.(one.proposal.case, meeting);
  };
  const grab = (event: React.PointerEvent<HTMLElement>, one: Drawn, row: Row) => {
    // A finger scrolls; with it another time or expert is chosen beside the proposal.
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const [x, y, scrolled] = [event.clientX, event.clientY, at.current?.scrollLeft ?? 0];
    let now_: Held | null = null;
    const move = (to: PointerEvent) => {
      const across = to.clientX - x + ((at.current?.scrollLeft ?? 0) - scrolled);
      if (!now_ && Math.hypot(across, to.clientY - y) < TREMBLE_PX) return;
      const meeting = movedTo(one.meeting, row, (across / HOUR_PX) * HOUR_MS, rowAt(to.clientX, to.clientY), people);
      now_ = { case: one.proposal.case, meeting, against: against(one, meeting) };
      setHeld(now_);
    };
    const end = (done: boolean) => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('keydown', escape, true);
      setHeld(null);
      if (!now_) return;
      dropped.current = performance.now();
      if (done) settle(one, now_.meeting, now_.against);
    };
    const up = () => end(true);
    const escape = (key: KeyboardEvent) => { if (key.key === 'Escape') { key.stopPropagation(); end(false); } };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('keydown', escape, true);
  };
  /** Shift and an arrow: five minutes, or the next row that may be. */
  const keys = (event: React.KeyboardEvent, one: Drawn, row: Row) => {
    const step = { ArrowLeft: -STEP_MS, ArrowRight: STEP_MS }[event.key];
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.shiftKey || (step === undefined && down === undefined)) return;
    event.preventDefault();
    if (step !== undefined) {
      const meeting = movedTo(one.meeting, row, step, undefined, people);
      return settle(one, meeting, against(one, meeting));
    }
    const all: Row[] = row.kind === 'expert' ? rows.map(({ role }) => ({ kind: 'expert', role })) : mine.map(({ id }) => ({ kind: 'room', room: id }));
    const here = all.findIndex((other) => JSON.stringify(other) === JSON.stringify(row));
    const after = down === 1 ? all.slice(here + 1) : all.slice(0, Math.max(0, here)).reverse();
    const found = after.map((to) => movedTo(one.meeting, row, 0, to, people)).find((meeting) => !against(one, meeting));
    if (found) settle(one, found, null);
    else setSaid(t('plan.against.nowhere'));
  };
  const moves = setInstead ? { grab, keys } : {};
  const common = { on, leaving, chosen, open, pick: press, label, held, ...moves };
  const nowAt = place(on, on.from, now)?.width;

  // What matters of a day ahead is not its night.
  // Nor does the board run away under a hand that drags the first block.
  const begin = Math.min(...plan.proposals.flatMap((one) => (instead[one.case] ?? one.proposed)?.start ?? []).map((start) => Date.parse(start)), dayjs(on.from).hour() < MORNING ? dayjs(on.from).hour(MORNING).valueOf() : on.from);
  const left = Math.max(0, Math.floor((begin - on.from) / HOUR_MS) * HOUR_PX);
  useEffect(() => {
    if (at.current) at.current.scrollLeft = left;
  }, [left]);
  useEffect(() => {
    if (open) at.current?.querySelector('.block.open')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);

  return (
    <section className="board" aria-label={t('plan.board')}>
      <header>
        <h2>{t('plan.board')}</h2>
        <Segmented size="small" value={which} onChange={setWhich} options={[{ value: 'concerned', label: t('plan.concerned') }, { value: 'all', label: t('plan.everyone', { n: people.length }) }]} aria-label={t('plan.experts')} />
        <span role="status" className={held?.against ? 'heldsays not' : 'heldsays'}>{held ? (held.against ? t(`plan.against.${held.against}`) : words(held.meeting)) : said}</span>
        <ul className="key" aria-label={t('plan.key')}>
          <li><i className="there" aria-hidden />{t('plan.key_there')}</li><li><i className="own" aria-hidden />{t('plan.key_booked')}</li><li><i className="proposed" aria-hidden />{t('plan.key_proposed')}</li><li><i className="duty" aria-hidden />{t('plan.key_duty')}</li>
        </ul>
      </header>
      <div className="scroller" ref={at} tabIndex={0} role="region" aria-label={t('plan.board_scroll')}>
        <div className="canvas" style={{ '--hour': `${HOUR_PX}px` } as React.CSSProperties}>
          <div className="hoursrow">
            <span className="bwho"><b>{t('plan.experts')}</b></span>
            <div className="track" style={{ width: on.width }} aria-hidden>
              {Array.from({ length: Math.round((on.to - on.from) / HOUR_MS) }, (_, n) => <span key={n} style={{ left: n * HOUR_PX }}>{dayjs(on.from + n * HOUR_MS).format('HH:mm')}</span>)}
            </div>
          </div>
          {rows.length === 0 && <p className="nobody">{t(people.length ? 'plan.nobody_concerned' : 'plan.nobody')}</p>}
          <ul className="brows">
            {rows.map((row) => {
              const here = of(row.role);
              return (
                <Expert key={row.role} row={row} on={on} day={day} now={Math.max(now, on.from)} drawn={here.filter((one) => one.proposal.becomes === 'new').length} isAway={away.includes(row.role)} toggle={() => toggleAway(row.role)}>
                  <Blocks {...common} row={{ kind: 'expert', role: row.role }} busy={row.busy} drawn={here} />
                </Expert>
              );
            })}
            {inVirtual.map((line, n) => (
              <li key={`v${n}`} className="brow roomrow" data-row="virtual"><div className="bwho"><b>{n === 0 ? t('consult.virtual_room') : ''}</b></div><div className="track" style={{ width: on.width }}><Span on={on} spell={plan} className="there" /><Blocks {...common} row={{ kind: 'virtual' }} busy={[]} drawn={line} /></div></li>
            ))}
          </ul>
          <div className="roomspart">
            <div className="hoursrow roomsrow"><span className="bwho"><b>{t('plan.rooms')}</b></span></div>
            <ul className="brows">
              {mine.map((room: Room) => (
                <li key={room.id} className="brow roomrow" data-row={`room ${room.id}`}><div className="bwho"><b>{name(room)}</b></div><div className="track" style={{ width: on.width }}><Span on={on} spell={plan} className="there" /><Blocks {...common} row={{ kind: 'room', room: room.id }} busy={room.busy} drawn={drawn.filter((one) => one.meeting.room === room.id)} /></div></li>
              ))}
              {Array.from({ length: Math.max(extraRooms, thought.length) }, (_, n) => (
                <li key={n} className="brow roomrow if"><div className="bwho"><b>{t('plan.extra_room_n', { n: n + 1 })}</b></div><div className="track" style={{ width: on.width }}><Span on={on} spell={plan} className="there" /><Blocks {...common} busy={[]} drawn={thought[n] ?? []} /></div></li>
              ))}
            </ul>
          </div>
          {nowAt !== undefined && now < on.to && <span className="nowline" style={{ left: `calc(var(--who) + ${nowAt}px)` }} aria-hidden />}
        </div>
      </div>
    </section>
  );
}
