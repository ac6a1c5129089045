/** A client of Engine.IO over long polling that sends what no well-behaved client sends. */
export class RawPolling {
  private constructor(
    private readonly address: string,
    readonly sid: string,
  ) {}

  /** @param url of the service or of one gateway */
  static async open(url: string): Promise<RawPolling> {
    const address = `${url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(address)).text();
    return new RawPolling(address, JSON.parse(opened.slice(1)).sid);
  }

  /** Sends packets of Engine.IO in one POST. @returns the status, or null when the request was cut off */
  async post(packets: string[]): Promise<number | null> {
    const request = { method: 'POST', body: packets.join('\x1e') };
    return fetch(`${this.address}&sid=${this.sid}`, request).then(
      ({ status }) => status,
      () => null,
    );
  }

  /** Polls once. @returns the packets that the service sent, or null when it does not know the connection any more */
  async poll(): Promise<string[] | null> {
    const response = await fetch(`${this.address}&sid=${this.sid}`);
    return response.ok ? (await response.text()).split('\x1e') : null;
  }
}

/** A packet that asks for a namespace. */
export const connectPacket = (namespace: string, token: unknown): string =>
  `40${namespace},${JSON.stringify({ token })}`;
