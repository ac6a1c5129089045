import { atom, type PreinitializedWritableAtom } from 'nanostores';

/** A value that can be observed: a nanostores atom. */
export type Store<T> = PreinitializedWritableAtom<T>;

type StoreConstructor = new <T>(value: T) => Store<T>;

/** An atom that a class can extend, and whose `subscribe` does not report the current value first. */
export const Store = function (this: unknown, value: unknown) {
  const store = atom(value);
  store.subscribe = store.listen;
  return Object.setPrototypeOf(store, new.target!.prototype);
} as unknown as StoreConstructor;
