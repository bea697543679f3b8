// Hospitals, places, devices, people or all of them from a file: what it would change, line by line; then all lines or the good ones. And out again.
import { useEffect, useState } from 'react';
import { Alert, App, Button, Empty, Flex, Progress, Radio, Select, Upload } from 'antd';
import { DownloadOutlined, FileExcelOutlined, UploadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isProblem, Problem } from '../../api/problem';
import { problemWords } from '../../ui/words';
import { faultsOf, type ImportKind, type ImportLine, type ImportProgress, type Imported } from '../api';
import { save } from '../save';
import { faultWords, fieldWords } from './fault';
import { ImportsBefore } from './ImportUndo';
import { resultCsv } from './result';

const WHATS = ['network', 'hospitals', 'places', 'devices', 'people'] as const;
type What = (typeof WHATS)[number];
const TABLES: ImportKind[] = ['hospitals', 'places', 'devices', 'people'];
const OUTCOMES = ['bad', 'new', 'changed', 'same'] as const;
const BYTES_MAX = 32 * 1024 * 1024;
/** The server is asked so often how far it is. */
const ASKED_MS = 700;
/** More lines than this are not drawn; the result holds all of them. */
const DRAWN_MAX = 500;

async function send(file: File, what: What, apply?: 'all' | 'good', seen?: string): Promise<Imported> {
  if (file.size > BYTES_MAX) throw new Problem(413, 'request.too-large', '');
  const query = new URLSearchParams({ what, ...(apply ? { apply, seen: seen ?? '' } : {}) });
  const response = await fetch(`/api/admin/import?${query}`, { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/octet-stream' }, body: file }).catch(() => { throw Problem.offline(); });
  if (!response.ok) throw await Problem.from(response);
  return (await response.json()) as Imported;
}

/** How far the server is with the file, while it is busy. */
function useProgress(busy: boolean): ImportProgress | null {
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(() => {
      fetch('/api/admin/import', { credentials: 'same-origin' }).then(async (answer) => { if (answer.ok) setProgress((await answer.json()) as ImportProgress); }, () => undefined);
    }, ASKED_MS);
    return () => { clearInterval(timer); setProgress(null); };
  }, [busy]);
  return progress?.step === 'none' ? null : progress;
}

export function ImportPage() {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [what, setWhat] = useState<What>('people');
  const [format, setFormat] = useState('xlsx');
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<Imported | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const progress = useProgress(busy);
  const [only, setOnly] = useState<(typeof OUTCOMES)[number] | 'all'>('all');
  const reset = () => { setFile(null); setSeen(null); setFailed(null); setOnly('all'); };
  const work = async (does: () => Promise<void>) => {
    setBusy(true);
    setFailed(null);
    await does().catch(setFailed);
    setBusy(false);
  };
  const look = (chosen: File) => work(async () => { setFile(chosen); setSeen(null); setOnly('all'); setSeen(await send(chosen, what)); });
  const apply = (how: 'all' | 'good') => work(async () => {
    if (!file || !seen) return;
    const done = await send(file, what, how, seen.digest);
    setSeen(done);
    await client.invalidateQueries({ queryKey: ['admin'] });
    void message.success(t('admin.applied', { n: done.new + done.changed }));
  });
  const download = (kind: string) => { location.href = `/api/admin/export?${new URLSearchParams({ what: kind, format, lang: i18n.language })}`; };
  const faults = isProblem(failed) ? faultsOf(failed.params) : [];
  const lines = seen?.lines.filter((line) => only === 'all' || line.outcome === only) ?? [];
  return (
    <>
      <section className="card">
        <Flex gap={12} wrap align="center">
          <Radio.Group optionType="button" value={what} onChange={(event) => { setWhat(event.target.value as What); if (event.target.value === 'network') setFormat('xlsx'); reset(); }} options={WHATS.map((value) => ({ value, label: t(`admin.table_of.${value}`) }))} aria-label={t('admin.what')} />
          <span className="grow" />
          <Select value={format} onChange={setFormat} aria-label={t('admin.format')} className="pickstate" options={[{ value: 'xlsx', label: 'XLSX' }, { value: 'csv', label: 'CSV UTF-8', disabled: what === 'network' }, { value: 'csv-gb18030', label: 'CSV GB18030', disabled: what === 'network' }]} />
          <Button icon={<FileExcelOutlined />} onClick={() => download(`${what}-template`)}>{t('admin.template')}</Button>
          <Button icon={<DownloadOutlined />} onClick={() => download(what)}>{t('admin.export')}</Button>
        </Flex>
      </section>
      <section className="card" aria-label={t('admin.import')}>
        <h2>{t('admin.import')}</h2>
        <p className="lead">{t(`admin.import_${what}`)}</p>
        <Flex gap={12} align="center" wrap>
          <Upload accept=".csv,.txt,.xlsx" showUploadList={false} disabled={busy} beforeUpload={(chosen) => { void look(chosen); return false; }}><Button type={seen ? 'default' : 'primary'} icon={<UploadOutlined />} disabled={busy}>{t('admin.choose_file')}</Button></Upload>
          {file && <span><b>{file.name}</b>{seen && <small> · {t(`admin.encoding.${seen.encoding}`, { defaultValue: seen.encoding })}</small>}</span>}
        </Flex>
        {busy && <div className="gap above" role="status"><Progress percent={progress?.total ? Math.floor((100 * progress.done) / progress.total) : 0} status="active" aria-label={t('admin.progress')} /><span className="lead inline">{t(`admin.step.${progress?.step ?? 'sending'}`, { done: progress?.done ?? 0, total: progress?.total ?? 0 })}</span></div>}
        {failed !== null && <Alert type="error" showIcon role="alert" className="gap above" title={problemWords(failed, t, i18n.language)} description={faults.length > 0 ? faults.map((fault) => fieldWords(fault.field, t, what === 'network' ? undefined : what)).join(t('ui.list_sep')) : undefined} />}
        {seen && (
          <>
            {seen.unknown_columns.length > 0 && <Alert type="info" showIcon className="gap above" title={t('admin.unknown_columns', { names: seen.unknown_columns.join(t('ui.list_sep')) })} />}
            {seen.unknown_sheets.length > 0 && <Alert type="info" showIcon className="gap above" title={t('admin.unknown_sheets', { names: seen.unknown_sheets.join(t('ui.list_sep')) })} />}
            {what === 'network' && <p className="lead">{TABLES.filter((table) => seen.lines.some((line) => line.table === table)).map((table) => `${t(`admin.table_of.${table}`)} ${seen.lines.filter((line) => line.table === table).length}`).join(' · ')}</p>}
            <div className="counts" role="group" aria-label={t('admin.filter')}>
              {OUTCOMES.map((outcome) => <button key={outcome} className={`count ${outcome} ${only === outcome ? 'on' : ''}`} aria-pressed={only === outcome} onClick={() => setOnly(only === outcome ? 'all' : outcome)}><b>{seen[outcome]}</b><span>{t(`admin.outcome.${outcome}`)}</span></button>)}
            </div>
            {seen.applied ? (
              <Alert type="success" showIcon className="gap" title={t('admin.applied', { n: seen.new + seen.changed })} description={seen.lines.some((line) => line.link) ? t('admin.links_once') : undefined} action={<Button onClick={reset}>{t('admin.another_file')}</Button>} />
            ) : (
              <Flex gap={8} wrap className="gap">
                <Button type="primary" disabled={busy || seen.bad > 0 || seen.new + seen.changed === 0} onClick={() => void apply('all')}>{t('admin.apply_all')}</Button>
                {seen.bad > 0 && <Button disabled={busy || seen.new + seen.changed === 0} onClick={() => void apply('good')}>{t('admin.apply_good', { n: seen.new + seen.changed })}</Button>}
                {seen.bad > 0 && <span className="lead inline">{t('admin.bad_lines', { n: seen.bad })}</span>}
              </Flex>
            )}
            <Button icon={<DownloadOutlined />} className="gap" onClick={() => save(new Blob([resultCsv(seen.lines, t, location.origin)], { type: 'text/csv' }), `consilium-${what}-${seen.applied ? 'result' : 'preview'}.csv`)}>{t(seen.applied ? 'admin.result' : 'admin.preview_file')}</Button>
            {lines.length === 0 ? <Empty description={t('admin.no_lines')} /> : <Lines lines={lines.slice(0, DRAWN_MAX)} />}
            {lines.length > DRAWN_MAX && <p className="lead">{t('admin.more_lines', { n: lines.length - DRAWN_MAX })}</p>}
          </>
        )}
      </section>
      <ImportsBefore useProgress={useProgress} just={seen?.applied ?? false} />
    </>
  );
}

function Lines({ lines }: { lines: ImportLine[] }) {
  const { t } = useTranslation();
  const several = lines.some((line) => line.table !== lines[0].table);
  return (
    <div className="tablewrap" tabIndex={0} role="region" aria-label={t('admin.lines')}>
      <table>
        <thead><tr>{several && <th scope="col">{t('admin.table')}</th>}<th scope="col">{t('admin.line')}</th><th scope="col">{t('admin.comes_to')}</th><th scope="col">{t('admin.who')}</th><th scope="col">{t('admin.what_changes')}</th></tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.table} ${line.line}`} className={line.outcome}>
              {several && <td>{t(`admin.table_of.${line.table}`)}</td>}
              <th scope="row">{line.line}</th>
              <td><span className={`outcome ${line.outcome}`}>{t(`admin.outcome.${line.outcome}`)}</span></td>
              <td><b>{line.name || '—'}</b> <code>{line.key}</code></td>
              <td>
                {line.faults?.map((fault, at) => <div key={at} className="fault"><b>{fieldWords(fault.field, t, line.table)}</b>{t('ui.colon')}{faultWords(fault, t)}{fault.value && <code>{fault.value}</code>}</div>)}
                {line.changes?.map((change) => <div key={change.field}><b>{fieldWords(change.field, t, line.table)}</b>{t('ui.colon')}<del>{change.before || '—'}</del> → <ins>{change.after || '—'}</ins></div>)}
                {line.link && <span className="lead inline">{t('admin.link_in_result')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
