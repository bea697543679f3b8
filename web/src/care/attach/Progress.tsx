// How far the files are: in total, and each that is not simply done.
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import type { Item, Queue } from './queue';
import { problemWords } from '../../ui/words';
import { bytesWords } from './words';

/** Rows shown; thousands of slices are one line. */
const ROWS = 30;

function Row({ item, queue }: { item: Item; queue: Queue }) {
  const { t, i18n } = useTranslation();
  const refused = item.results?.filter((one) => one.kind === 'refused') ?? [];
  const duplicate = item.results?.length === 1 && item.results[0].duplicate;
  const words = () => {
    if (item.state === 'failed' && item.problem?.code === 'attachment.unreadable') return t(`attach.why.${String(item.problem.params.why)}`, { defaultValue: t('attach.why.other') });
    if (item.state === 'failed') return problemWords(item.problem, t, i18n.language);
    if (item.state === 'sending') return `${Math.floor((item.sent / Math.max(1, item.size)) * 100)}%`;
    return duplicate ? t('attach.duplicate') : t(`attach.state.${item.state}`);
  };
  return (
    <li className={`attachrow ${item.state}`}>
      <span className="attachname" title={item.name}>{item.name}</span>
      <span className="attachsize">{bytesWords(item.size, i18n.language)}</span>
      <progress max={item.size} value={item.sent} aria-label={item.name} />
      <span className="attachstate">{words()}{refused.length > 0 && item.state !== 'failed' && <small>{t('attach.refused_within', { count: refused.length })}: {t(`attach.why.${refused[0].why}`, { defaultValue: t('attach.why.other') })}</small>}</span>
      {(item.state === 'waiting' || item.state === 'sending') && <Button size="small" type="text" onClick={() => queue.cancel(item.id)} aria-label={t('attach.cancel_one', { name: item.name })}>{t('attach.cancel')}</Button>}
      {(item.state === 'failed' || item.state === 'cancelled') && item.problem?.status !== 422 && <Button size="small" type="text" onClick={() => queue.retry(item.id)} aria-label={t('attach.retry_one', { name: item.name })}>{t('attach.retry')}</Button>}
    </li>
  );
}

export function Progress({ items, queue }: { items: readonly Item[]; queue: Queue }) {
  const { t, i18n } = useTranslation();
  if (!items.length) return null;
  // What cannot be used will not come: it is not waited for.
  const counted = items.filter((item) => item.state !== 'cancelled' && item.problem?.status !== 422);
  const total = counted.reduce((sum, item) => sum + item.size, 0);
  const sent = counted.reduce((sum, item) => sum + (item.state === 'failed' ? 0 : item.sent), 0);
  const done = items.filter((item) => item.state === 'done').length;
  const failed = items.filter((item) => item.state === 'failed');
  const busy = items.some((item) => item.state === 'waiting' || item.state === 'sending' || item.state === 'reading');
  const rank: Record<Item['state'], number> = { failed: 0, held: 1, sending: 2, reading: 2, waiting: 3, cancelled: 4, done: 5 };
  const rows = items.length <= ROWS ? items : [...items].sort((a, b) => rank[a.state] - rank[b.state]).slice(0, ROWS);
  return (
    <section className="attachprogress" aria-label={t('attach.progress')}>
      <div className="attachtotal">
        <progress max={Math.max(1, total)} value={sent} aria-label={t('attach.total')} />
        <span role="status">{t('attach.total_words', { done, count: counted.length, sent: bytesWords(sent, i18n.language), total: bytesWords(total, i18n.language) })}{failed.length > 0 && ` · ${t('attach.failed_count', { count: failed.length })}`}</span>
        {busy && <Button size="small" onClick={() => queue.cancelAll()}>{t('attach.cancel_all')}</Button>}
        {failed.some((item) => item.problem?.status !== 422) && <Button size="small" onClick={() => queue.retryAll()}>{t('attach.retry_all')}</Button>}
        {!busy && <Button size="small" type="text" onClick={() => queue.clear()}>{t('attach.clear')}</Button>}
      </div>
      <ul className="attachrows">{rows.map((item) => <Row key={item.id} item={item} queue={queue} />)}</ul>
      {items.length > rows.length && <small>{t('attach.more', { count: items.length - rows.length })}</small>}
    </section>
  );
}
