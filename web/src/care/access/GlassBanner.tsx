// On every page while a record is open in need: whose, and for how long still. It goes by itself.
import { useEffect } from 'react';
import { UnlockOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { useNames } from '../../ui/names';
import { useNow } from '../../ui/useNow';
import { mayBreak, mineQuery } from './api';
import { Countdown } from './Countdown';
import './access.css';

export function GlassBanner() {
  const { t } = useTranslation();
  const { patient } = useNames();
  const me = useMe();
  const client = useQueryClient();
  const { data } = useQuery({ ...mineQuery, enabled: mayBreak(me.role?.role) });
  const now = useNow();
  const open = (mayBreak(me.role?.role) && data?.open.filter((one) => Date.parse(one.until) > now)) || [];
  const gone = (data?.open.length ?? 0) > 0 && open.length === 0;
  // What was read in need leaves the screen with the right to it.
  useEffect(() => {
    if (gone) void client.resetQueries({ predicate: (query) => ['case', 'access'].includes(String(query.queryKey[0])) });
  }, [gone, client]);
  if (open.length === 0) return null;
  return (
    <div className="glassbanner" role="status">
      {open.map((one) => (
        <Link key={one.patient.id} to="/access" search={{ tab: 'need' }}><UnlockOutlined aria-hidden /> <b>{t('access.banner', { patient: patient(one.patient) })}</b> <Countdown until={one.until} /></Link>
      ))}
    </div>
  );
}
