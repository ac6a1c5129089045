import { Agent, type IncomingMessage, request } from 'node:http';

/** HTTP client of one watcher: keeps its connections alive, and has as many as a browser would need for the transport. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly requested: () => void,
    maxSockets = 1,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  /** Sends a request. Resolves with the response once its headers have arrived. */
  open(
    path: string,
    { method = 'GET', body }: { method?: string; body?: string } = {},
  ): Promise<IncomingMessage> {
    this.requested();
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, accept: '*/*' };
      const sent = request(`${this.url}${path}`, { method, agent: this.#agent, headers }, resolve);
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** Sends a request and returns the body. @throws {Error} unless it has succeeded */
  async text(path: string, options: { method?: string; body?: string } = {}): Promise<string> {
    const response = await this.open(path, options);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
    return text;
  }

  close(): void {
    this.#agent.destroy();
  }
}
