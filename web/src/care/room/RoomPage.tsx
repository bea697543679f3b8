// The consulting room: faces, images, record and opinion on one screen. On a phone the faces stay and the rest takes turns.
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Alert, App, Button, Segmented, Skeleton, Tooltip } from 'antd';
import { AimOutlined, ArrowLeftOutlined, AudioMutedOutlined, AudioOutlined, EyeOutlined, LogoutOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import type { CaseDetail } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { useNarrow } from '../../ui/useNarrow';
import { useNow } from '../../ui/useNow';
import { useAsked } from '../../viewers/dicom/asked';
import { Clock, PatientLine, StateDot, Urg } from '../consult/parts';
import { caseQuery } from '../consult/queries';
import { RecordPanel } from '../consult/RecordPanel';
import { Summary } from '../consult/Summary';
import { NumberStrip } from '../consult/VitalsStrip';
import { Messages } from '../message/Messages';
import { OpinionEditor } from '../opinion/OpinionEditor';
import { OpinionView } from '../opinion/OpinionView';
import { Check, type Tracks } from './Check';
import { RoomConnection } from './Connection';
import { askCamera, askMicrophone, keptChoice } from './devices';
import { Faces } from './Faces';
import './room.css';

const DicomViewer = lazy(() => import('../../viewers/dicom/DicomViewer').then((file) => ({ default: file.DicomViewer })));
const WRITING = ['scheduled', 'waiting', 'in-session', 'suspended', 'opinion-drafted'];

export function RoomPage() {
  const { id } = useParams({ from: '/inside/cases/$id/room' });
  const found = useQuery(caseQuery(id));
  if (found.isPending) return <div className="roomwait"><Skeleton active /></div>;
  if (!found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return <Door key={id} detail={found.data} />;
}

/** Outside, inside, outside again: the door of the room. */
function Door({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const [room, setRoom] = useState<RoomConnection | null>(null);
  const [left, setLeft] = useState<{ why: string; error: unknown } | null>(null);
  const enter = useCallback((tracks: Tracks) => setRoom(new RoomConnection(detail.id, tracks.camera, tracks.microphone)), [detail.id]);
  const out = useCallback((why: string, error: unknown) => {
    setRoom(null);
    setLeft({ why, error });
  }, []);
  useEffect(() => () => room?.dispose(), [room]);
  const barred = left && ['case', 'part', 'failed'].includes(left.why);
  return (
    <div className="room">
      <Head detail={detail} />
      {room
        ? <Inside detail={detail} connection={room} onOut={out} />
        : (
          <div className="roomdoor">
            {left && left.why === 'failed' && left.error ? <Failure error={left.error} retry={() => setLeft(null)} /> : null}
            {left && left.why !== 'failed' && <Alert type={left.why === 'left' ? 'info' : 'warning'} showIcon title={t(`room.out.${left.why}`, { defaultValue: t('room.out.lost') })} />}
            {!barred && <Check key={left ? 'again' : 'first'} onEnter={enter} again={!!left} />}
            {barred && <Link to="/cases/$id" params={{ id: detail.id }}>{t('room.to_case')}</Link>}
          </div>
        )}
    </div>
  );
}

function Head({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  return (
    <header className="roomhead">
      <Link to="/cases/$id" params={{ id: detail.id }} className="back" aria-label={t('room.to_case')}><ArrowLeftOutlined aria-hidden /></Link>
      <Urg urgency={detail.urgency} />
      <h1><PatientLine patient={detail.patient} second /></h1>
      <span className="mono sub wide">{detail.number}</span>
      <span className="roomstate"><StateDot state={detail.state} />{detail.timer && <Clock timer={detail.timer} named />}</span>
    </header>
  );
}

function Inside({ detail, connection, onOut }: { detail: CaseDetail; connection: RoomConnection; onOut: (why: string, error: unknown) => void }) {
  const { t } = useTranslation();
  const room = useSyncExternalStore(connection.subscribe, connection.read);
  const narrow = useNarrow();
  const [own, setOwn] = useState<MediaStream | null>(() => connection.ownStream());
  const [pane, setPane] = useState('images');
  const [paper, setPaper] = useState('record');
  const asked = useAsked(detail.id);
  useEffect(() => { if (asked) setPane('images'); }, [asked]);
  const { message } = App.useApp();
  useEffect(() => {
    if (room.phase === 'out') onOut(room.why ?? 'lost', room.error);
  }, [onOut, room.error, room.phase, room.why]);

  const toggleMic = useCallback(async () => {
    if (connection.state.mic) return connection.setMic(false);
    if (connection.hasMicrophone()) return connection.setMic(true);
    const got = await askMicrophone(keptChoice().microphone);
    if (got.track) connection.setMicrophone(got.track);
    else void message.warning(t(`room.trouble.microphone_${got.trouble}`));
  }, [connection, message, t]);
  const toggleCam = useCallback(async () => {
    if (connection.state.cam) connection.setCamera(null);
    else {
      const got = await askCamera(keptChoice().camera);
      if (got.track) connection.setCamera(got.track);
      else return void message.warning(t(`room.trouble.camera_${got.trouble}`));
    }
    setOwn(connection.ownStream());
  }, [connection, message, t]);
  useKeys({ m: toggleMic, v: toggleCam });

  const parts = usePanes(detail, connection);
  const line = room.phase === 'returning' ? 'room.returning' : room.phase === 'entering' ? 'room.entering' : room.up === 'broken' || room.down === 'broken' ? 'room.line_changed' : null;
  const side = parts.filter((part) => part.key !== 'images');
  const turn = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!by) return;
    const next = side[(side.findIndex((part) => part.key === paper) + by + side.length) % side.length].key;
    setPaper(next);
    document.getElementById(`paper-${next}`)?.focus();
  };
  return (
    <>
      <p className={line ? 'roomline on' : 'roomline'} role="status">{line && t(line)}</p>
      <div className={narrow ? 'roombody narrow' : 'roombody'}>
        <Faces room={room} own={own} />
        {narrow
          ? (
            <>
              <Segmented className="roomtabs" block value={pane} onChange={setPane} options={parts.map((part) => ({ value: part.key, label: part.label }))} aria-label={t('room.panes')} />
              <section className={`roompane ${pane}`}>{parts.find((part) => part.key === pane)?.children}</section>
            </>
          )
          : (
            <>
              <section className="roompane images" aria-label={t('consult.images')}>{parts[0]?.children}</section>
              <aside className="roomside" aria-label={t('room.papers')}>
                <div className="papertabs" role="tablist" aria-label={t('room.papers')} onKeyDown={turn}>
                  {side.map((part) => <button key={part.key} type="button" role="tab" id={`paper-${part.key}`} aria-controls="paper" aria-selected={paper === part.key} tabIndex={paper === part.key ? 0 : -1} onClick={() => setPaper(part.key)}>{part.label}</button>)}
                </div>
                <div id="paper" role="tabpanel" aria-labelledby={`paper-${paper}`} tabIndex={0}>{side.find((part) => part.key === paper)?.children}</div>
              </aside>
            </>
          )}
      </div>
      {detail.summary.numbers.length > 0 && <section className="roomnumbers" tabIndex={0} aria-label={t('consult.field.vitals')}><NumberStrip numbers={detail.summary.numbers} /></section>}
      <footer className="roombar" role="toolbar" aria-label={t('room.controls')}>
        <Control on={room.mic} icon={room.mic ? <AudioOutlined /> : <AudioMutedOutlined />} words={t(room.mic ? 'room.mute' : 'room.unmute')} letter="M" press={() => void toggleMic()} />
        <Control on={room.cam} icon={<VideoCameraOutlined />} words={t(room.cam ? 'room.camera_off' : 'room.camera_on')} letter="V" press={() => void toggleCam()} />
        <Elapsed since={room.members.find((one) => one.peer === room.you)?.since} />
        <Button className="ctl leave" danger type="primary" icon={<LogoutOutlined />} onClick={() => connection.leave()}>{t('room.leave')}</Button>
      </footer>
    </>
  );
}

function Control({ on, icon, words, letter, press }: { on: boolean; icon: ReactNode; words: string; letter: string; press: () => void }) {
  const { t } = useTranslation();
  return (
    <Tooltip title={t('ui.key', { key: letter })}>
      <Button className={on ? 'ctl' : 'ctl off'} icon={icon} onClick={press} aria-keyshortcuts={letter}>{words}</Button>
    </Tooltip>
  );
}

function Elapsed({ since }: { since?: string }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!since) return null;
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return <span className="elapsed wide">{t('room.elapsed', { time: `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}` })}</span>;
}

/** Images, record, messages, opinion: the same parts beside each other or in turn. */
function usePanes(detail: CaseDetail, connection: RoomConnection) {
  const { t } = useTranslation();
  const me = useMe();
  const writes = me.role?.role === 'specialist' && WRITING.includes(detail.state);
  return [
    { key: 'images', label: t('consult.images'), children: <Images detail={detail} connection={connection} marking={writes} /> },
    { key: 'record', label: t('consult.record'), children: <div className="roompapers"><Summary detail={detail} numbers={false} /><RecordPanel detail={detail} /></div> },
    { key: 'talk', label: t('consult.messages'), children: <div className="roompapers"><Messages caseId={detail.id} /></div> },
    { key: 'opinion', label: t('consult.opinion'), children: <div className="roompapers">{writes ? <OpinionEditor caseId={detail.id} /> : <OpinionView caseId={detail.id} />}</div> },
  ];
}

function Images({ detail, connection, marking }: { detail: CaseDetail; connection: RoomConnection; marking: boolean }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const room = useSyncExternalStore(connection.subscribe, connection.read);
  const mode = useSyncExternalStore(connection.share.onMode, connection.share.readMode);
  const share = useMemo(() => connection.share.as(mode), [connection, mode]);
  const count = detail.attachments.some((one) => !['lab', 'document', 'photo', 'other'].includes(one.kind));
  const leader = room.members.find((one) => one.peer === room.leader);
  const led = !!room.leader && room.leader !== room.you;
  if (!count) return <p className="roomempty">{t('consult.images_none')}</p>;
  return (
    <>
      <div className="roomlead">
        <span role="status">{leader ? t(mode === 'lead' ? 'room.you_lead' : mode === 'follow' ? 'room.follows' : 'room.leads', { who: name(leader.person) }) : t('room.nobody_leads')}</span>
        <span className="grow" />
        {led && <Button size="small" icon={<EyeOutlined />} onClick={() => connection.share.lookAlone(mode === 'follow')}>{t(mode === 'follow' ? 'room.look_alone' : 'room.follow')}</Button>}
        <Button size="small" type={mode === 'lead' ? 'primary' : 'default'} icon={<AimOutlined />} onClick={() => connection.lead(mode !== 'lead')} aria-pressed={mode === 'lead'}>{t(mode === 'lead' ? 'room.lead_end' : 'room.lead')}</Button>
      </div>
      <div className="roomviewer"><Suspense fallback={<Skeleton.Node active />}><DicomViewer caseId={detail.id} share={share} marking={marking} /></Suspense></div>
    </>
  );
}

function useKeys(keys: Record<string, () => Promise<void>>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable) return;
      const press = keys[event.key.toLowerCase()];
      if (!press || document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      void press();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
