// The accounts of a demonstration, to enter with one click. Shown only when the server says that it is one.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useNames } from '../../ui/names';

interface Account { name: string; password: string; person: { name: string; name_en?: string }; role: string; hospital: { name: string; name_en: string } }

export function DemoAccounts({ pick, busy }: { pick: (name: string, password: string) => void; busy: boolean }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const { data } = useQuery({
    queryKey: ['demo'],
    queryFn: () => api.get<{ demo: boolean; accounts: Account[] }>('/api/demo').catch(() => null),
    staleTime: Infinity,
    retry: false,
  });
  if (!data?.demo || data.accounts.length === 0) return null;
  return (
    <section className="demoaccounts" aria-label={t('login.demo')}>
      <h2>{t('login.demo')}</h2>
      <p className="lead">{t('login.demo_what')}</p>
      <ul>
        {data.accounts.map((account) => (
          <li key={account.name}>
            <button disabled={busy} onClick={() => pick(account.name, account.password)}>
              <b>{name(account.person)}</b>
              <span>{account.role.split(' ').map((role) => t(`login.role.${role}`, { defaultValue: role })).join(' / ')}</span>
              <small>{name(account.hospital)}</small>
              <code>{account.name}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
