// A wish, not an order: which expert, which hospital, when.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { serverNow } from '../../../api/clock';
import type { Expert, HospitalRef, RequestForm } from '../../../api/types';
import { useNames } from '../../../ui/names';
import { Field, fieldId } from './fields';
import { WhenInput } from './WhenInput';

export function WantedFields({ form, set }: { form: RequestForm; set: (wanted: RequestForm['wanted']) => void }) {
  const { t } = useTranslation();
  const { name, title } = useNames();
  const wanted = form.wanted ?? {};
  const hospitals = useQuery({ queryKey: ['hospitals'], queryFn: () => api.get<{ hospitals: HospitalRef[] }>('/api/hospitals').then((answer) => answer.hospitals), staleTime: 3_600_000, select: (all) => all.filter((one) => one.level === 'provincial' || one.level === 'municipal') });
  const day = Math.floor(serverNow() / 86_400_000) * 86_400_000;
  const experts = useQuery({
    queryKey: ['experts', form.specialty],
    queryFn: () => api.get<{ experts: Expert[] }>('/api/experts', { specialty: form.specialty, from: new Date(day).toISOString(), to: new Date(day + 86_400_000).toISOString() }).then((answer) => answer.experts),
    enabled: form.specialty !== '', retry: false,
  });
  const change = (part: Partial<NonNullable<RequestForm['wanted']>>) => set({ ...wanted, ...part });
  return (
    <div className="fgrid three">
      <Field name="wanted_hospital" label={t('request.wanted_hospital')}>
        <select id={fieldId('wanted_hospital')} value={wanted.hospital ?? ''} onChange={(event) => change({ hospital: event.target.value || undefined })}>
          <option value="">{t('request.wanted_any')}</option>{hospitals.data?.map((one) => <option key={one.id} value={one.id}>{name(one)}</option>)}
        </select>
      </Field>
      <Field name="wanted_expert" label={t('request.wanted_expert')}>
        <select id={fieldId('wanted_expert')} value={wanted.expert ?? ''} disabled={!form.specialty} onChange={(event) => change({ expert: event.target.value || undefined })}>
          <option value="">{t(form.specialty ? 'request.wanted_any' : 'request.wanted_first')}</option>{experts.data?.filter((one) => !wanted.hospital || one.hospital.id === wanted.hospital).map((one) => <option key={one.role} value={one.role}>{name(one)} {title(one)} · {name(one.hospital)}</option>)}
        </select>
      </Field>
      <Field name="wanted_time" label={t('request.wanted_time')}><WhenInput id={fieldId('wanted_time')} value={wanted.time} label={t('request.wanted_time')} set={(time) => change({ time })} /></Field>
    </div>
  );
}
