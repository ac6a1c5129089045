import { useState } from 'react';
import type { BoardSession } from '../session.js';
import { ActionDialog, TextField } from './ActionDialog.js';
import { isDestructive, type PendingAction, type Recipient, recipientsOf } from './action.js';
import { DriverChoice } from './DriverChoice.js';
import { TEXTS } from './texts.js';

/** Requests that run at the same time when an action is for several drivers. */
const AT_ONCE = 4;

type Props = {
  session: BoardSession;
  pending: PendingAction;
  /** @param isConfirmed whether the action was confirmed, and is sent after a while */
  onClose: (isConfirmed: boolean) => void;
};

/** Dialog that confirms an action on a driver or a trip. */
export function Confirm({ session, pending, onClose }: Props) {
  const { action, driverId, trip } = pending;
  const [text, setText] = useState(pending.text ?? '');
  const [chosen, setChosen] = useState<string | null>(null);
  const recipients = recipientsOf(pending);
  const [to, setTo] = useState(recipients[0]);
  const { api, fleet } = session;
  const ids = pending.driverIds ?? null;
  const takeOffline = async (id: string, signal: AbortSignal) => {
    await api.forceOffline(id, { signal });
    fleet.tookOffline(id);
  };
  const performFor = (id: string, signal: AbortSignal): Promise<unknown> =>
    action === 'offline' ? takeOffline(id, signal) : api.sendNotice(id, { role: 'driver', text }, { signal });
  const about =
    { assign: chosen, cancel: trip?.riderId, offline: driverId, message: to?.userId }[action] ?? '';
  /** Returns the result in words. */
  const perform = async (signal: AbortSignal): Promise<string> => {
    if (ids !== null) {
      const done = await forEach(ids, (id) => performFor(id, signal));
      return TEXTS.doneFor(TEXTS.done[action](''), done, ids.length);
    }
    if (action === 'assign') await api.assignTrip(trip!.id, chosen!, { signal });
    else if (action === 'cancel') await api.cancelTrip(trip!.id, { signal });
    else if (action === 'offline') await takeOffline(driverId!, signal);
    else await api.sendNotice(to!.userId, { role: to!.role, text }, { signal });
    return TEXTS.done[action](about);
  };
  const confirm = async (): Promise<true> => {
    const doing = TEXTS.pendingAction[action](ids === null ? about : '');
    session.delayed.add({
      text: ids === null ? doing : TEXTS.forMany(doing, ids.length),
      perform,
      // A message is written again from where it was.
      ...(action === 'message' && { onUndo: () => session.$pendingAction.set({ ...pending, text }) }),
    });
    return true;
  };
  return (
    <ActionDialog
      title={titleOf(pending, to)}
      confirm={TEXTS.confirm[action]}
      isDestructive={isDestructive(action)}
      isReady={action === 'assign' ? chosen !== null : action !== 'message' || text.trim() !== ''}
      perform={confirm}
      onClose={(isConfirmed) => onClose(isConfirmed === true)}
    >
      <p>{TEXTS[`${action}Hint`]}</p>
      {ids !== null && <p className="side-note">{ids.join(', ')}</p>}
      {action === 'assign' && (
        <DriverChoice session={session} trip={trip!} chosen={chosen} onChoose={setChosen} />
      )}
      {action === 'message' && recipients.length > 1 && (
        <Recipients recipients={recipients} to={to!} onChoose={setTo} />
      )}
      {action === 'message' && <TextField label={TEXTS.text} value={text} onChange={setText} />}
    </ActionDialog>
  );
}

/** Returns what the dialog is about. */
function titleOf({ action, driverId, trip, driverIds }: PendingAction, to: Recipient | undefined): string {
  if (driverIds !== undefined) return TEXTS.forMany(TEXTS[action], driverIds.length);
  if (action === 'message') return TEXTS.messageTo(to!.userId);
  if (action === 'assign') return TEXTS.assign;
  return TEXTS.question[action](action === 'cancel' ? trip!.riderId : driverId!);
}

/** Does something for each id, some at the same time. @returns for how many it succeeded @throws if it did for none */
async function forEach(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<number> {
  const queue = [...ids];
  let done = 0;
  let failure: unknown = null;
  const run = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      await work(id).then(
        () => {
          done += 1;
        },
        (error: unknown) => {
          failure = error;
        },
      );
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  if (done === 0) throw failure;
  return done;
}

type RecipientsProps = { recipients: Recipient[]; to: Recipient; onChoose: (to: Recipient) => void };

const Recipients = ({ recipients, to, onChoose }: RecipientsProps) => (
  <fieldset className="choice">
    <legend className="sr-only">{TEXTS.to}</legend>
    {recipients.map((recipient) => (
      <label key={recipient.role}>
        <input
          type="radio"
          name="recipient"
          checked={recipient.role === to.role}
          onChange={() => onChoose(recipient)}
        />
        <span>{recipient.userId}</span>
        <span>{TEXTS.roles[recipient.role]}</span>
      </label>
    ))}
  </fieldset>
);
