// The proposals, the most urgent first: chosen one by one or all, opened to why, taken in one go.
import type { KeyboardEvent } from 'react';
import { Button, Empty } from 'antd';
import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Urg } from '../consult/parts';
import { timesOf, useMeetingWords, usePeopleWords, useWhereWords } from './meeting';
import { refusalWords } from './refusal';
import { ACCEPT_MAX, isOpen, shows, SHOWS, urgentFirst, type Meeting, type Plan, type Proposal, type Room, type Show, type Taken } from './shape';
import { Why } from './Why';

interface Props {
  plan: Plan; rooms: Room[]; show: Show; setShow: (show: Show) => void; chosen: string[]; choose: (cases: string[]) => void;
  instead: Record<string, Meeting>; setInstead: (instead: Record<string, Meeting>) => void; refused?: Taken['cases'];
  differs: Set<string>; open?: string; setOpen: (id: string | undefined) => void; isThought: boolean; sending: boolean; send: () => void; isLater: boolean;
}

/** Who has to be told, in one line; nothing when nobody was told anything else. */
function Tells({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation();
  const people = usePeopleWords();
  const { asking, leaving, joining } = proposal.tells;
  const said = [
    asking ? t('plan.tell_asking') : '', leaving.length ? t('plan.tell_leaving', { names: people(leaving) }) : '', joining.length ? t('plan.tell_joining', { names: people(joining) }) : '',
  ].filter(Boolean);
  return said.length ? <span className="tells"> · {t('plan.tells')} {said.join(t('plan.tell_sep'))}</span> : null;
}

export function Proposals({ plan, rooms, show, setShow, chosen, choose, instead, setInstead, refused, differs, open, setOpen, isThought, sending, send, isLater }: Props) {
  const { t, i18n } = useTranslation();
  const words = useMeetingWords(rooms);
  const people = usePeopleWords();
  const where = useWhereWords(rooms);
  const shown = urgentFirst(plan.proposals.filter((one) => shows(show, one)));
  const takeable = shown.filter(isOpen).map((one) => one.case).slice(0, ACCEPT_MAX);
  const count = (which: Show) => plan.proposals.filter((one) => shows(which, one)).length;
  const toggle = (id: string) => choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(0, ACCEPT_MAX));

  const asProposed = (id: string) => { const { [id]: _, ...rest } = instead; setInstead(rest); };

  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target.tagName === 'BUTTON' && event.key === 'Enter') return;
    const row = target.closest<HTMLElement>('li.proposal');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('li.proposal')];
      const next = rows[(row ? rows.indexOf(row) : -1) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.querySelector<HTMLElement>('input:enabled, button.disclose')?.focus();
      next.scrollIntoView({ block: 'nearest' });
    }
    if (event.key === 'Enter' && row && target.tagName === 'INPUT') {
      event.preventDefault();
      setOpen(open === row.dataset.case ? undefined : row.dataset.case);
    }
  };

  return (
    <section className="proposals" aria-label={t('plan.proposals')} onKeyDown={onKey}>
      <header>
        <h2>{t('plan.proposals')}</h2>
        <div className="shows" role="group" aria-label={t('plan.show')}>
          {SHOWS.map((which) => <button key={which} className={which === show ? 'chip on' : 'chip'} aria-pressed={which === show} onClick={() => setShow(which)}>{t(`plan.shows.${which}`)} <b>{count(which)}</b></button>)}
        </div>
      </header>
      {shown.length === 0 ? (
        <Empty className="noplan" image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(plan.proposals.length === 0 ? 'plan.nothing' : show === 'open' ? 'plan.nothing_open' : 'plan.nothing_shown')} />
      ) : (
        <ul className="proposallist" aria-busy={sending}>
          {shown.map((proposal) => {
            const id = proposal.case;
            const other = instead[id];
            const meeting = other ?? proposal.proposed;
            const refusal = refused?.find((one) => one.case === id && !one.taken);
            const opened = open === id;
            return (
              <li key={id} id={`plan-${id}`} data-case={id} className={['proposal', proposal.urgency, opened ? 'opened' : '', chosen.includes(id) ? 'chosen' : ''].join(' ')}>
                <div className="pline">
                  <label className="pchoose">
                    <input type="checkbox" checked={chosen.includes(id)} disabled={!isOpen(proposal) || sending || isThought} onChange={() => toggle(id)} aria-label={t('plan.choose', { number: proposal.number })} />
                  </label>
                  <Urg urgency={proposal.urgency} />
                  <Link to="/cases/$id" params={{ id }} className="mono">{proposal.number}</Link>
                  <span className={`becomes ${proposal.becomes}`}>{t(`plan.becomes.${proposal.becomes}`)}</span>
                  {differs.has(id) && <span className="becomes differs">{t('plan.differs')}</span>}
                  <span className="grow" />
                  <button className="disclose" aria-expanded={opened} aria-controls={`why-${id}`} onClick={() => setOpen(opened ? undefined : id)}>{opened ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}{t('plan.why_short')}<span className="sr"> {proposal.number}</span></button>
                </div>
                {meeting ? <p className="meets"><b>{timesOf(meeting)}</b> <span>{people(meeting.experts)}</span> <span className="where">{where(meeting)}</span></p> : <p className="meets none">{t(isLater ? 'plan.no_place_later' : 'plan.no_place')}</p>}
                {other && <p className="yours"><b>{t('plan.yours')}</b> <Button size="small" disabled={sending} onClick={() => asProposed(id)}>{t('plan.as_proposed')}<span className="sr"> {proposal.number}</span></Button></p>}
                {proposal.becomes !== 'stays' && proposal.told && <p className="told">{t('plan.was')} <s>{words(proposal.told)}</s></p>}
                <p className="spec">{t(`consult.specialty.${proposal.specialty}`, { defaultValue: proposal.specialty })}{!other && <Tells proposal={proposal} />}</p>
                {refusal && <p className="refusal" role="alert"><b>{t('plan.refused_here')}</b> {refusalWords(refusal.refused, t, i18n.language)}</p>}
                {opened && <Why proposal={proposal} rooms={rooms} instead={other} setInstead={isThought ? undefined : (next) => setInstead({ ...instead, [id]: next })} />}
              </li>
            );
          })}
        </ul>
      )}
      {plan.left_out > 0 && <p className="leftout">{t('plan.left_out', { n: plan.left_out })}</p>}
      <footer>
        <Button size="small" disabled={!takeable.length || isThought || sending} onClick={() => choose(takeable)}>{t('plan.all', { n: takeable.length })}</Button>
        <Button size="small" disabled={!chosen.length || sending} onClick={() => choose([])}>{t('plan.none')}</Button>
        <span className="grow" />
        {isThought && <small>{t('plan.off_while')}</small>}
        <Button type="primary" disabled={!chosen.length || isThought} loading={sending} onClick={send}>{sending ? t('plan.taking', { n: chosen.length }) : t('plan.accept', { n: chosen.length })}</Button>
      </footer>
    </section>
  );
}
