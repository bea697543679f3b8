// What a step asks before it is taken. Each dialog gives the body of its request; the version stands where it is sent.
import { useState, type ReactNode } from 'react';
import { Alert, Checkbox, DatePicker, Form, Input, Modal, Radio, Select, Skeleton, Button } from 'antd';
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../../api/clock';
import { isProblem } from '../../../api/problem';
import { useMe } from '../../../api/session';
import type { Draft } from '../../../api/types';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { useNow } from '../../../ui/useNow';
import { Continued, dropDraft } from '../../draft/Begun';
import { ConflictDialog } from '../../draft/ConflictDialog';
import { SavedMark } from '../../draft/SavedMark';
import { useBegun } from '../../draft/useBegun';
import { useDraft } from '../../draft/useDraft';
import { HospitalPick } from '../HospitalPick';
import { Held } from '../parts';
import { bedsQuery } from '../queries';
import { HANDOVER, HOLD_DEFAULT, HOLDS, LINE_MAX, linesOf, NEEDS, OUTCOMES, REASON_MAX, SEVERITIES, stands, TEXT_MAX, VEHICLES, type HandoverItem, type Need, type ReferralDetail, type Severity } from '../shape';

export interface DialogProps { detail: ReferralDetail; busy: boolean; cancel: () => void; submit: (body: Record<string, unknown>) => void }
type Values = Record<string, unknown>;

function Ask<V extends Values>({ step, detail, busy, cancel, submit, children, danger, width, initial, off, okText, mark, typed }: Omit<DialogProps, 'submit'> & { step: string; submit: (values: V) => void; children: ReactNode; danger?: boolean; width?: number; initial?: Partial<V>; off?: boolean; okText?: string; mark?: ReactNode; typed?: (values: V) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<V>();
  const key = detail.direction === 'down' ? `${step}-home` : step;
  const what = t(`referral.what.${key}`, { defaultValue: t(`referral.what.${step}`, { defaultValue: '' }) });
  return (
    <Modal open title={<>{t(`referral.step.${step}`)} {mark}</>} okText={okText ?? t(`referral.step.${step}`)} cancelText={t('ui.cancel')} onOk={form.submit} onCancel={cancel} okButtonProps={{ loading: busy, danger, disabled: off }} width={width} destroyOnHidden mask={{ closable: false }}>
      {what && <p className="lead">{what}</p>}
      <Form form={form} layout="vertical" onFinish={submit} onValuesChange={typed && ((_, values) => typed(values))} requiredMark={false} initialValues={initial as Partial<V> & object} scrollToFirstError>{children}</Form>
    </Modal>
  );
}

export function ReasonDialog({ step, submit, ...rest }: DialogProps & { step: string }) {
  const { t } = useTranslation();
  const presets = t(`referral.presets.${rest.detail.direction === 'down' ? `${step}-home` : step}`, { returnObjects: true, defaultValue: [] }) as unknown;
  return <Ask step={step} danger={step === 'cancel' || step === 'decline'} submit={submit} {...rest}><Reason presets={Array.isArray(presets) ? (presets as string[]) : []} /></Ask>;
}

function Reason({ presets = [], label }: { presets?: string[]; label?: string }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  return (
    <>
      <Form.Item name="reason" label={label ?? t('ui.reason')} rules={[{ required: true, whitespace: true, message: t('steps.reason_missing') }]}><Input.TextArea rows={3} maxLength={REASON_MAX} autoFocus /></Form.Item>
      {presets.length > 0 && <div className="presets">{presets.map((preset) => <button type="button" key={preset} onClick={() => form.setFieldValue('reason', preset)}>{preset}</button>)}</div>}
    </>
  );
}

/** Which offer; the only one is chosen already. */
export function AcceptDialog({ detail, submit, chosen, ...rest }: DialogProps & { chosen?: string }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const now = useNow();
  const offers = detail.asked.filter((one) => stands(one, now));
  return (
    <Ask<{ hospital: string }> step="accept" detail={detail} submit={submit} initial={{ hospital: chosen ?? (offers.length === 1 ? offers[0].hospital.id : undefined) }} off={offers.length === 0} {...rest}>
      <GoneNotice offers={offers.map((one) => one.hospital.id)} />
      <Form.Item name="hospital" label={t('referral.which_offer')} rules={[{ required: true, message: t('referral.which_offer_missing') }]}>
        <Radio.Group className="stack pickrows">
          {offers.map((one) => <Radio key={one.hospital.id} value={one.hospital.id}><b>{name(one.hospital)}</b> {name(one.bed)}{one.bed && <Held until={one.bed.until} />}</Radio>)}
        </Radio.Group>
      </Form.Item>
    </Ask>
  );
}

/** The bed that was chosen here was taken away meanwhile. */
function GoneNotice({ offers }: { offers: string[] }) {
  const { t } = useTranslation();
  const hospital = Form.useWatch<string | undefined>('hospital', Form.useFormInstance());
  const gone = offers.length === 0 || (hospital !== undefined && !offers.includes(hospital));
  return gone ? <Alert type="warning" showIcon role="alert" className="gap" title={t('referral.bed_gone')} description={t(offers.length ? 'referral.gone_other' : 'referral.gone_next')} /> : null;
}

/** A free bed of the own hospital, by ward; those of the level that is wanted stand first. */
export function OfferDialog({ detail, submit, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const { name } = useNames();
  const { data, isPending, isError, error, refetch } = useQuery({ ...bedsQuery, staleTime: 0 });
  const wards = [...(data?.hospitals[0]?.wards ?? [])].sort((a, b) => Number(b.care === detail.care) - Number(a.care === detail.care));
  const hours = (minutes: number) => t('referral.hours', { n: minutes / 60 });
  const any = wards.some((ward) => ward.free > 0);
  return (
    <Ask<{ bed: string; minutes: number }> step="offer" detail={detail} submit={submit} initial={{ minutes: HOLD_DEFAULT }} width={640} off={!any} {...rest}>
      <p className="wanted"><b>{t(`referral.care.${detail.care}`)}</b> · {t(`consult.specialty.${detail.specialty}`, { defaultValue: detail.specialty })}</p>
      {isPending && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {isError && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && !any && <Alert type="warning" showIcon title={t(wards.length ? 'referral.none_free' : 'referral.no_wards')} />}
      <Form.Item name="bed" label={t('referral.bed')} rules={[{ required: true, message: t('referral.bed_missing') }]} className="bedpick">
        <Radio.Group optionType="button" buttonStyle="solid">
          {wards.map((ward) => (
            <fieldset key={ward.id} className={ward.care === detail.care ? undefined : 'other'}>
              <legend>{name(ward)} <small>{t(`referral.care.${ward.care}`)} · {t('bed.free_of', { n: ward.free, all: ward.beds.length })}</small></legend>
              {ward.free === 0 ? <span className="sub">{t('bed.full')}</span> : ward.beds.filter((bed) => bed.state === 'free').map((bed) => <Radio.Button key={bed.id} value={bed.id}>{name(bed)}</Radio.Button>)}
            </fieldset>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item name="minutes" label={t('referral.hold_for')}>
        <Radio.Group optionType="button" buttonStyle="solid" options={HOLDS.map((value) => ({ value, label: hours(value) }))} />
      </Form.Item>
    </Ask>
  );
}

export function AskDialog({ detail, submit, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const asked = detail.asked.map((one) => one.hospital.id);
  return (
    <Ask<{ hospitals: string[] }> step="ask" detail={detail} submit={submit} width={640} {...rest}>
      <Form.Item name="hospitals" rules={[{ required: true, message: t('referral.hospitals_missing') }]} noStyle={false}>
        <HospitalPick care={detail.care} without={asked} most={10 - asked.length} />
      </Form.Item>
    </Ask>
  );
}

export function TransportDialog({ detail, submit, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const before = detail.transport;
  return (
    <Ask step="transport" detail={detail} submit={submit} initial={before ? { vehicle: before.vehicle, by: before.by, phone: before.phone ?? '' } : undefined} {...rest}>
      <Form.Item name="vehicle" label={t('referral.field.vehicle')} rules={[{ required: true, message: t('referral.vehicle_missing') }]}>
        <Radio.Group className="stack" options={VEHICLES.map((value) => ({ value, label: t(`referral.vehicle.${value}`) }))} />
      </Form.Item>
      <Form.Item name="by" label={t('referral.field.by')} rules={[{ required: true, whitespace: true, message: t('referral.by_missing') }]}><Input maxLength={200} placeholder={t('referral.by_what')} /></Form.Item>
      <Form.Item name="phone" label={t('referral.field.phone')}><Input type="tel" maxLength={40} /></Form.Item>
    </Ask>
  );
}

const AHEAD_MIN = [30, 60, 90, 120, 180, 240] as const;

/** When they will be there: so long from now, or at a time. */
export function EtaDialog({ step, detail, submit, ...rest }: DialogProps & { step: string }) {
  const { t } = useTranslation();
  const span = (minutes: number) => (minutes < 60 ? t('consult.span.minutes', { minutes }) : minutes % 60 ? t('consult.span.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 }) : t('referral.hours', { n: minutes / 60 }));
  return (
    <Ask<{ eta: Dayjs }> step={step} detail={detail} submit={({ eta }) => submit({ eta: eta.second(0).millisecond(0).toISOString() })} initial={{ eta: step === 'eta' && detail.eta ? dayjs(detail.eta) : undefined }} {...rest}>
      <Form.Item name="eta" label={t('referral.field.eta')} rules={[{ required: true, message: t('referral.eta_missing') }]}>
        <DatePicker className="when" showTime={{ format: 'HH:mm' }} format={['YYYY-MM-DD HH:mm']} needConfirm={false} placeholder={t('referral.field.eta')} />
      </Form.Item>
      <EtaPresets spans={AHEAD_MIN.map((minutes) => ({ minutes, words: span(minutes) }))} />
    </Ask>
  );
}

function EtaPresets({ spans }: { spans: { minutes: number; words: string }[] }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  // A minute is cut off when it is sent; what is asked for in whole minutes must not be past by then.
  return <div className="presets">{spans.map(({ minutes, words }) => <button type="button" key={minutes} onClick={() => form.setFieldValue('eta', dayjs(serverNow() + minutes * 60_000))}>{t('referral.in', { span: words })}</button>)}</div>;
}

/** The handover: every item is answered, a no says why. */
export function ArriveDialog({ detail, submit, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const [answers, setAnswers] = useState<Partial<Record<HandoverItem, 'yes' | 'no'>>>({});
  const [notes, setNotes] = useState<Partial<Record<HandoverItem, string>>>({});
  const [tried, setTried] = useState(false);
  const open = HANDOVER.filter((item) => !answers[item] || (answers[item] === 'no' && !notes[item]?.trim()));
  const send = () => {
    setTried(true);
    if (open[0]) return document.getElementById(`handover-${open[0]}`)?.scrollIntoView({ block: 'center' });
    submit({ items: HANDOVER.map((item) => ({ item, answer: answers[item], note: notes[item]?.trim() || undefined })) });
  };
  return (
    <Modal open title={t('referral.step.arrive')} okText={t('referral.step.arrive')} cancelText={t('ui.cancel')} onOk={send} onCancel={rest.cancel} okButtonProps={{ loading: rest.busy }} width={640} mask={{ closable: false }}>
      <p className="lead">{t(detail.direction === 'down' ? 'referral.what.arrive-home' : 'referral.what.arrive')}</p>
      <ol className="handover">
        {HANDOVER.map((item) => {
          const lacks = tried && open.includes(item);
          return (
            <li key={item} id={`handover-${item}`} className={lacks ? 'lacks' : undefined}>
              <span id={`handover-${item}-what`}>{t(`referral.handover.${item}`)}</span>
              <Radio.Group aria-labelledby={`handover-${item}-what`} optionType="button" buttonStyle="solid" value={answers[item]} onChange={(event) => setAnswers({ ...answers, [item]: event.target.value as 'yes' | 'no' })} options={(['yes', 'no'] as const).map((value) => ({ value, label: t(`referral.${value}`) }))} />
              {answers[item] === 'no' && <Input maxLength={500} autoFocus status={lacks ? 'error' : undefined} placeholder={t('referral.no_why')} aria-label={t('referral.no_why')} value={notes[item] ?? ''} onChange={(event) => setNotes({ ...notes, [item]: event.target.value })} />}
              {lacks && <em className="fielderror">{t(answers[item] ? 'referral.no_why' : 'referral.unanswered')}</em>}
            </li>
          );
        })}
      </ol>
      {tried && open.length > 0 && <p role="alert" className="fielderror">{t('referral.handover_open', { n: open.length })}</p>}
    </Modal>
  );
}

type Home = { reason: string; severity: Severity; needs?: Need[]; summary: string; drugs?: string; rehabilitation?: string; follow_ups?: { on?: Dayjs; what?: string }[]; return_criteria: string };

/** As it is kept while it is written: JSON, its dates as days. */
type Kept = Omit<Home, 'follow_ups'> & { follow_ups?: { on?: string; what?: string }[] };
const EMPTY: Kept = { reason: '', severity: 'ordinary', summary: '', return_criteria: '', follow_ups: [{}] };

/** What the county needs to go on: the course, drugs, dates, and when to send the patient up again. Long to write: nothing of it is lost. */
export function SendBackDialog(props: DialogProps) {
  const { t } = useTranslation();
  const [times, setTimes] = useState(0);
  const id = props.detail.id;
  const { opened, error, again } = useBegun<Kept>('send-back', id, EMPTY);
  if (!opened) return <Modal open title={t('referral.step.send-back')} footer={null} onCancel={props.cancel}>{error ? <Failure error={error} retry={again} /> : <Skeleton active />}</Modal>;
  return <SendingBack key={times} {...props} opened={opened} anew={async () => { await dropDraft('send-back', id); again(); setTimes(times + 1); }} />;
}

function SendingBack({ detail, submit, opened, anew, ...rest }: DialogProps & { opened: Draft<Kept>; anew: () => Promise<void> }) {
  const { t } = useTranslation();
  const me = useMe();
  const draft = useDraft('send-back', opened, me.person.id);
  const typed = ({ follow_ups, ...home }: Home) => draft.set(() => ({ ...home, follow_ups: follow_ups?.map((one) => ({ on: one?.on?.format('YYYY-MM-DD'), what: one?.what })) }));
  /** The form begins anew with what was taken. */
  const [taken, setTaken] = useState(0);
  const { follow_ups: begun, ...home } = draft.body;
  const initial: Home = { ...home, follow_ups: begun?.map(({ on, what }) => ({ on: on ? dayjs(on) : undefined, what })) };
  // A save that came after would leave a draft of what is sent.
  const send = (values: Home) => void draft.flush().then(() => hand(values), (why: unknown) => { if (!isProblem(why, 'draft.conflict')) hand(values); });
  const hand = ({ reason, severity, needs, summary, drugs, rehabilitation, follow_ups, return_criteria }: Home) => submit({
    reason, severity, needs: needs ?? [],
    discharge: {
      summary, drugs: linesOf(drugs), rehabilitation: rehabilitation?.trim() || undefined,
      follow_ups: (follow_ups ?? []).flatMap((one) => (one.on && one.what?.trim() ? [{ on: one.on.format('YYYY-MM-DD'), what: one.what.trim() }] : [])),
      return_criteria: linesOf(return_criteria),
    },
  });
  const choose = (keep: 'mine' | 'theirs') => { draft.settle(keep); setTaken(taken + 1); };
  // A date without its what, or a what without its date, is not left out in silence.
  const both = (row: number, other: 'on' | 'what') => ({ getFieldValue }: { getFieldValue: (name: (string | number)[]) => unknown }) => ({
    validator: (_: unknown, value: unknown) => (!value && getFieldValue(['follow_ups', row, other]) ? Promise.reject(new Error(t('request.lacks'))) : Promise.resolve()),
  });
  const area = (name: keyof Home, rows: number, required: boolean, max: number, hint?: string) => (
    <Form.Item name={name} label={t(`referral.field.${name}`)} extra={hint} rules={required ? [{ required: true, whitespace: true, message: t('request.lacks') }] : undefined}><Input.TextArea rows={rows} maxLength={max} /></Form.Item>
  );
  return (
    <Ask<Home & Values> key={taken} step="send-back" detail={detail} submit={send} width={720} initial={initial} typed={typed} mark={<SavedMark saving={draft.saving} saved_at={draft.saved_at || null} />} {...rest}>
      <Continued opened={opened} anew={() => { draft.forget(); return anew(); }} />
      {draft.conflict && <ConflictDialog conflict={draft.conflict} mine={draft.body} settle={choose} label={(field) => t(`referral.field.${field === 'severity' ? 'severity_now' : field}`)} />}
      {area('reason', 2, true, REASON_MAX)}
      <Form.Item name="severity" label={t('referral.field.severity_now')} rules={[{ required: true }]}><Radio.Group optionType="button" buttonStyle="solid" options={SEVERITIES.map((value) => ({ value, label: t(`referral.severity.${value}`) }))} /></Form.Item>
      {area('summary', 4, true, TEXT_MAX)}
      {area('drugs', 3, false, TEXT_MAX, t('referral.a_line_each'))}
      {area('rehabilitation', 2, false, TEXT_MAX)}
      <Form.List name="follow_ups">
        {(fields, { add, remove }) => (
          <fieldset className="followups">
            <legend>{t('referral.field.follow_ups')}</legend>
            {fields.map((field) => (
              <div key={field.key} className="followup">
                <Form.Item name={[field.name, 'on']} rules={[both(field.name, 'what')]}><DatePicker format="YYYY-MM-DD" placeholder={t('referral.field.on')} aria-label={t('referral.field.on')} minDate={dayjs(serverNow())} /></Form.Item>
                <Form.Item name={[field.name, 'what']} rules={[both(field.name, 'on')]}><Input maxLength={LINE_MAX} placeholder={t('referral.field.what')} aria-label={t('referral.field.what')} /></Form.Item>
                <Button icon={<DeleteOutlined aria-hidden />} aria-label={t('ui.remove')} onClick={() => remove(field.name)} />
              </div>
            ))}
            {fields.length < 50 && <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>{t('ui.add')}</Button>}
          </fieldset>
        )}
      </Form.List>
      {area('return_criteria', 3, true, TEXT_MAX, t('referral.a_line_each'))}
      <Form.Item name="needs" label={t('referral.field.needs')}><Checkbox.Group options={NEEDS.map((value) => ({ value, label: t(`referral.need.${value}`) }))} /></Form.Item>
    </Ask>
  );
}

export function CloseDialog({ detail, submit, ...rest }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Ask step="close" detail={detail} submit={submit} {...rest}>
      <Form.Item name="outcome" label={t('referral.field.outcome')} rules={[{ required: true, message: t('steps.outcome_missing') }]}>
        <Select options={OUTCOMES.map((value) => ({ value, label: t(`referral.outcome.${value}`) }))} />
      </Form.Item>
    </Ask>
  );
}
