// How far the files are: in total, and each of them; tens of thousands are one list of which only what is seen is drawn.
import { useMemo, useState, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import { CloseOutlined, PauseOutlined, PlayCircleOutlined, RedoOutlined } from '@ant-design/icons';
import type { Item, Queue, Snapshot, State } from './queue';
import { problemWords } from '../../ui/words';
import { bytesWords, leftWords, rateWords } from './words';

/** Height of a row and of the list, in pixels. */
const ROW = 34;
const LIST = 238;
/** What wants a look stands first; the order of the rest is that of the files. */
const FIRST: readonly State[] = ['failed', 'held', 'sending', 'reading', 'paused'];
const mayRetry = (item: Item) => (item.state === 'failed' || item.state === 'cancelled') && item.problem?.status !== 422;

function Row({ item, queue, at, of, style }: { item: Item; queue: Queue; at: number; of: number; style: CSSProperties }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  const refused = item.results?.filter((one) => one.kind === 'refused') ?? [];
  const duplicate = item.results?.length === 1 && item.results[0].duplicate;
  const words = () => {
    if (item.state === 'failed' && item.problem?.code === 'attachment.unreadable') return t(`attach.why.${String(item.problem.params.why)}`, { defaultValue: t('attach.why.other') });
    if (item.state === 'failed') return problemWords(item.problem, t, lang);
    const percent = `${Math.floor((item.sent / Math.max(1, item.size)) * 100)}%`;
    if (item.state === 'sending') return item.rate ? `${percent} · ${rateWords(item.rate, lang)} · ${leftWords((item.size - item.sent) / item.rate, t)}` : percent;
    if (item.lost) return item.url ? t('attach.lost_at', { percent }) : t('attach.lost');
    if (item.state === 'paused' || (item.state === 'waiting' && item.sent > 0)) return `${t(`attach.state.${item.state}`)} · ${percent}`;
    return duplicate ? t('attach.duplicate') : t(`attach.state.${item.state}`);
  };
  const said = words() + (refused.length > 0 && item.state !== 'failed' ? ` · ${t('attach.refused_within', { count: refused.length })}: ${t(`attach.why.${refused[0].why}`, { defaultValue: t('attach.why.other') })}` : '');
  const open = item.state === 'waiting' || item.state === 'sending' || item.state === 'paused';
  return (
    <li className={`attachrow ${item.state}`} style={style} aria-setsize={of} aria-posinset={at + 1}>
      <span className="attachname" title={item.name}>{item.name}</span>
      <span className="attachsize">{bytesWords(item.size, lang)}</span>
      <progress max={item.size} value={item.sent} aria-label={item.name} />
      <span className="attachstate" title={said}>{said}</span>
      <span className="attachacts">
        {item.state === 'paused' && <Button size="small" type="text" icon={<PlayCircleOutlined />} onClick={() => queue.retry(item.id)} aria-label={t('attach.resume_one', { name: item.name })} title={t('attach.resume')} />}
        {item.state === 'sending' && <Button size="small" type="text" icon={<PauseOutlined />} onClick={() => queue.pause(item.id)} aria-label={t('attach.pause_one', { name: item.name })} title={t('attach.pause')} />}
        {mayRetry(item) && <Button size="small" type="text" icon={<RedoOutlined />} onClick={() => queue.retry(item.id)} aria-label={t('attach.retry_one', { name: item.name })} title={t('attach.retry')} />}
        {open && <Button size="small" type="text" icon={<CloseOutlined />} onClick={() => queue.cancel(item.id)} aria-label={t('attach.cancel_one', { name: item.name })} title={t('attach.cancel')} />}
      </span>
    </li>
  );
}

/** What is counted of all files, in one pass. */
function totals(items: readonly Item[]) {
  const sum = { count: 0, done: 0, failed: 0, retry: 0, total: 0, sent: 0, busy: false, lost: false };
  const first: Item[] = [], rest: Item[] = [];
  for (const item of items) {
    (FIRST.includes(item.state) ? first : rest).push(item);
    if (item.state === 'done') sum.done += 1;
    if (item.state === 'failed') sum.failed += 1;
    if (item.state === 'failed' && mayRetry(item)) sum.retry += 1;
    if (item.lost) sum.lost = true;
    if (item.state === 'waiting' || item.state === 'sending' || item.state === 'reading' || item.state === 'paused') sum.busy = true;
    // What cannot be used will not come: it is not waited for.
    if (item.state === 'cancelled' || item.problem?.status === 422) continue;
    sum.count += 1;
    sum.total += item.size;
    if (item.state !== 'failed') sum.sent += item.sent;
  }
  first.sort((a, b) => FIRST.indexOf(a.state) - FIRST.indexOf(b.state));
  return { ...sum, rows: first.concat(rest) };
}

export function Progress({ shown, queue }: { shown: Snapshot; queue: Queue }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  const [top, setTop] = useState(0);
  const { rows, ...all } = useMemo(() => totals(shown.items), [shown.items]);
  if (!rows.length) return null;
  const from = Math.max(0, Math.floor(top / ROW) - 4);
  const seen = rows.slice(from, from + Math.ceil(LIST / ROW) + 8);
  const sending = all.busy && !shown.paused && !all.lost && shown.rate;
  return (
    <section className="attachprogress" aria-label={t('attach.progress')}>
      <div className="attachtotal">
        <progress max={Math.max(1, all.total)} value={all.sent} aria-label={t('attach.total')} />
        <span role="status">
          {t('attach.total_words', { done: all.done, count: all.count, sent: bytesWords(all.sent, lang), total: bytesWords(all.total, lang) })}
          {all.failed > 0 && ` · ${t('attach.failed_count', { count: all.failed })}`}
        </span>
        {sending && <span className="attachrate">{rateWords(sending, lang)} · {leftWords((all.total - all.sent) / Math.max(1, sending), t)}</span>}
        {all.busy && (shown.paused
          ? <Button size="small" type="primary" icon={<PlayCircleOutlined />} onClick={() => queue.resume(true)}>{t('attach.resume')}</Button>
          : <Button size="small" icon={<PauseOutlined />} onClick={() => queue.pauseAll()}>{t('attach.pause')}</Button>)}
        {all.busy && <Button size="small" onClick={() => queue.cancelAll()}>{t('attach.cancel_all')}</Button>}
        {all.retry > 0 && <Button size="small" onClick={() => queue.retryAll()}>{t('attach.retry_all')}</Button>}
        {!all.busy && <Button size="small" type="text" onClick={() => queue.clear()}>{t('attach.clear')}</Button>}
      </div>
      {all.lost && <p className="attachlost" role="status">{t('attach.line_lost')}</p>}
      {all.busy && <p className="attachhint">{t('attach.go_on_writing')}</p>}
      <div className="attachrows" tabIndex={0} role="group" aria-label={t('attach.progress')} style={{ maxHeight: LIST }} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
        <ul style={{ height: rows.length * ROW }}>
          {seen.map((item, index) => <Row key={item.id} item={item} queue={queue} at={from + index} of={rows.length} style={{ top: (from + index) * ROW, height: ROW }} />)}
        </ul>
      </div>
    </section>
  );
}
