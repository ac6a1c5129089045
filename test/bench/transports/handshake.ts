import { createHash } from 'node:crypto';
import { connect } from 'node:net';

/** A WebSocket handshake as it went over the wire, and the first frame of the server. */
export type Capture = { request: string; response: string; key: string; accept: string; frame: Buffer };

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The key of the example in RFC 6455: any 16 bytes, in base64. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const END_OF_HEADERS = '\r\n\r\n';

/** Returns the value with which a server proves that it has read the key. */
export const acceptOf = (key: string): string => createHash('sha1').update(`${key}${GUID}`).digest('base64');

/** Opens a connection by hand and captures its handshake. */
export async function captureHandshake(url: string): Promise<Capture> {
  const { hostname, port, host } = new URL(url);
  const request = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    END_OF_HEADERS,
  ]
    .join('\r\n')
    .replace(`\r\n${END_OF_HEADERS}`, END_OF_HEADERS);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    const end = received.indexOf(END_OF_HEADERS);
    if (end < 0 || received.length < end + END_OF_HEADERS.length + 2) continue;
    const response = received.subarray(0, end).toString();
    const frame = received.subarray(end + END_OF_HEADERS.length);
    const accept = /^sec-websocket-accept: (.*)$/im.exec(response)?.[1] ?? '';
    return { request: request.trim(), response, key: KEY, accept, frame };
  }
  throw new Error('The server ended the connection during the handshake');
}

/** Returns the size of a frame's header: 2 bytes, up to 8 more for the length, and 4 for the mask of a client. */
export function headerBytes(payload: number, isMasked: boolean): number {
  const length = payload < 126 ? 0 : payload < 65_536 ? 2 : 8;
  return 2 + length + (isMasked ? 4 : 0);
}

/** Describes the header of a frame, byte by byte. */
export function describeFrame(frame: Buffer): string {
  const [first, second] = [frame[0]!, frame[1]!];
  const short = second & 0x7f;
  const payload =
    short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  const size = headerBytes(payload, (second & 0x80) !== 0);
  const hex = frame.subarray(0, size).toString('hex').replace(/../g, '$& ').trim();
  const text = frame.subarray(size, size + Math.min(payload, 60)).toString();
  return `${hex}  FIN ${first >> 7}, opcode ${first & 0xf}, mask ${second >> 7}, ${payload} bytes follow: ${text}`;
}
