// The request while it is written: sections on the page, an index beside them that says what is missing, one button to send.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Alert, App, Button } from 'antd';
import { CheckCircleFilled, FileTextOutlined, SendOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../../api/problem';
import { SPECIALTIES, type Id, type RequestForm, type Urgency } from '../../../api/types';
import { problemWords } from '../../../ui/words';
import { AttachPanel } from '../../attach/AttachPanel';
import { PatientPicker } from '../../patient/PatientPicker';
import { ConsentField } from './ConsentField';
import { AreaField, ChoiceField, Field, fieldId, TextField } from './fields';
import { LabRows } from './LabRows';
import { missing, type Missing } from './missing';
import { looksLikeNote, type NoteField } from './note';
import { NoteDialog } from './NoteDialog';
import { VitalsRows } from './VitalsRows';
import { WantedFields } from './WantedFields';

interface Props {
  caseId: Id; form: RequestForm; set: (change: (now: RequestForm) => RequestForm) => void; send: () => Promise<void>; /** The button is about to be pressed. */ ready?: () => void; sendLabel: string;
  mark: ReactNode; banner?: ReactNode; patientLocked?: boolean;
}
interface SectionConfig { key: string; title: string; needs: Missing[]; filled: boolean; render: () => ReactNode }

export function Editor({ caseId, form, set, send, ready, sendLabel, mark, banner, patientLocked }: Props) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ path: string; code: string }[]>([]);
  const [here, setHere] = useState('');
  const page = useRef<HTMLDivElement>(null);
  const emergency = form.form === 'emergency';
  const lacks = missing(form);
  const lacking = (code: Missing) => tried && lacks.includes(code);
  const put = (part: Partial<RequestForm>) => set((now) => ({ ...now, ...part }));

  const jump = (code: string) => {
    const target = document.getElementById(fieldId(code)) ?? document.getElementById(`section-${code}`);
    target?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    const focusable = target?.matches('input,textarea,select,button') ? target : target?.querySelector<HTMLElement>('input,textarea,select,button');
    (focusable as HTMLElement | null)?.focus({ preventScroll: true });
  };
  const submit = async () => {
    setTried(true);
    setRefused([]);
    if (lacks.length > 0) return jump(lacks[0]);
    setSending(true);
    try {
      await send();
    } catch (error) {
      if (isProblem(error, 'consult.incomplete')) {
        const codes = Array.isArray(error.params.missing) ? error.params.missing.filter((code): code is string => typeof code === 'string') : [];
        if (codes.length) jump(codes[0]);
      }
      const fields = isProblem(error) ? (error.params.fields ?? error.params.unfit) : undefined;
      if (Array.isArray(fields)) setRefused(fields as { path: string; code: string }[]);
      void message.error(problemWords(error, t, i18n.language), 6);
    } finally {
      setSending(false);
    }
  };
  const onPaste = (event: React.ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (looksLikeNote(text)) {
      event.preventDefault();
      setNote(text);
    }
  };
  const applyNote = (fields: Partial<Record<NoteField, string>>) => {
    const before = form;
    put(fields);
    setNote(null);
    void message.open({ type: 'success', duration: 8, content: <span>{t('request.note_done', { n: Object.keys(fields).length })} <Button type="link" size="small" onClick={() => set((now) => ({ ...now, ...Object.fromEntries(Object.keys(fields).map((key) => [key, before[key as NoteField]])) }))}>{t('ui.undo')}</Button></span> });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        document.getElementById('send-request')?.click();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const text = (key: NoteField, options: { required?: boolean; rows?: number; hint?: string } = {}) => (
    <AreaField key={key} name={key} label={t(`consult.field.${key}`)} value={form[key]} set={(value) => put({ [key]: value })} required={options.required} missing={options.required && lacking(key as Missing)} rows={options.rows} hint={options.hint} onPaste={onPaste} />
  );
  const patient = () => (
    <Field name="patient" label={t('consult.field.patient')} required={!emergency} missing={lacking('patient')} hint={emergency && !form.patient ? t('request.patient_later') : undefined} group quiet={!emergency}>
      <PatientPicker inputId={fieldId('patient')} value={form.patient} onChange={(id) => put({ patient: id, drill: id ? undefined : form.drill })} drillAllowed locked={patientLocked} />
    </Field>
  );
  const specialty = () => (
    <Field name="specialty" label={t('consult.field.specialty')} required missing={lacking('specialty')}>
      <select id={fieldId('specialty')} value={form.specialty} aria-required aria-invalid={lacking('specialty')} onChange={(event) => put({ specialty: event.target.value })}>
        <option value="">{t('request.choose')}</option>{SPECIALTIES.map((code) => <option key={code} value={code}>{t(`consult.specialty.${code}`)}</option>)}
      </select>
    </Field>
  );
  const purpose = () => <AreaField name="purpose" label={t('consult.field.purpose')} value={form.purpose} set={(value) => put({ purpose: value })} required missing={lacking('purpose')} rows={2} placeholder={t('request.purpose_hint')} onPaste={onPaste} />;
  const phone = () => <TextField name="callback_phone" label={t('consult.field.callback_phone')} value={form.callback_phone} set={(value) => put({ callback_phone: value })} required={emergency} missing={lacking('callback_phone')} mode="tel" max={40} />;
  const drill = () => !form.patient && <label className="drillcheck"><input type="checkbox" checked={form.drill ?? false} onChange={(event) => put({ drill: event.target.checked || undefined })} /> {t('patient.drill_request')}</label>;
  const consent = () => <ConsentField caseId={caseId} form={form} set={(value) => put({ consent: value })} missing={lacking('consent')} quiet={!emergency} />;

  const has = (...keys: NoteField[]) => keys.some((key) => form[key]?.trim());
  const sections: SectionConfig[] = emergency
    ? [
      { key: 'question', title: t('request.section.emergency'), needs: ['purpose', 'specialty', 'callback_phone', 'consent'], filled: true, render: () => <>{patient()}{purpose()}<div className="fgrid">{specialty()}{phone()}</div>{consent()}{drill()}</> },
      { key: 'more', title: t('request.section.more'), needs: [], filled: has('history', 'diagnosis') || form.vitals.length > 0, render: () => <><p className="fhint">{t('request.more_what')}</p>{text('history', { rows: 3 })}<Field name="vitals" label={t('consult.field.vitals')} group><VitalsRows rows={form.vitals} set={(vitals) => put({ vitals })} /></Field></> },
      { key: 'files', title: t('request.section.files'), needs: [], filled: false, render: () => <AttachPanel caseId={caseId} patientId={form.patient} /> },
    ]
    : [
      { key: 'patient', title: t('request.section.patient'), needs: ['patient'], filled: true, render: patient },
      {
        key: 'question', title: t('request.section.question'), needs: ['purpose', 'specialty'], filled: true, render: () => (
          <>
            {purpose()}
            <div className="fgrid">
              {specialty()}
              {phone()}
              <ChoiceField<Urgency> name="urgency" label={t('consult.field.urgency')} value={form.urgency} set={(urgency) => put({ urgency })} required options={(['routine', 'urgent', 'emergency'] as const).map((value) => ({ value, label: t(`consult.urgency.${value}`) }))} />
              <ChoiceField name="kind" label={t('consult.field.kind')} value={form.kind} set={(kind) => put({ kind })} required options={(['live', 'record'] as const).map((value) => ({ value, label: t(`consult.kind.${value}`) }))} />
            </div>
          </>
        ),
      },
      {
        key: 'record', title: t('request.section.record'), needs: ['complaint', 'history', 'diagnosis'], filled: true, render: () => (
          <>
            <div className="notebar"><Button icon={<FileTextOutlined />} onClick={() => setNote('')}>{t('request.note')}</Button><small>{t('request.note_hint')}</small></div>
            {text('complaint', { required: true, rows: 1 })}
            {text('history', { required: true, rows: 4 })}
            {text('past_history')}
            <div className="fgrid">
              {text('allergies', { rows: 1 })}
              {text('drugs', { rows: 1 })}
              <TextField name="weight_kg" label={t('consult.field.weight_kg')} value={form.weight_kg} set={(value) => put({ weight_kg: value.normalize('NFKC').trim() })} suffix="kg" mode="decimal" max={10} />
              <Field name="pregnancy" label={t('consult.field.pregnancy')}>
                <div className="beside">
                  <select id={fieldId('pregnancy')} value={form.pregnancy ?? ''} onChange={(event) => put({ pregnancy: (event.target.value || undefined) as RequestForm['pregnancy'] })}>
                    <option value="">—</option>{(['no', 'yes', 'unknown'] as const).map((value) => <option key={value} value={value}>{t(`consult.pregnancy.${value}`)}</option>)}
                  </select>
                  {form.pregnancy === 'yes' && <input className="weeks" value={form.pregnancy_weeks ?? ''} inputMode="decimal" maxLength={10} aria-label={t('request.weeks')} placeholder={t('request.weeks')} onChange={(event) => put({ pregnancy_weeks: event.target.value })} />}
                </div>
              </Field>
            </div>
            {text('examination', { rows: 3 })}
            {text('auxiliary', { rows: 3 })}
            {text('diagnosis', { required: true, rows: 1 })}
            {text('treatment')}
          </>
        ),
      },
      { key: 'vitals', title: t('request.section.vitals'), needs: [], filled: form.vitals.length > 0, render: () => <VitalsRows rows={form.vitals} set={(vitals) => put({ vitals })} /> },
      { key: 'labs', title: t('request.section.labs'), needs: [], filled: form.labs.length > 0, render: () => <LabRows rows={form.labs} set={(labs) => put({ labs })} /> },
      { key: 'files', title: t('request.section.files'), needs: [], filled: false, render: () => <AttachPanel caseId={caseId} patientId={form.patient} /> },
      { key: 'wanted', title: t('request.section.wanted'), needs: [], filled: !!(form.wanted?.expert || form.wanted?.hospital || form.wanted?.time), render: () => <WantedFields form={form} set={(wanted) => put({ wanted })} /> },
      { key: 'consent', title: t('request.section.consent'), needs: ['consent'], filled: true, render: consent },
    ];

  // Which section is in sight: marked in the index.
  const keys = sections.map((section) => section.key).join();
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => {
      const top = entries.filter((entry) => entry.isIntersecting).sort((a, b) => a.boundingClientRect.top - b.boundingClientRect.top)[0];
      if (top) setHere(top.target.id);
    }, { rootMargin: '-15% 0px -60% 0px' });
    page.current?.querySelectorAll('section[id]').forEach((section) => seen.observe(section));
    return () => seen.disconnect();
  }, [keys]);

  return (
    <div className={emergency ? 'request emergency' : 'request'} ref={page}>
      <div className="requestmain">
        {banner}
        {tried && lacks.length > 0 && <Alert type="error" showIcon role="alert" title={t('request.missing')} description={<span className="lacklist">{lacks.map((code) => <button type="button" key={code} onClick={() => jump(code)}>{t(`consult.field.${code}`)}</button>)}</span>} />}
        {refused.length > 0 && <Alert type="error" showIcon role="alert" title={t('request.refused')} description={<ul className="items">{refused.map((one) => <li key={one.path}>{one.path}: {t(`request.unfit.${one.code}`, { defaultValue: one.code })}</li>)}</ul>} />}
        {sections.map((section) => <section key={section.key} id={`section-${section.key}`} className="panel" aria-labelledby={`title-${section.key}`}><h2 id={`title-${section.key}`}>{section.title}</h2>{section.render()}</section>)}
      </div>
      <aside className="requestside">
        <nav aria-label={t('request.index')}>
          <ol>
            {sections.map((section) => {
              const open = section.needs.filter((code) => lacks.includes(code));
              return (
                <li key={section.key} className={here === `section-${section.key}` ? 'here' : ''}>
                  <button type="button" onClick={() => (open[0] ? jump(open[0]) : document.getElementById(`section-${section.key}`)?.scrollIntoView({ behavior: 'smooth' }))}>
                    {open.length ? <span className="todo" aria-hidden>{open.length}</span> : section.needs.length || section.filled ? <CheckCircleFilled className="good" aria-hidden /> : <span className="free" aria-hidden />}
                    <span>{section.title}{open.some((code) => t(`consult.field.${code}`) !== section.title) && <small>{t('request.needs', { what: open.map((code) => t(`consult.field.${code}`)).join(t('ui.list_sep')) })}</small>}</span>
                  </button>
                </li>
              );
            })}
          </ol>
        </nav>
        <div className="sendbox">
          <Button id="send-request" type="primary" size="large" block danger={emergency} icon={<SendOutlined />} loading={sending} onPointerDown={ready} onClick={() => void submit()}>{sendLabel}</Button>
          <p role="status">{mark}</p>
          <small>{t('request.send_key')}</small>
        </div>
      </aside>
      {note !== null && <NoteDialog text={note} form={form} close={() => setNote(null)} apply={applyNote} />}
    </div>
  );
}
