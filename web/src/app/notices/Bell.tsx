// The bell: how much I have not read; opened, what it is. Opening it marks it as read, on all my screens.
import { lazy, Suspense, useState } from 'react';
import { Badge, Button } from 'antd';
import { BellOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Notices } from '../../api/types';

const Panel = lazy(() => import('./Panel').then((file) => ({ default: file.Panel })));

export function Bell({ list }: { list: Notices | undefined }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const unread = list?.unread ?? 0;
  const show = () => { setUsed(true); setOpen(true); };
  return (
    <>
      <Badge count={unread} size="small" offset={[-6, 6]} title="">
        <Button type="text" className="bell" icon={<BellOutlined aria-hidden />} aria-haspopup="dialog" aria-label={unread ? t('notices.bell_unread', { n: unread }) : t('notices.bell')} onClick={show} />
      </Badge>
      {used && <Suspense><Panel open={open} close={() => setOpen(false)} /></Suspense>}
    </>
  );
}
