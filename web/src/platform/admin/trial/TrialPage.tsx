// A person at the hospital tries this PC: camera, microphone, loudspeaker, a call to the centre. Each is kept as soon as it was tried.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Alert, Button, Progress, Skeleton } from 'antd';
import { AudioOutlined, CameraOutlined, PhoneOutlined, SoundOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { problemWords } from '../../../ui/words';
import { joinQuery, type JoinTrial, trialQuery } from '../../api';
import { figureWords } from '../figures';
import { type Step, tryCall } from './call';
import { counted, type Found, playTones, TONES_MAX, tryCamera, tryMicrophone } from './devices';
import { HEIGHT, WIDTH } from './picture';
import './trial.css';

const NAMES = ['camera', 'microphone', 'loudspeaker', 'test-call'] as const;
type Name = (typeof NAMES)[number];

export function TrialPage() {
  const { t } = useTranslation();
  const { name } = useNames();
  const { hospital } = useParams({ strict: false }) as { hospital: string };
  const trial = useQuery(trialQuery(hospital));
  const [found, setFound] = useState<Partial<Record<Name, Found>>>({});
  if (trial.isError) return <Failure error={trial.error} retry={() => void trial.refetch()} />;
  if (!trial.data) return <Skeleton active className="card" />;
  const done = NAMES.filter((one) => found[one]?.state === 'passed').length;
  const one = (which: Name) => ({ hospital, which, found: found[which], keep: (now: Found | undefined) => setFound((all) => ({ ...all, [which]: now })) });
  return (
    <section className="card trial" aria-label={t('admin.trial.title', { name: name(trial.data.hospital) })}>
      <h2>{t('admin.trial.title', { name: name(trial.data.hospital) })}</h2>
      <p className="lead">{t('admin.trial.what')}</p>
      <Progress percent={(100 * done) / NAMES.length} format={() => t('admin.trial.done', { n: done, of: NAMES.length })} aria-label={t('admin.trial.progress')} />
      <ol>
        <Camera {...one('camera')} />
        <Microphone {...one('microphone')} />
        <Loudspeaker {...one('loudspeaker')} />
        <Call {...one('test-call')} trial={trial.data} />
      </ol>
      {done === NAMES.length && <Alert type="success" showIcon title={t('admin.trial.all')} description={t('admin.trial.all_what')} className="above" />}
      <p className="above"><Link to="/admin/join">{t('admin.trial.back')}</Link></p>
    </section>
  );
}

interface Of { hospital: string; which: Name; found?: Found; keep: (found: Found | undefined) => void }

/** Tries, and tells the centre what was found: what could not be told is said, and kept here for another press. */
function useTrial({ hospital, which, keep }: Of) {
  const client = useQueryClient();
  const told = useMutation({
    mutationFn: (found: Found) => api.post(`/api/admin/join/${hospital}/tried`, { probes: [{ name: which, ...found }] }),
    onSuccess: () => client.invalidateQueries({ queryKey: joinQuery.queryKey }),
  });
  const run = useMutation({
    mutationFn: (tries: () => Promise<Found>) => { keep(undefined); return tries(); },
    onSuccess: (found) => { keep(found); told.mutate(found); },
  });
  return { run, told, ended: (found: Found) => { keep(found); told.mutate(found); } };
}

interface CardOf extends Of { icon: ReactNode; busy?: string; trial: ReturnType<typeof useTrial>; act: ReactNode; children?: ReactNode }

function Card({ which, found, icon, busy, trial, act, children }: CardOf) {
  const { t, i18n } = useTranslation();
  const words = found?.figures.map((figure) => figureWords(figure, t, i18n.language)).filter(Boolean).join(', ');
  const error = trial.run.error ?? trial.told.error;
  return (
    <li className={found?.state} aria-busy={!!busy}>
      <h3>{icon} <span className="what">{t(`admin.join.probe.${which}`)}</span>{found && <span className={found.state === 'passed' ? 'tag green' : 'tag red'}>{t(`admin.join.probe_state.${found.state}`)}</span>}</h3>
      <p>{t(`admin.trial.of.${which}`)}</p>
      {children}
      <p role="status" className="status">{busy ?? (found && (found.state === 'passed' ? words : t(`admin.trial.trouble.${found.said}`)))}</p>
      {found && found.state !== 'passed' && words && <small>{words}</small>}
      {error && <Alert type="error" showIcon title={problemWords(error, t, i18n.language)} action={trial.told.isError && found ? <Button size="small" onClick={() => trial.told.mutate(found)}>{t('admin.trial.tell')}</Button> : undefined} />}
      <div className="presses">{act}</div>
    </li>
  );
}

function Start({ trial, found, start, word }: { trial: ReturnType<typeof useTrial>; found?: Found; start: () => void; word: string }) {
  const { t } = useTranslation();
  return <Button type={found || trial.run.isPending ? 'default' : 'primary'} size="large" loading={trial.run.isPending} onClick={start}>{found ? t('admin.trial.again') : word}</Button>;
}

function Camera(of: Of) {
  const { t } = useTranslation();
  const trial = useTrial(of);
  const [video, kept] = [useRef<HTMLVideoElement>(null), useRef<HTMLCanvasElement>(null)];
  const start = () => trial.run.mutate(() => (video.current && kept.current ? tryCamera(video.current, kept.current) : Promise.reject(new Error('no picture here'))));
  const { isPending } = trial.run;
  return (
    <Card {...of} icon={<CameraOutlined aria-hidden />} trial={trial} busy={isPending ? t('admin.trial.looking') : undefined} act={<Start trial={trial} found={of.found} start={start} word={t('admin.trial.start.camera')} />}>
      <div className="seen">
        <video ref={video} muted playsInline hidden={!isPending} aria-label={t('room.preview')} />
        <canvas ref={kept} width={WIDTH} height={HEIGHT} hidden={isPending || !of.found?.figures.length} role="img" aria-label={t('admin.trial.last')} />
      </div>
    </Card>
  );
}

function Microphone(of: Of) {
  const { t } = useTranslation();
  const trial = useTrial(of);
  const [level, setLevel] = useState(0);
  const over = useRef(false);
  useEffect(() => { over.current = false; return () => { over.current = true; }; }, []);
  const start = () => trial.run.mutate(() => tryMicrophone(setLevel, () => over.current));
  const percent = Math.round(level * 100);
  return (
    <Card {...of} icon={<AudioOutlined aria-hidden />} trial={trial} busy={trial.run.isPending ? t('admin.trial.speak') : undefined} act={<Start trial={trial} found={of.found} start={start} word={t('admin.trial.start.microphone')} />}>
      <div className="level" role="meter" aria-label={t('room.level')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}><i style={{ width: `${percent}%` }} /></div>
    </Card>
  );
}

function Loudspeaker(of: Of) {
  const { t } = useTranslation();
  const trial = useTrial(of);
  const since = useRef(0);
  const [asked, setAsked] = useState<number | null>(null);
  const play = useMutation({
    mutationFn: () => { of.keep(undefined); setAsked(null); since.current = performance.now(); return playTones(); },
    onSuccess: setAsked,
  });
  const heard = (many: number) => {
    if (asked !== null) trial.ended(counted(asked, many, since.current));
    setAsked(null);
  };
  return (
    <Card {...of} icon={<SoundOutlined aria-hidden />} trial={trial} busy={play.isPending ? t('admin.trial.playing') : undefined}
      act={asked === null && <Button type={of.found || play.isPending ? 'default' : 'primary'} size="large" loading={play.isPending} onClick={() => play.mutate()}>{of.found ? t('admin.trial.again') : t('admin.trial.start.loudspeaker')}</Button>}>
      {asked !== null && (
        <div className="heard" role="group" aria-label={t('admin.trial.how_many')}>
          <b>{t('admin.trial.how_many')}</b>
          <span>{Array.from({ length: TONES_MAX + 2 }, (_, n) => <Button key={n} size="large" onClick={() => heard(n)}>{n === 0 ? t('admin.trial.nothing') : n}</Button>)}</span>
        </div>
      )}
    </Card>
  );
}

function Call({ trial: with_, ...of }: Of & { trial: JoinTrial }) {
  const { t } = useTranslation();
  const trial = useTrial(of);
  const [step, setStep] = useState<Step>('connecting');
  const [sent, came] = [useRef<HTMLCanvasElement>(null), useRef<HTMLVideoElement>(null)];
  const start = () => trial.run.mutate(() => (sent.current && came.current ? tryCall(with_, sent.current, came.current, setStep) : Promise.reject(new Error('no picture here'))));
  const { isPending } = trial.run;
  return (
    <Card {...of} icon={<PhoneOutlined aria-hidden />} trial={trial} busy={isPending ? t(`admin.trial.call.${step}`) : undefined} act={<Start trial={trial} found={of.found} start={start} word={t('admin.trial.start.test-call')} />}>
      <div className="seen pair" hidden={!isPending}>
        <figure><canvas ref={sent} width={WIDTH} height={HEIGHT} role="img" aria-label={t('admin.trial.sent')} /><figcaption>{t('admin.trial.sent')}</figcaption></figure>
        <figure><video ref={came} muted playsInline aria-label={t('admin.trial.came')} /><figcaption>{t('admin.trial.came')}</figcaption></figure>
      </div>
    </Card>
  );
}
