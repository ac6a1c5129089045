import type { InstalledApp } from './installed-app.js';

/** Time after the first screen is there, ms: what an installed app needs must not delay it. */
const DELAY_MS = 10_000;

/** Loads what makes the page an installable app once it is idle. */
export function beginAppLater(app: InstalledApp): void {
  const begin = () =>
    import('./begin-app.js').then(
      ({ beginApp }) => beginApp(app),
      // Without a connection; the next visit tries again.
      () => {},
    );
  setTimeout(begin, DELAY_MS);
}
