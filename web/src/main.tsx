// Starts the web app: words first, then the screens.
import { createRoot } from 'react-dom/client';
import { RouterProvider } from '@tanstack/react-router';
import { QueryClientProvider } from '@tanstack/react-query';
import 'antd/dist/reset.css';
import 'antd/dist/antd.css';
import './app/styles.css';
import { meQuery } from './api/session';
import { startI18n } from './i18n';
import { client, router } from './app/router';

const root = document.getElementById('root');
if (root) {
  // Who is there and in which words: neither waits for the other.
  void client.prefetchQuery(meQuery);
  void startI18n().then(() => {
    createRoot(root).render(
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
  });
}
