import { createHmac, hkdfSync } from 'node:crypto';

/** Derives a key for one purpose from a secret, which it does not reveal. */
export const deriveKey = (secret: string, purpose: string): Buffer =>
  createHmac('sha256', secret).update(purpose).digest();

/** Derives a key of 256 bits for one purpose with HKDF, RFC 5869. */
export const hkdfKey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
