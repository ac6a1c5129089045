import type { PushMessage } from '../../libs/protocol/src/push.js';
import { open, show } from './notifications.js';
import { answerFile, answerPage, dropOldShells, isFile, keepShell, PAGE } from './shell.js';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  // Versions need not wait for each other: open pages still find the files of theirs.
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === PAGE) event.respondWith(answerPage(request));
  } else if (isFile(pathname)) event.respondWith(answerFile(request));
});

self.addEventListener('push', (event) => {
  const message = event.data?.json() as PushMessage | undefined;
  if (message !== undefined) event.waitUntil(show(message));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open());
});
