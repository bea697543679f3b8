// The asking doctor's answer to the opinion: adopted, partly, not; the last two with a reason, which goes back to the expert.
import { Form, Input, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import type { DialogProps } from './ReasonDialog';

export function AnswerDialog({ open, busy, cancel, submit }: DialogProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ answer: string; reason?: string }>();
  const answer = Form.useWatch('answer', form);
  const needed = answer === 'partly' || answer === 'not';
  return (
    <Modal open={open} title={t('consult_step.answer')} okText={t('steps.answer_send')} cancelText={t('ui.cancel')} onOk={form.submit} onCancel={cancel} okButtonProps={{ loading: busy }} destroyOnHidden>
      <p className="lead">{t('steps.what.answer')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item name="answer" label={t('steps.answer_which')} rules={[{ required: true, message: t('steps.answer_missing') }]}>
          <Radio.Group optionType="button" buttonStyle="solid" options={['adopted', 'partly', 'not'].map((value) => ({ value, label: t(`consult.answer.${value}`) }))} />
        </Form.Item>
        <Form.Item name="reason" label={needed ? t('steps.answer_reason') : t('steps.note')} rules={[{ required: needed, whitespace: true, message: t('steps.reason_missing') }]}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
