// Everybody in the room: face, name, hospital, whether one hears them, who speaks, and how their line does.
import { useEffect, useRef } from 'react';
import { AudioMutedOutlined, AudioOutlined, DisconnectOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import type { LineQuality, RoomState } from './Connection';
import type { Member } from './protocol';

function level(line: LineQuality | undefined): 'good' | 'fair' | 'poor' | null {
  if (!line || (line.ms === null && line.lost === null)) return null;
  const [ms, lost] = [line.ms ?? 0, line.lost ?? 0];
  if (lost > 50 || ms > 400) return 'poor';
  return lost > 10 || ms > 150 ? 'fair' : 'good';
}

function Signal({ line }: { line: LineQuality | undefined }) {
  const { t } = useTranslation();
  const how = level(line);
  if (!how) return null;
  const words = [t(`room.line_${how}`), line?.ms !== null && line?.ms !== undefined ? `${line.ms} ms` : '', line?.lost ? t('room.lost_percent', { n: (line.lost / 10).toFixed(1) }) : ''].filter(Boolean).join(' · ');
  return <span className={`signal ${how}`} role="img" aria-label={words} title={words}><i /><i /><i /></span>;
}

interface FaceProps { member: Member; stream: MediaStream | null; own?: boolean; speaking: boolean; showing: boolean; paused?: boolean; line?: LineQuality; mic: boolean }

function Face({ member, stream, own, speaking, showing, paused, line, mic }: FaceProps) {
  const { t } = useTranslation();
  const { name, title } = useNames();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || element.srcObject === stream) return;
    element.srcObject = stream;
    if (stream) void element.play().catch(() => undefined);
  }, [stream]);
  const who = name(member.person);
  const why = member.lost ? 'room.reconnecting' : paused ? 'room.paused' : !showing ? 'room.camera_is_off' : null;
  return (
    <li className={`face${speaking ? ' speaking' : ''}${member.lost ? ' lost' : ''}`} aria-label={who}>
      <video ref={video} className={own ? 'mirror' : ''} autoPlay playsInline muted={own} aria-label={own ? t('room.own_picture') : t('room.picture_of', { who })} hidden={!!why} />
      {why && <span className="noface"><b className="initial" aria-hidden>{who.slice(0, 1)}</b><span>{member.lost ? <DisconnectOutlined aria-hidden /> : paused ? <WarningOutlined aria-hidden /> : null} {t(why)}</span></span>}
      <span className="facename">
        {mic
          ? <AudioOutlined className="micon" role="img" aria-label={t(speaking ? 'room.speaks' : 'room.mic_on')} />
          : <AudioMutedOutlined className="micoff" role="img" aria-label={t('room.muted')} />}
        <span className="who"><b>{who}</b><small>{name(member.person.hospital)}{title(member.person) && ` · ${title(member.person)}`}</small></span>
        {own && <span className="tag">{t('room.me')}</span>}
        {!own && member.role === 'asking-doctor' && <span className="tag">{t('room.asks')}</span>}
        {!own && member.role === 'specialist' && <span className="tag">{t('room.advises')}</span>}
        {member.device && <span className="tag">{t('room.device')}</span>}
        <Signal line={line} />
      </span>
    </li>
  );
}

export function Faces({ room, own }: { room: RoomState; own: MediaStream | null }) {
  const { t } = useTranslation();
  const others = room.members.filter((one) => one.peer !== room.you);
  const me = room.members.find((one) => one.peer === room.you);
  // Who speaks comes first on a phone by style; the order of the list itself stays, so that faces do not jump.
  return (
    <ul className="faces" aria-label={t('room.people')}>
      {others.map((one) => {
        const seen = room.streams[one.peer];
        return (
          <Face key={one.peer} member={one} stream={seen?.stream ?? null} speaking={room.speaker === one.peer && one.mic && !one.lost}
            showing={!!seen?.video && (one.device || one.cam)} paused={seen?.paused} line={room.lines[one.peer]} mic={one.mic && one.audio} />
        );
      })}
      {me && <Face key={me.peer} member={me} own stream={own} speaking={room.speaker === me.peer && room.mic} showing={room.cam} line={room.lines[me.peer]} mic={room.mic} />}
      {others.length === 0 && <li className="alone">{t('room.alone')}</li>}
    </ul>
  );
}
