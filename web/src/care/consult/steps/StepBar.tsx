// The steps allowed for me as buttons: what the case waits for first, the rest behind it, the impossible with their reason.
import { lazy, Suspense, useState } from 'react';
import { App, Button, Dropdown } from 'antd';
import { MoreOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../../api/problem';
import { useMe } from '../../../api/session';
import type { CaseDetail } from '../../../api/types';
import { STEPS, type StepConfig } from './config';
import { useStep } from './useStep';

// Dialogs come when somebody opens one: the inbox itself stays light.
const AssignDialog = lazy(() => import('./AssignDialog').then((file) => ({ default: file.AssignDialog })));
const StepDialog = lazy(() => import('./StepDialog').then((file) => ({ default: file.StepDialog })));

interface Offer extends StepConfig { allowed: boolean; why?: string }

/** The room is no step of the case, but it stands where the next thing to do stands. */
function roomOffer(detail: CaseDetail): Offer | null {
  if (detail.kind !== 'live' || !['scheduled', 'waiting', 'in-session', 'suspended'].includes(detail.state)) return null;
  return { step: 'room', ask: 'room', leads: true, allowed: detail.state !== 'scheduled' || detail.room.open };
}

export function offersOf(detail: CaseDetail, party: boolean): Offer[] {
  const room = party ? roomOffer(detail) : null;
  return STEPS.flatMap((config): Offer[] => {
    if (config.step === 'room') return room ? [room] : [];
    const found = detail.steps.find((step) => step.step === config.step);
    return found ? [{ ...config, allowed: found.allowed, why: found.why }] : [];
  });
}

export function StepBar({ detail, most = 3, keys }: { detail: CaseDetail; most?: number; keys?: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const me = useMe();
  const take = useStep(detail);
  // With the version that the person saw: whoever moves the case on meanwhile is not overruled unseen.
  const [open, setOpen] = useState<{ step: string; version: number } | null>(null);
  const party = me.role?.role === 'asking-doctor' || me.role?.role === 'specialist';
  const offers = offersOf(detail, party);
  const allowed = offers.filter((offer) => offer.allowed);
  const first = allowed.find((offer) => offer.leads);
  const others = allowed.filter((offer) => offer !== first);
  const room = first ? most - 1 : Math.min(most, 1);
  // What ends a case stays behind "more" unless it is all there is.
  const beside = others.filter((offer) => !offer.danger || others.length === 1).slice(0, room);
  const rest = [...others.filter((offer) => !beside.includes(offer)), ...offers.filter((offer) => !offer.allowed && offer.step !== 'room')];
  const running = take.isPending ? take.variables.step : null;

  const start = (offer: Offer) => {
    if (offer.ask === 'room') return void navigate({ to: '/cases/$id/room', params: { id: detail.id } });
    if (offer.ask === 'sign') {
      // The opinion is signed where it is written.
      return void navigate({ to: '/cases/$id', params: { id: detail.id }, search: { tab: 'opinion' } }).then(() => setTimeout(() => document.getElementById('opinion')?.scrollIntoView({ behavior: 'smooth' }), 100));
    }
    if (offer.ask === 'resubmit') return void navigate({ to: '/cases/new', search: { resubmit: detail.id } });
    if (offer.ask === 'nothing') return take.mutate({ step: offer.step });
    if (offer.ask === 'sure') {
      return void modal.confirm({ title: t(`steps.sure.${offer.step}`), content: t(`steps.sure_what.${offer.step}`, { defaultValue: '' }), okText: t(`consult_step.${offer.step}`), cancelText: t('ui.cancel'), onOk: () => take.mutate({ step: offer.step }) });
    }
    setOpen({ step: offer.step, version: detail.version });
  };
  const whyNot = (offer: Offer) => t(`steps.why.${offer.why ?? 'state'}`, { defaultValue: t('steps.why.state'), state: t(`consult.state.${detail.state}`) });
  const done = () => { setOpen(null); take.reset(); };
  const submit = (body: Record<string, unknown>) => take.mutate({ step: open?.step ?? '', body: { ...body, version: open?.version } }, {
    onSuccess: done,
    // What was typed stays for another try; only when the case itself moved on is it of no use.
    onError: (error) => (isProblem(error, 'consult.taken') || isProblem(error, 'consult.wrong_state')) && done(),
  });
  const shared = { detail, open: true, busy: take.isPending, cancel: done, submit, refused: take.error };

  if (offers.length === 0) return null;
  return (
    <div className="steps" role="group" aria-label={t('steps.group')}>
      {first && (
        <Button type="primary" size="large" className="firststep" icon={first.ask === 'room' ? <VideoCameraOutlined /> : undefined} loading={running === first.step} onClick={() => start(first)}>
          {t(`consult_step.${first.step}`)}{keys && <kbd aria-hidden>↵</kbd>}
        </Button>
      )}
      {beside.map((offer) => <Button key={offer.step} size="large" danger={offer.danger} loading={running === offer.step} onClick={() => start(offer)}>{t(`consult_step.${offer.step}`)}</Button>)}
      {rest.length > 0 && (
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: rest.map((offer) => ({
              key: offer.step, danger: offer.danger && offer.allowed, disabled: !offer.allowed, onClick: () => start(offer),
              label: offer.allowed ? t(`consult_step.${offer.step}`) : <span className="whynot">{t(`consult_step.${offer.step}`)}<small>{whyNot(offer)}</small></span>,
            })),
          }}
        >
          <Button size="large" icon={<MoreOutlined />} aria-label={t('steps.more')} />
        </Dropdown>
      )}
      {open && <Suspense>{open.step === 'assign' ? <AssignDialog {...shared} /> : <StepDialog step={open.step} {...shared} />}</Suspense>}
    </div>
  );
}
