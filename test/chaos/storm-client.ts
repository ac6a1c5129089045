import { WebSocket } from 'ws';
import { backoffMs } from '#sdk';

const NAMESPACE = '/rider';
/** A connection that lasted this long resets the count of failures, as in the sdk. */
const STABLE_MS = 5_000;

/**
 * A rider app that only stays connected, with as little work as possible: thousands of them fit into one process. It speaks
 * the protocol of Engine.IO and Socket.IO itself, and reconnects and moves by the rules of the sdk.
 */
export class StormClient {
  /** node of the current connection; empty while there is none */
  node = '';
  /** times that a gateway refused it because too many others were connecting */
  busy = 0;
  #socket: WebSocket | null = null;
  /** takes the place of the current one once the service has greeted it */
  #next: WebSocket | null = null;
  #retryInMs = 0;
  #failures = 0;
  #onlineAt = 0;

  /** @param urls addresses of the service; each attempt picks one, as a DNS name or a load balancer would */
  constructor(
    private readonly urls: string[],
    private readonly token: string,
  ) {}

  connect(): void {
    this.#socket = this.#open();
  }

  #open(): WebSocket {
    const url = this.urls[Math.floor(Math.random() * this.urls.length)]!;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      handshakeTimeout: 4_000,
    });
    // `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed(socket));
    socket.on('message', (data: Buffer) => this.#receive(socket, data.toString()));
    return socket;
  }

  #receive(socket: WebSocket, packet: string): void {
    if (packet === '2') socket.send('3');
    else if (packet.startsWith('0')) socket.send(`40${NAMESPACE},${JSON.stringify({ token: this.token })}`);
    else if (packet.startsWith(`42${NAMESPACE},["hello"`)) this.#online(socket, payloadOf(packet).node!);
    else if (packet.startsWith(`42${NAMESPACE},["leaving"`))
      setTimeout(() => socket === this.#socket && this.#move(), payloadOf(packet).retryInMs);
    else if (packet.startsWith(`44${NAMESPACE}`)) this.#refused(socket, packet);
  }

  #online(socket: WebSocket, node: string): void {
    const old = this.#socket;
    this.#socket = socket;
    this.#next = null;
    this.node = node;
    this.#onlineAt = Date.now();
    if (old !== socket) old?.close();
  }

  /** The gateway keeps the connection, for another attempt that this client makes on a new one. */
  #refused(socket: WebSocket, packet: string): void {
    const { data } = JSON.parse(packet.slice(packet.indexOf('{'))) as { data: { retryInMs?: number } };
    this.#retryInMs = data.retryInMs ?? 0;
    if (data.retryInMs !== undefined) this.busy += 1;
    socket.close();
  }

  /** Opens the new connection before the old one is closed. */
  #move(): void {
    this.#next = this.#open();
  }

  #closed(socket: WebSocket): void {
    const isCurrent = socket === this.#socket;
    if (!isCurrent && socket !== this.#next) return;
    if (isCurrent && this.node !== '' && Date.now() - this.#onlineAt > STABLE_MS) this.#failures = 0;
    const pauseMs = Math.max(this.#retryInMs, backoffMs(this.#failures, Math.random()));
    this.#failures += 1;
    this.#retryInMs = 0;
    if (isCurrent) this.node = '';
    setTimeout(() => {
      if (isCurrent) this.connect();
      else if (socket === this.#next) this.#move();
    }, pauseMs);
  }
}

/** The payload of a push: the second element of its array. */
const payloadOf = (packet: string): { node?: string; retryInMs?: number } =>
  (JSON.parse(packet.slice(packet.indexOf('['))) as [string, object])[1];
