// What the public is told in words: the outbreak officer writes it, in both languages, and sees it as it will stand there.
import { useState } from 'react';
import { Alert, Button, Empty, Input, Modal, Popconfirm, Radio, Skeleton } from 'antd';
import { ExportOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { components } from '../../api/schema';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { useUndo } from '../../ui/useUndo';
import { problemWords } from '../../ui/words';
import { judgesOutbreak } from '../can';
import { Field } from '../outbreak/Dialogs';
import { useText } from '../outbreak/marks';
import './public.css';

type Notices = components['schemas']['PublicNotices'];
type Notice = components['schemas']['PublicNoticeShown'];
type Publish = components['schemas']['PublicPublish'];
type Published = components['schemas']['PublicPublished'];

/** In characters: the server's bounds. */
const TITLE_MAX = 80;
const TEXT_MAX = 3000;
const KINDS = ['contact', 'prevention'] as const;
const LANGUAGES = ['zh', 'en'] as const;
const BLANK: Publish = { kind: 'prevention', title: { zh: '', en: '' }, text: { zh: '', en: '' } };
const PATH = '/api/public/notices';

function Write({ of, done }: { of: Notice | null; done: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [said, setSaid] = useState<Publish>(of ? { kind: of.kind, title: of.title, text: of.text, replaces: { id: of.id, version: of.version } } : BLANK);
  const again = () => void client.invalidateQueries({ queryKey: ['public'] });
  const publish = useMutation({ mutationFn: () => api.post<Published>(PATH, said), onSuccess: () => { again(); done(); }, onError: again });
  const ready = LANGUAGES.every((language) => said.title[language].trim() && said.text[language].trim());
  return (
    <Modal open width={760} mask={{ closable: false }} title={t(of ? 'public.change' : 'public.add')} okText={t('public.publish')} cancelText={t('ui.cancel')} onCancel={done} onOk={() => publish.mutate()} okButtonProps={{ loading: publish.isPending, disabled: !ready }}>
      <div className="fields">
        <p className="lead">{t('public.for_all')}</p>
        <div className="ofield"><span id="notice-kind">{t('public.kind')}</span><Radio.Group aria-labelledby="notice-kind" optionType="button" buttonStyle="solid" value={said.kind} onChange={(event) => setSaid({ ...said, kind: event.target.value as Notice['kind'] })} options={KINDS.map((kind) => ({ value: kind, label: t(`public.kinds.${kind}`) }))} /></div>
        <div className="noticewords">
          {LANGUAGES.map((language) => (
            <fieldset key={language} lang={language}>
              <legend>{t(`public.in.${language}`)}</legend>
              <Field label={t('public.title')}><Input maxLength={TITLE_MAX} value={said.title[language]} onChange={(event) => setSaid({ ...said, title: { ...said.title, [language]: event.target.value } })} /></Field>
              <Field label={t('public.text')}><Input.TextArea autoSize={{ minRows: 5, maxRows: 14 }} maxLength={TEXT_MAX} showCount value={said.text[language]} onChange={(event) => setSaid({ ...said, text: { ...said.text, [language]: event.target.value } })} /></Field>
            </fieldset>
          ))}
        </div>
        {publish.isError && <Alert type="error" showIcon role="alert" title={problemWords(publish.error, t, i18n.language)} />}
      </div>
    </Modal>
  );
}

export function PublicNotices() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const text = useText();
  const undoable = useUndo('public');
  const found = useQuery({ queryKey: ['public', 'notices'], queryFn: ({ signal }) => api.get<Notices>(PATH, {}, signal) });
  const [writing, setWriting] = useState<Notice | 'new' | null>(null);
  const writes = judgesOutbreak(me);
  const withdraw = (one: Notice) => undoable(
    () => api.post<void>(`${PATH}/${one.id}/withdraw`, { version: one.version }),
    () => api.post<void>(PATH, { kind: one.kind, title: one.title, text: one.text }),
    t('public.withdrawn', { title: text(one.title) }),
  );
  return (
    <section className="panel publicnotices" aria-label={t('public.notices')}>
      <header>
        <h2>{t('public.notices')} <small>{found.data && t('public.n', { n: found.data.notices.length, most: found.data.most })}</small></h2>
        <span className="does">
          <Button icon={<ExportOutlined />} href={`/public?lang=${i18n.language}`} target="_blank">{t('public.open')}</Button>
          {writes && <Button type="primary" icon={<PlusOutlined />} disabled={!found.data || found.data.notices.length >= found.data.most} onClick={() => setWriting('new')}>{t('public.add')}</Button>}
        </span>
      </header>
      {found.isError && !found.data ? <Failure error={found.error} retry={() => void found.refetch()} /> : !found.data ? <Skeleton active /> : found.data.notices.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(writes ? 'public.none_write' : 'public.none')} /> : (
        <ul className="plain noticelist">
          {found.data.notices.map((one) => (
            <li key={one.id}>
              <div><b>{text(one.title)}</b> <small>{t(`public.kinds.${one.kind}`)} · <time dateTime={one.at}>{clockTime(one.at, i18n.language)}</time></small><p>{text(one.text)}</p></div>
              {writes && (
                <span className="does">
                  <Button onClick={() => setWriting(one)} aria-label={t('public.change_one', { title: text(one.title) })}>{t('public.change_it')}</Button>
                  <Popconfirm title={t('public.withdraw_sure')} okText={t('public.withdraw')} cancelText={t('ui.cancel')} onConfirm={() => void withdraw(one)}><Button danger aria-label={t('public.withdraw_one', { title: text(one.title) })}>{t('public.withdraw')}</Button></Popconfirm>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {writing && <Write key={writing === 'new' ? 'new' : writing.id} of={writing === 'new' ? null : writing} done={() => setWriting(null)} />}
    </section>
  );
}
