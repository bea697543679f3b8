// What every key and every gesture does.
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { KEYS } from './keys';

const GROUPS = ['look', 'measure', 'lay', 'more'] as const;

export function Help({ close, marking }: { close(): void; marking: boolean }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <div className="dv-help" role="dialog" aria-modal aria-label={t('viewer.help')} ref={box} tabIndex={-1}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape' || event.key === '?') close();
      }}>
      <div className="dv-helphead"><h2>{t('viewer.help')}</h2><button type="button" onClick={close}>{t('viewer.close')}</button></div>
      <div className="dv-helpbody">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`viewer.group.${group}`)}</h3>
            <dl>{KEYS.filter((one) => one.group === group && (marking || one.command !== 'key_image')).map((one) => <div key={one.command}><dt><kbd>{one.shown}</kbd></dt><dd>{t(`viewer.does.${one.command.replace('.', '_')}`)}</dd></div>)}</dl>
          </section>
        ))}
        <section>
          <h3>{t('viewer.group.hand')}</h3>
          <ul>{['drag', 'wheel', 'right', 'shift', 'handle', 'keys', 'touch', 'pinch'].map((one) => <li key={one}>{t(`viewer.hand.${one}`)}</li>)}</ul>
        </section>
      </div>
    </div>
  );
}
