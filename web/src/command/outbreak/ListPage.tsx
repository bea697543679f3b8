// The line list: every case that one may see, filtered by what stands in the address, as a table, as cards on a phone, as a file.
import { useMemo } from 'react';
import { Button, DatePicker, Dropdown, Empty, Select, Skeleton } from 'antd';
import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../api/clock';
import { useMe } from '../../api/session';
import { Begun } from '../../care/draft/Begun';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, shortDay } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { judgesOutbreak, reportsOutbreak } from '../can';
import { CLASSES, exportUrl, GRADES, guidelinesQuery, hospitalsQuery, listQuery, type Row } from './api';
import { Doubles } from './Doubles';
import { ClassMark, GradeMark, InTime, useText, WhoseIllness } from './marks';
import type { Written } from './ReportPage';
import { useOutbreakLive } from './useOutbreakLive';
import './outbreak.css';

const SPANS = [7, 30, 90] as const;
const FORMATS = ['xlsx', 'csv', 'csv-gb18030'] as const;

function Outcome({ row }: { row: Row }) {
  const { t } = useTranslation();
  return <>{row.outcome ? t(`outbreak.end.${row.outcome.end}`) : '–'}</>;
}

/** What one can sort by, and which way round first: what is newest, worst or due soonest stands on top. */
const SORTS: Partial<Record<string, string>> = { grade_head: '-severity', onset: '-onset', reported: '-reported', clock: 'due' };
const FIRST = '-reported';
const turned = (sort: string) => (sort.startsWith('-') ? sort.slice(1) : `-${sort}`);
const bare = (sort: string) => sort.replace('-', '');

function Head({ head, sort, set }: { head: string; sort: string; set: (sort: string) => void }) {
  const { t } = useTranslation();
  const first = SORTS[head];
  if (!first) return <th scope="col">{t(`outbreak.${head}`)}</th>;
  const on = bare(sort) === bare(first);
  const down = sort.startsWith('-');
  return (
    <th scope="col" aria-sort={on ? (down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={on ? 'sort on' : 'sort'} onClick={() => set(on ? turned(sort) : first)}>
        {t(`outbreak.${head}`)}<span aria-hidden>{on ? (down ? '↓' : '↑') : '↕'}</span>
      </button>
    </th>
  );
}

function Table({ rows, all, sort, set }: { rows: Row[]; all: boolean; sort: string; set: (sort: string) => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const text = useText();
  return (
    <div className="owrap panel" tabIndex={0} role="region" aria-label={t('outbreak.list')}>
      <table className="linelist">
        <thead>
          <tr>
            {['number', 'patient', 'disease', 'class_head', 'grade_head', 'onset', ...(all ? ['hospital'] : []), 'reported', 'clock', 'contacts', 'outcome'].map((head) => <Head key={head} head={head} sort={sort} set={set} />)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row"><Link to="/outbreak/$id" params={{ id: row.id }} className="mono">{row.number}</Link></th>
              <td><WhoseIllness patient={row.patient} at={row.reported_at} /></td>
              <td>{text(row.disease.name)}</td>
              <td><ClassMark of={row.class} /></td>
              <td><GradeMark of={row.grade} /></td>
              <td>{row.onset ? shortDay(row.onset) : <span className="sub">{t('outbreak.not_known')}</span>}</td>
              {all && <td>{name(row.hospital)}</td>}
              <td>{clockTime(row.reported_at, i18n.language)}</td>
              <td><InTime due={row.due} at={row.reported_at} met={row.in_time} /></td>
              <td className="num">{row.contacts}</td>
              <td><Outcome row={row} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ rows, all }: { rows: Row[]; all: boolean }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const text = useText();
  return (
    <ul className="casecards" aria-label={t('outbreak.list')}>
      {rows.map((row) => (
        <li key={row.id}>
          <Link to="/outbreak/$id" params={{ id: row.id }}>
            <span className="line"><WhoseIllness patient={row.patient} at={row.reported_at} /><span className="grow" /><GradeMark of={row.grade} /></span>
            <span className="line"><b>{text(row.disease.name)}</b><ClassMark of={row.class} /></span>
            <span className="line sub">{all && <>{name(row.hospital)} · </>}{t('outbreak.reported_at', { time: clockTime(row.reported_at, i18n.language) })}<span className="grow" /><InTime due={row.due} at={row.reported_at} met={row.in_time} /></span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function ListPage() {
  const { t } = useTranslation();
  const { name } = useNames();
  const text = useText();
  const me = useMe();
  useOutbreakLive();
  const narrow = useNarrow();
  const search = useSearch({ from: '/inside/outbreak' });
  const navigate = useNavigate({ from: '/outbreak' });
  const all = judgesOutbreak(me);
  const today = dayjs(serverNow());
  const day = (back: number) => today.subtract(back, 'day').format('YYYY-MM-DD');
  const filter = { disease: search.disease, class: search.class, grade: search.grade, hospital: search.hospital, from: search.from ?? day(29), to: search.to ?? day(0), sort: search.sort };
  const list = useQuery(listQuery(filter));
  const known = useQuery(guidelinesQuery);
  const hospitals = useQuery({ ...hospitalsQuery, enabled: all });
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const sort = search.sort ?? FIRST;
  const order = (by: string) => set({ sort: by === FIRST ? undefined : by });
  const chosen = (days: number) => filter.from === day(days - 1) && filter.to === day(0);
  const narrowed = Boolean(search.disease ?? search.class ?? search.grade ?? search.hospital);
  const areas = useMemo(() => (hospitals.data ?? []).filter((one) => ['province', 'city', 'county', 'township'].includes(one.level)).map((one) => ({ value: one.id, label: name(one) })), [hospitals.data, name]);
  const pick = (label: string, value: string | undefined, options: { value: string; label: string }[], then: (value: string | undefined) => void, wide?: boolean) => (
    <label className={wide ? 'opick wide' : 'opick'}>
      <span>{label}</span>
      <Select aria-label={label} showSearch={{ optionFilterProp: 'label' }} allowClear value={value} placeholder={t('outbreak.any')} options={options} onChange={(one) => then(one)} />
    </label>
  );
  const late = list.data?.cases.filter((row) => row.in_time === false).length ?? 0;
  return (
    <article className="outbreak">
      <header className="outhead">
        <h1>{t('outbreak.title')} <small>{all ? t('outbreak.of_all') : name(me.role?.hospital)}</small></h1>
        <span className="grow" />
        <Dropdown trigger={['click']} menu={{ items: FORMATS.map((format) => ({ key: format, label: <a href={exportUrl(filter, format)} download>{t(`outbreak.format.${format}`)}</a> })) }}>
          <Button icon={<DownloadOutlined aria-hidden />}>{t('outbreak.export')}</Button>
        </Dropdown>
        {reportsOutbreak(me) && <Link to="/outbreak/new"><Button type="primary" icon={<PlusOutlined aria-hidden />}>{t('outbreak.new')}</Button></Link>}
      </header>
      <section className="panel filters" aria-label={t('outbreak.filters')}>
        {pick(t('outbreak.disease'), search.disease, (known.data?.diseases ?? []).map((one) => ({ value: one.code, label: text(one.name) })), (disease) => set({ disease }))}
        {pick(t('outbreak.class_head'), search.class, CLASSES.map((one) => ({ value: one, label: t(`outbreak.class.${one}`) })), (value) => set({ class: value }))}
        {pick(t('outbreak.grade_head'), search.grade, GRADES.map((one) => ({ value: one, label: t(`outbreak.grade.${one}`) })), (grade) => set({ grade }))}
        {all && pick(t('outbreak.area'), search.hospital, areas, (hospital) => set({ hospital }), true)}
        {narrow && pick(t('outbreak.order'), sort, Object.values(SORTS).map((by) => ({ value: by!, label: t(`outbreak.by.${bare(by!)}`) })), (by) => order(by ?? FIRST))}
        <div className="dayspan" role="group" aria-label={t('outbreak.days')}>
          {SPANS.map((days) => <button key={days} className={chosen(days) ? 'chip on' : 'chip'} aria-pressed={chosen(days)} onClick={() => set({ from: days === 30 ? undefined : day(days - 1), to: undefined })}>{t('outbreak.last_days', { n: days })}</button>)}
          <span className="between"><DatePicker aria-label={t('outbreak.from')} allowClear={false} value={dayjs(filter.from)} maxDate={dayjs(filter.to)} onChange={(one) => one && set({ from: one.format('YYYY-MM-DD') })} />
          <span aria-hidden>–</span>
          <DatePicker aria-label={t('outbreak.to')} allowClear={false} value={dayjs(filter.to)} minDate={dayjs(filter.from)} onChange={(one) => one && set({ to: one.format('YYYY-MM-DD') })} /></span>
        </div>
      </section>
      {reportsOutbreak(me) && <div className="obegun"><Begun<Written> kind="report" words={(form) => { const one = known.data?.diseases.find((other) => other.code === form.disease); return one ? text(one.name) : ''; }} link={(id, content) => <Link to="/outbreak/new" search={{ patient: id === 'new' ? undefined : id }}>{content}</Link>} /></div>}
      {all && <Doubles />}
      {list.isError && !list.data ? <Failure error={list.error} retry={() => void list.refetch()} /> : !list.data ? <Skeleton active className="panel" /> : (
        <div aria-busy={list.isFetching}>
          <p className="lead ofound" role="status">{t('outbreak.count', { n: list.data.count })}{late > 0 && <> · {t('outbreak.count_late', { n: late })}</>}{list.data.count > list.data.cases.length && <> · {t('outbreak.shown', { n: list.data.cases.length })}</>}</p>
          {list.data.cases.length === 0
            ? <Empty className="panel" image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(narrowed ? 'outbreak.none_fits' : 'outbreak.none')}>{narrowed && <Button onClick={() => set({ disease: undefined, class: undefined, grade: undefined, hospital: undefined })}>{t('outbreak.clear')}</Button>}</Empty>
            : narrow ? <Cards rows={list.data.cases} all={all} /> : <Table rows={list.data.cases} all={all} sort={sort} set={order} />}
        </div>
      )}
    </article>
  );
}
