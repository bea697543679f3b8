// Says that the server can save nothing for now while everything can be read, and goes by itself when it can again.
import { HddOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useDisk } from '../api/live';

const WORDS = { full: 'ui.disk_full', 'read-only': 'ui.disk_read_only', damaged: 'ui.disk_damaged' } as const;

export function DiskBanner() {
  const { t } = useTranslation();
  const disk = useDisk();
  return (
    <div role="status" aria-live="polite">
      {disk !== 'takes' && <div className="linebanner"><HddOutlined aria-hidden /> <b>{t(WORDS[disk])}</b> <span>{t('ui.disk_what')}</span> {disk === 'read-only' && <span>{t('ui.disk_lock')}</span>}</div>}
    </div>
  );
}
