import { atom } from 'nanostores';
import type { AreaAlert } from '#protocol';

/** Maximum number of alerts on the screen; the newest ones. */
const MAX_SHOWN = 3;

/** Alerts of dispatch to the area of this app, newest first, each until it expires or is dismissed. */
export class AreaAlerts {
  readonly $current = atom<readonly AreaAlert[]>([]);

  /** @param now returns the service's time, epoch ms */
  constructor(private readonly now: () => number) {}

  readonly add = (alert: AreaAlert): void => {
    const others = this.$current.get().filter(({ id }) => id !== alert.id);
    this.$current.set([alert, ...others].slice(0, MAX_SHOWN));
    setTimeout(() => this.dismiss(alert.id), alert.expiresAt - this.now());
  };

  dismiss(id: string): void {
    this.$current.set(this.$current.get().filter((alert) => alert.id !== id));
  }
}
