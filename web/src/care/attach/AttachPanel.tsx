// Files of a case: dropped or chosen, sent with true progress, grouped into studies as they come.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import { FileAddOutlined, FolderOpenOutlined, InboxOutlined } from '@ant-design/icons';
import { api } from '../../api/client';
import type { Files, Id } from '../../api/types';
import { problemWords } from '../../ui/words';
import { Attached } from './Attached';
import { MismatchDialog, groups } from './MismatchDialog';
import { Handover } from './Handover';
import { Missing } from './Missing';
import { ask, chosen, dropped, under, type Handle, type Picked } from './pick';
import { Progress } from './Progress';
import { queueOf } from './queue';
import { forgetHandles, keepHandles } from './remember';
import './attach.css';

export function AttachPanel({ caseId, patientId, readOnly }: { caseId: Id; patientId: Id | null; readOnly?: boolean }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const files = useQuery({ queryKey: ['case', caseId, 'files'], queryFn: () => api.get<Files>(`/api/consults/${caseId}/files`) });
  const refreshing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const queue = useMemo(() => queueOf(caseId, () => {
    // Many arrive at once: asked again at most once a second.
    refreshing.current ??= setTimeout(() => {
      refreshing.current = undefined;
      void client.invalidateQueries({ queryKey: ['case', caseId, 'files'] });
    }, 700);
  }), [caseId, client]);
  const shown = useSyncExternalStore(queue.subscribe, queue.snapshot);
  const { items, missing } = shown;
  const [looking, setLooking] = useState(false);
  const [over, setOver] = useState(false);
  const loose = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const undecided = useMemo(() => groups(files.data?.held ?? [], items), [files.data, items]);
  const [later, setLater] = useState(false);

  const take = async (found: Iterable<Picked>, handles: Handle[] = []) => {
    if (Array.isArray(found) && !found.length) return;
    setLater(false);
    void keepHandles(caseId, handles);
    await queue.add(found, patientId);
  };
  /** A folder of tens of thousands takes a while to read. */
  const look = async (find: () => Promise<{ files: Iterable<Picked>; handles: Handle[] }>) => {
    setLooking(true);
    try {
      const { files, handles } = await find();
      await take(files, handles);
    } finally {
      setLooking(false);
    }
  };
  const picked = (input: HTMLInputElement | null) => {
    const files = chosen(input?.files ?? null);
    if (input) input.value = '';
    void look(async () => ({ files, handles: [] }));
  };
  // A handle lets the browser open the file again after a reload; where it gives none, the plain dialog.
  const pick = async (what: 'files' | 'folder', input: HTMLInputElement | null) => {
    const handles = await ask(what);
    if (handles === null) input?.click();
    else await look(async () => ({ files: await under(handles), handles }));
  };
  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    const found = dropped(event.dataTransfer);
    void look(() => found);
  };
  const idle = !items.some((item) => item.state !== 'done' && item.state !== 'cancelled');
  useEffect(() => { if (idle && !missing.count) void forgetHandles(caseId); }, [idle, missing.count, caseId]);

  return (
    <div className="attach">
      {!readOnly && (
        <div className={over ? 'attachdrop over' : 'attachdrop'} role="group" aria-label={t('attach.drop')}
          onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
          <InboxOutlined aria-hidden />
          <p><span className="atdesk">{t('attach.drop')}</span><small>{t('attach.kinds')}</small></p>
          <div className="attachpick">
            <Button icon={<FileAddOutlined />} onClick={() => void pick('files', loose.current)}>{t('attach.files')}</Button>
            <Button className="atdesk" icon={<FolderOpenOutlined />} onClick={() => void pick('folder', folder.current)}>{t('attach.folder')}</Button>
            <span className="atdesk"><Handover caseId={caseId} patientId={patientId} /></span>
          </div>
          <input ref={loose} className="sr" type="file" multiple tabIndex={-1} aria-label={t('attach.files')} onChange={(event) => picked(event.target)} />
          <input ref={folder} className="sr" type="file" multiple tabIndex={-1} aria-label={t('attach.folder')} {...{ webkitdirectory: '' }} onChange={(event) => picked(event.target)} />
        </div>
      )}
      {looking && <p role="status" className="attachhint">{t('attach.looking')}</p>}
      {missing.count > 0 && !readOnly && <Missing caseId={caseId} missing={missing} take={(found) => void take(found)} forget={() => queue.clear()} />}
      {!readOnly && <Progress shown={shown} queue={queue} />}
      {undecided.length > 0 && !readOnly && later && (
        <div className="attachnote stop" role="alert"><b>{t('attach.held', { count: undecided.reduce((sum, one) => sum + one.files, 0) })}</b> <Button size="small" onClick={() => setLater(false)}>{t('attach.decide')}</Button></div>
      )}
      {undecided.length > 0 && !readOnly && !later && <MismatchDialog key={undecided[0].key} caseId={caseId} group={undecided[0]} queue={queue} later={() => setLater(true)} />}
      {files.isError && <p role="alert">{problemWords(files.error, t, i18n.language)}</p>}
      {files.data && <Attached caseId={caseId} files={files.data} />}
    </div>
  );
}
