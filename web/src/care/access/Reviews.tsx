// What was opened in need in our custody, for whoever answers for the hospital: who, why, what they read, and the judgement.
import { useState } from 'react';
import { Alert, Button, Empty, Input, Radio, Skeleton } from 'antd';
import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { type Review, reviewsQuery } from './api';

function Judge({ review }: { review: Review }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [outcome, setOutcome] = useState<'justified' | 'not-justified'>();
  const [note, setNote] = useState('');
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const ready = outcome && (outcome === 'justified' || note.trim());
  const send = async () => {
    setBusy(true);
    try {
      await api.post(`/api/access/reviews/${review.id}`, { version: review.version, outcome, note: note.trim() || undefined });
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: reviewsQuery.queryKey });
    }
  };
  return (
    <form className="judge" onSubmit={(event) => { event.preventDefault(); if (ready) void send(); }}>
      <Radio.Group aria-label={t('access.outcome')} value={outcome} onChange={(event) => setOutcome(event.target.value as typeof outcome)} options={(['justified', 'not-justified'] as const).map((one) => ({ value: one, label: t(`access.outcomes.${one}`) }))} />
      <Input.TextArea aria-label={t('access.note')} placeholder={t(outcome === 'not-justified' ? 'access.note_needed' : 'access.note')} value={note} maxLength={2000} autoSize={{ minRows: 1, maxRows: 5 }} onChange={(event) => setNote(event.target.value)} />
      <Button htmlType="submit" type="primary" disabled={!ready} loading={busy}>{t('access.judge')}</Button>
      {failed !== null && <Alert type="error" showIcon role="alert" title={problemWords(failed, t, i18n.language)} />}
    </form>
  );
}

function One({ review }: { review: Review }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const looks = Object.entries(review.looks);
  return (
    <li className={review.outcome ? 'panel review' : 'panel review open'}>
      <div className="headline"><b>{name(review.by)}</b><small>{t(`login.role.${review.role}`, { defaultValue: review.role })} · {name(review.by?.hospital)}</small><span className="grow" /><time dateTime={review.from}>{clockTime(review.from, i18n.language)}–{clockTime(review.until, i18n.language)}</time></div>
      <p>{t('access.opened_whose', { patient: review.patient, hospital: name(review.hospital) })}</p>
      <p className="why">{t('access.reason')}: {review.reason}</p>
      <p><small>{looks.length ? t('access.read_then') : t('access.read_nothing')}</small>{looks.map(([what, times]) => <span key={what} className="lookchip">{t(`act.${what.replaceAll('.', '_')}`, { defaultValue: what })}{times > 1 && ` ×${times}`}</span>)}</p>
      {review.outcome ? (
        <p className={review.outcome === 'justified' ? 'judged good' : 'judged bad'}>
          {review.outcome === 'justified' ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />} <b>{t(`access.outcomes.${review.outcome}`)}</b> {review.note} <small>{name(review.reviewed_by)} · {review.reviewed_at && clockTime(review.reviewed_at, i18n.language)}</small>
        </p>
      ) : <Judge review={review} />}
    </li>
  );
}

export function ReviewList() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(reviewsQuery);
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 6 }} title={false} />;
  if (data.reviews.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('access.no_reviews')} />;
  return <ul className="openlist" aria-label={t('access.tab.reviews')}>{data.reviews.map((review) => <One key={review.id} review={review} />)}</ul>;
}
