import { type Abortable, eventPromise } from './event-promise.js';
import { type IterateOptions, iterate } from './iterate.js';

/** What is called with the payload of an event. */
export type Listener<T> = (value: T) => void;

/** Removes a listener again; a second call does nothing. */
export type Off = () => void;

/** Typed events, three ways: a callback, a promise of the next one, an async iterator. `Events` maps names to payloads. */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Calls back at each event. @returns a function that removes the listener again */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): Off {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as Listener<never>));
    return () => void listeners.delete(listener as Listener<never>);
  }

  /** Resolves with the next event of this name. */
  once<E extends keyof Events>(event: E, { signal }: Abortable = {}): Promise<Events[E]> {
    return eventPromise((resolve) => this.on(event, resolve), signal);
  }

  /**
   * The events of this name from now on, one after the other. Of those that nobody has taken yet the newest `limit` are
   * kept, the oldest dropped. It ends when the loop is left; when the signal aborts, it throws the signal's reason.
   */
  events<E extends keyof Events>(event: E, options: IterateOptions = {}): AsyncIterableIterator<Events[E]> {
    return iterate((push) => this.on(event, push), options);
  }

  /** Calls the listeners in turn. What one of them throws is thrown outside, so that it stops nobody. */
  protected emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[E]>)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
