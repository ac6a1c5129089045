const { page, version, html, files } = __SHELL__;

/** Path of the page. */
export const PAGE = `/${page}`;
const PREFIX = `shell-${page}-`;
const OWN = `${PREFIX}${version}`;
/** Time after which a page that the network does not deliver is taken from the cache, ms. */
const NETWORK_MS = 4_000;

/**
 * Keeps the files of this version. They belong together: the page is checked against its hash, and all other names contain a
 * hash of their content.
 * @throws {Error} if a file is missing, or the service has another version by now, whose worker comes soon
 */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(OWN);
  await Promise.all(
    files.map(async (file) => {
      const kept = await caches.match(file);
      if (kept !== undefined && file.startsWith('/assets/')) await cache.put(file, kept);
      else await cache.add(file);
    }),
  );
  const response = await fetch(PAGE, { cache: 'no-cache' });
  const body = await response.clone().arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', body);
  const found = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!response.ok || found !== html) throw new Error('the page is of another version');
  // Last: a cache with the page is complete.
  await cache.put(PAGE, response);
}

/** Drops the files of earlier versions but the last one, which open pages may still load parts of. */
export async function dropOldShells(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

/** Returns the page from the network, so that a new version is in force at once; from the cache without a network. */
export async function answerPage(request: Request): Promise<Response> {
  const kept = async () => (await caches.open(OWN)).match(PAGE);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), NETWORK_MS);
  try {
    const response = await fetch(request, { signal: late.signal });
    return response.status < 500 ? response : ((await kept()) ?? response);
  } catch (error) {
    const page = await kept();
    if (page !== undefined) return page;
    // Never kept: the browser says what is wrong.
    if (late.signal.aborted) return fetch(request.url);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Returns a file of this version or of the last one. */
export async function answerFile(request: Request): Promise<Response> {
  return (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request);
}

/** Whether a worker may answer a path from its caches: never the API, whose answers belong to one user. */
export const isFile = (path: string): boolean => path.startsWith('/assets/') || files.includes(path);
