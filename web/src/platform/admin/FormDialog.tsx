// A dialog with a form whose refusals are shown at their fields.
import { useState, type ReactNode } from 'react';
import { Alert, Button, Flex, Form, Modal, type FormInstance } from 'antd';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../api/problem';
import { problemWords } from '../../ui/words';
import { faultsOf } from '../api';
import { faultWords, fieldWords } from './fault';

interface Props<Values> { open: boolean; title: string; ok: string; form: FormInstance<Values>; initial: Partial<Values>; send: (values: Values) => Promise<void>; close: () => void; children: ReactNode; width?: number }

export function FormDialog<Values extends object>({ open, title, ok, form, initial, send, close, children, width }: Props<Values>) {
  const { t, i18n } = useTranslation();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (values: Values) => {
    setBusy(true);
    setFailed(null);
    try {
      await send(values);
      close();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const faults = isProblem(failed) ? faultsOf(failed.params) : [];
  return (
    <Modal open={open} title={title} footer={null} onCancel={close} destroyOnHidden width={width ?? 480} mask={{ closable: false }} afterClose={() => setFailed(null)}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial as Values} preserve={false} onFinish={(values) => void submit(values)}>
        {children}
        {failed !== null && (
          <Alert
            type="error" showIcon role="alert" className="gap" title={problemWords(failed, t, i18n.language)}
            description={faults.length > 0 ? <ul className="faults">{faults.map((fault, at) => <li key={at}><b>{fieldWords(fault.field, t)}</b>{t('ui.colon')}{faultWords(fault, t)}</li>)}</ul> : undefined}
          />
        )}
        <Flex gap={8} justify="flex-end"><Button onClick={close}>{t('ui.cancel')}</Button><Button type="primary" htmlType="submit" loading={busy}>{ok}</Button></Flex>
      </Form>
    </Modal>
  );
}
