import { WebSocket } from 'ws';

const ACKED = '["acked",{"number":';
const GRANTED = '[{"ok":true,"accepted":1';

/**
 * Minimal Socket.IO client: one namespace on one WebSocket. A stock client costs as much CPU as the server under
 * measurement. Packets as in https://socket.io/docs/v4/socket-io-protocol/ and engine-io-protocol.
 */
export class RawClient {
  readonly #socket: WebSocket;
  readonly #acks = new Map<number, (answer: string) => void>();
  #nextAck = 0;
  #nextNumber = 1;
  /** handlers of batches that no ack has covered, the oldest first */
  readonly #counted: Array<(answer: string) => void> = [];
  bytesIn = 0;
  bytesOut = 0;

  private constructor(
    socket: WebSocket,
    private readonly namespace: string,
    private readonly onEvent: (packet: string) => void,
  ) {
    this.#socket = socket;
  }

  /**
   * Resolves when the namespace has accepted the token. `onEvent` gets `["name",payload]` as text.
   * @param auth sent in the handshake besides the token
   */
  static connect(
    url: string,
    namespace: string,
    token: string,
    onEvent: (packet: string) => void,
    auth: object = {},
  ): Promise<RawClient> {
    const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      // A zero mask is valid and costs nothing to apply.
      generateMask: (mask) => mask.fill(0),
    });
    const client = new RawClient(socket, namespace, onEvent);
    return new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) =>
        client.#receive(data.toString(), () => resolve(client), { ...auth, token }),
      );
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`${namespace} was closed`)));
    });
  }

  /** @param payload JSON */
  request(event: string, payload: string, onAnswer: (answer: string) => void): void {
    const id = this.#nextAck++;
    this.#acks.set(id, onAnswer);
    this.#send(`42${this.namespace},${id}["${event}",${payload}]`);
  }

  /** Sends a batch that is acked together with others, as the sdk does. @param onAnswer called once an ack covers it */
  requestCounted(event: string, payload: string, onAnswer: (answer: string) => void): void {
    this.#counted.push(onAnswer);
    this.#send(`42${this.namespace},["${event}",${payload},${this.#nextNumber++},1]`);
  }

  /** Calls the listener when the connection ends without {@link close}. */
  onClosed(listener: () => void): void {
    this.#socket.once('close', listener);
  }

  /** Cuts the connection, as a phone that loses its network. */
  cut(): void {
    this.#socket.terminate();
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.close();
  }

  #send(packet: string): void {
    this.bytesOut += packet.length;
    this.#socket.send(packet);
  }

  #receive(packet: string, onConnected: () => void, auth: object): void {
    this.bytesIn += packet.length;
    if (packet === '2') this.#send('3');
    else if (packet[0] === '0') this.#send(`40${this.namespace},${JSON.stringify(auth)}`);
    else if (packet[0] === '4') this.#receiveMessage(packet, onConnected);
  }

  #receiveMessage(packet: string, onConnected: () => void): void {
    const body = packet.slice(2 + this.namespace.length + 1);
    if (packet[1] === '0') onConnected();
    else if (packet[1] === '2' && body.startsWith(ACKED))
      this.#acked(Number.parseInt(body.slice(ACKED.length), 10));
    else if (packet[1] === '2') this.onEvent(body);
    else if (packet[1] === '3') {
      const at = body.indexOf('[');
      const id = Number(body.slice(0, at));
      this.#acks.get(id)?.(body.slice(at));
      this.#acks.delete(id);
    }
  }

  /** Every refusal ends a run; a benchmark has one run only, and everything after a refusal counts as not acked. */
  #acked(upTo: number): void {
    const uncovered = this.#nextNumber - 1 - upTo;
    for (const onAnswer of this.#counted.splice(0, this.#counted.length - uncovered)) onAnswer(GRANTED);
  }
}
