// The steps of a referral that this person may take now: the next one first, what ends it behind "more", the impossible with its reason.
import { App, Button, Dropdown } from 'antd';
import { MoreOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../api/session';
import { useNow } from '../../../ui/useNow';
import { stepsOf, type Offered, type Step } from '../can';
import type { ReferralDetail } from '../shape';
import { AcceptDialog, ArriveDialog, AskDialog, CloseDialog, EtaDialog, OfferDialog, ReasonDialog, SendBackDialog, TransportDialog } from './dialogs';
import { movedOn, useStep } from './useStep';

const LAST: readonly Step[] = ['decline', 'turn-back', 'cancel', 'reopen', 'close'];

/** What moves the patient on, and may stand as the one button to press. */
const LEADS: readonly Step[] = ['accept', 'transport', 'depart', 'arrive', 'offer', 'take-back', 'send-back'];

/** A step that was pressed, with the version that the person saw; an offer that was chosen on the page. */
export interface Opened { step: Step; version: number; hospital?: string }

export function StepBar({ detail, most, opened, setOpened, goesHome }: { detail: ReferralDetail; most: number; /** A referral home is under way: it ends this one. */ goesHome?: boolean; opened: Opened | null; setOpened: (opened: Opened | null) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const me = useMe();
  const navigate = useNavigate();
  const take = useStep(detail);
  const steps = stepsOf(detail, me, useNow()).filter((one) => !goesHome || (one.step !== 'send-back' && one.step !== 'close'));
  const can = steps.filter((one) => !one.why);
  const first = can[0];
  const others = can.slice(1);
  const beside = others.filter((one) => !LAST.includes(one.step) || others.length === 1).slice(0, Math.max(0, most - 1));
  const rest = [...others.filter((one) => !beside.includes(one)), ...steps.filter((one) => one.why)];
  const leads = first && LEADS.includes(first.step);

  const press = ({ step }: Offered) => {
    if (step === 'take-back') return void modal.confirm({ title: t('referral.step.take-back'), content: t('referral.what.take-back'), okText: t('referral.step.take-back'), cancelText: t('ui.cancel'), onOk: () => take.mutateAsync({ step }).catch(() => undefined) });
    setOpened({ step, version: detail.version });
  };
  const cancel = () => setOpened(null);
  const submit = (body: Record<string, unknown>) => opened && take.mutate({ step: opened.step, body: { ...body, version: opened.version } }, {
    onSuccess: (made, { step }) => {
      cancel();
      if (step === 'send-back' && made.id) void navigate({ to: '/referrals/$id', params: { id: made.id } });
    },
    // What was typed stays for another try, but for what has moved on.
    onError: (error) => movedOn(error) && cancel(),
  });
  const shared = { detail, busy: take.isPending, cancel, submit };
  const dialog = () => {
    if (!opened) return null;
    switch (opened.step) {
      case 'accept': return <AcceptDialog {...shared} chosen={opened.hospital} />;
      case 'offer': return <OfferDialog {...shared} />;
      case 'ask': return <AskDialog {...shared} />;
      case 'transport': return <TransportDialog {...shared} />;
      case 'depart':
      case 'eta': return <EtaDialog step={opened.step} {...shared} />;
      case 'arrive': return <ArriveDialog {...shared} />;
      case 'send-back': return <SendBackDialog {...shared} />;
      case 'close': return <CloseDialog {...shared} />;
      default: return <ReasonDialog step={opened.step} {...shared} />;
    }
  };
  if (steps.length === 0) return null;
  return (
    <div className="headsteps"><div className="steps" role="group" aria-label={t('steps.group')}>
      {first && <Button type={leads ? 'primary' : 'default'} size="large" className="firststep" loading={take.isPending && !opened} onClick={() => press(first)}>{t(`referral.step.${first.step}`)}</Button>}
      {beside.map((one) => <Button key={one.step} size="large" onClick={() => press(one)}>{t(`referral.step.${one.step}`)}</Button>)}
      {rest.length > 0 && (
        <Dropdown trigger={['click']} placement="bottomRight" menu={{ items: rest.map((one) => ({
          key: one.step, danger: !one.why && ['decline', 'cancel'].includes(one.step), disabled: !!one.why, onClick: () => press(one),
          label: one.why ? <span className="whynot">{t(`referral.step.${one.step}`)}<small>{t(`referral.why.${one.why}`)}</small></span> : t(`referral.step.${one.step}`),
        })) }}>
          <Button size="large" icon={<MoreOutlined aria-hidden />} aria-label={t('steps.more')} />
        </Dropdown>
      )}
      {dialog()}
    </div></div>
  );
}
