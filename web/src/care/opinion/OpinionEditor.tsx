// The opinion while it is written: three sections, kept every 1.5 seconds, signed once with the password.
import { useEffect, useState } from 'react';
import { App, Button, Input, Skeleton } from 'antd';
import { EditOutlined, FileTextOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import type { CaseDetail, Draft, Id } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { caseQuery } from '../consult/queries';
import { SavedMark } from '../draft/SavedMark';
import { useDraft } from '../draft/useDraft';
import { KeyImageDrafts, KeyImagesSigned, useKeyImages, type KeyImage } from './KeyImages';
import { SignDialog } from './SignDialog';
import { SECTIONS, SECTION_MAX, withTemplate, type Words } from './words';
import './opinion.css';

/** The version before, as it stands. */
export interface Amends extends Words { images: KeyImage[] }

const EMPTY: Words = { findings: '', opinion: '', advice: '' };

/** Writes the opinion, or with `amends` another version of a signed one. */
export function OpinionEditor({ caseId, amends, done }: { caseId: Id; amends?: Amends; done?: () => void }) {
  const detail = useQuery(caseQuery(caseId)).data;
  const opened = useQuery({
    queryKey: ['opinion-draft', caseId],
    queryFn: () => api.get<Draft<Words>>(`/api/drafts/opinion/${caseId}`).catch((error: unknown) => {
      if (isProblem(error) && error.status === 404) return { id: caseId, revision: 0, saved_at: '', body: amends ? { findings: amends.findings, opinion: amends.opinion, advice: amends.advice } : EMPTY };
      throw error;
    }),
    staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false,
  });
  if (opened.isError) return <Failure error={opened.error} retry={() => void opened.refetch()} />;
  if (!opened.data || !detail) return <Skeleton active />;
  return <Editor key={caseId} detail={detail} opened={opened.data} amends={amends} done={done} />;
}

function Editor({ detail, opened, amends, done }: { detail: CaseDetail; opened: Draft<Words>; amends?: Amends; done?: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const draft = useDraft<Words>('opinion', opened, me.person.id);
  const [signing, setSigning] = useState(false);
  const [dropped, setDropped] = useState<Id[]>([]);
  const marked = useKeyImages(detail.id).data ?? [];
  const kept = amends && { ...amends, images: amends.images.filter((one) => !dropped.includes(one.id)) };
  const words = { ...EMPTY, ...draft.body };
  const step = detail.steps.find((one) => one.step === (amends ? 'amend' : 'sign'));
  // The server decides; this only says it before the password is typed.
  const why = step?.allowed === false ? (step.why === 'not_accepted' ? t('opinion.accept_first') : t('opinion.not_yet')) : !words.opinion.trim() ? t('opinion.empty') : amends && !dropped.length && !marked.length && SECTIONS.every((key) => words[key] === amends[key]) ? t('opinion.unchanged') : null;
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !why && (event.target as HTMLElement).closest?.('.opinioneditor')) {
        event.preventDefault();
        setSigning(true);
      }
    };
    window.addEventListener('keydown', keys);
    return () => window.removeEventListener('keydown', keys);
  }, [why]);
  const template = () => {
    const next = withTemplate(words, detail.specialty, t);
    void message.info(t(next === words ? 'opinion.template_full' : 'opinion.template_used'));
    draft.set(() => next);
  };
  return (
    <div className="opinioneditor">
      {amends && <p className="lead">{t('opinion.amend_what')}</p>}
      <div className="opinionbar">
        <Button size="small" icon={<FileTextOutlined />} onClick={template}>{t('opinion.template', { specialty: t(`consult.specialty.${detail.specialty}`, { defaultValue: '' }) })}</Button>
        <span className="grow" />
        <SavedMark saving={draft.saving} saved_at={draft.saved_at || null} />
      </div>
      {draft.conflict && (
        <div className="opinionconflict" role="alert">
          <p>{t('draft.conflict_what', { time: clockTime(draft.conflict.theirs.saved_at, i18n.language) })}</p>
          {SECTIONS.map((key) => (draft.conflict?.theirs.body[key] ?? '') !== words[key] && <blockquote key={key}><b>{t(`opinion.${key}`)}</b>{'\n'}{draft.conflict?.theirs.body[key]}</blockquote>)}
          <Button onClick={() => draft.settle('theirs')}>{t('draft.take_theirs', { time: clockTime(draft.conflict.theirs.saved_at, i18n.language) })}</Button>{' '}
          <Button type="primary" onClick={() => draft.settle('mine')}>{t('draft.keep_mine')}</Button>
        </div>
      )}
      {SECTIONS.map((key) => (
        <div key={key} className="opinionfield">
          <label htmlFor={`opinion-${key}`}>{t(`opinion.${key}`)}</label>
          <Input.TextArea
            id={`opinion-${key}`}
            value={words[key]}
            maxLength={SECTION_MAX}
            rows={3}
            className="growing"
            style={{ minHeight: 78, maxHeight: 420 }}
            placeholder={t(`opinion.${key}_hint`)}
            onChange={(event) => {
              const typed = event.target.value;
              draft.set((now) => ({ ...EMPTY, ...now, [key]: typed }));
            }}
          />
        </div>
      ))}
      {kept && <KeyImagesSigned caseId={detail.id} images={kept.images} version={detail.opinion?.version} drop={(id) => setDropped((now) => [...now, id])} />}
      <KeyImageDrafts caseId={detail.id} />
      <div className="opinionbar">
        <small>{why ?? t('opinion.keys')}</small>
        <span className="grow" />
        {done && <Button onClick={done}>{t('ui.cancel')}</Button>}
        <Button type="primary" icon={<EditOutlined aria-hidden />} disabled={why !== null} onClick={() => setSigning(true)}>{t('opinion.sign')}</Button>
      </div>
      {signing && (
        <SignDialog
          detail={detail}
          words={words}
          amends={kept}
          close={() => setSigning(false)}
          signed={() => {
            draft.forget();
            setSigning(false);
            done?.();
            void client.invalidateQueries({ queryKey: ['case', detail.id] });
            void client.invalidateQueries({ queryKey: ['key-images', detail.id] });
            void client.invalidateQueries({ queryKey: ['inbox'] });
          }}
        />
      )}
    </div>
  );
}
