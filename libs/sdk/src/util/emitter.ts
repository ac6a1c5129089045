import { createNanoEvents } from 'nanoevents';
import { type Abortable, eventPromise } from './event-promise.js';
import { type IterateOptions, iterate } from './iterate.js';

/** Receives the payload of an event. */
export type Listener<T> = (value: T) => void;

/** Removes a listener; a second call does nothing. */
export type Off = () => void;

/** Typed events as a callback, a promise of the next one, or an async iterator. `Events` maps names to payloads. */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #events = createNanoEvents<Record<PropertyKey, Listener<never>>>();

  /** Calls the listener with each event. @returns a function that removes it */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): Off {
    return this.#events.on(event, (value: never) => {
      try {
        listener(value);
      } catch (error) {
        // Reported as uncaught, so that one listener cannot keep the event from the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    });
  }

  /** Resolves with the next event of this name. */
  once<E extends keyof Events>(event: E, { signal }: Abortable = {}): Promise<Events[E]> {
    return eventPromise((resolve) => this.on(event, resolve), signal);
  }

  /**
   * Iterates over the events of this name from now on. Of events that are not consumed yet, the newest `limit` are kept
   * and older ones dropped. Leaving the loop ends it; an abort makes it throw the signal's reason.
   */
  events<E extends keyof Events>(event: E, options: IterateOptions = {}): AsyncIterableIterator<Events[E]> {
    return iterate((push) => this.on(event, push), options);
  }

  /** Calls the listeners in the order in which they were added. */
  protected emit<E extends keyof Events>(event: E, value: Events[E]): void {
    this.#events.emit(event as string, value as never);
  }
}
