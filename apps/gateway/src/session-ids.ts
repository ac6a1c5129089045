import { randomBytes } from 'node:crypto';

const WORKER_DIGITS = 4;
/** `@socket.io/sticky` recognizes session ids of 20 characters. */
const RANDOM_BYTES = 12;
const SID = /[?&]sid=([0-9a-z]{4})[\w-]{16}[& ]/;

/** Returns a new id of a Socket.IO session that names its worker: its number in base 36, then 96 random bits. */
export const sessionIdOf = (workerId: number): string =>
  workerId.toString(36).padStart(WORKER_DIGITS, '0').slice(-WORKER_DIGITS) +
  randomBytes(RANDOM_BYTES).toString('base64url');

/** Returns the session id in the first line of a request, with the worker that it names; null if there is none. */
export function sessionIn(request: string): { sid: string; workerId: number } | null {
  const line = request.slice(0, request.indexOf('\r\n'));
  const match = SID.exec(line);
  if (match === null) return null;
  const sid = match[0].slice('?sid='.length, -1);
  return { sid, workerId: Number.parseInt(match[1]!, 36) };
}
