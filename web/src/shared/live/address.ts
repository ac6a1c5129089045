/** Text that chat apps append to a link, none of which ends an id or a number. */
const APPENDED = /[^A-Za-z0-9_|+@-]+$/;
const TOKEN = /\/share\/([A-Za-z0-9_-]{32})/;

/** Returns the value of a parameter of this page's address without what a chat app has appended to the link; null without one. */
export const parameter = (query: URLSearchParams, name: string): string | null =>
  query.get(name)?.replace(APPENDED, '') ?? null;

/** Whether the address has a parameter without a value. */
export const hasFlag = (query: URLSearchParams, name: string): boolean =>
  [...query.keys()].some((key) => key.replace(APPENDED, '') === name);

/** Returns the token in the address of a shared trip; its last part if that is no token. */
export const tokenIn = (path: string): string => TOKEN.exec(path)?.[1] ?? path.split('/').at(-1) ?? '';
