import { atom } from 'nanostores';
import { HexfleetError } from '#sdk';
import { errorText } from '../error-texts.js';
import { TEXTS } from './texts.js';

/** Time in which an action can be taken back, ms. */
export const UNDO_MS = 10_000;
/** Time for which a result is shown, ms. */
const RESULT_MS = 6_000;

/** An action that was confirmed: it waits, is sent, and ends. */
export type DelayedAction = {
  id: number;
  state: 'waiting' | 'sending' | 'done' | 'undone' | 'failed';
  /** the action in words, or its result */
  text: string;
};

type NewAction = {
  /** the action in words */
  text: string;
  /** @param signal aborted when the dispatcher takes the action back @returns what was done, in words */
  perform: (signal: AbortSignal) => Promise<string>;
  /** called when the dispatcher takes the action back */
  onUndo?: () => void;
};

type Running = { timer: ReturnType<typeof setTimeout>; abort: AbortController; action: NewAction };

/** Sends confirmed actions after a while in which each can be taken back: most of them have no inverse. */
export class DelayedActions {
  readonly $list = atom<readonly DelayedAction[]>([]);
  readonly #running = new Map<number, Running>();
  #lastId = 0;

  add(action: NewAction): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = setTimeout(() => this.sendNow(id), UNDO_MS);
    this.#running.set(id, { timer, abort: new AbortController(), action });
    this.$list.set([...this.$list.get(), { id, state: 'waiting', text: action.text }]);
  }

  /** Whether an action would be lost if the page was closed now. */
  get isPending(): boolean {
    return this.#running.size > 0;
  }

  /** Sends an action without waiting any longer. */
  sendNow(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined || this.#stateOf(id) !== 'waiting') return;
    clearTimeout(running.timer);
    this.#change(id, { state: 'sending' });
    const { abort, action } = running;
    action.perform(abort.signal).then(
      (text) => this.#end(id, 'done', text),
      (error: unknown) => this.#end(id, 'failed', TEXTS.failedWith(action.text, explain(error))),
    );
  }

  /** Takes an action back. While it is being sent, this also ends its retries; the service may have done it already. */
  undo(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    clearTimeout(running.timer);
    const wasSent = this.#stateOf(id) === 'sending';
    running.abort.abort();
    this.#end(id, 'undone', wasSent ? TEXTS.stopped : TEXTS.undone);
    running.action.onUndo?.();
  }

  /** Stops showing a result. */
  dismiss(id: number): void {
    this.$list.set(this.$list.get().filter((action) => action.id !== id));
  }

  #end(id: number, state: DelayedAction['state'], text: string): void {
    // Taken back meanwhile.
    if (!this.#running.delete(id)) return;
    this.#change(id, { state, text });
    // A failure stays until somebody has read it.
    if (state !== 'failed') setTimeout(() => this.dismiss(id), RESULT_MS);
  }

  #stateOf(id: number): DelayedAction['state'] | undefined {
    return this.$list.get().find((action) => action.id === id)?.state;
  }

  #change(id: number, change: Partial<DelayedAction>): void {
    this.$list.set(this.$list.get().map((action) => (action.id === id ? { ...action, ...change } : action)));
  }
}

/** Returns why an action failed, in words. */
export function explain(error: unknown): string {
  if (!(error instanceof HexfleetError)) return TEXTS.failed;
  return TEXTS.refused(errorText(error), error.retry ? TEXTS.retry : TEXTS.final);
}
