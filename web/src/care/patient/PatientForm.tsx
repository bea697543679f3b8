// Registers a patient: by resident id (checked while typed, birth date and sex read from it), passport, or by description.
import { useState } from 'react';
import { Alert, Button, Input, Radio, Segmented } from 'antd';
import { CheckCircleFilled } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { PatientCard, PatientInput } from '../../api/types';
import { problemWords } from '../../ui/words';
import { checkResidentId, plainId } from './residentId';

type Kind = PatientInput['identifier']['kind'];
interface Typed { kind: Kind; name: string; value: string; sex: PatientInput['sex'] | ''; birth: string; phone: string; age: string; found_at: string; marks: string }

const today = () => new Date().toISOString().slice(0, 10);
const partial = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

function faults(typed: Typed, t: (key: string, facts?: Record<string, unknown>) => string): Partial<Record<keyof Typed, string>> {
  const found: Partial<Record<keyof Typed, string>> = {};
  const id = checkResidentId(typed.value, today());
  if (typed.kind === 'resident') {
    if (!typed.value.trim()) found.value = t('patient.value_missing');
    else if (!id.ok) found.value = t(`patient.id.${id.code}`, id);
  }
  if (typed.kind === 'passport' && !typed.value.trim()) found.value = t('patient.value_missing');
  if (typed.kind !== 'unknown' && !typed.name.trim()) found.name = t('patient.name_missing');
  if (!typed.sex) found.sex = t('patient.sex_missing');
  if (typed.birth && !partial.test(typed.birth)) found.birth = t('patient.birth_bad');
  return found;
}

/** The server's word on single fields. */
function told(error: unknown): { path: string; code: string }[] {
  return isProblem(error, 'patient.invalid') && Array.isArray(error.params.fields) ? (error.params.fields as { path: string; code: string }[]) : [];
}

/** Registers what was typed; with `collect` it is handed over instead. */
export function PatientForm({ name, unknownAllowed = true, drillAllowed = false, done, cancel, collect }: { name: string; unknownAllowed?: boolean; drillAllowed?: boolean; done: (patient: PatientCard) => void; cancel: () => void; collect?: (typed: PatientInput) => void }) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState<Typed>({ kind: 'resident', name, value: '', sex: '', birth: '', phone: '', age: '', found_at: '', marks: '' });
  const [tried, setTried] = useState(false);
  const [touched, setTouched] = useState(false);
  const set = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const id = checkResidentId(typed.value, today());
  const fault = faults(typed, t);

  const inputOf = (): PatientInput => ({
    name: typed.name.trim() || undefined, sex: typed.sex || 'unknown', birth_date: typed.birth || undefined, phone: typed.phone.trim() || undefined,
    identifier: typed.kind === 'unknown' || typed.kind === 'drill' ? { kind: typed.kind } : { kind: typed.kind, value: typed.kind === 'resident' ? plainId(typed.value) : typed.value.trim() },
    unknown: typed.kind === 'unknown' ? { approx_age: /^\d+$/.test(typed.age) ? Number(typed.age) : undefined, found_at: typed.found_at.trim() || undefined, marks: typed.marks.trim() || undefined } : undefined,
  });
  const save = useMutation({
    mutationFn: () => api.post<PatientCard>('/api/patients', inputOf()),
    onSuccess: done,
    onError: async (error) => {
      if (isProblem(error, 'patient.exists') && typeof error.params.patient === 'string') done(await api.get<PatientCard>(`/api/patients/${error.params.patient}`));
    },
  });
  const submit = () => {
    setTried(true);
    if (Object.keys(fault).length > 0) return;
    if (collect) collect(inputOf());
    else save.mutate();
  };
  const typeId = (value: string) => {
    const checked = checkResidentId(value, today());
    set(typed.kind === 'resident' && checked.ok ? { value, birth: checked.birth_date, sex: checked.sex } : { value });
  };
  // Slips are told at once; "not finished yet" only once somebody left the field.
  const tellId = typed.kind === 'resident' && typed.value !== '' && (id.ok || id.code !== 'short' || touched || tried);
  const error = (key: keyof Typed) => (tried ? fault[key] : undefined);
  const field = (key: 'name' | 'phone' | 'age' | 'found_at' | 'marks', label: string, more: { optional?: boolean; hint?: string } = {}) => (
    <label className="pf">
      <span>{label}</span>
      <Input value={typed[key]} placeholder={more.hint} maxLength={400} status={error(key) ? 'error' : undefined} onChange={(event) => set({ [key]: event.target.value })} />
      {error(key) && <em className="fielderror" role="alert">{error(key)}</em>}
    </label>
  );
  return (
    <div className="patientform" role="group" aria-label={t('patient.create')} onKeyDown={(event) => { if (event.key === 'Enter' && !event.nativeEvent.isComposing && (event.target as HTMLElement).tagName === 'INPUT') { event.preventDefault(); submit(); } }}>
      <Segmented<Kind> value={typed.kind} onChange={(kind) => set({ kind, value: '' })} aria-label={t('patient.kind')} options={(['resident', 'passport', ...(unknownAllowed ? ['unknown' as const] : []), ...(drillAllowed ? ['drill' as const] : [])] as Kind[]).map((kind) => ({ value: kind, label: t(`patient.identifier.${kind}`) }))} />
      {typed.kind === 'unknown' && <p className="hint">{t('patient.unknown_what')}</p>}
      {typed.kind === 'drill' && <p className="drillnote">{t('patient.drill_what')}</p>}
      <div className="pfgrid">
        {typed.kind !== 'unknown' && typed.kind !== 'drill' && (
          <label className="pf wide">
            <span>{t(`patient.identifier.${typed.kind}`)}</span>
            <Input
              value={typed.value} autoFocus maxLength={40} className="mono" spellCheck={false} autoComplete="off"
              status={(tellId && !id.ok) || error('value') ? 'error' : undefined}
              onChange={(event) => typeId(event.target.value)} onBlur={() => setTouched(true)}
              aria-describedby="id-check"
            />
            <em id="id-check" role="status" className={typed.kind === 'resident' && id.ok ? 'fieldgood' : 'fielderror'}>
              {tellId ? (id.ok ? <><CheckCircleFilled aria-hidden /> {t('patient.id.ok')}。{t('patient.from_id')}</> : t(`patient.id.${id.code}`, { ...id })) : error('value')}
            </em>
          </label>
        )}
        {field('name', t('patient.name'))}
        <div className="pf" role="group" aria-label={t('patient.sex')}>
          <span>{t('patient.sex')}</span>
          <Radio.Group value={typed.sex} onChange={(event) => set({ sex: event.target.value as Typed['sex'] })} options={(['male', 'female', 'unknown'] as const).map((sex) => ({ value: sex, label: t(`ui.${sex}`) }))} />
          {error('sex') && <em className="fielderror" role="alert">{error('sex')}</em>}
        </div>
        {typed.kind === 'unknown' ? field('age', t('patient.approx_age')) : (
          <label className="pf">
            <span>{t('patient.birth_date')}</span>
            <Input value={typed.birth} placeholder="1965-03-12" maxLength={10} status={error('birth') ? 'error' : undefined} onChange={(event) => set({ birth: event.target.value.trim() })} />
            {error('birth') && <em className="fielderror" role="alert">{error('birth')}</em>}
          </label>
        )}
        {field('phone', t('patient.phone'))}
        {typed.kind === 'unknown' && field('found_at', t('patient.found_at'))}
        {typed.kind === 'unknown' && field('marks', t('patient.marks'), { hint: t('patient.marks_hint') })}
      </div>
      {save.isError && !isProblem(save.error, 'patient.exists') && <Alert type="error" showIcon role="alert" title={problemWords(save.error, t, i18n.language)} description={told(save.error).length > 0 && <ul className="items">{told(save.error).map((one) => <li key={one.path + one.code}>{t(`patient.fault.${one.code.replace('.', '_')}`, { defaultValue: `${one.path}: ${one.code}` })}</li>)}</ul>} />}
      <div className="pfbuttons"><Button type="primary" loading={save.isPending} onClick={submit}>{t(collect ? 'ui.next' : 'patient.save')}</Button><Button onClick={cancel}>{t('ui.cancel')}</Button></div>
    </div>
  );
}
