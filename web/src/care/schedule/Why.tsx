// Why a proposal is as it is: what it costs, by what, and what else could be. An alternative can be taken in its place.
import { Button } from 'antd';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMeetingWords } from './meeting';
import { canInstead, costSpan, sameMeeting, TERMS, type Meeting, type Proposal, type Room } from './shape';

export function Why({ proposal, rooms, instead, setInstead }: { proposal: Proposal; rooms: Room[]; instead: Meeting | undefined; setInstead?: (meeting: Meeting) => void }) {
  const { t } = useTranslation();
  const words = useMeetingWords(rooms);
  const span = (units: number) => {
    const { form, n, m } = costSpan(units);
    return t(`plan.span.${form}`, { n, m });
  };
  const { costs, another_expert, another_time, another_room, no_place } = proposal.why;
  const others = ([['expert', another_expert], ['time', another_time], ['room', another_room]] as const).flatMap(([what, other]) => (other ? [{ what, ...other }] : []));
  const terms = TERMS.filter((term) => costs[term] !== 0);
  return (
    <div className="pwhy" id={`why-${proposal.case}`}>
      <h3>{t('plan.why')}</h3>
      {terms.length ? (
        <dl>
          {terms.map((term) => <div key={term}><dt>{t(`plan.term.${term}`)}</dt><dd>{span(costs[term])}</dd></div>)}
          {terms.length > 1 && <div className="sum"><dt>{t('plan.sum')}</dt><dd>{span(costs.sum)}</dd></div>}
        </dl>
      ) : <p>{t('plan.costs_nothing')}</p>}
      <p className="unit">{t('plan.unit')}</p>
      {proposal.proposed && (
        <>
          <h3>{t('plan.instead')}</h3>
          <ul>
            {others.map(({ what, meeting, extra }) => (
              <li key={what}>
                <span><b>{t(`plan.another.${what}`)}</b> {words(meeting)} <em>{t(extra < 0 ? 'plan.costs_less' : 'plan.costs_more', { span: span(extra) })}</em></span>
                {setInstead && canInstead(proposal, meeting) && !sameMeeting(instead, meeting) && <Button size="small" onClick={() => setInstead(meeting)}>{t('plan.take_this')}</Button>}
              </li>
            ))}
            {proposal.becomes !== 'no-place' && no_place > 0 && <li><span><b>{t('plan.another.none')}</b> <em>{t('plan.costs_more', { span: span(no_place) })}</em></span></li>}
          </ul>
        </>
      )}
      <p><Link to="/cases/$id" params={{ id: proposal.case }}>{t('plan.by_hand')}</Link></p>
    </div>
  );
}
