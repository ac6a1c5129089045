import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { orExit } from '#ops/process';

/** The batching delay of a busy gateway. */
const GATHER_MS = 10;
const CONNECT = '40/';
const REQUEST = '42/';

/**
 * Lower bound for the cost of a fix at the edge: a WebSocket server that reads each packet and answers it a few
 * milliseconds later, as one that waits for a store would. It does nothing else and delivers nothing.
 */
async function main(): Promise<void> {
  const port = Number(process.env.PORT);
  const server = new WebSocketServer({ port, perMessageDeflate: false });
  let waiting: Array<() => void> = [];
  const answerAll = () => {
    const now = waiting;
    waiting = [];
    for (const answer of now) answer();
  };
  server.on('connection', (socket: WebSocket) => {
    socket.send('0{}');
    socket.on('message', (data: RawData) => {
      const packet = data.toString();
      const namespace = packet.slice(2, packet.indexOf(',') + 1);
      if (packet.startsWith(CONNECT)) socket.send(`40${namespace}{}`);
      if (!packet.startsWith(REQUEST)) return;
      const at = packet.indexOf('[');
      const id = packet.slice(2 + namespace.length, at);
      const [, payload] = JSON.parse(packet.slice(at)) as [string, unknown];
      const accepted = Array.isArray(payload) ? payload.length : 0;
      waiting.push(() =>
        socket.send(`43${namespace}${id}[${JSON.stringify({ ok: true, accepted, rejected: [] })}]`),
      );
      if (waiting.length === 1) setTimeout(answerAll, GATHER_MS);
    });
  });
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
}

await orExit(main());
