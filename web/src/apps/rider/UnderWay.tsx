import { Share2, ShieldCheck, X } from 'lucide-react';
import { Suspense, useState } from 'react';
import { nameOf } from '../../shared/live/city-places.js';
import type { ConnectionView } from '../../shared/live/connection-state.js';
import { isArrivingAt } from '../../shared/live/figures.js';
import { CancelDialog } from '../../shared/phone/CancelDialog.js';
import { ChatButton } from '../../shared/phone/ChatButton.js';
import type { ChatPanelState } from '../../shared/phone/chat-panel.js';
import { TEXTS as PHONE_TEXTS } from '../../shared/phone/texts.js';
import { Arrival } from '../../shared/ui/Arrival.js';
import { DriverFace } from '../../shared/ui/DriverFace.js';
import { duration } from '../../shared/ui/format.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { TEXTS as UI_TEXTS } from '../../shared/ui/texts.js';
import { vehicleText } from '../../shared/ui/vehicle-text.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { STEPS, TEXTS } from './trip-texts.js';

const Safety = lazyWithRetry(() => import('./Safety.js'));
const ShareTrip = lazyWithRetry(() => import('./ShareTrip.js'));

type Props = {
  session: RiderSession;
  state: RiderState;
  connection: ConnectionView;
  /** epoch ms by the service's clock */
  now: number;
  chat: ChatPanelState;
};

/** The trip from the driver's acceptance to the destination. */
export default function UnderWay({ session, state, connection, now, chat }: Props) {
  const [dialog, setDialog] = useState<'share' | 'safety' | 'cancel' | null>(null);
  const { step, trip, presence, isBusy } = state;
  if (trip === null) return null;
  if (dialog === 'share')
    return (
      <Suspense>
        <ShareTrip session={session} state={state} onBack={() => setDialog(null)} />
      </Suspense>
    );
  if (dialog === 'safety')
    return (
      <Suspense>
        <Safety
          session={session}
          trip={trip}
          onShare={() => setDialog('share')}
          onBack={() => setDialog(null)}
        />
      </Suspense>
    );
  const target = step === 'on_trip' ? 'dropoff' : 'pickup';
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{STEPS[step].title}</span>
        </h1>
      </div>
      <Progress state={state} now={now} />
      <p className="journey journey-one">
        <span data-kind={target}>{nameOf(trip[target])}</span>
      </p>
      {trip.pin !== undefined && step !== 'on_trip' && (
        <p className="trip-pin">
          <span>{TEXTS.pin}</span>
          <strong className="trip-pin-code">{trip.pin}</strong>
          <span>{TEXTS.pinHint}</span>
        </p>
      )}
      <div className="driver-row">
        <DriverFace
          key={trip.driver?.photoUrl}
          name={trip.driver?.name ?? trip.driverId ?? ''}
          photoUrl={trip.driver?.photoUrl ?? null}
        />
        <p>
          <span className="driver-name">{trip.driver?.name ?? trip.driverId}</span>
          {trip.driver !== undefined && (
            <span className="driver-vehicle">{vehicleText(trip.driver.vehicle)}</span>
          )}
          <span className="driver-presence" data-online={presence?.online === true && connection.isUp}>
            {presence?.online === false ? TEXTS.driverOffline : TEXTS.driver}
          </span>
        </p>
      </div>
      {dialog === 'cancel' ? (
        <CancelDialog
          question={TEXTS.cancelQuestion}
          isBusy={isBusy}
          onKeep={() => setDialog(null)}
          onCancel={() => void session.cancel()}
        />
      ) : (
        <div className="actions">
          <ChatButton chat={chat} />
          <button type="button" className="action" onClick={() => setDialog('share')}>
            <Share2 size={20} aria-hidden />
            {TEXTS.share}
          </button>
          <button type="button" className="action" onClick={() => setDialog('safety')}>
            <ShieldCheck size={20} aria-hidden />
            {TEXTS.safety}
          </button>
          <button type="button" className="action" onClick={() => setDialog('cancel')}>
            <X size={20} aria-hidden />
            {PHONE_TEXTS.cancel}
          </button>
        </div>
      )}
    </>
  );
}

function Progress({ state, now }: Pick<Props, 'state' | 'now'>) {
  const { step, trip, eta, position } = state;
  if (step === 'arrived') {
    const waitedMs = now - (trip?.times.arrived ?? now);
    return <p className="arrival arrival-text">{TEXTS.waiting(duration(waitedMs))}</p>;
  }
  if (eta === null) return <p className="arrival arrival-text">{UI_TEXTS.estimating}</p>;
  const goal = trip === null ? null : trip[eta.to];
  return <Arrival eta={eta} now={now} isArriving={isArrivingAt(eta, position, goal)} />;
}
