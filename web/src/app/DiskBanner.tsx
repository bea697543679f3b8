// Says that the server can save nothing for now while everything can be read, and goes by itself when it can again.
import { HddOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useDisk } from '../api/live';

export function DiskBanner() {
  const { t } = useTranslation();
  const disk = useDisk();
  return (
    <div role="status" aria-live="polite">
      {disk !== 'takes' && <div className="linebanner"><HddOutlined aria-hidden /> <b>{t(disk === 'full' ? 'ui.disk_full' : 'ui.disk_read_only')}</b> <span>{t('ui.disk_what')}</span> {disk === 'read-only' && <span>{t('ui.disk_lock')}</span>}</div>}
    </div>
  );
}
