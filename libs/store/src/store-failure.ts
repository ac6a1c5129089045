import { ProtocolError } from '#protocol';

/** Causes by the first word of an error reply, with whether they end without an operator. */
const REPLIES = {
  OOM: { cause: 'full', text: 'Redis is full', heals: true },
  READONLY: { cause: 'read_only', text: 'Redis is a read-only replica', heals: true },
  MISCONF: { cause: 'cannot_save', text: 'Redis cannot save to its disk', heals: true },
  NOREPLICAS: { cause: 'few_replicas', text: 'Redis has too few replicas', heals: true },
  LOADING: { cause: 'loading', text: 'Redis is loading its data', heals: true },
  CLUSTERDOWN: { cause: 'cluster_down', text: 'the Redis Cluster has slots without a master', heals: true },
  NOPERM: { cause: 'no_permission', text: 'the user of Redis lacks a permission', heals: false },
  NOAUTH: { cause: 'no_permission', text: 'Redis asks for a password', heals: false },
  WRONGPASS: { cause: 'no_permission', text: 'Redis refuses the user or the password', heals: false },
} as const;

const WORDS: Record<string, StoreFailure> = REPLIES;

const GONE = { cause: 'gone', text: 'Redis does not answer', heals: true } as const;

/** Why a command failed: a name for metrics, words for logs, and whether the same command may succeed later by itself. */
export type StoreFailure = { readonly cause: string; readonly text: string; readonly heals: boolean };

/** Returns why a command failed. */
export function storeFailureOf(error: unknown): StoreFailure {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith(REPLIES.NOREPLICAS.text)) return REPLIES.NOREPLICAS;
  const word = message.split(' ', 1)[0]!;
  return Object.hasOwn(WORDS, word) ? WORDS[word]! : GONE;
}

type Listener = (failure: StoreFailure, error: unknown) => void;
const listeners = new Set<Listener>();

/** Calls the listener for each request that is refused because a command failed. @returns a function that ends this */
export function onStoreFailure(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reports a failed command to the listeners of {@link onStoreFailure}. */
export function reportStoreFailure(error: unknown): StoreFailure {
  const failure = storeFailureOf(error);
  for (const listener of listeners) listener(failure, error);
  return failure;
}

/**
 * Turns a failed command into `UNAVAILABLE`, which asks the client to retry, or into `STORE_FORBIDDEN` where a retry would
 * fail again until an operator has acted.
 */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError(reportStoreFailure(error).heals ? 'UNAVAILABLE' : 'STORE_FORBIDDEN');
  }
}
