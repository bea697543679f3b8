// The command page: the province as it is now, in numbers that open. `?wall=1` is the same for a wall that nobody touches.
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { Skeleton } from 'antd';
import { DesktopOutlined, EnvironmentOutlined, HddOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { waitAtGate } from '../../api/gate';
import type { Disk } from '../../api/events';
import { useDisk, useLine } from '../../api/live';
import { Failure } from '../../ui/Failure';
import { clockSeconds } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { useNow } from '../../ui/useNow';
import { Beds, bedsOf, BedsOpened } from './Beds';
import { Cities } from './Cities';
import { Counters } from './Counters';
import { HospitalList } from './HospitalList';
import { useFreshBuild, useNightly, useOverview, type Live } from './live';
import { Mark } from './Mark';
import { Opened } from './Opened';
import { byState, HOSPITAL_STATES, type HospitalNow, type Overview } from './shape';
import { useMe } from '../../api/session';
import { seesSeries } from '../can';
import { Views } from '../outbreak/Views';
import { WallOutbreak } from '../outbreak/WallOutbreak';
import { Waiting } from './Waiting';
import './command.css';

const ProvinceMap = lazy(() => import('./ProvinceMap'));
const Trend = lazy(() => import('./Trend'));

function Time({ wall }: { wall: boolean }) {
  const { i18n } = useTranslation();
  const now = useNow();
  const day = dayjs(now).format(i18n.language === 'en' ? 'dddd, D MMMM YYYY' : 'YYYY年M月D日 dddd');
  return <time className={wall ? 'time wallclock' : 'time'}><span>{day}</span> <b>{clockSeconds(now)}</b></time>;
}

/** Whether what stands here is what is: in words, with the age when it is not. */
function Truth({ live, data }: { live: Live; data: Overview }) {
  const { t } = useTranslation();
  const line = useLine();
  const at = clockSeconds(data.at);
  if (live.ended) return <span className="truth off" role="alert">{t('command.ended', { time: at })}</span>;
  if (live.error || line === 'lost') return <span className="truth off" role="alert">{t('command.stale', { time: at })}</span>;
  return <span className="truth on">{t('command.live', { time: at })}</span>;
}

/** At a desk the frame says it; a wall has no frame. */
function WallDisk({ disk }: { disk: Disk }) {
  const { t } = useTranslation();
  return <div role="status">{disk !== 'takes' && <p className="walldisk"><HddOutlined aria-hidden /> {t(disk === 'full' ? 'command.disk_full' : disk === 'damaged' ? 'command.disk_damaged' : 'command.disk_read_only')}</p>}</div>;
}

function Legend({ hospitals }: { hospitals: HospitalNow[] }) {
  const { t } = useTranslation();
  const counts = byState(hospitals);
  return <ul className="legend" aria-label={t('command.legend')}>{HOSPITAL_STATES.map((state) => <li key={state}><Mark state={state} />{t(`command.state.${state}`)} <b>{counts[state]}</b></li>)}</ul>;
}

export function CommandPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/inside/command' });
  const navigate = useNavigate({ from: '/command' });
  const wall = search.wall === '1';
  const me = useMe();
  const narrow = useNarrow() && !wall;
  const live = useOverview();
  const disk = useDisk();
  const [mapped, setMapped] = useState<boolean>();
  useFreshBuild(wall);
  // Not while the line is down or the session over: what it last knew is worth more than an empty page.
  useNightly(wall, live.error ? null : live.data);
  const { data, ended, again } = live;
  // At a desk the session is opened again in place; a wall says so and goes on showing what it last knew.
  useEffect(() => {
    if (!ended || wall) return;
    void waitAtGate().then(again).catch(() => undefined);
  }, [ended, wall, again]);
  const pick = useCallback((id: string) => void navigate({ search: (now) => ({ ...now, hospital: now.hospital === id ? undefined : id, open: undefined, urgency: undefined }), resetScroll: false }), [navigate]);
  const open = useCallback((what: { figure: string; urgency?: string }) => void navigate({
    search: (now) => (now.open === what.figure && now.urgency === what.urgency && !now.hospital ? { ...now, open: undefined, urgency: undefined } : { ...now, open: what.figure, urgency: what.urgency, hospital: undefined }), resetScroll: false,
  }), [navigate]);
  const close = useCallback(() => void navigate({ search: (now) => ({ wall: now.wall }), resetScroll: false }), [navigate]);
  const opened = Boolean(search.open ?? search.hospital) && !wall;
  useEffect(() => {
    if (!opened) return;
    const onKey = (event: KeyboardEvent) => { if (event.key === 'Escape') close(); };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [opened, close]);
  if (!data) return <article className="command dark"><h1 className="sr">{t('command.title')}</h1>{live.error && !ended ? <Failure error={live.error} retry={again} /> : ended && wall ? <p className="truth off" role="alert">{t('command.ended_first')} <Link to="/login" search={{ to: '/command?wall=1' }}>{t('login.sign_in')}</Link></p> : <Skeleton active className="panel" />}</article>;
  const showMap = wall || (mapped ?? !narrow);
  const scale = wall ? 1.35 : 1;
  const banner = disk === 'takes' ? 0 : 1;
  const care = bedsOf(search.open);
  const side = opened && care
    ? <BedsOpened care={care} onClose={close} />
    : opened
    ? <Opened overview={data} figure={search.open} urgency={search.urgency} hospital={search.hospital} onClose={close} onPick={pick} />
    : <section className="panel waitpanel"><h2>{t('command.who_waits')}</h2><Waiting hospitals={data.hospitals} most={wall ? 9 - banner : 10} onPick={wall ? undefined : pick} /></section>;
  return (
    <article className={`command dark${wall ? ' wall' : ''}${opened ? ' withopen' : ''}`}>
      <header className="head">
        <h1>{t('command.title')}<small>{t(`command.part.${data.part}`, { defaultValue: '' })}</small></h1>
        {!wall && seesSeries(me) && <Views />}
        <Truth live={live} data={data} />
        {data.drills.length > 0 && <span className="drills">{t('command.drills', { n: data.drills.length, numbers: data.drills.map((drill) => drill.number).join(t('ui.list_sep')) })}</span>}
        <span className="grow" />
        <Time wall={wall} />
        {!wall && !narrow && <Link to="/command" search={{ wall: '1' }} target="_blank" className="towall"><DesktopOutlined aria-hidden /> {t('command.wall')}</Link>}
        {wall && ended && <Link to="/login" search={{ to: '/command?wall=1' }} className="towall">{t('login.sign_in')}</Link>}
      </header>
      {wall && <WallDisk disk={disk} />}
      <Counters overview={data} open={search.open ? { figure: search.open, urgency: search.urgency } : undefined} onOpen={wall ? undefined : open} />
      {narrow && opened && side}
      <div className="body">
        <div className="left">
          <section className="panel"><h2>{t('command.trend')}<span className="key"><i className="dashed" aria-hidden />{t('command.asked')}<i aria-hidden />{t('command.signed')}</span></h2><Suspense fallback={<div className="trendcanvas" />}><Trend hours={data.hours} scale={scale} /></Suspense></section>
          {wall && seesSeries(me)
            ? <WallOutbreak most={3 - banner} scale={scale} />
            : <section className="panel citypanel"><h2>{t('command.by_city')}</h2><Cities hospitals={data.hospitals} most={wall ? 10 - banner : 12} /></section>}
        </div>
        <section className="panel mappanel">
          <h2>{t('command.map')}
            {!wall && (
              <span className="views" role="group" aria-label={t('command.view')}>
                <button aria-pressed={showMap} onClick={() => setMapped(true)}><EnvironmentOutlined aria-hidden />{t('command.as_map')}</button>
                <button aria-pressed={!showMap} onClick={() => setMapped(false)}><UnorderedListOutlined aria-hidden />{t('command.as_list')}</button>
              </span>
            )}
          </h2>
          {showMap ? (
            <>
              <Suspense fallback={<div className="mapframe" />}><ProvinceMap overview={data} scale={narrow ? 0.62 : scale} chosen={search.hospital} onPick={wall ? undefined : pick} /></Suspense>
              <Legend hospitals={data.hospitals} />
            </>
          ) : <HospitalList hospitals={data.hospitals} chosen={search.hospital} onPick={pick} />}
          <Beds open={search.open} onOpen={wall ? undefined : (figure) => open({ figure })} />
        </section>
        {!(narrow && opened) && side}
      </div>
    </article>
  );
}
