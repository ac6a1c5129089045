import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';

/** Keeps the document of a draft on the device, with edits that the service does not have yet. */
export type DraftStore = {
  /** loads what is stored into a document and stores what is edited from then on */
  attach(doc: Y.Doc): Promise<void>;
  /** stops storing; what is stored stays */
  detach(): Promise<void>;
  /** stops storing and forgets what is stored */
  clear(): Promise<void>;
};

/** Keeps nothing beyond the life of the document. */
export const memoryDraftStore: DraftStore = {
  attach: async () => {},
  detach: async () => {},
  clear: async () => {},
};

/**
 * Keeps a draft in the browser's IndexedDB, across reloads; in memory where the browser has none or blocks it.
 * @param name of the database, different for each user, service and region
 */
export function indexedDbDraftStore(name: string): DraftStore {
  let persistence: IndexeddbPersistence | null = null;
  return {
    attach: async (doc) => {
      if (!(await canOpen(name))) return;
      persistence = new IndexeddbPersistence(name, doc);
      await persistence.whenSynced;
    },
    detach: async () => {
      await persistence?.destroy();
      persistence = null;
    },
    clear: async () => {
      await persistence?.clearData();
      persistence = null;
    },
  };
}

/** Some browsers block IndexedDB, and some never answer; y-indexeddb would fail without notice. */
const OPEN_TIMEOUT_MS = 3_000;

type Factory = {
  open(name: string): {
    result: { close(): void };
    onsuccess: (() => void) | null;
    onerror: (() => void) | null;
  };
};

function canOpen(name: string): Promise<boolean> {
  const { indexedDB } = globalThis as { indexedDB?: Factory };
  return new Promise((resolve) => {
    if (indexedDB === undefined) return resolve(false);
    setTimeout(() => resolve(false), OPEN_TIMEOUT_MS);
    try {
      // A database of its own: the one of the draft is created with its stores by y-indexeddb.
      const request = indexedDB.open(`${name} test`);
      request.onsuccess = () => {
        request.result.close();
        resolve(true);
      };
      request.onerror = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}
