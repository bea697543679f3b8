// The person in the file is not the person of the case: both side by side, and a human decides.
import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button, Input, Modal } from 'antd';
import { api } from '../../api/client';
import type { Difference, Held, Id, PersonShown } from '../../api/types';
import { problemWords } from '../../ui/words';
import { Sides } from './Sides';
import type { Item, Queue } from './queue';

export interface Group { key: string; in_file: PersonShown; in_case: PersonShown; differs: Difference[]; uploads: Id[]; files: number; names: string[] }

/** What waits, by the person named in it: one decision for all files of one person. */
export function groups(held: Held[], items: readonly Item[]): Group[] {
  const found = new Map<string, Group>();
  const add = (upload: Id, name: string, one: { in_file: PersonShown; in_case: PersonShown; differs: Difference[] }) => {
    const key = JSON.stringify(one.in_file);
    const group = found.get(key) ?? { key, in_file: one.in_file, in_case: one.in_case, differs: one.differs, uploads: [], files: 0, names: [] };
    if (!group.uploads.includes(upload)) group.uploads.push(upload);
    group.files += 1;
    group.names.push(name);
    found.set(key, group);
  };
  for (const one of held) add(one.upload, one.name, one);
  const listed = new Set(held.map((one) => one.upload));
  for (const item of items) if (item.state === 'held' && item.mismatch && !listed.has(item.id)) add(item.id, item.name, item.mismatch);
  return [...found.values()];
}

export function MismatchDialog({ caseId, group, queue, later }: { caseId: Id; group: Group; queue: Queue; later(): void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState<'keep' | 'drop' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const at = (upload: Id) => `/api/consults/${caseId}/files/${upload}`;

  const decide = async (kept: boolean) => {
    setBusy(kept ? 'keep' : 'drop');
    setError(null);
    try {
      if (kept) await api.post(`${at(group.uploads[0])}/confirm`, { reason: reason.trim() });
      else for (const upload of group.uploads) await api.delete(at(upload));
      queue.decided(new Set(group.uploads), kept);
      await client.invalidateQueries({ queryKey: ['case', caseId, 'files'] });
    } catch (problem) {
      setError(problem);
      setBusy(null);
    }
  };
  return (
    <Modal open title={t('attach.mismatch')} onCancel={later} width={640} mask={{ closable: false }} footer={[
      <Button key="drop" danger loading={busy === 'drop'} disabled={busy === 'keep'} onClick={() => void decide(false)}>{t('attach.mismatch_drop', { count: group.files })}</Button>,
      <Button key="keep" type="primary" loading={busy === 'keep'} disabled={!reason.trim() || busy === 'drop'} onClick={() => void decide(true)}>{t('attach.mismatch_keep', { count: group.files })}</Button>,
    ]}>
      <p>{t('attach.mismatch_words', { count: group.files })} <span className="attachnames">{group.names.slice(0, 3).join('、')}{group.names.length > 3 && ' …'}</span></p>
      <Sides in_file={group.in_file} in_case={group.in_case} differs={group.differs} />
      <label className="attachreason">{t('attach.reason')}
        <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} rows={2} className="growing" placeholder={t('attach.reason_hint')} />
      </label>
      {error != null && <p role="alert" className="attacherror">{problemWords(error, t, i18n.language)}</p>}
    </Modal>
  );
}
