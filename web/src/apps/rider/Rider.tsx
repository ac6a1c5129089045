import { Locate, Minus, Plus } from 'lucide-react';
import { Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { MapHost } from '../../shared/map/MapHost.js';
import type { Padding } from '../../shared/map/plane.js';
import { useNow, useStore } from '../../shared/ui/hooks.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { Choose } from './Choose.js';
import { ConnectionBanner } from './ConnectionBanner.js';
import { isOld } from './figures.js';
import { Notice } from './Notice.js';
import { RiderScene } from './rider-scene.js';
import { Searching } from './Searching.js';
import type { RiderSession } from './session.js';
import { hasDriver } from './steps.js';
import { STEPS, TEXTS } from './texts.js';

/** Loaded as soon as a car is looked for: later there may be no network. */
const loadUnderWay = () => import('./UnderWay.js');
const UnderWay = lazyWithRetry(loadUnderWay);
const loadEnded = () => import('./Ended.js');
const Ended = lazyWithRetry(loadEnded);
const Chat = lazyWithRetry(() => import('../../shared/chat/ChatPanel.js'));

export function Rider({ session }: { session: RiderSession }) {
  const state = useStore(session.state);
  const line = useStore(session.line);
  const conversation = useStore(session.conversation);
  const [scene, setScene] = useState<RiderScene | null>(null);
  const [chats, setChats] = useState(false);
  // The part of the page that nothing covers; the map keeps what matters inside it.
  const stage = useRef<HTMLDivElement>(null);
  const chatButton = useRef<HTMLButtonElement>(null);
  const closeChat = () => {
    setChats(false);
    chatButton.current?.focus();
  };
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => RiderScene.open(container, padding, session),
    [session],
  );
  useNow(1_000);
  const now = Date.now();
  const { step } = state;
  const stale = !line.isUp || line.connection === 'refused' || isOld(state, line, now);
  useEffect(() => scene?.setStale(stale), [scene, stale]);
  const isUnderWay = step === 'searching' || hasDriver(step);
  useEffect(() => {
    if (isUnderWay) Promise.all([loadUnderWay(), loadEnded()]).catch(() => {});
  }, [isUnderWay]);
  const isChatOpen = chats && conversation !== null;
  return (
    <div
      className="phone"
      data-user={session.userId}
      data-step={step}
      data-state={state.trip?.state}
      data-trip={state.trip?.id}
      data-connection={line.isUp ? line.connection : 'offline'}
      data-cars={state.cars}
      data-stale={stale}
    >
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        {scene && <Controls scene={scene} />}
      </div>
      <main className="panel phone-sheet" aria-label={TEXTS.sheet}>
        <ConnectionBanner state={state} line={line} now={now} />
        {state.notice !== null && <Notice text={state.notice} onClose={() => session.closeNotice()} />}
        {step === 'starting' && <Starting />}
        {step === 'choosing' && <Choose session={session} state={state} />}
        {step === 'searching' && <Searching session={session} state={state} now={now + line.clockAheadMs} />}
        {hasDriver(step) && (
          <Suspense>
            <UnderWay
              session={session}
              state={state}
              line={line}
              now={now}
              isChatOpen={isChatOpen}
              chatButton={chatButton}
              onChat={() => setChats(!isChatOpen)}
            />
          </Suspense>
        )}
        {(step === 'done' || step === 'no_car' || step === 'called_off') && (
          <Suspense>
            <Ended session={session} state={state} />
          </Suspense>
        )}
      </main>
      {isChatOpen && (
        <Suspense>
          <Chat conversation={conversation} isOver={!hasDriver(step)} onClose={closeChat} />
        </Suspense>
      )}
    </div>
  );
}

/** As high as what will be there, nearly always: choosing. */
const Starting = () => (
  <div className="starting">
    <h1 role="status">{STEPS.starting.words}</h1>
  </div>
);

function Controls({ scene: { camera } }: { scene: RiderScene }) {
  const frames = useStore(camera.frames);
  return (
    <>
      {!frames && (
        <button type="button" className="panel recentre" onClick={() => camera.recentre()}>
          <Locate size={18} aria-hidden />
          {TEXTS.recentre}
        </button>
      )}
      <div className="controls">
        <button type="button" aria-label={TEXTS.zoomIn} onClick={() => camera.zoomBy(1)}>
          <Plus size={18} aria-hidden />
        </button>
        <button type="button" aria-label={TEXTS.zoomOut} onClick={() => camera.zoomBy(-1)}>
          <Minus size={18} aria-hidden />
        </button>
      </div>
    </>
  );
}
