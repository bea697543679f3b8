// Before one enters: how one looks and sounds, and with which camera and microphone.
import { useCallback, useEffect, useRef, useState } from 'react';
import { Alert, Button, Select, Switch } from 'antd';
import { AudioOutlined, LoginOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { askCamera, askMicrophone, keepChoice, keptChoice, lacking, listDevices, meter, onDevicesChange, type Choice, type Devices, type Trouble } from '../../ui/devices';

export interface Tracks { camera: MediaStreamTrack | null; microphone: MediaStreamTrack | null }

/** Holds one device while it is wanted: asks for it, lets the former one go. */
function useDevice(wanted: boolean, id: string | undefined, ask: (id?: string) => ReturnType<typeof askCamera>) {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const kept = useRef(false);
  useEffect(() => {
    if (!wanted) {
      setTrouble(null);
      return;
    }
    let over = false;
    let mine: MediaStreamTrack | undefined;
    void ask(id).then((got) => {
      mine = got.track;
      if (over) return mine?.stop();
      setTrack(got.track ?? null);
      setTrouble(got.trouble ?? null);
    });
    return () => {
      over = true;
      if (!kept.current) mine?.stop();
      setTrack(null);
    };
  }, [ask, id, wanted]);
  const keep = useCallback(() => { kept.current = true; }, []);
  return { track, trouble, keep };
}

function Level({ track }: { track: MediaStreamTrack }) {
  const { t } = useTranslation();
  const [level, setLevel] = useState(0);
  useEffect(() => meter(track, setLevel), [track]);
  return (
    <div className="roomlevel" role="meter" aria-label={t('room.level')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      <i style={{ width: `${Math.round(level * 100)}%` }} />
    </div>
  );
}

export function Check({ onEnter, again }: { onEnter: (tracks: Tracks) => void; again?: boolean }) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>(keptChoice);
  const [devices, setDevices] = useState<Devices>({ cameras: [], microphones: [], speakers: [] });
  const camera = useDevice(choice.withCamera, choice.camera, askCamera);
  const microphone = useDevice(choice.withMicrophone, choice.microphone, askMicrophone);
  const preview = useRef<HTMLVideoElement>(null);
  const change = (part: Partial<Choice>) => setChoice((before) => ({ ...before, ...part }));

  // Names of devices are told only once one of them may be used.
  useEffect(() => {
    const look = () => void listDevices().then(setDevices);
    look();
    return onDevicesChange(look);
  }, [camera.track, microphone.track]);
  useEffect(() => {
    if (preview.current) preview.current.srcObject = camera.track ? new MediaStream([camera.track]) : null;
  }, [camera.track]);

  const enter = () => {
    keepChoice(choice);
    camera.keep();
    microphone.keep();
    onEnter({ camera: camera.track, microphone: microphone.track });
  };
  const waiting = (choice.withCamera && !camera.track && !camera.trouble) || (choice.withMicrophone && !microphone.track && !microphone.trouble);
  const troubles = [...new Set([camera.trouble && `camera_${camera.trouble}`, microphone.trouble && `microphone_${microphone.trouble}`].filter((one) => !!one))];
  const options = (list: MediaDeviceInfo[], word: string) => list.map((one, n) => ({ value: one.deviceId, label: one.label || t(word, { n: n + 1 }) }));
  const shown = (id: string | undefined, list: MediaDeviceInfo[], track: MediaStreamTrack | null) => (list.some((one) => one.deviceId === id) ? id : track?.getSettings().deviceId);

  return (
    <section className="roomcheck" aria-label={t('room.check')}>
      <h1>{t(again ? 'room.rejoin_title' : 'room.check')}</h1>
      <div className="roompreview">
        <video ref={preview} className="mirror" muted autoPlay playsInline aria-label={t('room.preview')} />
        {!camera.track && <span className="noface">{t(choice.withCamera ? (camera.trouble ? 'room.no_picture' : 'room.asking') : 'room.camera_is_off')}</span>}
      </div>
      <div className="roomdevices">
        {troubles.map((one) => <Alert key={one} type="warning" showIcon title={t(`room.trouble.${one}`)} description={t('room.trouble_anyway')} />)}
        <div className="roomdevice">
          <label htmlFor="room-camera"><VideoCameraOutlined aria-hidden /> {t('room.camera')}</label>
          <Switch checked={choice.withCamera} onChange={(on) => change({ withCamera: on })} aria-label={t('room.with_camera')} />
          <Select id="room-camera" disabled={!choice.withCamera} value={shown(choice.camera, devices.cameras, camera.track)} options={options(devices.cameras, 'room.camera_n')} onChange={(id: string) => change({ camera: id })} placeholder={t('room.none_found')} />
        </div>
        <div className="roomdevice">
          <label htmlFor="room-microphone"><AudioOutlined aria-hidden /> {t('room.microphone')}</label>
          <Switch checked={choice.withMicrophone} onChange={(on) => change({ withMicrophone: on })} aria-label={t('room.with_microphone')} />
          <Select id="room-microphone" disabled={!choice.withMicrophone} value={shown(choice.microphone, devices.microphones, microphone.track)} options={options(devices.microphones, 'room.microphone_n')} onChange={(id: string) => change({ microphone: id })} placeholder={t('room.none_found')} />
          {microphone.track && <Level track={microphone.track} />}
          {microphone.track && <small>{t('room.speak')}</small>}
          {microphone.track && lacking(microphone.track).map((one) => <small key={one} className="lacking" role="note">{t(`room.lacking_${one}`)}</small>)}
        </div>
        <Button type="primary" size="large" icon={<LoginOutlined />} onClick={enter} disabled={waiting} block>{t('room.enter')}</Button>
      </div>
    </section>
  );
}
