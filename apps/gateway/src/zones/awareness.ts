import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { AwarenessState, ProtocolError, parse } from '#protocol';

/** State of one editor on the wire of y-protocols. */
export type Awareness = { clientId: number; clock: number; state: AwarenessState | null };

const MAX_BYTES = 4_096;

/**
 * Reads an awareness update.
 * @param clientId client id of the editor, whose state alone may be in it
 * @throws {ProtocolError} BAD_REQUEST, OTHER_EDITOR
 */
export function readAwareness(update: Uint8Array, clientId: number): Awareness {
  if (update.byteLength > MAX_BYTES) throw new ProtocolError('BAD_REQUEST', 'update');
  const { ids, clock, text } = decode(update);
  if (ids.length !== 1 || ids[0] !== clientId) throw new ProtocolError('OTHER_EDITOR');
  const state: unknown = text;
  return { clientId, clock, state: state === null ? null : parse(AwarenessState, state) };
}

function decode(update: Uint8Array): { ids: number[]; clock: number; text: unknown } {
  try {
    const decoder = decoding.createDecoder(update);
    const count = decoding.readVarUint(decoder);
    const id = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const text: unknown = JSON.parse(decoding.readVarString(decoder));
    return { ids: count === 1 ? [id] : [], clock, text };
  } catch {
    throw new ProtocolError('BAD_REQUEST', 'update');
  }
}

/** Writes an awareness update with the user of the token. */
export function writeAwareness({ clientId, clock, state }: Awareness, userId: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, clientId);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, JSON.stringify(state === null ? null : { ...state, userId }));
  return encoding.toUint8Array(encoder);
}
