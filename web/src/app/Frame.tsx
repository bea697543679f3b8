// Around every page: antd in the reader's language and the page's light, with the nonce its styles need.
import type { ReactNode } from 'react';
import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useNarrow } from '../ui/useNarrow';
import { themes } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;

export function Frame({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const inRoom = useRouterState({ select: (state) => state.location.pathname.endsWith('/room') });
  const narrow = useNarrow();
  const theme = inRoom ? (narrow ? themes.darkPhone : themes.dark) : narrow ? themes.lightPhone : themes.light;
  return (
    <ConfigProvider theme={theme} locale={i18n.language === 'en' ? enUS : zhCN} csp={{ nonce }} button={{ autoInsertSpace: false }}>
      <App className={`app ${inRoom ? 'dark' : 'light'}`} message={{ maxCount: 3 }}>{children}</App>
    </ConfigProvider>
  );
}
