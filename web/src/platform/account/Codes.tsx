// Recovery codes, shown this once: to be printed or kept where the authenticator is not.
import { Alert, Button, Flex } from 'antd';
import { CopyOutlined, DownloadOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { save } from '../save';

export function Codes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation();
  const text = `Consilium\n\n${codes.join('\n')}\n`;
  return (
    <div className="codes">
      <Alert type="warning" showIcon title={t('account.codes_once')} className="gap" />
      <ul className="codelist">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <Flex gap={8} wrap>
        <Button icon={<CopyOutlined />} onClick={() => void navigator.clipboard?.writeText(codes.join('\n'))}>{t('ui.copy')}</Button>
        <Button icon={<DownloadOutlined />} onClick={() => save(new Blob([text], { type: 'text/plain' }), 'consilium-recovery-codes.txt')}>{t('account.codes_save')}</Button>
        <span className="grow" />
        <Button type="primary" onClick={done}>{t('account.codes_kept')}</Button>
      </Flex>
    </div>
  );
}
