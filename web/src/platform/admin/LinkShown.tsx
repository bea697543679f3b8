// A one-time link, shown this once.
import { Alert, Button, Input, Modal, Space } from 'antd';
import { CopyOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../../ui/time';
import { linkUrl, type Link } from '../api';

export function LinkShown({ link, close }: { link: Link | null; close: () => void }) {
  const { t, i18n } = useTranslation();
  return (
    <Modal open={link !== null} title={t('admin.link')} onCancel={close} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t('admin.link_handed')}</Button>}>
      {link && (
        <>
          <Alert type="warning" showIcon title={t('admin.link_once')} className="gap" />
          <p>{t('admin.link_what', { account: link.account, time: clockTime(link.until, i18n.language) })}</p>
          <Space.Compact block>
            <Input readOnly value={linkUrl(link)} aria-label={t('admin.link')} className="mono" onFocus={(event) => event.target.select()} />
            <Button icon={<CopyOutlined />} onClick={() => void navigator.clipboard?.writeText(linkUrl(link))}>{t('ui.copy')}</Button>
          </Space.Compact>
        </>
      )}
    </Modal>
  );
}
