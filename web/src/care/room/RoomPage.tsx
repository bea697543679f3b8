// The consulting room: faces, images, record and opinion on one screen. On a phone the faces stay and the rest takes turns.
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Alert, App, Button, Segmented, Skeleton, Tooltip } from 'antd';
import { AimOutlined, ArrowLeftOutlined, AudioMutedOutlined, AudioOutlined, DesktopOutlined, EyeOutlined, LogoutOutlined, SoundOutlined, VideoCameraOutlined } from '@ant-design/icons';
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
import { prepareDown, RoomConnection } from './Connection';
import { askCamera, askMicrophone, askScreen, keptChoice } from '../../ui/devices';
import { Faces } from './Faces';
import { OwnLine } from './Line';
import { hearsOnly } from './line';
import { Screen } from './Screen';
import type { Wire } from './wire';
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
  const ready = usePrepared(!room);
  const enter = useCallback((tracks: Tracks) => setRoom(new RoomConnection(detail.id, tracks.camera, tracks.microphone, ready.take())), [detail.id, ready]);
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

/** Has a connection ready while one stands at the door; whoever enters takes it along. */
function usePrepared(outside: boolean): { take: () => Wire | undefined } {
  const wire = useRef<Wire | undefined>(undefined);
  useEffect(() => {
    if (!outside) return;
    wire.current = prepareDown();
    return () => {
      wire.current?.close(false);
      wire.current = undefined;
    };
  }, [outside]);
  return useMemo(() => ({
    take: () => {
      const taken = wire.current;
      wire.current = undefined;
      return taken;
    },
  }), []);
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
  const { message, modal } = App.useApp();
  const { name } = useNames();
  const me = connection.me();
  const sharer = room.members.find((one) => one.peer === room.sharer);
  const mine = !!sharer && sharer.peer === room.you;
  useEffect(() => {
    if (room.phase === 'out') onOut(room.why ?? 'lost', room.error);
  }, [onOut, room.error, room.phase, room.why]);

  const toggleMic = useCallback(async () => {
    if (connection.state.mic) return connection.setMic(false);
    if (connection.me()?.quiet) connection.takeVoice();
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
  const toggleScreen = useCallback(async () => {
    const { sharer: shown, you, members } = connection.state;
    if (shown === you) return connection.setScreen(null);
    const other = members.find((one) => one.peer === shown);
    if (other && !(await modal.confirm({ title: t('room.take_screen', { who: name(other.person) }), content: t('room.take_screen_why'), okText: t('room.take_screen_ok'), cancelText: t('ui.cancel') }))) return;
    const got = await askScreen();
    if (got.track) connection.setScreen(got.track);
    else if (got.trouble !== 'denied') void message.warning(t(`room.trouble.screen_${got.trouble}`));
  }, [connection, message, modal, name, t]);
  useKeys({ m: toggleMic, v: toggleCam, s: toggleScreen });
  // A camera that went away or came back shows another picture of oneself.
  useEffect(() => setOwn(connection.ownStream()), [connection, room.notice]);

  const parts = usePanes(detail, connection, mine);
  const faces = room.members.filter((one) => one.peer !== room.you && one.face && (one.cam || one.device)).map((one) => one.peer);
  const thin = room.cam && me && !me.face ? 'room.thin_out' : hearsOnly(room.streams, faces) ? 'room.thin_in' : null;
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
      <p className={line ?? thin ? 'roomline on' : 'roomline'} role="status">{(line ?? thin) && t(line ?? thin ?? '')}</p>
      {me?.quiet && (
        <div className="roomquiet" role="status">
          <span>{t('room.quiet')}</span>
          <Button size="small" icon={<SoundOutlined />} onClick={() => void toggleMic()}>{t('room.speak_here')}</Button>
        </div>
      )}
      {room.notice && (
        <Alert className="roomnotice" type={room.notice.key === 'lost' ? 'warning' : 'info'} showIcon closable={{ onClose: () => connection.forgetNotice() }}
          title={t(`room.device_${room.notice.key}_${room.notice.kind}`, { from: room.notice.from, to: room.notice.to })} />
      )}
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
        {!!navigator.mediaDevices?.getDisplayMedia && <Control on={!mine} icon={<DesktopOutlined />} words={t(mine ? 'room.screen_stop' : 'room.screen_show')} letter="S" press={() => void toggleScreen()} wide />}
        <OwnLine lines={room.lines[room.you]} />
        <Elapsed since={room.members.find((one) => one.peer === room.you)?.since} />
        <Button className="ctl leave" danger type="primary" icon={<LogoutOutlined />} onClick={() => connection.leave()}>{t('room.leave')}</Button>
      </footer>
    </>
  );
}

function Control({ on, icon, words, letter, press, wide }: { on: boolean; icon: ReactNode; words: string; letter: string; press: () => void; wide?: boolean }) {
  const { t } = useTranslation();
  return (
    <Tooltip title={t('ui.key', { key: letter })}>
      <Button className={`${on ? 'ctl' : 'ctl off'}${wide ? ' wide' : ''}`} icon={icon} onClick={press} aria-keyshortcuts={letter}>{words}</Button>
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
function usePanes(detail: CaseDetail, connection: RoomConnection, mine: boolean) {
  const { t } = useTranslation();
  const me = useMe();
  const writes = me.role?.role === 'specialist' && WRITING.includes(detail.state);
  return [
    { key: 'images', label: t('consult.images'), children: <Middle detail={detail} connection={connection} mine={mine} marking={writes} /> },
    { key: 'record', label: t('consult.record'), children: <div className="roompapers"><Summary detail={detail} numbers={false} /><RecordPanel detail={detail} /></div> },
    { key: 'talk', label: t('consult.messages'), children: <div className="roompapers"><Messages caseId={detail.id} /></div> },
    { key: 'opinion', label: t('consult.opinion'), children: <div className="roompapers">{writes ? <OpinionEditor caseId={detail.id} /> : <OpinionView caseId={detail.id} />}</div> },
  ];
}

/** The middle of the room: the screen that somebody shows, else the images; who wants the images meanwhile has them. */
function Middle({ detail, connection, mine, marking }: { detail: CaseDetail; connection: RoomConnection; mine: boolean; marking: boolean }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const room = useSyncExternalStore(connection.subscribe, connection.read);
  const [aside, setAside] = useState<string | null>(null);
  const sharer = room.members.find((one) => one.peer === room.sharer);
  const track = connection.sending.screen;
  const own = useMemo(() => (mine && track ? new MediaStream([track]) : null), [mine, track]);
  if (!sharer) return <Images detail={detail} connection={connection} marking={marking} />;
  if (aside === sharer.peer) {
    return (
      <>
        <div className="roomlead"><DesktopOutlined aria-hidden /><span role="status">{mine ? t('room.you_show') : t('room.shows', { who: name(sharer.person) })}</span><span className="grow" /><Button size="small" type="primary" onClick={() => setAside(null)}>{t('room.to_screen')}</Button></div>
        <Images detail={detail} connection={connection} marking={marking} />
      </>
    );
  }
  return (
    <Screen who={name(sharer.person)} own={mine} stream={mine ? own : room.screen?.stream ?? null} paused={!mine && !!room.screen?.paused} playable={mine || (room.screen?.playable ?? true)}
      toImages={() => setAside(sharer.peer)} stop={() => connection.setScreen(null)} />
  );
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
