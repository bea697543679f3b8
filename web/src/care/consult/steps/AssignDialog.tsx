// The dispatcher's table: who is free, which room is free, at what time; what clashes is shown before it is refused.
import { useState } from 'react';
import { Alert, Button, DatePicker, Empty, Input, Modal, Segmented, Select, Skeleton, Switch } from 'antd';
import { WarningFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { serverNow } from '../../../api/clock';
import { isProblem } from '../../../api/problem';
import { useMe } from '../../../api/session';
import type { Busy, Expert, Room } from '../../../api/types';
import type { Rota } from '../../schedule/shape';
import { isAway } from '../../schedule/drag';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { ThereClock } from '../../../ui/OtherZone';
import { clockTime } from '../../../ui/time';
import { problemWords } from '../../../ui/words';
import type { DialogProps } from './ReasonDialog';
import { OVERRULED } from './useStep';
import { axis, clash, HOUR_MS, momentAt, place, type Slot } from './slots';

function Strip({ busy, on, slot, pick, name }: { busy: Busy[]; on: Slot; slot: Slot; pick: (at_ms: number) => void; name: string }) {
  const { t } = useTranslation();
  const mine = place({ from: new Date(slot.start_ms).toISOString(), to: new Date(slot.end_ms).toISOString() }, on);
  const hit = clash(busy, slot);
  return (
    <div
      className="strip"
      role="img"
      aria-label={busy.length ? t('assign.busy_of', { name, times: busy.map((block) => `${dayjs(block.from).format('HH:mm')}–${dayjs(block.to).format('HH:mm')}`).join(t('ui.list_sep')) }) : t('assign.free_of', { name })}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        pick(momentAt((event.clientX - box.left) / box.width, on));
      }}
    >
      {busy.map((block, index) => {
        const at = place(block, on);
        return at && <span key={index} className="busy" style={{ left: `${at.left}%`, width: `${at.width}%` }} title={[block.what, `${dayjs(block.from).format('HH:mm')}–${dayjs(block.to).format('HH:mm')}`].filter(Boolean).join(' ')} />;
      })}
      {mine && <span className={hit ? 'slot hit' : 'slot'} style={{ left: `${mine.left}%`, width: `${mine.width}%` }} />}
    </div>
  );
}

function Hours({ on }: { on: Slot }) {
  const hours = Array.from({ length: Math.round((on.end_ms - on.start_ms) / HOUR_MS) }, (_, index) => on.start_ms + index * HOUR_MS);
  return <div className="hours" aria-hidden>{hours.map((hour) => <span key={hour}>{dayjs(hour).format('HH:mm')}</span>)}</div>;
}

/** A room of the case's own: what the server takes when no room is named. */
const VIRTUAL = 'virtual';

export function AssignDialog({ detail, open, busy: sending, cancel, submit, refused }: DialogProps) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const emergency = detail.urgency === 'emergency';
  const [now] = useState(() => Math.ceil(serverNow() / 60_000) * 60_000);
  // An emergency starts now in a virtual room, an opinion in writing starts now and needs none.
  const fixed = emergency || detail.kind === 'record';
  const [when, setWhen] = useState<'now' | 'later'>(fixed ? 'now' : 'later');
  const [start, setStart] = useState(() => Math.ceil((now + 5 * 60_000) / 300_000) * 300_000);
  const [minutes, setMinutes] = useState(30);
  const [everyone, setEveryone] = useState(false);
  const [picked, setExperts] = useState<string[] | null>(null);
  const [room, setRoom] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [elsewhere, setElsewhere] = useState(false);
  const [despite, setDespite] = useState('');
  const me = useMe();

  const begin = when === 'now' ? now : start;
  const slot = { start_ms: begin, end_ms: begin + minutes * 60_000 };
  const on = axis(begin);
  const span = { from: new Date(on.start_ms).toISOString(), to: new Date(on.end_ms).toISOString() };
  const people = useQuery({
    queryKey: ['schedule', 'experts', everyone ? '' : detail.specialty, span],
    queryFn: () => api.get<{ experts: Expert[] }>('/api/experts', { specialty: everyone ? undefined : detail.specialty, ...span }).then((answer) => answer.experts),
    placeholderData: (before) => before,
  });
  const rooms = useQuery({
    queryKey: ['schedule', 'rooms', span],
    queryFn: () => api.get<{ rooms: Room[] }>('/api/rooms', span).then((answer) => answer.rooms),
    placeholderData: (before) => before,
    enabled: !fixed,
  });
  // Of whose calendar this centre keeps it is known when they are there.
  const rota = useQuery({ queryKey: ['rota', span.from, span.to], queryFn: () => api.get<Rota>('/api/rota', span), enabled: me.role?.role === 'dispatcher' });
  const away = new Set((rota.data?.experts ?? []).filter((row) => isAway(row, slot.start_ms, slot.end_ms)).map((row) => row.role));
  // One's own rooms and the virtual one; those of other hospitals on request.
  const mine = rooms.data?.filter((one) => one.hospital.id === me.role?.hospital.id) ?? [];
  const virtual = mine.find((one) => one.virtual) ?? rooms.data?.find((one) => one.virtual);
  const chosenRoom = room ?? virtual?.id ?? VIRTUAL;
  const near = [...(virtual ? [virtual] : []), ...mine.filter((one) => one !== virtual).sort((a, b) => a.name_en.localeCompare(b.name_en, 'en', { numeric: true }))];
  const far = (rooms.data ?? []).filter((one) => !near.includes(one) && !one.virtual);
  const shownRooms = [...near, ...far.filter((one) => elsewhere || one.id === chosenRoom)];
  // Until somebody chooses, those assigned already are chosen.
  const experts = picked ?? (people.data ?? []).filter((one) => detail.advising.some((expert) => expert.id === one.id)).map((one) => one.role);
  const clashes = [
    ...(people.data ?? []).filter((one) => experts.includes(one.role)).map((one) => ({ who: name(one), hit: clash(one.busy, slot) })),
    ...(rooms.data ?? []).filter((one) => one.id === chosenRoom && !one.virtual).map((one) => ({ who: name(one), hit: clash(one.busy, slot) })),
  ].filter((one) => one.hit !== undefined);

  const pick = (at_ms: number) => {
    if (fixed) return;
    setWhen('later');
    setStart(Math.max(at_ms, now));
  };
  const toggle = (id: string) => setExperts(experts.includes(id) ? experts.filter((one) => one !== id) : [...experts, id]);
  const overruled = OVERRULED.some((code) => isProblem(refused, code));
  const send = () => {
    if (!experts.length) return setTried(true);
    submit({ experts, start: when === 'now' ? undefined : new Date(start).toISOString(), minutes, room: fixed || chosenRoom === VIRTUAL ? undefined : chosenRoom, despite: overruled ? despite.trim() || undefined : undefined });
  };

  return (
    <Modal
      open={open}
      width={980}
      className="assign"
      title={t('assign.title', { number: detail.number })}
      okText={emergency && when === 'now' ? t('assign.send_now') : t('assign.send')}
      cancelText={t('ui.cancel')}
      onOk={send}
      onCancel={cancel}
      okButtonProps={{ loading: sending }}
      destroyOnHidden
    >
      <div className="assignwhen">
        {fixed ? <p className="lead">{t(emergency ? 'assign.emergency_now' : 'assign.record_now')}</p> : <Segmented value={when} onChange={setWhen} options={[{ value: 'now', label: t('assign.now') }, { value: 'later', label: t('assign.later') }]} aria-label={t('assign.when')} />}
        {when === 'later' && <DatePicker aria-label={t('assign.start')} showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" allowClear={false} value={dayjs(start)} minDate={dayjs(now)} onChange={(value) => value && setStart(value.valueOf())} />}
        {detail.kind === 'live' && <Select aria-label={t('assign.minutes')} value={minutes} onChange={setMinutes} options={[15, 30, 45, 60, 90].map((value) => ({ value, label: t('assign.for_minutes', { n: value }) }))} />}
        <span className="grow" />
        <label className="switch"><Switch size="small" checked={everyone} onChange={setEveryone} /> {t('assign.everyone')}</label>
      </div>

      <section aria-label={t('assign.experts')}>
        <div className="assignhead"><h3>{t('assign.experts_of', { specialty: everyone ? t('assign.all_specialties') : t(`consult.specialty.${detail.specialty}`, { defaultValue: detail.specialty }) })}</h3><Hours on={on} /></div>
        {people.isPending ? <Skeleton active paragraph={{ rows: 3 }} title={false} /> : people.isError ? <Failure error={people.error} retry={() => void people.refetch()} /> : people.data.length === 0 ? (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('assign.nobody')}><Button onClick={() => setEveryone(true)}>{t('assign.everyone')}</Button></Empty>
        ) : people.data.map((expert) => {
          const hit = clash(expert.busy, slot);
          const chosen = experts.includes(expert.role);
          return (
            <div key={expert.role} className={chosen ? 'assignrow on' : 'assignrow'}>
              <label>
                <input type="checkbox" checked={chosen} onChange={() => toggle(expert.role)} />
                <span className="two"><b>{name(expert)} <small>{title(expert)}</small></b><small><ThereClock zone={expert.zone} at={slot.start_ms} />{name(expert.hospital)} · {expert.specialties.map((one) => t(`consult.specialty.${one}`, { defaultValue: one })).join(t('ui.list_sep'))}</small></span>
                <span className={hit || away.has(expert.role) ? 'fit busyword' : 'fit'}>{hit ? t('assign.busy_until', { time: clockTime(hit.to, i18n.language) }) : t(away.has(expert.role) ? 'assign.away' : 'assign.free')}</span>
              </label>
              <Strip busy={expert.busy} on={on} slot={slot} pick={pick} name={name(expert)} />
            </div>
          );
        })}
      </section>

      {!fixed && (
        <section aria-label={t('assign.rooms')}>
          <div className="assignhead"><h3>{t('assign.rooms')}</h3>{far.length > 0 && <label className="switch"><Switch size="small" checked={elsewhere} onChange={setElsewhere} /> {t('assign.elsewhere')}</label>}</div>
          {rooms.data && !virtual && (
            <div className={chosenRoom === VIRTUAL ? 'assignrow on' : 'assignrow'}>
              <label><input type="radio" name="room" checked={chosenRoom === VIRTUAL} onChange={() => setRoom(VIRTUAL)} /><span className="two"><b>{t('consult.virtual_room')}</b><small>{t('assign.virtual')}</small></span><span className="fit">{t('assign.free')}</span></label>
              <Strip busy={[]} on={on} slot={slot} pick={pick} name={t('consult.virtual_room')} />
            </div>
          )}
          {rooms.isPending ? <Skeleton active paragraph={{ rows: 2 }} title={false} /> : rooms.isError ? <Failure error={rooms.error} retry={() => void rooms.refetch()} /> : shownRooms.map((one) => {
            const hit = one.virtual ? undefined : clash(one.busy, slot);
            return (
              <div key={one.id} className={chosenRoom === one.id ? 'assignrow on' : 'assignrow'}>
                <label>
                  <input type="radio" name="room" checked={chosenRoom === one.id} onChange={() => setRoom(one.id)} />
                  <span className="two"><b>{name(one)}</b><small>{one.virtual ? t('assign.virtual') : name(one.hospital)}</small></span>
                  <span className={hit ? 'fit busyword' : 'fit'}>{hit ? t('assign.busy_until', { time: clockTime(hit.to, i18n.language) }) : t('assign.free')}</span>
                </label>
                <Strip busy={one.virtual ? [] : one.busy} on={on} slot={slot} pick={pick} name={name(one)} />
              </div>
            );
          })}
        </section>
      )}
      {tried && !experts.length && <Alert className="gapabove" type="error" showIcon title={t('assign.expert_missing')} role="alert" />}
      {overruled && (
        <Alert
          className="gapabove" type="error" showIcon role="alert" title={problemWords(refused, t, i18n.language)}
          description={<Input.TextArea rows={2} maxLength={1000} value={despite} onChange={(event) => setDespite(event.target.value)} placeholder={t('assign.despite')} aria-label={t('assign.despite')} />}
        />
      )}
      {clashes.length > 0 && <Alert className="gapabove" type="warning" showIcon icon={<WarningFilled />} title={clashes.map((one) => t('assign.clash', { who: one.who, until: clockTime(one.hit?.to ?? '', i18n.language) })).join(' ')} role="status" />}
    </Modal>
  );
}
