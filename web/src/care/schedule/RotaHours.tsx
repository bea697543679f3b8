// The weekly hours of the experts and how many consultations they have on a day; whoever keeps a calendar changes them.
import { useState } from 'react';
import { Alert, Button, Checkbox, Flex, Form, InputNumber, Modal, TimePicker } from 'antd';
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import dayjs, { type Dayjs } from 'dayjs';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import { problemWords } from '../../ui/words';
import { serverNow } from '../../api/clock';
import { offsetWords } from '../../ui/zone';
import { runsOf, WEEK } from './rota';
import type { RotaRow } from './shape';

type Shift = NonNullable<RotaRow['hours']>[number];
type Weekday = (typeof WEEK)[number];
export interface Hours { hours: Shift[] | null; limit: number | null }
interface Values { shifts?: { days: Weekday[]; from: Dayjs; to: Dayjs }[]; limit?: number | null }

const LIMIT_MAX = 100;
const SHIFTS_MAX = 28;
const at = (time: string) => dayjs(`2000-01-01T${time}`);

/** 周一至周五 08:00–17:30, shift by shift. */
function hoursWords(hours: Shift[], t: TFunction): string {
  const day = (one: Weekday) => t(`rota.day.${one}`);
  return hours.map((shift) => {
    const days = runsOf(shift.days).map(({ first, last }) => (first === last ? day(first) : t('rota.day_to', { from: day(first), to: day(last) }))).join(t('ui.list_sep'));
    return `${days} ${shift.from.slice(0, 5)}–${shift.to.slice(0, 5)}`;
  }).join(t('rota.shift_sep'));
}

export function RotaHours({ experts, save }: { experts: RotaRow[]; save: (row: RotaRow, hours: Hours) => Promise<void> }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const [of, setOf] = useState<RotaRow | null>(null);
  return (
    <>
      <h2>{t('rota.hours')}</h2>
      <ul className="rotaaway">
        {experts.map((row) => (
          <li key={row.role}>
            <b>{name(row)}</b> <small>{name(row.hospital)}</small>
            <span>{row.hours?.length ? hoursWords(row.hours, t) : t('rota.no_hours')}{row.zone && row.hours?.length ? ` (${offsetWords(row.zone, serverNow())})` : ''}</span>
            {row.limit != null && <small>{t('rota.limit_is', { n: row.limit })}</small>}
            <Button size="small" aria-label={`${t('rota.change')} ${name(row)}`} onClick={() => setOf(row)}>{t('rota.change')}</Button>
          </li>
        ))}
      </ul>
      <HoursForm of={of} close={() => setOf(null)} save={save} />
    </>
  );
}

function HoursForm({ of, close, save }: { of: RotaRow | null; close: () => void; save: (row: RotaRow, hours: Hours) => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const [form] = Form.useForm<Values>();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const needed = [{ required: true, message: t('rota.needed') }];
  // Not by `required`: a group of boxes may not be said to be that.
  const anyDay = [{ validator: (_: unknown, days?: Weekday[]) => (days?.length ? Promise.resolve() : Promise.reject(new Error(t('rota.needed')))) }];
  const submit = async ({ shifts = [], limit }: Values) => {
    if (!of) return;
    setBusy(true);
    setFailed(null);
    const hours = shifts.map((one) => ({ days: WEEK.filter((day) => one.days.includes(day)), from: one.from.format('HH:mm:00'), to: one.to.format('HH:mm:00') }));
    try {
      await save(of, { hours: hours.length ? hours : null, limit: limit ?? null });
      close();
    } catch (why) {
      setFailed(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open={of !== null} title={of ? t('rota.hours_of', { name: name(of) }) : ''} footer={null} onCancel={close} destroyOnHidden mask={{ closable: false }} afterClose={() => setFailed(null)} width={600}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} preserve={false} onFinish={(values) => void submit(values)}
        initialValues={{ limit: of?.limit ?? null, shifts: (of?.hours ?? []).map((one) => ({ days: one.days, from: at(one.from), to: at(one.to) })) }}>
        <p className="lead">{of?.zone ? t('rota.hours_there', { zone: of.zone, offset: offsetWords(of.zone, serverNow()) }) : t('rota.hours_what')} {t('rota.hours_free')}</p>
        <Form.List name="shifts">
          {(fields, { add, remove }) => (
            <>
              {fields.map((field) => (
                <fieldset key={field.key} className="rotashift">
                  <legend>{t('rota.shift', { n: field.name + 1 })}</legend>
                  <Form.Item name={[field.name, 'days']} label={t('rota.days')} rules={anyDay}><Checkbox.Group options={WEEK.map((day) => ({ value: day, label: t(`rota.day.${day}`) }))} /></Form.Item>
                  <Flex gap={12} wrap>
                    <Form.Item name={[field.name, 'from']} label={t('rota.from')} rules={needed}><TimePicker format="HH:mm" minuteStep={5} needConfirm={false} /></Form.Item>
                    <Form.Item name={[field.name, 'to']} label={t('rota.to')} rules={needed} extra={t('rota.over_midnight')}><TimePicker format="HH:mm" minuteStep={5} needConfirm={false} /></Form.Item>
                    <Form.Item label={<span aria-hidden>&nbsp;</span>}><Button icon={<DeleteOutlined />} onClick={() => remove(field.name)} aria-label={t('rota.remove_shift', { n: field.name + 1 })} /></Form.Item>
                  </Flex>
                </fieldset>
              ))}
              {fields.length < SHIFTS_MAX && <Button icon={<PlusOutlined />} onClick={() => add({ days: WEEK.slice(0, 5), from: at('08:00'), to: at('17:30') })} className="gap">{t('rota.add_shift')}</Button>}
            </>
          )}
        </Form.List>
        <Form.Item name="limit" label={t('rota.limit')}><InputNumber min={1} max={LIMIT_MAX} precision={0} placeholder={t('rota.no_limit')} /></Form.Item>
        {failed !== null && <Alert type="error" showIcon role="alert" className="gap" title={problemWords(failed, t, i18n.language)} />}
        <Flex gap={8} justify="flex-end"><Button onClick={close}>{t('ui.cancel')}</Button><Button type="primary" htmlType="submit" loading={busy}>{t('ui.save')}</Button></Flex>
      </Form>
    </Modal>
  );
}
