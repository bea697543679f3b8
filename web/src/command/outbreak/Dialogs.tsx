// What can be told of a case, each in a small dialog: confirmed, excluded, a laboratory result, an exposure, a contact, its days.
import { useState, type ReactNode } from 'react';
import { Alert, DatePicker, Input, Modal, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../api/clock';
import { WhenInput } from '../../care/consult/request/WhenInput';
import { problemWords } from '../../ui/words';
import { type Case, EXPOSURES, TEXT_MAX } from './api';
import { useAct } from './useAct';

export type Said = 'clinical' | 'confirmed' | 'exclude' | 'laboratory' | 'contact' | 'exposure' | 'onset' | 'outcome';
interface Props { of: Case; done: () => void }

export function Field({ label, children, hint }: { label: string; children: ReactNode; hint?: string }) {
  return <label className="ofield"><span>{label}</span>{children}{hint && <small>{hint}</small>}</label>;
}

const instant = () => dayjs(serverNow()).second(0).millisecond(0).toISOString();

function Dialog({ of, step, title, body, ready, done, children, lead }: Props & { step: 'confirm' | 'exclude' | 'facts' | 'contacts'; title: string; body: () => Record<string, unknown>; ready: boolean; children: ReactNode; lead?: string }) {
  const { t, i18n } = useTranslation();
  const act = useAct(of, step, done);
  return (
    <Modal open title={title} okText={t('ui.save')} cancelText={t('ui.cancel')} onCancel={done} onOk={() => act.mutate(body())} okButtonProps={{ loading: act.isPending, disabled: !ready }}>
      <div className="fields">
        {lead && <p className="lead">{lead}</p>}
        {children}
        {act.isError && <Alert type="error" showIcon role="alert" title={problemWords(act.error, t, i18n.language)} />}
      </div>
    </Modal>
  );
}

function ClassDialog({ of, done, to }: Props & { to: 'clinical' | 'confirmed' | 'exclude' }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [at, setAt] = useState(instant);
  const body = () => ({ ...(to !== 'exclude' && { class: to }), at, reason });
  return (
    <Dialog of={of} done={done} step={to === 'exclude' ? 'exclude' : 'confirm'} title={t(`outbreak.say.${to}`)} body={body} ready={reason.trim() !== ''} lead={t(`outbreak.what.${to}`)}>
      <Field label={t('outbreak.since')}><WhenInput value={at} label={t('outbreak.since')} set={(one) => one && setAt(one)} /></Field>
      <Field label={t('outbreak.rests_on')}><Input.TextArea rows={3} maxLength={TEXT_MAX} value={reason} onChange={(event) => setReason(event.target.value)} /></Field>
    </Dialog>
  );
}

function LaboratoryDialog({ of, done }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [positive, setPositive] = useState<boolean>();
  const [at, setAt] = useState(instant);
  return (
    <Dialog of={of} done={done} step="facts" title={t('outbreak.say.laboratory')} body={() => ({ laboratory: { name, positive, value, at } })} ready={Boolean(name.trim() && value.trim()) && positive !== undefined}>
      <Field label={t('outbreak.lab_name')}><Input maxLength={TEXT_MAX} value={name} placeholder={t('outbreak.lab_name_such')} onChange={(event) => setName(event.target.value)} /></Field>
      <div className="ofield"><span id="lab-result">{t('outbreak.lab_result')}</span><Radio.Group aria-labelledby="lab-result" optionType="button" buttonStyle="solid" value={positive} onChange={(event) => setPositive(event.target.value as boolean)} options={[{ value: true, label: t('outbreak.positive') }, { value: false, label: t('outbreak.negative') }]} /></div>
      <Field label={t('outbreak.lab_value')}><Input maxLength={TEXT_MAX} value={value} placeholder={t('outbreak.lab_value_such')} onChange={(event) => setValue(event.target.value)} /></Field>
      <Field label={t('outbreak.lab_at')}><WhenInput value={at} label={t('outbreak.lab_at')} set={(one) => one && setAt(one)} /></Field>
    </Dialog>
  );
}

function ContactDialog({ of, done }: Props) {
  const { t } = useTranslation();
  const [told, setTold] = useState({ name: '', relation: '', phone: '', place: '', last_met: dayjs(serverNow()).format('YYYY-MM-DD') });
  const [kind, setKind] = useState<'close' | 'general'>('close');
  const text = (key: 'name' | 'relation' | 'phone' | 'place', most: number) => <Field label={t(`outbreak.contact_${key}`)}><Input maxLength={most} inputMode={key === 'phone' ? 'tel' : undefined} value={told[key]} onChange={(event) => setTold({ ...told, [key]: event.target.value })} /></Field>;
  const body = () => ({ contact: { name: told.name, kind, relation: told.relation, last_met: told.last_met, phone: told.phone.trim() || undefined, place: told.place.trim() || undefined } });
  return (
    <Dialog of={of} done={done} step="contacts" title={t('outbreak.say.contact')} body={body} ready={Boolean(told.name.trim() && told.relation.trim())}>
      {text('name', TEXT_MAX)}
      <div className="ofield"><span id="contact-kind">{t('outbreak.contact_kind')}</span><Radio.Group aria-labelledby="contact-kind" optionType="button" buttonStyle="solid" value={kind} onChange={(event) => setKind(event.target.value as typeof kind)} options={(['close', 'general'] as const).map((one) => ({ value: one, label: t(`outbreak.contact_kinds.${one}`) }))} /></div>
      {text('relation', TEXT_MAX)}
      <Field label={t('outbreak.last_met')}><DatePicker aria-label={t('outbreak.last_met')} allowClear={false} maxDate={dayjs(serverNow())} value={dayjs(told.last_met)} onChange={(day) => day && setTold({ ...told, last_met: day.format('YYYY-MM-DD') })} /></Field>
      {text('phone', 30)}
      {text('place', TEXT_MAX)}
    </Dialog>
  );
}

function ExposureDialog({ of, done }: Props) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<string>('contact');
  const [text, setText] = useState('');
  return (
    <Dialog of={of} done={done} step="facts" title={t('outbreak.say.exposure')} body={() => ({ exposure: { kind, text } })} ready={text.trim() !== ''}>
      <Field label={t('outbreak.exposure_kind')}><Select aria-label={t('outbreak.exposure_kind')} value={kind} onChange={setKind} options={EXPOSURES.map((one) => ({ value: one, label: t(`outbreak.exposure.${one}`) }))} /></Field>
      <Field label={t('outbreak.exposure_text')}><Input.TextArea rows={3} maxLength={TEXT_MAX} value={text} onChange={(event) => setText(event.target.value)} /></Field>
    </Dialog>
  );
}

function OnsetDialog({ of, done }: Props) {
  const { t } = useTranslation();
  const [day, setDay] = useState(of.onset ?? dayjs(serverNow()).format('YYYY-MM-DD'));
  return (
    <Dialog of={of} done={done} step="facts" title={t('outbreak.say.onset')} body={() => ({ onset: day })} ready>
      <Field label={t('outbreak.onset')}><DatePicker aria-label={t('outbreak.onset')} allowClear={false} maxDate={dayjs(serverNow())} value={dayjs(day)} onChange={(one) => one && setDay(one.format('YYYY-MM-DD'))} /></Field>
    </Dialog>
  );
}

function OutcomeDialog({ of, done }: Props) {
  const { t } = useTranslation();
  const [end, setEnd] = useState<'discharged' | 'died'>();
  const [at, setAt] = useState(instant);
  return (
    <Dialog of={of} done={done} step="facts" title={t('outbreak.say.outcome')} body={() => ({ outcome: { end, at } })} ready={end !== undefined}>
      <div className="ofield"><span id="outcome-end">{t('outbreak.outcome')}</span><Radio.Group aria-labelledby="outcome-end" optionType="button" buttonStyle="solid" value={end} onChange={(event) => setEnd(event.target.value as typeof end)} options={(['discharged', 'died'] as const).map((one) => ({ value: one, label: t(`outbreak.end.${one}`) }))} /></div>
      <Field label={t('outbreak.since')}><WhenInput value={at} label={t('outbreak.since')} set={(one) => one && setAt(one)} /></Field>
    </Dialog>
  );
}

export function SayDialog({ say, ...props }: Props & { say: Said }) {
  switch (say) {
    case 'clinical': case 'confirmed': case 'exclude': return <ClassDialog to={say} {...props} />;
    case 'laboratory': return <LaboratoryDialog {...props} />;
    case 'contact': return <ContactDialog {...props} />;
    case 'exposure': return <ExposureDialog {...props} />;
    case 'onset': return <OnsetDialog {...props} />;
    case 'outcome': return <OutcomeDialog {...props} />;
  }
}
