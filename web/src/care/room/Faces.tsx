// Everybody in the room: face, name, hospital, whether one hears them, who speaks, and how their line does.
import { useEffect, useRef } from 'react';
import { AudioMutedOutlined, AudioOutlined, DisconnectOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import type { LineQuality, RoomState } from './Connection';
import { Signal } from './Line';
import type { Member } from './protocol';

interface FaceProps { member: Member; stream: MediaStream | null; own?: boolean; silent?: boolean; speaking: boolean; showing: boolean; paused?: boolean; unplayable?: boolean; lines?: { up?: LineQuality; down?: LineQuality }; mic: boolean }

function Face({ member, stream, own, silent, speaking, showing, paused, unplayable, lines, mic }: FaceProps) {
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
  const thin = member.cam && !member.face;
  const why = member.lost ? 'room.reconnecting' : thin ? (own ? 'room.own_thin' : 'room.their_thin') : !showing ? 'room.camera_is_off' : unplayable ? 'room.unplayable' : paused ? 'room.paused' : null;
  return (
    <li className={`face${speaking ? ' speaking' : ''}${member.lost ? ' lost' : ''}`} aria-label={who}>
      <video ref={video} className={own ? 'mirror' : ''} autoPlay playsInline muted={own || silent} aria-label={own ? t('room.own_picture') : t('room.picture_of', { who })} hidden={!!why} />
      {why && <span className="noface"><b className="initial" aria-hidden>{who.slice(0, 1)}</b><span>{member.lost ? <DisconnectOutlined aria-hidden /> : paused || thin || unplayable ? <WarningOutlined aria-hidden /> : null} {t(why)}</span></span>}
      <span className="facename">
        {mic
          ? <AudioOutlined className="micon" role="img" aria-label={t(speaking ? 'room.speaks' : 'room.mic_on')} />
          : <AudioMutedOutlined className="micoff" role="img" aria-label={t('room.muted')} />}
        <span className="who"><b>{who}</b><small>{name(member.person.hospital)}{title(member.person) && ` · ${title(member.person)}`}</small></span>
        {own && <span className="tag">{t('room.me')}</span>}
        {!own && member.role === 'asking-doctor' && <span className="tag">{t('room.asks')}</span>}
        {!own && member.role === 'specialist' && <span className="tag">{t('room.advises')}</span>}
        {member.device && <span className="tag">{t('room.device')}</span>}
        {member.quiet && <span className="tag">{t('room.second_device')}</span>}
        <Signal lines={lines} />
      </span>
    </li>
  );
}

export function Faces({ room, own }: { room: RoomState; own: MediaStream | null }) {
  const { t } = useTranslation();
  const me = room.members.find((one) => one.peer === room.you);
  // One person with two devices is one person: the second has a place of its own only for what its camera shows.
  const others = room.members.filter((one) => one.peer !== room.you && (!one.quiet || one.cam) && (one.person.id !== me?.person.id || one.cam || one.device));
  // Who speaks comes first on a phone by style; the order of the list itself stays, so that faces do not jump.
  return (
    <ul className={others.length > 3 ? 'faces many' : 'faces'} aria-label={t('room.people')}>
      {others.map((one) => {
        const seen = room.streams[one.peer];
        return (
          <Face key={one.peer} member={one} stream={seen?.stream ?? null} silent={me?.quiet} speaking={room.speaker === one.peer && one.mic && !one.lost}
            showing={!!seen?.video && (one.device || one.cam)} paused={seen?.paused} unplayable={seen?.playable === false} lines={room.lines[one.peer]} mic={one.mic && one.audio} />
        );
      })}
      {me && <Face key={me.peer} member={me} own stream={own} speaking={room.speaker === me.peer && room.mic} showing={room.cam} lines={room.lines[me.peer]} mic={room.mic} />}
      {others.length === 0 && <li className="alone">{t('room.alone')}</li>}
    </ul>
  );
}
