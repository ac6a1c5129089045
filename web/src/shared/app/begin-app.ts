import { PushSubscriber } from '../notifications/push-subscriber.js';
import type { InstalledApp } from './installed-app.js';
import { keepTrip } from './last-trip.js';

/** Interval at which a page that stays open asks for a new version, ms. */
const UPDATE_MS = 3_600_000;

/** Registers the service worker of a page, keeps its last trip, and renews its subscription to notifications. */
export async function beginApp(app: InstalledApp): Promise<void> {
  // A page that another one embeds is no app.
  if (window.parent !== window || !('serviceWorker' in navigator)) return;
  const { page, userId, $trip } = app;
  $trip?.subscribe(({ trip }) => {
    if (trip !== null) keepTrip(page, userId, trip);
  });
  const wasControlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first worker of a browser brings no new version.
    if (wasControlled) void import('./UpdateHint.js').then(({ showUpdateHint }) => showUpdateHint());
  });
  try {
    const registration = await navigator.serviceWorker.register(`/${page}-worker.js`, { scope: `/${page}` });
    setInterval(() => void registration.update().catch(() => {}), UPDATE_MS);
    await new PushSubscriber(app, registration).renew();
  } catch {
    // Blocked by the browser, or without a connection: the page works without it.
  }
}
