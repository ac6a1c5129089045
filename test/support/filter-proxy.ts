import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What becomes of what passes through a proxy. */
export type Filter = {
  /** the upgrade to WebSocket: refused as a proxy does that knows no better, or never answered */
  upgrade: 'pass' | 'refuse' | 'swallow';
  /** all that is asked below `/socket.io/`, the upgrade too */
  socketIo: 'pass' | 'refuse';
  /** server-sent events: kept back until the stream ends, as a proxy does that waits for the whole answer */
  events: 'pass' | 'keep';
  /** the network itself: while it is cut, nothing passes and nobody answers */
  line: 'up' | 'cut';
};

/** A proxy for HTTP, as networks put between an app and a service. */
export type FilterProxy = {
  url: string;
  /** the paths that were let through, without what was asked */
  passed: string[];
  /** from now on; what is under way and would not pass any more is cut off */
  become(filter: Partial<Filter>): void;
  stop(): Promise<void>;
};

export async function startFilterProxy(target: string, first: Partial<Filter> = {}): Promise<FilterProxy> {
  let filter: Filter = { upgrade: 'pass', socketIo: 'pass', events: 'pass', line: 'up', ...first };
  const { port } = new URL(target);
  // Connections are used again, for whatever comes next, as browsers and proxies do.
  const agent = new Agent({ keepAlive: true });
  const passed: string[] = [];
  const ends = new Map<Socket | Duplex, string>();
  const refused = (path: string, isUpgrade: boolean) =>
    filter.line === 'cut' ||
    (path.startsWith('/socket.io/') &&
      (filter.socketIo === 'refuse' || (isUpgrade && filter.upgrade !== 'pass')));

  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url = '' } = incoming;
    const headers = hopless(incoming.headers);
    if (filter.line === 'cut') return void incoming.socket.destroy();
    if (refused(url, false)) return void outgoing.writeHead(403).end('<h1>Forbidden</h1>');
    passed.push(url.split('?')[0]!);
    ends.set(incoming.socket, url);
    const upstream = request(`${target}${url}`, { method, headers, agent }, (answer) => {
      if (filter.events === 'keep' && url.startsWith('/api/stream/')) return keep(answer, outgoing);
      outgoing.writeHead(answer.statusCode!, hopless(answer.headers));
      answer.pipe(outgoing).on('error', () => {});
      outgoing.flushHeaders();
    });
    upstream.once('error', () => incoming.socket.destroy());
    outgoing.once('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    const url = incoming.url!;
    ends.set(client, url);
    client.on('error', () => {}).once('close', () => ends.delete(client));
    if (filter.line === 'cut') return void client.destroy();
    if (refused(url, true)) {
      if (filter.socketIo === 'refuse' || filter.upgrade === 'refuse')
        client.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    passed.push('websocket');
    const upstream = connect(Number(port), '127.0.0.1');
    const lines = incoming.rawHeaders.flatMap((name, i, all) =>
      i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : [],
    );
    upstream.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.pipe(upstream).pipe(client);
    upstream.on('error', () => {}).once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    passed,
    become: (change) => {
      filter = { ...filter, ...change };
      for (const [end, url] of ends) if (refused(url, !('server' in end))) end.destroy();
    },
    stop: async () => {
      server.closeAllConnections();
      for (const end of ends.keys()) end.destroy();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Says nothing before it knows all. */
function keep(answer: IncomingMessage, outgoing: ServerResponse): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.once('end', () =>
    outgoing.writeHead(answer.statusCode!, hopless(answer.headers)).end(Buffer.concat(chunks)),
  );
}

/** Whether a connection is kept is between the two ends of each. */
const hopless = ({ connection: _, 'keep-alive': __, ...headers }: IncomingHttpHeaders) => headers;
