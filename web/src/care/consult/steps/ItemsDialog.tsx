// "Return" and "ask for more": an itemised list, one thing per line, so that the other side can tick them off.
import { useState } from 'react';
import { Alert, Button, Input, Modal } from 'antd';
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { DialogProps } from './ReasonDialog';

export function ItemsDialog({ step, open, busy, cancel, submit }: DialogProps & { step: 'ask' | 'return' }) {
  const { t } = useTranslation();
  const [items, setItems] = useState<string[]>(['']);
  const [tried, setTried] = useState(false);
  const clean = items.map((item) => item.trim()).filter(Boolean);
  const templates = t('steps.item_templates', { returnObjects: true }) as unknown as string[];
  const set = (index: number, value: string) => setItems(items.map((item, at) => (at === index ? value : item)));
  const add = (value = '') => setItems((now) => (value && now.at(-1) === '' ? [...now.slice(0, -1), value] : [...now, value]));
  return (
    <Modal
      open={open}
      title={t(`consult_step.${step}`)}
      okText={t(`consult_step.${step}`)}
      cancelText={t('ui.cancel')}
      onCancel={cancel}
      okButtonProps={{ loading: busy }}
      onOk={() => (clean.length ? submit({ items: clean }) : setTried(true))}
      destroyOnHidden
    >
      <p className="lead">{t(`steps.what.${step}`)}</p>
      <ol className="itemlist">
        {items.map((item, index) => (
          <li key={index}>
            <Input
              value={item}
              aria-label={t('steps.item', { n: index + 1 })}
              autoFocus={index === items.length - 1}
              maxLength={300}
              status={tried && !clean.length ? 'error' : undefined}
              onChange={(event) => set(index, event.target.value)}
              onPressEnter={() => item.trim() && add()}
            />
            <Button type="text" icon={<DeleteOutlined />} aria-label={t('steps.item_remove', { n: index + 1 })} disabled={items.length === 1} onClick={() => setItems(items.filter((_, at) => at !== index))} />
          </li>
        ))}
      </ol>
      <Button icon={<PlusOutlined />} size="small" onClick={() => add()}>{t('steps.item_add')}</Button>
      {tried && !clean.length && <Alert className="gapabove" type="error" showIcon title={t('steps.items_missing')} role="alert" />}
      <h4 className="presethead">{t('steps.templates')}</h4>
      <div className="presets">
        {templates.map((template) => <button type="button" key={template} disabled={clean.includes(template)} onClick={() => add(template)}>{template}</button>)}
      </div>
    </Modal>
  );
}
