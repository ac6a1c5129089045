import type { IncomingMessage } from 'node:http';
import { ProtocolError, ZONE_LIMITS } from '#protocol';

const PATH = /^\/api\/zones\/[^/?]+\/draft\/?(\?|$)/i;

/** Whether the body of a request is an import of zones, which is read only after the caller was checked. */
export const isImport = ({ method, url }: { method?: string; url?: string }): boolean =>
  method === 'POST' && PATH.test(url ?? '');

/** Reads the JSON body of an import, which is as large as a draft may be. @throws {ProtocolError} NOT_JSON if it is compressed, TOO_LARGE, BAD_GEOJSON */
export async function readImport(request: IncomingMessage): Promise<unknown> {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (encoding !== 'identity') throw new ProtocolError('NOT_JSON', 'without Content-Encoding');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > ZONE_LIMITS.documentBytes) throw new ProtocolError('TOO_LARGE', '8 MB');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ProtocolError('BAD_GEOJSON', 'the body is not JSON');
  }
}
