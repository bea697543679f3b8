// Access: who looked at our patients; for administrators also what was opened in need; for clinicians the way in, in need.
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMe } from '../../api/session';
import { answersFor, mayBreak } from './api';
import { Glass } from './Glass';
import { LooksList } from './Looks';
import { ReviewList } from './Reviews';
import './access.css';

export function AccessPage() {
  const { t } = useTranslation();
  const me = useMe();
  const search = useSearch({ from: '/inside/access' });
  const navigate = useNavigate({ from: '/access' });
  const role = me.role?.role;
  const tabs = [...(answersFor(role) ? ['reviews', 'looks'] as const : []), ...(mayBreak(role) ? ['need'] as const : []), ...(role === 'asking-doctor' || role === 'specialist' ? ['looks'] as const : [])];
  const now = tabs.find((tab) => tab === search.tab) ?? tabs[0];
  return (
    <article className="accesspage">
      <h1>{t('access.title')}</h1>
      {tabs.length > 1 && (
        <div className="accesstabs" role="tablist" aria-label={t('access.title')}>
          {tabs.map((tab) => <button key={tab} role="tab" id={`access-${tab}`} aria-controls="access-panel" aria-selected={now === tab} className={now === tab ? 'on' : ''} onClick={() => void navigate({ search: { tab }, replace: true })}>{t(`access.tab.${tab}`)}</button>)}
        </div>
      )}
      <div id="access-panel" role={tabs.length > 1 ? 'tabpanel' : undefined} aria-labelledby={tabs.length > 1 ? `access-${now}` : undefined}>
        {now === 'need' && <Glass />}
        {now === 'reviews' && <ReviewList />}
        {now === 'looks' && <LooksList />}
        {!now && <p className="none">{t('access.nothing')}</p>}
      </div>
    </article>
  );
}
