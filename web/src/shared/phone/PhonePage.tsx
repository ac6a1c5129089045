import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { SettingsButton } from '../i18n/SettingsButton.js';
import { MapHost } from '../map/MapHost.js';
import type { Padding } from '../map/plane.js';
import { lazyWithRetry } from '../ui/lazy-with-retry.js';
import type { ChatPanelState } from './chat-panel.js';
import { TEXTS } from './texts.js';

const ChatPanel = lazyWithRetry(() => import('../chat/ChatPanel.js'));

/** A map that shows when its cars may be out of date. */
type PhoneScene = {
  setPadding: (padding: Padding) => void;
  setStale: (isStale: boolean) => void;
  close: () => void;
};

type Props<Scene> = {
  /** `data-*` attributes of the page, for tests and styles */
  data: Record<`data-${string}`, string | number | boolean | undefined>;
  isStale: boolean;
  /** must stay the same function between renders */
  openScene: (container: HTMLElement, padding: Padding) => Promise<Scene>;
  controls: (scene: Scene) => ReactNode;
  notices: ReactNode;
  chat: ChatPanelState;
  isChatReadOnly: boolean;
  sheetLabel: string;
  /** content of the sheet */
  children: ReactNode;
};

/** Layout of the rider app and the driver app: a map, a sheet, and the chat. */
export function PhonePage<Scene extends PhoneScene>(props: Props<Scene>) {
  const { data, isStale, openScene, controls, notices, chat, isChatReadOnly, sheetLabel, children } = props;
  const [scene, setScene] = useState<Scene | null>(null);
  // The part of the page that no panel covers. The map keeps its content inside it.
  const stage = useRef<HTMLDivElement>(null);
  useEffect(() => scene?.setStale(isStale), [scene, isStale]);
  return (
    <main className="phone" data-stale={isStale} {...data}>
      <MapHost open={openScene} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        {notices}
        <SettingsButton className="panel settings-open" />
        {scene && controls(scene)}
      </div>
      <section className="panel phone-sheet" aria-label={sheetLabel}>
        {children}
      </section>
      {chat.isOpen && chat.conversation !== null && (
        <Suspense>
          <ChatPanel conversation={chat.conversation} isOver={isChatReadOnly} onClose={chat.close} />
        </Suspense>
      )}
    </main>
  );
}
