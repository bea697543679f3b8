// Closing and disabling take effect at once and can be taken back for a while.
import { App, Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemWords } from './words';

/** Does something, says so, and offers the way back; what is shown of  is asked for anew. */
export function useUndo(query: string): (does: () => Promise<void>, undo: () => Promise<void>, said: string) => Promise<void> {
  const { t, i18n } = useTranslation();
  const { message, notification } = App.useApp();
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [query] });
  const wrong = (error: unknown) => void message.error(problemWords(error, t, i18n.language));
  return async (does, undo, said) => {
    try {
      await does();
      await again();
    } catch (error) {
      return wrong(error);
    }
    const key = `undo-${Date.now()}`;
    notification.success({
      key, title: said, duration: 10, placement: 'bottomLeft',
      actions: <Button onClick={() => { notification.destroy(key); void undo().then(again, wrong); }}>{t('ui.undo')}</Button>,
    });
  };
}
