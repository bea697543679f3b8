// A shared screen, shown big: whose it is stands above it, and its owner sees that everybody sees it.
import { useEffect, useRef } from 'react';
import { Button } from 'antd';
import { DesktopOutlined, FullscreenOutlined, PictureOutlined, StopOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';

interface Props { who: string; own: boolean; stream: MediaStream | null; paused: boolean; playable: boolean; toImages?: () => void; stop: () => void }

export function Screen({ who, own, stream, paused, playable, toImages, stop }: Props) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || element.srcObject === stream) return;
    element.srcObject = stream;
    if (stream) void element.play().catch(() => undefined);
  }, [stream]);
  const why = !playable ? 'room.unplayable' : paused ? 'room.screen_slow' : !stream ? 'room.screen_coming' : null;
  return (
    <>
      <div className="roomlead">
        <DesktopOutlined aria-hidden />
        <span role="status">{own ? t('room.you_show') : t('room.shows', { who })}</span>
        <span className="grow" />
        {toImages && <Button size="small" icon={<PictureOutlined />} onClick={toImages}>{t('room.to_images')}</Button>}
        {!own && <Button size="small" icon={<FullscreenOutlined />} onClick={() => void video.current?.requestFullscreen?.()}>{t('room.screen_full')}</Button>}
        {own && <Button size="small" type="primary" danger icon={<StopOutlined />} onClick={stop}>{t('room.screen_stop')}</Button>}
      </div>
      <div className={own ? 'roomscreen own' : 'roomscreen'}>
        <video ref={video} muted autoPlay playsInline aria-label={own ? t('room.own_screen') : t('room.screen_of', { who })} />
        {why && <span className="noface">{t(why)}</span>}
      </div>
    </>
  );
}
