// Says whether what was typed is safe, and where.
import { CheckOutlined, CloudSyncOutlined, DisconnectOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { clockSeconds } from '../../ui/time';
import type { Saving } from './useDraft';
import './draft.css';

export function SavedMark({ saving, saved_at }: { saving: Saving; saved_at: string | null }) {
  const { t } = useTranslation();
  // Nothing was written yet: nothing to say.
  if (saving === 'saved' && !saved_at) return null;
  const picture = { saved: <CheckOutlined />, dirty: <CloudSyncOutlined />, saving: <CloudSyncOutlined />, offline: <DisconnectOutlined />, failed: <WarningOutlined />, conflict: <WarningOutlined /> }[saving];
  const calm = saving === 'saved' || saving === 'saving' || saving === 'dirty';
  return (
    <span className={calm ? 'savedmark' : 'savedmark bad'}>
      <span aria-hidden>{picture}</span> {calm ? (saved_at ? t('draft.saved', { time: clockSeconds(saved_at) }) : t('draft.saving')) : t(`draft.${saving}`)}
    </span>
  );
}
