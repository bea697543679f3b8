// What would be: one more room, one less. Who is thought away is said in their row of the board; here stand their names.
import { Button } from 'antd';
import { MinusOutlined, PlusOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import { ROOMS_MAX, type RotaRow } from './shape';

export function WhatIf({ rooms, away, people, onRooms }: { rooms: number; away: string[]; people: RotaRow[]; onRooms: (n: number) => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const gone = people.filter((one) => away.includes(one.role)).map(name).join(t('ui.list_sep'));
  return (
    <div className="whatif" role="group" aria-label={t('plan.what_if')}>
      <b>{t('plan.what_if')}</b>
      <span>{t('plan.more_rooms')}</span>
      <Button size="small" icon={<MinusOutlined />} aria-label={t('plan.less_room')} disabled={rooms === 0} onClick={() => onRooms(rooms - 1)} />
      <output aria-label={t('plan.more_rooms')}>{rooms}</output>
      <Button size="small" icon={<PlusOutlined />} aria-label={t('plan.more_room')} disabled={rooms === ROOMS_MAX} onClick={() => onRooms(rooms + 1)} />
      {gone && <span className="gone" title={gone}>{t('plan.away_named', { names: gone })}</span>}
    </div>
  );
}
