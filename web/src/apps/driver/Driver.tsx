import { Locate, Minus, Plus } from 'lucide-react';
import { Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { isOpen } from '#protocol';
import { MapHost } from '../../shared/map/MapHost.js';
import type { Padding } from '../../shared/map/plane.js';
import { useNow, useStore } from '../../shared/ui/hooks.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { ConnectionBanner } from './ConnectionBanner.js';
import { DriverScene } from './driver-scene.js';
import { Notices } from './Notices.js';
import { Offer } from './Offer.js';
import { OnTrip } from './OnTrip.js';
import { Shift } from './Shift.js';
import type { DriverSession } from './session.js';
import { TEXTS } from './texts.js';

const Chat = lazyWithRetry(() => import('../../shared/chat/ChatPanel.js'));

export function Driver({ session }: { session: DriverSession }) {
  const state = useStore(session.state);
  const line = useStore(session.line);
  const conversation = useStore(session.conversation);
  const [scene, setScene] = useState<DriverScene | null>(null);
  const [chats, setChats] = useState(false);
  // The part of the page that nothing covers; the map keeps what matters inside it.
  const stage = useRef<HTMLDivElement>(null);
  const chatButton = useRef<HTMLButtonElement>(null);
  const closeChat = () => {
    setChats(false);
    chatButton.current?.focus();
  };
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => DriverScene.open(container, padding, session),
    [session],
  );
  useNow(1_000);
  const now = Date.now() + line.clockAheadMs;
  const { offer, trip, isOnline, isLooking } = state;
  const stale = !isOnline || !line.isUp || line.connection === 'refused';
  useEffect(() => scene?.setStale(stale), [scene, stale]);
  const shift = !isOnline ? 'offline' : isLooking ? 'looking' : 'available';
  const shown = offer !== null ? 'offered' : (trip?.state ?? shift);
  const isChatOpen = chats && conversation !== null;
  return (
    <div
      className="phone"
      data-user={session.userId}
      data-state={shown}
      data-trip={trip?.id}
      data-connection={line.isUp ? line.connection : 'offline'}
      data-waiting={state.waiting}
      data-stale={stale}
    >
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        <Notices session={session} notices={state.notices} />
        {scene && <Controls scene={scene} hasCar={state.fix !== null} isOffered={offer !== null} />}
      </div>
      <main className="panel phone-sheet" aria-label={TEXTS.sheet}>
        <ConnectionBanner state={state} line={line} />
        {offer !== null ? (
          <Offer session={session} offer={offer} isBusy={state.isBusy} now={now} />
        ) : trip !== null ? (
          <OnTrip
            session={session}
            state={state}
            trip={trip}
            now={now}
            isChatOpen={isChatOpen}
            chatButton={chatButton}
            onChat={() => setChats(!isChatOpen)}
          />
        ) : (
          <Shift session={session} state={state} />
        )}
      </main>
      {isChatOpen && (
        <Suspense>
          <Chat
            conversation={conversation}
            isOver={trip === null || !isOpen(trip.state)}
            onClose={closeChat}
          />
        </Suspense>
      )}
    </div>
  );
}

type ControlsProps = { scene: DriverScene; hasCar: boolean; isOffered: boolean };

function Controls({ scene, hasCar, isOffered }: ControlsProps) {
  const { camera } = scene;
  const follows = useStore(camera.follows);
  const frames = useStore(camera.frames);
  const isCentred = follows || (isOffered && frames);
  return (
    <>
      {hasCar && !isCentred && (
        <button type="button" className="panel recentre" onClick={() => scene.recentre()}>
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
