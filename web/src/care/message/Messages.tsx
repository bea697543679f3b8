// Messages between the parties of one case. What is being written survives a reload.
import { useEffect, useRef, useState } from 'react';
import { App, Button, Input } from 'antd';
import { SendOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import type { Id, Message } from '../../api/types';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { caseQuery } from '../consult/queries';
import './messages.css';

const kept = (caseId: Id) => `message:${caseId}`;

export function Messages({ caseId }: { caseId: Id }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { message } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const messages = useQuery(caseQuery(caseId)).data?.messages ?? [];
  const [text, setText] = useState(() => sessionStorage.getItem(kept(caseId)) ?? '');
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (text) sessionStorage.setItem(kept(caseId), text);
    else sessionStorage.removeItem(kept(caseId));
  }, [caseId, text]);
  useEffect(() => {
    // Scrolling answers with a promise in newer browsers, which is no clean-up.
    void end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages.length]);
  const send = useMutation({
    mutationFn: (words: string) => api.post<Message>(`/api/consults/${caseId}/messages`, { text: words }),
    onSuccess: async () => {
      setText('');
      await client.invalidateQueries({ queryKey: ['case', caseId] });
    },
    onError: (error) => void message.error(problemWords(error, t, i18n.language)),
  });
  const submit = () => {
    if (text.trim() && !send.isPending) send.mutate(text.trim());
  };
  return (
    <section className="messages" aria-label={t('consult.messages')}>
      <ol aria-live="polite" tabIndex={0} aria-label={t('consult.messages')}>
        {messages.length === 0 && <li className="none">{t('consult.message_none')}</li>}
        {messages.map((one) => (
          <li key={one.id} className={one.by.id === me.person.id ? 'mine' : undefined}>
            <small>{name(one.by)} · {name(one.by.hospital)} · {clockTime(one.at, i18n.language)}</small>
            <p>{one.text}</p>
          </li>
        ))}
        <li ref={end} aria-hidden className="end" />
      </ol>
      <div className="compose">
        <Input.TextArea
          value={text}
          rows={1}
          className="growing"
          maxLength={4000}
          placeholder={t('consult.message_write')}
          aria-label={t('consult.message_write')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // Enter also ends the choice of a Chinese word: then it is not ours.
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              submit();
            }
          }}
        />
        <Button type="primary" icon={<SendOutlined />} aria-label={t('consult.message_send')} loading={send.isPending} disabled={!text.trim()} onClick={submit} />
      </div>
    </section>
  );
}
