import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { orExit } from '#ops/process';

/** Lower bounds for one event to a crowd: a bare Socket.IO server, or a bare WebSocket server, that does nothing else. */
async function main(): Promise<void> {
  const http = createServer();
  const payload = () => ({
    id: String(Date.now()),
    text: process.env.TEXT,
    at: Date.now(),
    expiresAt: Date.now(),
  });
  const publish = process.env.KIND === 'ws' ? sendFrames(http, payload) : broadcast(http, payload);
  process.on('message', publish);
  // A burst of handshakes must not be refused by the kernel.
  http.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4_096 }, () =>
    process.send?.({ type: 'ready', url: `http://127.0.0.1:${process.env.PORT}` }),
  );
}

function broadcast(http: ReturnType<typeof createServer>, payload: () => object): () => void {
  const io = new Server(http, { serveClient: false });
  return () => io.emit('area:alert', payload());
}

function sendFrames(http: ReturnType<typeof createServer>, payload: () => object): () => void {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  return () => {
    const text = JSON.stringify(['area:alert', payload()]);
    for (const socket of server.clients) socket.send(text);
  };
}

await orExit(main());
