import type { PushMessage } from '../../libs/protocol/src/push.js';
import { PAGE } from './shell.js';
import { textOf } from './text-of.js';

declare const self: ServiceWorkerGlobalScope;

const pages = (): Promise<readonly WindowClient[]> =>
  self.clients
    .matchAll({ type: 'window', includeUncontrolled: true })
    .then((clients) => clients.filter(({ url }) => new URL(url).pathname === PAGE));

/** Shows a notification, unless the user is looking at the page, which shows the event itself. */
export async function show(message: PushMessage): Promise<void> {
  const open = await pages();
  if (open.some(({ visibilityState, focused }) => visibilityState === 'visible' && focused)) return;
  const { title, body, lang } = textOf(message, PAGE);
  await self.registration.showNotification(title, {
    body,
    lang,
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
