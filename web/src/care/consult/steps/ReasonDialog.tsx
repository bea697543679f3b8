// Steps that need a word of why: the reason is shown to everybody on the case and kept with the act.
import type { ReactNode } from 'react';
import { Form, Input, Modal, Radio, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import type { CaseDetail, HospitalRef } from '../../../api/types';
import { useNames } from '../../../ui/names';

export interface DialogProps { detail: CaseDetail; open: boolean; busy: boolean; cancel: () => void; submit: (body: Record<string, unknown>) => void; refused?: unknown }

function AskModal({ step, busy, open, cancel, submit, children, danger }: Omit<DialogProps, 'detail' | 'refused'> & { step: string; children: ReactNode; danger?: boolean }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Record<string, unknown>>();
  return (
    <Modal open={open} title={t(`consult_step.${step}`)} okText={t(`consult_step.${step}`)} cancelText={t('ui.cancel')} onOk={form.submit} onCancel={cancel} okButtonProps={{ loading: busy, danger }} destroyOnHidden>
      <p className="lead">{t(`steps.what.${step}`, { defaultValue: '' })}</p>
      <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>{children}</Form>
    </Modal>
  );
}

export function ReasonField({ label, presets = [] }: { label: string; presets?: string[] }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  return (
    <>
      <Form.Item name="reason" label={label} rules={[{ required: true, whitespace: true, message: t('steps.reason_missing') }]}><Input.TextArea rows={3} maxLength={1000} autoFocus /></Form.Item>
      {presets.length > 0 && <div className="presets">{presets.map((preset) => <button type="button" key={preset} onClick={() => form.setFieldValue('reason', preset)}>{preset}</button>)}</div>}
    </>
  );
}

export function ReasonDialog({ step, ...rest }: DialogProps & { step: string }) {
  const { t } = useTranslation();
  const presets = t(`steps.presets.${step}`, { returnObjects: true, defaultValue: [] }) as unknown;
  return <AskModal step={step} danger={step === 'decline' || step === 'cancel'} {...rest}><ReasonField label={t('ui.reason')} presets={Array.isArray(presets) ? (presets as string[]) : []} /></AskModal>;
}

export function SupplyDialog({ detail, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const asks = detail.asks.filter((ask) => !ask.answered_at);
  return (
    <AskModal step="supply" {...rest}>
      <Form.Item name="ask" label={t('steps.supply_which')} initialValue={asks[0]?.id} rules={[{ required: true }]}>
        <Radio.Group className="stack">{asks.map((ask) => <Radio key={ask.id} value={ask.id}>{ask.items.join(t('ui.list_sep'))}</Radio>)}</Radio.Group>
      </Form.Item>
      <Form.Item name="text" label={t('steps.supply_text')}><Input.TextArea rows={3} maxLength={4000} /></Form.Item>
    </AskModal>
  );
}

export function FollowUpDialog(props: DialogProps) {
  const { t } = useTranslation();
  return (
    <AskModal step="follow-up" {...props}>
      <Form.Item name="outcome" label={t('steps.outcome')} rules={[{ required: true, message: t('steps.outcome_missing') }]}>
        <Radio.Group className="stack">{['improved', 'unchanged', 'worse', 'transferred', 'died'].map((outcome) => <Radio key={outcome} value={outcome}>{t(`steps.outcomes.${outcome}`)}</Radio>)}</Radio.Group>
      </Form.Item>
      <Form.Item name="note" label={t('steps.note')}><Input.TextArea rows={2} maxLength={1000} /></Form.Item>
    </AskModal>
  );
}

export function NoShowDialog(props: DialogProps) {
  const { t } = useTranslation();
  return (
    <AskModal step="no-show" {...props}>
      <Form.Item name="who" label={t('steps.no_show_who')} rules={[{ required: true, message: t('steps.no_show_missing') }]}>
        <Radio.Group><Radio value="expert">{t('steps.no_show_expert')}</Radio><Radio value="asking">{t('steps.no_show_asking')}</Radio></Radio.Group>
      </Form.Item>
      <Form.Item name="reason" label={t('steps.note')}><Input.TextArea rows={2} maxLength={1000} /></Form.Item>
    </AskModal>
  );
}

export function TransferDialog(props: DialogProps) {
  const { t } = useTranslation();
  const { name } = useNames();
  const { data, isPending } = useQuery({ queryKey: ['hospitals'], queryFn: () => api.get<{ hospitals: HospitalRef[] }>('/api/hospitals'), staleTime: 3_600_000 });
  return (
    <AskModal step="transfer" {...props}>
      <Form.Item name="centre" label={t('steps.transfer_to')} rules={[{ required: true, message: t('steps.transfer_missing') }]}>
        <Select loading={isPending} options={(data?.hospitals ?? []).filter((hospital) => hospital.level === 'provincial' || hospital.level === 'municipal').map((hospital) => ({ value: hospital.id, label: name(hospital) }))} />
      </Form.Item>
      <ReasonField label={t('ui.reason')} />
    </AskModal>
  );
}
