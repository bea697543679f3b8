// One notifiable case: what is known, how sure, how ill and why, who was near; for its hospital also what can be told of it.
import { useEffect, useRef, useState } from 'react';
import { Alert, Button, Dropdown, Skeleton } from 'antd';
import { ArrowLeftOutlined, DownOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../api/clock';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, dayOf, partialDate } from '../../ui/time';
import { judgesOutbreak, reportsOutbreak } from '../can';
import { type Case, caseQuery, guidelinesQuery } from './api';
import { type Said, SayDialog } from './Dialogs';
import { Doubles } from './Doubles';
import { Grading } from './Grading';
import { ClassMark, GradeMark, InTime, useText, WhoseIllness } from './marks';
import { momentsOf } from './moments';
import { TypeForm } from './TypeForm';
import { useOutbreakLive } from './useOutbreakLive';
import './outbreak.css';

function Facts({ of }: { of: Case }) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const text = useText();
  const { clock } = of;
  const unknown = <span className="sub">{t('outbreak.not_known')}</span>;
  return (
    <section className="panel" aria-label={t('outbreak.facts')}>
      <h2>{t('outbreak.facts')}</h2>
      <dl className="casefacts">
        <div><dt>{t('outbreak.disease')}</dt><dd>{text(of.disease.name)} <small>ICD-10 {of.disease.icd10}</small></dd></div>
        <div><dt>{t('outbreak.birth')}</dt><dd>{of.patient.birth_date ? partialDate(of.patient.birth_date, i18n.language) : unknown}</dd></div>
        <div><dt>{t('outbreak.onset')}</dt><dd>{of.onset ? dayOf(of.onset, i18n.language) : unknown}</dd></div>
        <div><dt>{t('outbreak.hospital')}</dt><dd>{name(of.hospital)}{of.reporter && <small>{name(of.reporter)} {title(of.reporter)}</small>}</dd></div>
        <div><dt>{t('outbreak.outcome')}</dt><dd>{of.outcome ? <>{t(`outbreak.end.${of.outcome.end}`)} <small>{clockTime(of.outcome.at, i18n.language)}</small></> : t('outbreak.not_ended')}</dd></div>
        {clock && (
          <div className="wide"><dt>{t('outbreak.clock')}</dt><dd>
            <InTime due={clock.due} at={clock.reported_at} met={clock.met} /> {t('outbreak.clock_from_to', { from: clockTime(clock.from, i18n.language), due: clockTime(clock.due, i18n.language) })}
            <details className="silent"><summary>{t(`outbreak.law.${clock.class}`)}</summary><p>{text(clock.text)}</p><p><small>{clock.source}</small></p><p><small>{clock.class_source}</small></p></details>
          </dd></div>
        )}
        <div className="wide"><dt>{t('outbreak.exposures')}</dt><dd>{of.exposures.length === 0 ? unknown : <ul className="plain">{of.exposures.map((one, n) => <li key={n}><b>{t(`outbreak.exposure.${one.kind}`)}</b> {one.text}{(one.from ?? one.to) && <small>{[one.from, one.to].filter(Boolean).join(' – ')}</small>}</li>)}</ul>}</dd></div>
      </dl>
    </section>
  );
}

function Laboratory({ of }: { of: Case }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="panel" aria-label={t('outbreak.laboratory')}>
      <h2>{t('outbreak.laboratory')}</h2>
      {of.laboratory.length === 0 ? <p className="lead">{t('outbreak.no_laboratory')}</p> : (
        <ul className="plain orows">{of.laboratory.map((one) => <li key={one.id}><span><b>{one.name}</b><small>{one.value}</small></span><span className={one.positive ? 'result positive' : 'result'}><i aria-hidden>{one.positive ? '＋' : '－'}</i>{t(one.positive ? 'outbreak.positive' : 'outbreak.negative')}</span><time dateTime={one.at ?? undefined}>{one.at && clockTime(one.at, i18n.language)}</time></li>)}</ul>
      )}
    </section>
  );
}

function Contacts({ of }: { of: Case }) {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t('outbreak.contacts')}>
      <h2>{t('outbreak.contacts')} <small>{of.contacts.length}</small></h2>
      {of.contacts.length === 0 ? <p className="lead">{t('outbreak.no_contacts')}</p> : (
        <ul className="plain orows">{of.contacts.map((one, n) => <li key={n}><span><b>{one.name}</b> {one.relation}<small>{[one.phone, one.place].filter(Boolean).join(' · ')}</small></span><span>{t(`outbreak.contact_kinds.${one.kind}`)}</span><time>{t('outbreak.met', { day: one.last_met })}</time></li>)}</ul>
      )}
    </section>
  );
}

function Moments({ of }: { of: Case }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="panel" aria-label={t('outbreak.timeline')}>
      <h2>{t('outbreak.timeline')}</h2>
      <ol className="moments">{momentsOf(of).map((one, n) => <li key={n}><time dateTime={one.at}>{one.at.length === 10 ? dayOf(one.at, i18n.language) : clockTime(one.at, i18n.language)}</time><span>{t(`outbreak.moment.${one.what}`, { ...one.facts, ...(one.facts?.grade && { grade: t(`outbreak.grade.${one.facts.grade}`) }), ...(one.facts?.class && { class: t(`outbreak.class.${one.facts.class}`) }), ...(one.facts?.end && { end: t(`outbreak.end.${one.facts.end}`) }) })}</span></li>)}</ol>
    </section>
  );
}

export function CasePage() {
  const { t } = useTranslation();
  const me = useMe();
  useOutbreakLive();
  const text = useText();
  const { id } = useParams({ from: '/inside/outbreak/$id' });
  const search = useSearch({ from: '/inside/outbreak/$id' });
  const navigate = useNavigate({ from: '/outbreak/$id' });
  const found = useQuery(caseQuery(id));
  const known = useQuery(guidelinesQuery);
  const [say, setSay] = useState<Said | null>(null);
  const of = found.data;
  const versions = (of && known.data?.guidelines.filter((one) => one.disease === of.disease.code)) ?? [];
  // The one in force; a version that begins later is not graded by before it does.
  const guideline = versions.findLast((one) => Date.parse(one.in_force_from) <= serverNow()) ?? versions[0];
  const writes = of !== undefined && reportsOutbreak(me) && me.role?.hospital.id === of.hospital.id;
  const open = of?.class !== 'excluded';
  const typing = search.do === 'type' && writes && open && guideline !== undefined;
  const gradings = of?.gradings.length;
  const before = useRef(gradings);
  // A grading was just added: the eye, and the reader of a screen, go to it.
  useEffect(() => {
    if (before.current !== undefined && gradings !== undefined && gradings > before.current) document.getElementById('grading')?.focus();
    before.current = gradings;
  }, [gradings]);
  if (found.isError && !of) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!of) return <Skeleton active className="outbreak" />;
  const isPositive = of.laboratory.some((one) => one.positive);
  const more: Said[] = ['laboratory', 'contact', 'exposure', 'onset', 'outcome'];
  const classes: Said[] = of.class === 'suspected' ? ['confirmed', 'clinical', 'exclude'] : of.class === 'confirmed' ? ['exclude'] : of.class === 'excluded' ? ['confirmed'] : ['confirmed', 'exclude'];
  const label = (one: Said) => (one === 'confirmed' && !isPositive ? <>{t('outbreak.say.confirmed')} <small>{t('outbreak.needs_positive')}</small></> : t(`outbreak.say.${one}`));
  return (
    <article className="outbreak onecase">
      <header className="outhead">
        <Link to="/outbreak" className="back" aria-label={t('outbreak.to_list')}><ArrowLeftOutlined aria-hidden /></Link>
        <h1><WhoseIllness patient={of.patient} at={of.clock?.reported_at ?? of.class_at} /></h1>
        <span className="headmarks"><b>{text(of.disease.name)}</b><ClassMark of={of.class} /><GradeMark of={of.graded?.grade} /></span>
        <span className="mono sub">{of.number}</span>
        <span className="grow" />
        {writes && (
          <span className="headacts">
            {guideline && <Button type="primary" disabled={!open || typing} title={open ? undefined : t('outbreak.is_excluded')} onClick={() => void navigate({ search: { do: 'type' } })}>{t('outbreak.say.type')}</Button>}
            <Dropdown trigger={['click']} menu={{ items: classes.map((one) => ({ key: one, label: label(one), disabled: one === 'confirmed' && !isPositive, onClick: () => setSay(one) })) }}><Button>{t('outbreak.class_head')} <DownOutlined aria-hidden /></Button></Dropdown>
            <Dropdown trigger={['click']} menu={{ items: more.map((one) => ({ key: one, label: t(`outbreak.say.${one}`), disabled: one === 'contact' && !open, onClick: () => setSay(one) })) }}><Button>{t('outbreak.add')} <DownOutlined aria-hidden /></Button></Dropdown>
          </span>
        )}
      </header>
      {search.new === '1' && of.clock && <Alert className="gap" type={of.clock.met ? 'success' : 'warning'} showIcon role="status" title={t(of.clock.met ? 'outbreak.reported_in_time' : 'outbreak.reported_late', { number: of.number })} description={guideline && !of.graded ? t('outbreak.now_type') : undefined} />}
      {of.class === 'excluded' && <Alert className="gap" type="info" showIcon title={t('outbreak.is_excluded')} />}
      {judgesOutbreak(me) && <Doubles only={of.id} />}
      <div className="casecols2">
        <div className="ocolumn">
          {typing && guideline ? <TypeForm of={of} guideline={guideline} done={() => void navigate({ search: {} })} /> : <Grading of={of} />}
          <Laboratory of={of} />
          <Contacts of={of} />
        </div>
        <div className="ocolumn">
          <Facts of={of} />
          <Moments of={of} />
        </div>
      </div>
      {say && <SayDialog say={say} of={of} done={() => setSay(null)} />}
    </article>
  );
}
