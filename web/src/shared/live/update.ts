import type { WritableAtom } from 'nanostores';

/** Merges some fields into the value of a store. */
export const update = <T extends object>($store: WritableAtom<T>, change: Partial<T>): void =>
  $store.set({ ...$store.get(), ...change });
