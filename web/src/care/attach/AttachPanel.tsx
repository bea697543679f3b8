// Files of a case: dropped or chosen, sent with true progress, grouped into studies as they come.
import { useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import { FileAddOutlined, FolderOpenOutlined, InboxOutlined } from '@ant-design/icons';
import { api } from '../../api/client';
import type { Files, Id } from '../../api/types';
import { problemWords } from '../../ui/words';
import { Attached } from './Attached';
import { MismatchDialog, groups } from './MismatchDialog';
import { chosen, dropped, queueOf } from './queue';
import { Progress } from './Progress';
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
  const { items, missing } = useSyncExternalStore(queue.subscribe, queue.snapshot);
  const [over, setOver] = useState(false);
  const pick = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const undecided = useMemo(() => groups(files.data?.held ?? [], items), [files.data, items]);
  const [later, setLater] = useState(false);

  const take = (found: { file: File; path: string }[]) => { if (found.length) { setLater(false); queue.add(found, patientId); } };
  const picked = (input: HTMLInputElement | null) => {
    take(chosen(input?.files ?? null));
    if (input) input.value = '';
  };
  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    void dropped(event.dataTransfer).then(take);
  };

  return (
    <div className="attach">
      {!readOnly && (
        <div className={over ? 'attachdrop over' : 'attachdrop'} role="group" aria-label={t('attach.drop')}
          onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
          <InboxOutlined aria-hidden />
          <p>{t('attach.drop')}<small>{t('attach.kinds')}</small></p>
          <div className="attachpick">
            <Button icon={<FileAddOutlined />} onClick={() => pick.current?.click()}>{t('attach.files')}</Button>
            <Button icon={<FolderOpenOutlined />} onClick={() => folder.current?.click()}>{t('attach.folder')}</Button>
          </div>
          <input ref={pick} className="sr" type="file" multiple tabIndex={-1} aria-label={t('attach.files')} onChange={(event) => picked(event.target)} />
          <input ref={folder} className="sr" type="file" multiple tabIndex={-1} aria-label={t('attach.folder')} {...{ webkitdirectory: '' }} onChange={(event) => picked(event.target)} />
        </div>
      )}
      {missing.length > 0 && (
        <div className="attachnote" role="alert">
          <b>{t('attach.missing', { count: missing.length })}</b>
          <ul>{missing.slice(0, 5).map((key) => <li key={key}>{key.split('|')[0]}</li>)}{missing.length > 5 && <li>{t('attach.more', { count: missing.length - 5 })}</li>}</ul>
        </div>
      )}
      {!readOnly && <Progress items={items} queue={queue} />}
      {undecided.length > 0 && !readOnly && later && (
        <div className="attachnote stop" role="alert"><b>{t('attach.held', { count: undecided.reduce((sum, one) => sum + one.files, 0) })}</b> <Button size="small" onClick={() => setLater(false)}>{t('attach.decide')}</Button></div>
      )}
      {undecided.length > 0 && !readOnly && !later && <MismatchDialog key={undecided[0].key} caseId={caseId} group={undecided[0]} queue={queue} later={() => setLater(true)} />}
      {files.isError && <p role="alert">{problemWords(files.error, t, i18n.language)}</p>}
      {files.data && <Attached caseId={caseId} files={files.data} />}
    </div>
  );
}
