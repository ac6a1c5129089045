import { Store } from '../../shared/live/store.js';

/** Keeps the screen on while it is wanted: https://www.w3.org/TR/screen-wake-lock/ */
export class Awake {
  readonly state = new Store<'off' | 'on' | 'unavailable'>('off');
  #isWanted = false;
  #lock: WakeLockSentinel | null = null;

  constructor() {
    // The browser takes the lock back whenever the page is not seen.
    document.addEventListener('visibilitychange', () => void this.#renew());
  }

  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted) void this.#renew();
    else {
      this.#lock?.release().catch(() => {});
      this.#lock = null;
      this.state.set('off');
    }
  }

  async #renew(): Promise<void> {
    if (!this.#isWanted || document.visibilityState !== 'visible') return;
    try {
      const lock = await navigator.wakeLock.request('screen');
      if (!this.#isWanted) return void lock.release();
      this.#lock = lock;
      this.state.set('on');
      lock.addEventListener('release', () => this.#isWanted && this.#lock === lock && this.state.set('off'));
    } catch {
      // Refused, as with a low battery, or not there at all.
      this.state.set('unavailable');
    }
  }
}
