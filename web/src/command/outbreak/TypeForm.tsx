// Grading a case: the criteria of the guideline that speak of this age, each with what it wants to know. The server judges; what
// is left open is not known. Where that keeps the guideline from saying, the doctor's grade is asked for, with a reason.
import { useState } from 'react';
import { Alert, Button, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../api/clock';
import { isProblem } from '../../api/problem';
import { WhenInput } from '../../care/consult/request/WhenInput';
import { problemWords } from '../../ui/words';
import { type Case, type Criterion, type Grade, GRADES, type Guideline, TEXT_MAX } from './api';
import { Field } from './Dialogs';
import { monthsOld, useText } from './marks';
import { useAct } from './useAct';
import { type Answer, type Asked, criteriaFor, nothing, typedNumber, valuesOf } from './values';

function YesNo({ label, value, set, words = ['there', 'not_there'] }: { label: string; value: Answer; set: (answer: Answer) => void; words?: [string, string] }) {
  const { t } = useTranslation();
  return (
    <Radio.Group className="yesno" aria-label={label} optionType="button" value={value ?? 'unknown'} onChange={(event) => set(event.target.value === 'unknown' ? undefined : (event.target.value as Answer))}
      options={[{ value: 'unknown', label: t('outbreak.not_known') }, { value: 'no', label: t(`outbreak.${words[1]}`) }, { value: 'yes', label: t(`outbreak.${words[0]}`) }]} />
  );
}

const MEASURES = { 'respiratory-rate': 'rate', 'spo2-rest-air': 'spo2', 'fever-days': 'fever' } as const;

function Wanted({ criterion, label, asked, set, wrong }: { criterion: Criterion; label: string; asked: Asked; set: (part: Partial<Asked>) => void; wrong?: string }) {
  const { t } = useTranslation();
  const { test } = criterion;
  const when = (value: string | undefined, put: (at: string) => void, words = t('outbreak.measured_at')) => <label className="mini"><small>{words}</small><WhenInput value={value} label={words} set={(at) => at && put(at)} /></label>;
  const number = (field: string, value: string, unit: string, put: (value: string) => void, words = t(`outbreak.fields.${field}`)) => <label className="mini"><small>{words}</small><Input inputMode="decimal" maxLength={10} suffix={unit} status={wrong === field ? 'error' : undefined} value={value} onChange={(event) => put(event.target.value)} /></label>;
  if (test.kind === 'sign') return <YesNo label={label} value={asked.signs[test.sign]} set={(answer) => set({ signs: { ...asked.signs, [test.sign]: answer } })} />;
  if (test.kind === 'oxygenation') {
    const { ratio } = asked;
    return (
      <div className="inputs">
        {number('ratio', ratio.value, 'mmHg', (value) => set({ ratio: { ...ratio, value } }))}
        {when(ratio.at, (at) => set({ ratio: { ...ratio, at } }))}
        {number('altitude', ratio.altitude, 'm', (altitude) => set({ ratio: { ...ratio, altitude } }))}
        {number('pressure', ratio.pressure, 'mmHg', (pressure) => set({ ratio: { ...ratio, pressure } }))}
        <small>{t('outbreak.oxygenation_hint')}</small>
      </div>
    );
  }
  if (test.kind === 'growth') {
    const { growth } = asked;
    return (
      <div className="inputs growth">
        {number('growth', growth.value, '%', (value) => set({ growth: { ...growth, value } }))}
        {when(growth.first, (first) => set({ growth: { ...growth, first } }), t('outbreak.first_image'))}
        {when(growth.at, (at) => set({ growth: { ...growth, at } }), t('outbreak.second_image'))}
      </div>
    );
  }
  const field = MEASURES[test.value];
  const one = asked[field];
  return (
    <div className="inputs">
      {number(field, one.value, field === 'fever' ? t('outbreak.unit_days') : field === 'rate' ? '/min' : '%', (value) => set({ [field]: { ...one, value } }))}
      {when(one.at, (at) => set({ [field]: { ...one, at } }))}
      {field === 'spo2' && (
        <>
          <span className="asks"><small>{t('outbreak.at_rest')}</small><YesNo label={t('outbreak.at_rest')} words={['yes', 'no']} value={asked.spo2.rest} set={(rest) => set({ spo2: { ...asked.spo2, rest } })} /></span>
          <span className="asks"><small>{t('outbreak.on_air')}</small><YesNo label={t('outbreak.on_air')} words={['yes', 'no']} value={asked.spo2.air} set={(air) => set({ spo2: { ...asked.spo2, air } })} /></span>
        </>
      )}
    </div>
  );
}

export function TypeForm({ of, guideline, done }: { of: Case; guideline: Guideline; done: () => void }) {
  const { t, i18n } = useTranslation();
  const text = useText();
  const now = dayjs(serverNow()).second(0).millisecond(0).toISOString();
  const [asked, setAsked] = useState(() => nothing(now));
  const [typedAge, setTypedAge] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [own, setOwn] = useState<{ grade?: Grade; reason: string }>({ reason: '' });
  const act = useAct(of, 'type', done);
  const born = monthsOld(of.patient.birth_date, now);
  const years = typedNumber(typedAge);
  const months = born ?? (years === null ? null : Math.floor(years * 12));
  const undecided = isProblem(act.error) && act.error.code === 'outbreak.undecided' ? act.error.params as { at_least: Grade; not_known: string[] } : null;
  const send = () => {
    const read = valuesOf(asked);
    setWrong('wrong' in read ? read.wrong : undefined);
    if ('wrong' in read) return;
    act.mutate({ guideline: guideline.code, values: read.values, ...(born === null && months !== null && { age_months: months }), ...(undecided && own.grade && { grade: own.grade, reason: own.reason }) });
  };
  const criteria = months === null ? [] : criteriaFor(guideline, months);
  return (
    <section className="panel typeform" aria-label={t('outbreak.say.type')}>
      <h2>{t('outbreak.say.type')}</h2>
      <p className="guideline"><b>{text(guideline.title)}</b> <small>{guideline.source}</small></p>
      <p className="lead">{t('outbreak.type_what')}{months !== null && <> {t(months < guideline.adult_from_months ? 'outbreak.as_child' : 'outbreak.as_adult')}</>}</p>
      {born === null && <Field label={t('outbreak.age_years')} hint={t('outbreak.age_why')}><Input inputMode="decimal" maxLength={6} value={typedAge} onChange={(event) => setTypedAge(event.target.value)} /></Field>}
      {GRADES.toReversed().map((grade) => {
        const of_grade = criteria.filter((one) => one.grade === grade);
        return of_grade.length > 0 && (
          <fieldset key={grade}>
            <legend>{t('outbreak.any_makes', { grade: t(`outbreak.grade.${grade}`) })}</legend>
            {of_grade.map((criterion) => (
              <div key={criterion.code} className="clausewants">
                <p>{text(criterion.text)}</p>
                <Wanted criterion={criterion} label={text(criterion.text)} asked={asked} wrong={wrong} set={(part) => setAsked((before) => ({ ...before, ...part }))} />
              </div>
            ))}
          </fieldset>
        );
      })}
      {wrong && <Alert type="error" showIcon role="alert" title={t('outbreak.wrong_field', { field: t(`outbreak.fields.${wrong}`) })} />}
      {undecided ? (
        <div className="undecided" role="alert">
          <p><b>{t('outbreak.undecided', { grade: t(`outbreak.grade.${undecided.at_least}`) })}</b></p>
          <ul>{undecided.not_known.map((code) => <li key={code}>{text(guideline.criteria.find((one) => one.code === code)?.text ?? { zh: code, en: code })}</li>)}</ul>
          <div className="fields">
            <Field label={t('outbreak.own_grade')}><Select aria-label={t('outbreak.own_grade')} value={own.grade} onChange={(grade) => setOwn({ ...own, grade })} options={GRADES.filter((one) => GRADES.indexOf(one) >= GRADES.indexOf(undecided.at_least)).map((one) => ({ value: one, label: t(`outbreak.grade.${one}`) }))} /></Field>
            <Field label={t('outbreak.own_reason')}><Input.TextArea rows={2} maxLength={TEXT_MAX} value={own.reason} onChange={(event) => setOwn({ ...own, reason: event.target.value })} /></Field>
          </div>
        </div>
      ) : act.isError && <Alert type="error" showIcon role="alert" title={problemWords(act.error, t, i18n.language)} />}
      <div className="formbuttons"><Button onClick={done}>{t('ui.cancel')}</Button><Button type="primary" loading={act.isPending} disabled={months === null || (undecided !== null && own.grade !== undefined && !own.reason.trim())} onClick={send}>{t('outbreak.judge')}</Button></div>
    </section>
  );
}
