// The fields of the request form: a label, what is still missing, and the control.
import type { ReactNode } from 'react';
import { Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';

export const fieldId = (name: string) => `field-${name}`;

export function Field({ name, label, missing, required, hint, children, group, quiet }: { name: string; label: string; missing?: boolean; required?: boolean; hint?: string; children: ReactNode; group?: boolean; quiet?: boolean }) {
  const { t } = useTranslation();
  const head = <>{label}{required && <span className="req" title={t('ui.required')}>*</span>}</>;
  return (
    <div className={missing ? 'field lacks' : 'field'} role={group ? 'group' : undefined} aria-labelledby={group ? `${fieldId(name)}-label` : undefined}>
      {group ? <span className={quiet ? 'flabel sr' : 'flabel'} id={`${fieldId(name)}-label`}>{head}</span> : <label className="flabel" htmlFor={fieldId(name)}>{head}</label>}
      {children}
      {hint && <small className="fhint">{hint}</small>}
      {missing && <em className="fielderror">{t('request.lacks')}</em>}
    </div>
  );
}

interface TextProps { name: string; label: string; value: string | undefined; set: (value: string) => void; missing?: boolean; required?: boolean; hint?: string; placeholder?: string; max?: number }

export function TextField({ name, label, value, set, missing, required, hint, placeholder, max = 400, suffix, mode }: TextProps & { suffix?: string; mode?: 'decimal' | 'tel' }) {
  return (
    <Field name={name} label={label} missing={missing} required={required} hint={hint}>
      <Input id={fieldId(name)} value={value ?? ''} maxLength={max} placeholder={placeholder} suffix={suffix} inputMode={mode} status={missing ? 'error' : undefined} aria-required={required} aria-invalid={missing} onChange={(event) => set(event.target.value)} />
    </Field>
  );
}

export function AreaField({ name, label, value, set, missing, required, hint, placeholder, rows = 2, onPaste }: TextProps & { rows?: number; onPaste?: (event: React.ClipboardEvent<HTMLTextAreaElement>) => void }) {
  return (
    <Field name={name} label={label} missing={missing} required={required} hint={hint}>
      <Input.TextArea id={fieldId(name)} className="growing" value={value ?? ''} rows={rows} style={{ minHeight: rows * 22 + 10 }} maxLength={20_000} placeholder={placeholder} status={missing ? 'error' : undefined} aria-required={required} aria-invalid={missing} onPaste={onPaste} onChange={(event) => set(event.target.value)} />
    </Field>
  );
}

export function ChoiceField<V extends string>({ name, label, value, set, options, required, missing }: { name: string; label: string; value: V | undefined; set: (value: V) => void; options: { value: V; label: string }[]; required?: boolean; missing?: boolean }) {
  return (
    <Field name={name} label={label} missing={missing} required={required} group>
      <Radio.Group id={fieldId(name)} value={value} optionType="button" buttonStyle="solid" options={options} onChange={(event) => set(event.target.value as V)} />
    </Field>
  );
}
