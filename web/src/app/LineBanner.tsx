// Says that the line to the server is down, and that the screen catches up by itself when it is back.
import { useEffect, useState } from 'react';
import { DisconnectOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useLine } from '../api/live';

export function LineBanner() {
  const { t } = useTranslation();
  const line = useLine();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (line !== 'lost') return setShown(false);
    // A reconnect within a moment is not worth a word.
    const timer = setTimeout(() => setShown(true), 1500);
    return () => clearTimeout(timer);
  }, [line]);
  return (
    <div role="status" aria-live="polite">
      {shown && <div className="linebanner"><DisconnectOutlined aria-hidden /> <b>{t('ui.line_lost')}</b> <span>{t('ui.line_lost_what')}</span></div>}
    </div>
  );
}
