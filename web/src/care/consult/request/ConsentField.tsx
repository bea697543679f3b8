// The patient's consent: the signed form as a file, or in an emergency the reason why it follows within 24 hours.
import { useRef, useState } from 'react';
import { App, Button, Input } from 'antd';
import { CheckCircleFilled, UploadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, url } from '../../../api/client';
import { Problem } from '../../../api/problem';
import type { FileResult, Files, Id, RequestForm } from '../../../api/types';
import { problemWords } from '../../../ui/words';
import { Field, fieldId } from './fields';

export function ConsentField({ caseId, form, set, missing, quiet }: { caseId: Id; form: RequestForm; set: (consent: RequestForm['consent']) => void; missing: boolean; quiet?: boolean }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState(false);
  const documents = useQuery({ queryKey: ['case', caseId, 'files'], queryFn: () => api.get<Files>(`/api/consults/${caseId}/files`) }).data?.documents ?? [];
  const chosen = documents.find((document) => document.id === form.consent.document);
  const presets = t('request.consent_presets', { returnObjects: true }) as unknown as string[];

  const upload = async (picked: File) => {
    setSending(true);
    try {
      const before = new Set((await api.get<Files>(`/api/consults/${caseId}/files`)).documents.map((document) => document.id));
      const response = await fetch(url(`/api/consults/${caseId}/files/${crypto.randomUUID()}`, { name: picked.name, patient: form.patient }), { method: 'PUT', body: picked, headers: { 'content-type': 'application/octet-stream' } }).catch(() => { throw Problem.offline(); });
      if (!response.ok) throw await Problem.from(response);
      const { files } = (await response.json()) as { files: FileResult[] };
      const refused = files.find((one) => one.kind === 'refused');
      if (refused) return void message.error(t('request.consent_refused', { why: refused.why ?? '' }));
      const after = await api.get<Files>(`/api/consults/${caseId}/files`);
      client.setQueryData(['case', caseId, 'files'], after);
      const document = after.documents.find((one) => !before.has(one.id)) ?? after.documents.find((one) => one.name === picked.name);
      if (document) set({ ...form.consent, document: document.id });
    } catch (error) {
      void message.error(problemWords(error, t, i18n.language), 6);
    } finally {
      setSending(false);
    }
  };
  return (
    <Field name="consent" label={t('consult.field.consent')} required missing={missing} group quiet={quiet}>
      <div className="consent">
        {chosen ? <span className="good"><CheckCircleFilled aria-hidden /> {chosen.name}</span> : form.consent.document ? <span className="good"><CheckCircleFilled aria-hidden /> {t('consult.consent.on_file')}</span> : null}
        <Button id={fieldId('consent')} icon={<UploadOutlined />} loading={sending} onClick={() => file.current?.click()}>{t(form.consent.document ? 'request.consent_replace' : 'request.consent_upload')}</Button>
        <input ref={file} type="file" hidden accept="application/pdf,image/jpeg,image/png" aria-label={t('request.consent_upload')} onChange={(event) => { const picked = event.target.files?.[0]; if (picked) void upload(picked); event.target.value = ''; }} />
        {documents.length > 0 && (
          <select value={form.consent.document ?? ''} aria-label={t('request.consent_choose')} onChange={(event) => set({ ...form.consent, document: event.target.value || undefined })}>
            <option value="">{t('request.consent_choose')}</option>
            {documents.map((document) => <option key={document.id} value={document.id}>{document.name}</option>)}
          </select>
        )}
      </div>
      {form.urgency === 'emergency' && !form.consent.document && (
        <div className="consentreason">
          <label className="flabel" htmlFor="consent-reason">{t('request.consent_reason')}</label>
          <Input id="consent-reason" value={form.consent.emergency_reason ?? ''} maxLength={400} onChange={(event) => set({ ...form.consent, emergency_reason: event.target.value })} />
          <div className="presets">{presets.map((preset) => <button type="button" key={preset} onClick={() => set({ ...form.consent, emergency_reason: preset })}>{preset}</button>)}</div>
        </div>
      )}
    </Field>
  );
}
