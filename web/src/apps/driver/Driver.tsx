import { useStore } from '@nanostores/react';
import { Suspense, useCallback } from 'react';
import { isOpen } from '#protocol';
import type { Padding } from '../../shared/map/plane.js';
import { ConnectionBanner } from '../../shared/phone/ConnectionBanner.js';
import { useChatPanel } from '../../shared/phone/chat-panel.js';
import { MapControls } from '../../shared/phone/MapControls.js';
import { Notices } from '../../shared/phone/Notices.js';
import { PhonePage } from '../../shared/phone/PhonePage.js';
import { useStore as useCameraStore, useNow } from '../../shared/ui/hooks.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { DriverScene } from './driver-scene.js';
import { Offer } from './Offer.js';
import { OnTrip } from './OnTrip.js';
import { Shift } from './Shift.js';
import type { DriverSession } from './session.js';
import { problemText, refusedFixesText, TEXTS } from './texts.js';

const LastTrip = lazyWithRetry(() => import('../../shared/app/LastTrip.js'));

export function Driver({ session }: { session: DriverSession }) {
  const state = useStore(session.$state);
  const connection = useStore(session.connection.$view);
  const chat = useChatPanel(useStore(session.$conversation));
  const openScene = useCallback(
    (container: HTMLElement, padding: Padding) => DriverScene.open(container, padding, session),
    [session],
  );
  useNow(1_000);
  const now = session.client.now();
  const { offer, trip, isOnline, isLoading, waiting, fix, refusedFixes } = state;
  const isShift = offer === null && trip === null;
  const shift = state.isElsewhere ? 'elsewhere' : !isOnline ? 'offline' : isLoading ? 'loading' : 'available';
  return (
    <PhonePage
      data={{
        'data-user': session.userId,
        'data-state': offer !== null ? 'offered' : (trip?.state ?? shift),
        'data-trip': trip?.id,
        'data-connection': connection.isUp ? connection.connection : 'offline',
        'data-waiting': waiting,
        'data-hidden': refusedFixes ?? undefined,
      }}
      isStale={!isOnline || !connection.isUp || connection.connection === 'refused'}
      openScene={openScene}
      controls={(scene) => (
        <Controls
          scene={scene}
          hasCar={fix !== null}
          isFramed={offer !== null || (trip !== null && isOpen(trip.state))}
          session={session}
        />
      )}
      notices={
        <Notices
          alerts={session.alerts}
          messages={state.notices.map((notice) => ({
            kind: 'message',
            key: String(notice.at),
            text: notice.kind === 'offline' ? TEXTS.takenOffline : notice.text,
            onDismiss: () => session.dismissNotice(notice),
          }))}
        />
      }
      chat={chat}
      isChatReadOnly={trip === null || !isOpen(trip.state)}
      sheetLabel={TEXTS.sheet}
    >
      {!state.isElsewhere && (
        <ConnectionBanner
          connection={connection}
          problem={state.problem}
          problemText={problemText}
          offlineDetails={[
            waiting > 0 ? TEXTS.facts.waiting(waiting) : null,
            waiting > 0 && state.isOutboxVolatile ? TEXTS.volatile : null,
          ]}
          warning={
            refusedFixes === null || isShift ? null : `${TEXTS.hidden}. ${refusedFixesText(refusedFixes)}`
          }
        />
      )}
      {offer !== null ? (
        <Offer session={session} offer={offer} isBusy={state.isBusy} now={now} />
      ) : trip !== null ? (
        <OnTrip session={session} state={state} trip={trip} now={now} chat={chat} />
      ) : (
        <>
          {isLoading && isShift && !(connection.isUp && navigator.onLine) && (
            <Suspense>
              <LastTrip page="driver" userId={session.userId} />
            </Suspense>
          )}
          <Shift session={session} state={state} />
        </>
      )}
    </PhonePage>
  );
}

type ControlsProps = { scene: DriverScene; hasCar: boolean; isFramed: boolean; session: DriverSession };

function Controls({ scene, hasCar, isFramed, session }: ControlsProps) {
  const { camera } = scene;
  const follows = useCameraStore(camera.follows);
  const frames = useCameraStore(camera.frames);
  const isCentred = !hasCar || (isFramed ? frames : follows);
  return (
    <MapControls camera={camera} isCentred={isCentred} onRecentre={() => scene.recentre()} user={session} />
  );
}
