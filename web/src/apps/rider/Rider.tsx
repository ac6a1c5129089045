import { useStore } from '@nanostores/react';
import { Suspense, useCallback, useEffect, useState } from 'react';
import type { Padding } from '../../shared/map/plane.js';
import { ConnectionBanner } from '../../shared/phone/ConnectionBanner.js';
import { useChatPanel } from '../../shared/phone/chat-panel.js';
import { MapControls } from '../../shared/phone/MapControls.js';
import { Notices } from '../../shared/phone/Notices.js';
import { PhonePage } from '../../shared/phone/PhonePage.js';
import { wholeAge } from '../../shared/ui/format.js';
import { useStore as useCameraStore, useNow } from '../../shared/ui/hooks.js';
import { lazyWithRetry, withRetry } from '../../shared/ui/lazy-with-retry.js';
import { Choose } from './Choose.js';
import { RiderScene } from './rider-scene.js';
import { loadCarRequest, loadConversation, type RiderSession } from './session.js';
import { carAgeMs, isCarStale } from './staleness.js';
import { hasDriver } from './steps.js';
import { TEXTS } from './texts.js';

const loadSearching = () => import('./Searching.js');
const Searching = lazyWithRetry(loadSearching);
const loadProblemTexts = () => import('./problem-texts.js');
const loadUnderWay = () => import('./UnderWay.js');
const UnderWay = lazyWithRetry(loadUnderWay);
const LastTrip = lazyWithRetry(() => import('../../shared/app/LastTrip.js'));
const loadEnded = () => import('./Ended.js');
const Ended = lazyWithRetry(loadEnded);

export function Rider({ session }: { session: RiderSession }) {
  const state = useStore(session.state.$state);
  const connection = useStore(session.connection.$view);
  const isDegraded = useStore(session.$isDegraded);
  const chat = useChatPanel(useStore(session.$conversation));
  const openScene = useCallback(
    (container: HTMLElement, padding: Padding) => RiderScene.open(container, padding, session),
    [session],
  );
  useNow(1_000);
  const now = session.client.now();
  const { step, notice } = state;
  const isOutdated = isCarStale(state, now);
  const isUnderWay = step === 'searching' || hasDriver(step);
  const isChosen = state.dropoff !== null;
  const { problem } = state;
  const [problemText, setProblemText] = useState<(code: string) => string>(() => () => TEXTS.problem);
  useEffect(() => {
    if (problem !== null)
      void withRetry(loadProblemTexts).then(({ problemText }) => setProblemText(() => problemText));
  }, [problem]);
  useEffect(() => {
    if (isChosen) Promise.all([loadSearching(), loadCarRequest(), loadProblemTexts()]).catch(() => {});
  }, [isChosen]);
  useEffect(() => {
    // Load the later screens early, because the network may be gone when they are needed.
    if (isUnderWay) Promise.all([loadUnderWay(), loadEnded(), loadConversation()]).catch(() => {});
  }, [isUnderWay]);
  return (
    <PhonePage
      data={{
        'data-user': session.userId,
        'data-step': step,
        'data-state': state.trip?.state,
        'data-trip': state.trip?.id,
        'data-connection': connection.isUp ? connection.connection : 'offline',
        'data-cars': state.cars ?? 0,
      }}
      isStale={!connection.isUp || connection.connection === 'refused' || isOutdated}
      openScene={openScene}
      controls={(scene) => <Controls scene={scene} session={session} />}
      notices={
        <Notices
          alerts={session.alerts}
          messages={
            notice === null
              ? []
              : [
                  {
                    kind: 'message',
                    key: String(notice.at),
                    text: notice.text,
                    onDismiss: () => session.dismissNotice(),
                  },
                ]
          }
        />
      }
      chat={chat}
      isChatReadOnly={!hasDriver(step)}
      sheetLabel={TEXTS.sheet}
    >
      <ConnectionBanner
        connection={connection}
        problem={problem}
        problemText={problemText}
        offlineDetails={[
          connection.lastReceivedAt === null
            ? null
            : TEXTS.lastUpdate(wholeAge(performance.now() - connection.lastReceivedAt)),
        ]}
        warning={
          isDegraded
            ? TEXTS.degraded
            : isOutdated
              ? TEXTS.noSignal(wholeAge(carAgeMs(state, now) ?? 0))
              : null
        }
      />
      {step === 'starting' &&
        (connection.isUp && navigator.onLine ? (
          <Starting />
        ) : (
          <Suspense fallback={<Starting />}>
            <LastTrip page="rider" userId={session.userId} />
          </Suspense>
        ))}
      {step === 'choosing' && <Choose session={session} state={state} />}
      {step === 'searching' && (
        <Suspense>
          <Searching session={session} state={state} now={now} />
        </Suspense>
      )}
      {hasDriver(step) && (
        <Suspense>
          <UnderWay session={session} state={state} connection={connection} now={now} chat={chat} />
        </Suspense>
      )}
      {(step === 'done' || step === 'no_car' || step === 'no_show' || step === 'called_off') && (
        <Suspense>
          <Ended session={session} state={state} />
        </Suspense>
      )}
    </PhonePage>
  );
}

/** Nearly as high as the next screen, so that the sheet does not jump. */
const Starting = () => (
  <div className="starting">
    <h1>
      <span role="status">{TEXTS.starting}</span>
    </h1>
  </div>
);

function Controls({ scene: { camera }, session }: { scene: RiderScene; session: RiderSession }) {
  const isCentred = useCameraStore(camera.frames);
  return (
    <MapControls camera={camera} isCentred={isCentred} onRecentre={() => camera.recentre()} user={session} />
  );
}
