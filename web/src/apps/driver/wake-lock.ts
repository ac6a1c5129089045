import { atom } from 'nanostores';

/** Keeps the screen on while it is wanted: https://www.w3.org/TR/screen-wake-lock/ */
export class ScreenWakeLock {
  readonly $state = atom<'off' | 'on' | 'unavailable'>('off');
  #isWanted = false;
  #lock: WakeLockSentinel | null = null;

  constructor() {
    // The browser releases the lock whenever the page is hidden.
    document.addEventListener('visibilitychange', () => void this.#acquire());
  }

  setWanted(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted) void this.#acquire();
    else {
      this.#lock?.release().catch(() => {});
      this.#lock = null;
      this.$state.set('off');
    }
  }

  async #acquire(): Promise<void> {
    if (!this.#isWanted || document.visibilityState !== 'visible') return;
    try {
      const lock = await navigator.wakeLock.request('screen');
      if (!this.#isWanted) return void lock.release();
      this.#lock = lock;
      this.$state.set('on');
      lock.addEventListener('release', () => this.#isWanted && this.#lock === lock && this.$state.set('off'));
    } catch {
      // Denied, for example on a low battery, or not supported.
      this.$state.set('unavailable');
    }
  }
}
