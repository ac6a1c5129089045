/** Attribute of an `<iframe>` with the query of the view that an embedded board selects, now and after each change. */
export const SELECTS_ATTRIBUTE = 'data-hexfleet-selects';

/** Sent by a page in a frame to the page that embeds it. */
const REQUEST = 'hexfleet:token-request';
/** Sent back: `{ type, token }`. */
const TOKEN = 'hexfleet:token';

const TIMEOUT_MS = 8_000;

/**
 * Asks the embedding page for a token.
 * @throws {Error} when it does not answer in time; asking again may succeed
 */
export function askEmbedder(): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      removeEventListener('message', hear);
    };
    const hear = ({ origin, source, data }: MessageEvent<unknown>) => {
      if (origin !== location.origin || source !== window.parent || !isTokenMessage(data)) return;
      stop();
      resolve(data.token);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('The embedding page gave no token in time'));
    }, TIMEOUT_MS);
    addEventListener('message', hear);
    window.parent.postMessage({ type: REQUEST }, location.origin);
  });
}

/**
 * Answers the token requests of one frame, the first and each renewal.
 * @returns a function that stops it
 */
export function signInFrame(frame: () => HTMLIFrameElement | null, token: () => Promise<string>): () => void {
  const hear = async ({ origin, source, data }: MessageEvent<unknown>) => {
    const page = frame()?.contentWindow;
    if (origin !== location.origin || !page || source !== page || typeOf(data) !== REQUEST) return;
    try {
      const message = { type: TOKEN, token: await token() };
      // The exact origin: if the frame has navigated elsewhere meanwhile, the browser drops the message.
      page.postMessage(message, location.origin);
    } catch {
      // The frame asks again when no answer comes.
    }
  };
  addEventListener('message', hear);
  return () => removeEventListener('message', hear);
}

const typeOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'type' in data ? data.type : null;

const isTokenMessage = (data: unknown): data is { token: string } =>
  typeOf(data) === TOKEN && typeof (data as { token?: unknown }).token === 'string';
