// The dialog of a step that asks something before it is taken.
import { AnswerDialog } from './AnswerDialog';
import { ConsentDialog } from './ConsentDialog';
import { ItemsDialog } from './ItemsDialog';
import { FollowUpDialog, NoShowDialog, ReasonDialog, SupplyDialog, TransferDialog, type DialogProps } from './ReasonDialog';

export function StepDialog({ step, ...rest }: DialogProps & { step: string }) {
  switch (step) {
    case 'ask':
    case 'return':
      return <ItemsDialog step={step} {...rest} />;
    case 'answer':
      return <AnswerDialog {...rest} />;
    case 'consent':
      return <ConsentDialog {...rest} />;
    case 'supply':
      return <SupplyDialog {...rest} />;
    case 'follow-up':
      return <FollowUpDialog {...rest} />;
    case 'no-show':
      return <NoShowDialog {...rest} />;
    case 'transfer':
      return <TransferDialog {...rest} />;
    default:
      return <ReasonDialog step={step} {...rest} />;
  }
}
