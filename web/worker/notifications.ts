import type { PushMessage } from '../../libs/protocol/src/push.js';
import { PAGE } from './shell.js';
import { ALERTS, TEXTS } from './texts.js';

declare const self: ServiceWorkerGlobalScope;

/** Returns the title and the text of a notification. */
export function textOf({ kind, text, alert }: PushMessage, page: string): { title: string; body: string } {
  if (kind === 'message') {
    const { title, body } = TEXTS.message[page === '/driver' ? 'driver' : 'rider'];
    return { title, body: text ?? body };
  }
  const { title, body } = TEXTS[kind];
  return { title: (kind === 'alert' && ALERTS[alert ?? '']) || title, body };
}

const pages = (): Promise<readonly WindowClient[]> =>
  self.clients
    .matchAll({ type: 'window', includeUncontrolled: true })
    .then((clients) => clients.filter(({ url }) => new URL(url).pathname === PAGE));

/** Shows a notification, unless the user is looking at the page, which shows the event itself. */
export async function show(message: PushMessage): Promise<void> {
  const open = await pages();
  if (open.some(({ visibilityState, focused }) => visibilityState === 'visible' && focused)) return;
  const { title, body } = textOf(message, PAGE);
  await self.registration.showNotification(title, {
    body,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    // A newer one about the same trip replaces it.
    tag: `${message.kind} ${message.tripId ?? message.id}`,
    data: { id: message.id },
  });
}

/** Brings the page to the front, or opens it. */
export async function open(): Promise<void> {
  const [first] = await pages();
  if (first === undefined) await self.clients.openWindow(PAGE);
  else await first.focus();
}
