import type { RegionalAlert } from '#sdk';
import type { BoardSession } from '../session.js';
import { ActionDialog } from './ActionDialog.js';
import { TEXTS } from './texts.js';

type Props = { session: BoardSession; alert: RegionalAlert; onClose: () => void };

/** Dialog that withdraws an alert. */
export const WithdrawDialog = ({ session, alert, onClose }: Props) => (
  <ActionDialog
    title={TEXTS.withdraw}
    confirm={TEXTS.withdraw}
    isReady
    perform={(signal) => session.api.withdrawAlert(alert.id, { signal })}
    onClose={onClose}
  >
    <p>{TEXTS.withdrawHint}</p>
    <blockquote className="dialog-quote">{alert.text}</blockquote>
  </ActionDialog>
);
