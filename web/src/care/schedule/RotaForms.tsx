// A duty and a leave, as they are typed: whose, from, to.
import { useState } from 'react';
import { Alert, Button, DatePicker, Flex, Form, InputNumber, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../api/clock';
import { useNames } from '../../ui/names';
import { problemWords } from '../../ui/words';
import type { RotaRow } from './shape';

const REASONS = ['vacation', 'holiday', 'sick', 'training', 'travel', 'family', 'other'] as const;
const RANK_MAX = 9;
const FORMAT = 'YYYY-MM-DD HH:mm';

interface Props { open: boolean; experts: RotaRow[]; from: number; close: () => void; send: (role: string, body: object) => Promise<void> }
interface Values { role: string; specialty: string; rank: number; reason: string; from: Dayjs; to: Dayjs }

/** The dialog around; what is refused stands in it, and nothing typed is lost. */
function Dialog({ kind, open, experts, from, close, send }: Props & { kind: 'duty' | 'leave' }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const [form] = Form.useForm<Values>();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const role = Form.useWatch('role', form);
  const specialties = experts.find((one) => one.role === role)?.specialties ?? [];
  const needed = [{ required: true, message: t('rota.needed') }];
  // A week that has begun is filled from now on.
  const begin = dayjs(Math.max(from, serverNow())).startOf('hour').add(1, 'hour');
  const submit = async (values: Values) => {
    setBusy(true);
    setFailed(null);
    const span = { from: values.from.second(0).millisecond(0).toISOString(), to: values.to.second(0).millisecond(0).toISOString() };
    try {
      await send(values.role, kind === 'duty' ? { ...span, specialty: values.specialty, rank: values.rank } : { ...span, reason: values.reason });
      close();
    } catch (why) {
      setFailed(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open={open} title={t(kind === 'duty' ? 'rota.add_duty' : 'rota.add_leave')} footer={null} onCancel={close} destroyOnHidden mask={{ closable: false }} afterClose={() => setFailed(null)}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} preserve={false} onFinish={(values) => void submit(values)}
        initialValues={{ role: experts.length === 1 ? experts[0]?.role : undefined, rank: 1, reason: 'vacation', from: begin, to: begin.add(kind === 'duty' ? 12 : 24, 'hour') }}>
        <Form.Item name="role" label={t('rota.expert')} rules={needed}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={experts.map((one) => ({ value: one.role, label: `${name(one)} · ${name(one.hospital)}` }))} onChange={() => form.setFieldValue('specialty', undefined)} />
        </Form.Item>
        {kind === 'duty' && (
          <Flex gap={12}>
            <Form.Item name="specialty" label={t('rota.specialty')} rules={needed} className="grow"><Select options={specialties.map((code) => ({ value: code, label: t(`consult.specialty.${code}`, { defaultValue: code }) }))} disabled={!role} /></Form.Item>
            <Form.Item name="rank" label={t('rota.rank')} rules={needed}><InputNumber min={1} max={RANK_MAX} precision={0} /></Form.Item>
          </Flex>
        )}
        <Flex gap={12} wrap>
          <Form.Item name="from" label={t('rota.from')} rules={needed}><DatePicker showTime={{ format: 'HH:mm', minuteStep: 5 }} format={FORMAT} needConfirm={false} /></Form.Item>
          <Form.Item name="to" label={t('rota.to')} rules={needed}><DatePicker showTime={{ format: 'HH:mm', minuteStep: 5 }} format={FORMAT} needConfirm={false} /></Form.Item>
        </Flex>
        {kind === 'leave' && <Form.Item name="reason" label={t('rota.why')} rules={needed}><Select options={REASONS.map((one) => ({ value: one, label: t(`rota.reason.${one}`) }))} /></Form.Item>}
        {failed !== null && <Alert type="error" showIcon role="alert" className="gap" title={problemWords(failed, t, i18n.language)} />}
        <Flex gap={8} justify="flex-end"><Button onClick={close}>{t('ui.cancel')}</Button><Button type="primary" htmlType="submit" loading={busy}>{t('ui.save')}</Button></Flex>
      </Form>
    </Modal>
  );
}

export const DutyForm = (props: Props) => <Dialog kind="duty" {...props} />;
export const LeaveForm = (props: Props) => <Dialog kind="leave" {...props} />;
