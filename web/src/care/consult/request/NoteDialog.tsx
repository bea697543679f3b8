// Pastes an admission note: shows which part goes into which field before anything is changed; one click takes it back after.
import { useState } from 'react';
import { Alert, Input, Modal, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RequestForm } from '../../../api/types';
import { fieldsOf, sortNote, type NoteField } from './note';

export function NoteDialog({ text: initial, form, close, apply }: { text: string; form: RequestForm; close: () => void; apply: (fields: Partial<Record<NoteField, string>>) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(initial);
  const [keep, setKeep] = useState<'replace' | 'append'>('replace');
  const sorted = sortNote(text);
  const fields = fieldsOf(sorted);
  const found = Object.entries(fields) as [NoteField, string][];
  const filled = found.filter(([field]) => form[field]?.trim());
  const result = () => Object.fromEntries(found.map(([field, words]) => [field, keep === 'append' && form[field]?.trim() ? `${form[field]}\n${words}` : words]));
  return (
    <Modal open width={860} title={t('request.note')} okText={t('request.note_take', { n: found.length })} cancelText={t('ui.cancel')} okButtonProps={{ disabled: found.length === 0 }} onOk={() => apply(result())} onCancel={close} destroyOnHidden>
      <div className="notecols">
        <div>
          <p className="lead">{t('request.note_what')}</p>
          <Input.TextArea value={text} rows={16} autoFocus aria-label={t('request.note_text')} placeholder={t('request.note_placeholder')} onChange={(event) => setText(event.target.value)} />
        </div>
        <div className="notepreview" aria-live="polite">
          {text.trim() && found.length === 0 && <Alert type="warning" showIcon title={t('request.note_none')} />}
          {filled.length > 0 && <div className="notekeep"><span>{t('request.note_filled', { n: filled.length })}</span><Segmented value={keep} onChange={setKeep} options={(['replace', 'append'] as const).map((value) => ({ value, label: t(`request.note_${value}`) }))} /></div>}
          <dl>{found.map(([field, words]) => <div key={field}><dt>{t(`consult.field.${field}`)}</dt><dd>{words}</dd></div>)}</dl>
          {sorted.rest && <div className="noterest"><b>{t('request.note_rest')}</b><p>{sorted.rest}</p></div>}
        </div>
      </div>
    </Modal>
  );
}
