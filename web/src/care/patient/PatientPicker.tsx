// Finds a patient of the own hospital, or registers one, without leaving the form.
import { useEffect, useRef, useState } from 'react';
import { Button, Input, Spin } from 'antd';
import { PlusOutlined, SwapOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Id, PatientCard } from '../../api/types';
import { useNames } from '../../ui/names';
import { partialDate } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { PatientPanel } from '../consult/PatientPanel';
import { sexAge } from '../consult/parts';
import { PatientForm } from './PatientForm';
import './patient.css';

const patientQuery = (id: Id | null) => ({ queryKey: ['patient', id], queryFn: () => api.get<PatientCard>(`/api/patients/${id ?? ''}`), enabled: id !== null });

export function PatientPicker({ value, onChange, inputId, unknownAllowed, drillAllowed, locked }: { value: Id | null; onChange: (id: Id | null) => void; inputId: string; unknownAllowed?: boolean; drillAllowed?: boolean; locked?: boolean }) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  const client = useQueryClient();
  const chosen = useQuery(patientQuery(value));
  const [typed, setTyped] = useState('');
  const [q, setQ] = useState('');
  const [creating, setCreating] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const found = useQuery<PatientCard[]>({ queryKey: ['patients', q], queryFn: ({ signal }) => api.get<{ patients: PatientCard[] }>('/api/patients', { q }, signal).then((answer) => answer.patients), enabled: q.length > 0 && value === null, placeholderData: keepPreviousData });
  useEffect(() => () => clearTimeout(timer.current), []);

  const choose = (patient: PatientCard) => {
    client.setQueryData(['patient', patient.id], patient);
    setTyped('');
    setQ('');
    setCreating(null);
    onChange(patient.id);
  };
  if (value !== null) {
    return (
      <div className="picked">
        {chosen.isPending ? <Spin /> : chosen.isError ? <span role="alert">{problemWords(chosen.error, t, i18n.language)}</span> : <PatientPanel patient={chosen.data} />}
        {!locked && <Button icon={<SwapOutlined />} onClick={() => onChange(null)}>{t('patient.change')}</Button>}
      </div>
    );
  }
  if (creating !== null) return <PatientForm name={creating} unknownAllowed={unknownAllowed} drillAllowed={drillAllowed} done={choose} cancel={() => setCreating(null)} />;

  const list = q ? (found.data ?? []) : [];
  const looksLikeId = /^\d{6,17}[\dxX]?$/.test(typed.trim());
  const type = (text: string) => {
    setTyped(text);
    setAt(0);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQ(text.trim()), 200);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); setAt(Math.min(list.length - 1, at + 1)); }
    if (event.key === 'ArrowUp') { event.preventDefault(); setAt(Math.max(0, at - 1)); }
    if (event.key === 'Enter' && list[at]) { event.preventDefault(); choose(list[at]); }
  };
  return (
    <div className="finder">
      <div className="findrow">
        <Input
          id={inputId}
          value={typed}
          placeholder={t('patient.find_what')}
          role="combobox"
          aria-label={t('patient.find')}
          aria-expanded={list.length > 0}
          aria-controls="patients-found"
          aria-activedescendant={list[at] ? `found-${list[at].id}` : undefined}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          suffix={found.isFetching ? <Spin size="small" /> : <span />}
        />
        <Button icon={<PlusOutlined />} onClick={() => setCreating(looksLikeId ? '' : typed.trim())}>{t('patient.create')}</Button>
      </div>
      {found.isError && <p role="alert" className="fielderror">{problemWords(found.error, t, i18n.language)}</p>}
      {q && found.isSuccess && list.length === 0 && <p className="hint" role="status">{t('patient.none_found')}</p>}
      <ul id="patients-found" role="listbox" aria-label={t('patient.find')} className={list.length ? 'found' : 'found empty'}>
        {list.map((patient, index) => (
          <li key={patient.id} id={`found-${patient.id}`} role="option" aria-selected={index === at} className={index === at ? 'on' : ''} onMouseEnter={() => setAt(index)} onClick={() => choose(patient)}>
            <b>{names.patient(patient)}</b><span>{sexAge(patient, t)}</span><span>{patient.birth_date && partialDate(patient.birth_date, i18n.language)}</span><span className="mono">{patient.identifier.value ?? t('patient.no_identifier')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
