// What a reload has cut off: named, with how much of it is here, and how it goes on.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import type { Id } from '../../api/types';
import { under, type Handle, type Picked } from './pick';
import type { Snapshot } from './queue';
import { heldHandles } from './remember';
import { bytesWords } from './words';

type Asked = Handle & { requestPermission?(what: { mode: 'read' }): Promise<PermissionState> };
const SHOWN = 5;

export function Missing({ caseId, missing, take, forget }: { caseId: Id; missing: Snapshot['missing']; take(files: Picked[]): void; forget(): void }) {
  const { t, i18n } = useTranslation();
  const [handles, setHandles] = useState<Handle[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => void heldHandles(caseId).then(setHandles), [caseId]);

  // The browser asks the person whether we may open the files again; that needs their click.
  const goOn = async () => {
    setBusy(true);
    try {
      const allowed: Handle[] = [];
      for (const handle of handles as Asked[]) if ((await handle.requestPermission?.({ mode: 'read' })) !== 'denied') allowed.push(handle);
      take(await under(allowed));
    } catch { /* moved or deleted since: to be chosen again by hand */ }
    setHandles([]);
    setBusy(false);
  };
  const begun = new Set(missing.parts.map((part) => part.name));
  const others = missing.names.filter((name) => !begun.has(name));
  const more = missing.count - missing.parts.length - Math.min(others.length, SHOWN);
  return (
    <div className="attachnote" role="alert">
      <b>{t('attach.missing', { count: missing.count })}</b>
      <ul>
        {missing.parts.map((part) => <li key={part.id}><b>{part.name}</b> {t('attach.missing_part', { sent: bytesWords(part.sent, i18n.language), total: bytesWords(part.size, i18n.language) })}</li>)}
        {others.slice(0, SHOWN).map((name) => <li key={name}>{name}</li>)}
        {more > 0 && <li>{t('attach.more', { count: more })}</li>}
      </ul>
      <div className="attachpick">
        {handles.length > 0 && <Button size="small" type="primary" loading={busy} onClick={() => void goOn()}>{t('attach.go_on')}</Button>}
        <Button size="small" type="text" onClick={forget}>{t('attach.forget')}</Button>
      </div>
    </div>
  );
}
