// The page before the sign-in: one card on a quiet ground, the language switch in reach.
import type { ReactNode } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../../i18n';

export function Card({ title, lead, children, aside }: { title: string; lead: string; children: ReactNode; aside?: ReactNode }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="doorpage">
      <header className="doortop">
        <img src="/icon.svg" alt="" width={32} height={32} />
        <b>{t('ui.app')}</b>
        <span className="grow" />
        <Button type="text" className="langbtn" lang={i18n.language === 'en' ? 'zh-CN' : 'en'} onClick={() => void switchLanguage(i18n.language === 'en' ? 'zh-CN' : 'en')}>{t('ui.other_language')}</Button>
      </header>
      <main className="doormain">
        <section className="doorcard">
          <h1>{title}</h1>
          <p className="lead">{lead}</p>
          {children}
        </section>
        {aside}
      </main>
    </div>
  );
}
